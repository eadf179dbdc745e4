"""Vulnerabilities → what their panels and their page share: numbers by severity with a bar, and where one is fixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from callboard.model.counting import label_for
from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.fact import Fact
from callboard.model.facts.vulnerability import Vulnerability
from callboard.pages.facts import formatting
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.formatting import short
from callboard.pages.facts.view import Block, Figure
from callboard.pages.severity import FACT_STYLES

COUNTED = (FactSeverity.CRITICAL, FactSeverity.HIGH, FactSeverity.MEDIUM, FactSeverity.LOW)
"""Severities that are counted one by one, the worst first."""


def severity_counts(facts: Iterable[Fact]) -> Counter[FactSeverity]:
    """The number of vulnerabilities of each severity."""
    return Counter(fact.value.severity for fact in facts if isinstance(fact.value, Vulnerability))


def fix_words(context: FactsContext, value: Vulnerability) -> str:
    """Where it is fixed; that there is no fix only if the tool states it; else empty."""
    if value.fixed_in:
        return context.labels["fixed_in"].format(short(value.fixed_in, 40))
    return context.labels["no_fix"] if value.fixed_in is not None and value.package else ""


def severity_blocks(context: FactsContext, counts: Counter[FactSeverity]) -> tuple[Block, ...]:
    """Numbers by severity, and the same as a bar; none without vulnerabilities."""
    labels, total = context.labels, sum(counts.values())
    if not total:
        return ()
    figures = tuple(
        Figure(
            formatting.number(context, counts[s]),
            labels[f"severity_{s}"],
            FACT_STYLES[s].tone if counts[s] and s.is_critical_or_high else "",
        )
        for s in COUNTED
    )
    numbers = ", ".join(f"{counts[s]} {labels[f'severity_{s}']}" for s in FactSeverity if counts[s])
    parts = [(FACT_STYLES[s].fill, counts[s] / total * 100) for s in FactSeverity if counts[s]]
    return (
        Block("figures4", figures),
        Block("bar", formatting.bar("", "", parts, label_for(labels, "vulnerabilities_words", total, numbers))),
    )
