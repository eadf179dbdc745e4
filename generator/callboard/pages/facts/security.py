"""Facts about vulnerabilities and issues → blocks of their panels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from callboard.model.counting import label_for
from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.fact import Fact
from callboard.model.facts.issue import Issue
from callboard.model.facts.vulnerability import Vulnerability
from callboard.pages.facts import formatting
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.formatting import EARLIEST, EVENTS, at, events, joined, severity_state, short, url_of
from callboard.pages.facts.view import Block, Content, EventView, Figure
from callboard.pages.severity import FACT_STYLES
from callboard.pages.shared_views import StateView

COUNTED = (FactSeverity.CRITICAL, FactSeverity.HIGH, FactSeverity.MEDIUM, FactSeverity.LOW)
"""Severities that are counted one by one, the worst first."""


def vulnerabilities(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Numbers by severity, and a list of the worst and oldest vulnerabilities."""
    order = worst_first(facts)
    counts = Counter(fact.value.severity for fact in order if isinstance(fact.value, Vulnerability))
    rows = (vulnerability_row(context, fact) for fact in order[:EVENTS])
    blocks = (*severity_blocks(context, counts, "vulnerabilities_words"), *events(context, rows, len(order)))
    return Content(blocks, worst_badge(context, counts))


def worst_first(facts: Iterable[Fact]) -> list[Fact]:
    """Facts by severity, the worst first, then by age, the oldest first."""
    return sorted(facts, key=_worst_and_oldest)


def _worst_and_oldest(fact: Fact) -> tuple[int, float, str, str]:
    value = fact.value
    if isinstance(value, Vulnerability):
        severity, since = value.severity, value.first_seen
    elif isinstance(value, Issue):
        severity, since = value.priority, value.opened
    else:
        severity, since = FactSeverity.UNKNOWN, None
    return severity.rank, (since or EARLIEST).timestamp() if since else float("inf"), str(fact.subject), fact.key


def vulnerability_row(context: FactsContext, fact: Fact) -> EventView:
    """One vulnerability."""
    value, labels = fact.value, context.labels
    assert isinstance(value, Vulnerability)  # noqa: S101 - callers hold the family
    place = joined(f"{short(value.package, 80)} {short(value.version, 40)}".strip(), short(value.place))
    fixed = labels["fixed_in"] % short(value.fixed_in, 40) if value.fixed_in else labels["no_fix"] if value.package else ""
    note = joined(short(value.title, 100), fixed)
    return EventView(
        short(value.id, 60), severity_state(context, value.severity), url_of(fact), is_code=True, detail=place, note=note,
        at=at(context, value.first_seen),
    )  # fmt: skip


def severity_blocks(context: FactsContext, counts: Counter[FactSeverity], words: str) -> tuple[Block, ...]:
    """Numbers by severity, and the same as a bar; none without vulnerabilities."""
    labels, total = context.labels, sum(counts.values())
    if not total:
        return ()
    figures = tuple(
        Figure(f"{counts[s]:,}", labels[f"severity_{s}"], FACT_STYLES[s].tone if counts[s] and s.is_critical_or_high else "")
        for s in COUNTED
    )
    numbers = ", ".join(f"{counts[s]} {labels[f'severity_{s}']}" for s in FactSeverity if counts[s])
    parts = [(FACT_STYLES[s].fill, counts[s] / total * 100) for s in FactSeverity if counts[s]]
    return (Block("figures4", figures), Block("bar", formatting.bar("", "", parts, label_for(labels, words, total, numbers))))


def worst_badge(context: FactsContext, counts: Counter[FactSeverity]) -> StateView | None:
    """The number of critical vulnerabilities, else of high ones; None for none of them."""
    for severity in FactSeverity:
        if counts[severity] and severity.is_critical_or_high:
            style = FACT_STYLES[severity]
            return StateView(f"{counts[severity]} {context.labels[f'severity_{severity}']}", style.tone, style.icon)
    return None


def issues(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Open issues by priority."""
    order = worst_first(facts)
    rows = (
        EventView(
            short(value.title), severity_state(context, value.priority), url_of(fact),
            note=joined(short(fact.key, 40), short(value.type, 40), short(value.state, 40), short(value.assignee, 60)),
            at=at(context, value.opened),
        )
        for fact in order[:EVENTS]
        if isinstance(value := fact.value, Issue)
    )  # fmt: skip
    return Content(events(context, rows, len(order)), StateView(context.labels["n_open"].format(len(order)), "none", "") if order else None)
