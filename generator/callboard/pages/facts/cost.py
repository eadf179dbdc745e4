"""Costs → the panel of an entity, and totals of systems, domains and groups."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.model.counting import label_for
from callboard.model.facts.cost import Cost
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked
from callboard.pages.facts import formatting
from callboard.pages.facts.context import FactsContext, FamilyPages
from callboard.pages.facts.formatting import EVENTS, MINUS, events, joined, short, signed_percent, url_of, with_subject
from callboard.pages.facts.view import Block, Content, EventView, Figure

METERS = 3
"""Meters that the panel shows with their days."""
LARGE = 100
"""Amounts from here on are shown without decimals."""


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Each meter with its amount, how it changed, and its days."""
    labels = context.labels
    found = [(fact, fact.value) for fact in ranked(facts) if isinstance(fact.value, Cost)]
    blocks: list[Block] = []
    for _, value in found[:METERS]:
        blocks.append(Block("heading", short(value.name)))
        figures = [Figure(_money(value.amount, value.currency), _period(context, value))]
        if value.previous:
            change = (value.amount - value.previous) / abs(value.previous) * 100
            figures.append(Figure(signed_percent(change), labels["cost_change"]))
        blocks.append(Block("figures", tuple(figures)))
        words = label_for(labels, "cost_words", len(value.days), f"{min(value.days, default=0):,.2f}", f"{max(value.days, default=0):,.2f}")
        line = formatting.spark(labels["cost_by_day"], label_for(labels, "last_days", len(value.days)), value.days, words)
        blocks += [Block("spark", line)] if line else []
        blocks += [Block("text", labels["cost_estimated"])] if value.is_estimated else []
    rows = [_row(context, fact, value) for fact, value in found[METERS : METERS + EVENTS]]
    return Content((*blocks, *events(context, rows, len(found) - METERS)))


def _rollup(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """The sum by currency, and the most expensive members."""
    found = [(fact, fact.value) for fact in ranked(facts) if isinstance(fact.value, Cost)]
    sums: dict[str, float] = {}
    for _, value in found:
        sums[value.currency] = sums.get(value.currency, 0.0) + value.amount
    figures = tuple(Figure(_money(amount, currency), context.labels["cost_total"]) for currency, amount in sorted(sums.items())[:METERS])
    rows = [with_subject(context, fact, _row(context, fact, value)) for fact, value in found[:EVENTS]]
    return Content((Block("figures", figures), *events(context, rows, len(found))))


def _row(context: FactsContext, fact: Fact, value: Cost) -> EventView:
    return EventView(short(value.name, 80), url=url_of(fact), note=joined(_money(value.amount, value.currency), _period(context, value)))


def _period(context: FactsContext, value: Cost) -> str:
    if value.first and value.last:
        return context.labels["cost_period"].format(f"{value.first:%Y-%m-%d}", f"{value.last:%Y-%m-%d}")
    return context.labels["cost_period_unknown"]


def _money(amount: float, currency: str) -> str:
    return f"{short(currency, 10)} {amount:,.{0 if abs(amount) >= LARGE else 2}f}".strip().replace("-", MINUS)


PAGES = FamilyPages(icon="cost", panel=_panel, rollup=_rollup)
