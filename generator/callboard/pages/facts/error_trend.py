"""Errors of applications → the panel of an entity."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.model.counting import label_for
from callboard.model.facts.error_trend import ErrorTrend
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked
from callboard.pages.facts import formatting
from callboard.pages.facts.context import FactsContext, FamilyPages
from callboard.pages.facts.formatting import REST, joined, rest, short, url_of
from callboard.pages.facts.view import Block, Content, EventView, Figure

PROJECTS = 3
"""Projects that the panel lists."""


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Each project with its numbers of errors, and errors by day."""
    blocks: list[Block] = []
    labels = context.labels
    found = [(fact, fact.value) for fact in ranked(facts) if isinstance(fact.value, ErrorTrend)]
    for _, value in found[:PROJECTS]:
        if len(found) > 1:
            blocks.append(Block("heading", short(value.name)))
        named = (("unresolved_errors", value.unresolved, ""), ("new_errors", value.new, value.tone), ("affected_people", value.users, ""))
        figures = tuple(Figure(f"{count:,}", labels[label], tone if count else "") for label, count, tone in named if count is not None)
        blocks += [Block("figures", figures)] if figures else []
        last = len(value.counts)
        words = label_for(labels, "errors_words", last, min(value.counts, default=0), max(value.counts, default=0))
        line = formatting.spark(labels["errors_by_day"], label_for(labels, "last_days", last), value.counts, words)
        blocks += [Block("spark", line)] if line else []
    further = [_row(context, fact, value) for fact, value in found[PROJECTS : PROJECTS + REST]]
    blocks += rest(context, further, len(found) - PROJECTS)
    return Content(tuple(blocks))


def _row(context: FactsContext, fact: Fact, value: ErrorTrend) -> EventView:
    """One project in a list."""
    named = (("unresolved_errors", value.unresolved), ("new_errors", value.new))
    numbers = (f"{context.labels[label]}: {count:,}" for label, count in named if count is not None)
    return EventView(short(value.name, 80), url=url_of(fact), note=joined(*numbers))


PAGES = FamilyPages(icon="error-trend", panel=_panel)
