"""Coverage of code by tests → the panel of an entity."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.model.facts.coverage import Coverage
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked
from callboard.pages.facts import formatting
from callboard.pages.facts.context import FactsContext, FamilyPages
from callboard.pages.facts.formatting import REST, joined, percent, rest, short, url_of
from callboard.pages.facts.view import Block, Content, EventView

REPORTS = 3
"""Reports that the panel shows with bars."""


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Bars of lines and branches for each report, the lowest first."""
    found = [(fact, fact.value) for fact in ranked(facts) if isinstance(fact.value, Coverage)]
    blocks: list[Block] = []
    for _, value in found[:REPORTS]:
        if len(found) > 1:
            blocks.append(Block("heading", short(value.name)))
        blocks += _bars(context, value)
    rows = [EventView(short(value.name, 80), url=url_of(fact), note=_note(value)) for fact, value in found[REPORTS : REPORTS + REST]]
    return Content((*blocks, *rest(context, rows, len(found) - REPORTS)))


def _bars(context: FactsContext, value: Coverage) -> list[Block]:
    labels = context.labels
    counted = labels["n_of_n_lines"].format(value.covered, value.total) if value.covered is not None and value.total is not None else ""
    blocks = []
    for label, share, note in (("covered_lines", value.lines, counted), ("covered_branches", value.branches, "")):
        if share is not None:
            words = f"{labels[label]} {percent(share, 1)}"
            blocks.append(Block("bar", formatting.bar(labels[label], joined(percent(share, 1), note), [("info", share)], words)))
    return blocks or [Block("text", labels["coverage_unknown"])]


def _note(value: Coverage) -> str:
    return percent(value.lines, 1) if value.lines is not None else ""


PAGES = FamilyPages(icon="coverage", panel=_panel)
