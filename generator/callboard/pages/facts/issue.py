"""Issues of an issue tracker → the panel of an entity."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.fact import Fact
from callboard.model.facts.issue import Issue
from callboard.model.facts.order import ranked
from callboard.pages.facts.context import FactsContext, FamilyPages
from callboard.pages.facts.formatting import EVENTS, REST, at, expandable, joined, number_label, severity_state, short, url_of
from callboard.pages.facts.view import Content, EventView
from callboard.pages.shared_views import StateView


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Open issues by priority."""
    order = ranked(facts)
    rows = [_row(context, fact, value) for fact in order[: EVENTS + REST] if isinstance(value := fact.value, Issue)]
    badge = StateView(number_label(context, "n_open", len(order)), "none", "") if order else None
    return Content(expandable(context, rows, len(order)), badge)


def _row(context: FactsContext, fact: Fact, value: Issue) -> EventView:
    """One issue."""
    state = severity_state(context, value.priority, value.priority_word)
    priority = "" if value.priority is FactSeverity.UNKNOWN and not value.priority_word else state.text
    about = (short(fact.key, 40), short(value.type, 40), short(value.state, 40), short(value.assignee, 60))
    return EventView(short(value.title), state, url_of(fact), note=joined(priority, *about), at=at(context, value.opened))


PAGES = FamilyPages(icon="issue", panel=_panel)
