"""Dashboards of tools that measure → the panel of an entity."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.model.facts.dashboard import Dashboard
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked
from callboard.pages.facts.context import FactsContext, FamilyPages
from callboard.pages.facts.formatting import EVENTS, REST, expandable, short, url_of
from callboard.pages.facts.view import Content, EventView


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """A link to each dashboard, by title, with its folder."""
    order = ranked(facts)
    found = [(fact, value) for fact in order[: EVENTS + REST] if isinstance(value := fact.value, Dashboard)]
    rows = [EventView(short(value.title), url=url_of(fact), note=short(value.folder, 80)) for fact, value in found]
    return Content(expandable(context, rows, len(order)))


PAGES = FamilyPages(icon="dashboard", panel=_panel)
