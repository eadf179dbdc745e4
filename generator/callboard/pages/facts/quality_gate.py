"""Results of code analyses → the panel of an entity."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked
from callboard.model.facts.quality_gate import GateState, QualityGate
from callboard.pages.facts import formatting
from callboard.pages.facts.context import FactsContext, FamilyPages
from callboard.pages.facts.formatting import joined, percent, short
from callboard.pages.facts.view import Block, Content, Figure
from callboard.pages.shared_views import StateView

RATINGS = 24
"""Ratings shown of an analysis; OpenSSF Scorecard has 19."""


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Quality gate, coverage and its threshold, ratings and numbers."""
    blocks: list[Block] = []
    badge: StateView | None = None
    labels = context.labels
    for value in (fact.value for fact in ranked(facts)):
        if isinstance(value, QualityGate):
            blocks += _analysis(context, value)
            if value.state_word and badge is None:
                badge = StateView(labels["gate_unknown_word"].format(short(value.state_word, 40)), "none", "")
            if value.state is not GateState.NONE and badge is None:
                badge = StateView(labels[f"gate_{value.state}"], value.tone, value.tone)
    return Content(tuple(blocks), badge)


def _analysis(context: FactsContext, value: QualityGate) -> list[Block]:
    labels = context.labels
    shares = (("coverage", value.coverage), ("duplication", value.duplication))
    counts = (("bugs", value.bugs), ("smells", value.smells), ("hotspots", value.hotspots))
    figures = [Figure(percent(share, 1), labels[label]) for label, share in shares if share is not None]
    figures += [
        Figure(f"{count:,}", labels[label], "warn" if label == "bugs" and count else "") for label, count in counts if count is not None
    ]
    blocks = [Block("figures4", tuple(figures[:4]))] if figures else []
    threshold = labels["gate_wants"].format(percent(value.coverage_wanted, 0)) if value.coverage_wanted is not None else ""
    for label, share in (("coverage", value.coverage), ("new_coverage", value.new_coverage)):
        if share is not None:
            tone = "good" if value.coverage_wanted is None or share >= value.coverage_wanted else "warn"
            words = f"{labels[label]} {percent(share, 1)}"
            blocks.append(Block("bar", formatting.bar(labels[label], joined(percent(share, 1), threshold), [(tone, share)], words)))
    if value.ratings:
        ratings = joined(
            *(f"{labels.get(f'rating_{name}', '') or short(name, 30)} {short(letter, 20)}" for name, letter in value.ratings[:RATINGS])
        )
        blocks.append(Block("text", ratings))
    return blocks


PAGES = FamilyPages(icon="quality", panel=_panel)
