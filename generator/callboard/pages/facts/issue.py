"""Issues of an issue tracker → the panel of an entity."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.model.facts.fact import Fact
from callboard.model.facts.issue import Issue
from callboard.model.facts.order import ranked
from callboard.pages.facts.context import FactsContext, FamilyPages
from callboard.pages.facts.formatting import EVENTS, at, events, joined, number_label, severity_state, short, url_of
from callboard.pages.facts.view import Content, EventView
from callboard.pages.shared_views import StateView


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Open issues by priority."""
    order = ranked(facts)
    rows = (
        EventView(
            short(value.title), severity_state(context, value.priority, value.priority_word), url_of(fact),
            note=joined(short(fact.key, 40), short(value.type, 40), short(value.state, 40), short(value.assignee, 60)),
            at=at(context, value.opened),
        )
        for fact in order[:EVENTS]
        if isinstance(value := fact.value, Issue)
    )  # fmt: skip
    return Content(events(context, rows, len(order)), StateView(number_label(context, "n_open", len(order)), "none", "") if order else None)


PAGES = FamilyPages(icon="issue", panel=_panel)
