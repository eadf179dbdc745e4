"""Small things that all panels say: times, states, addresses, numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from generator.model.counting import label_for
from generator.model.facts import Fact, Severity
from generator.pages.facts.context import FactsContext
from generator.pages.facts.view import At, Block, EventView
from generator.pages.parts import StateView
from generator.pages.written import text_of, web_url

EVENTS = 5
"""Rows of a list in a panel."""
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
Item = TypeVar("Item")
SEVERITIES: Mapping[Severity, tuple[str, str]] = {
    Severity.CRITICAL: ("bad", "error"),
    Severity.HIGH: ("bad", "bad"),
    Severity.MEDIUM: ("warn", "warn"),
    Severity.LOW: ("info", "info"),
    Severity.UNKNOWN: ("none", "unknown"),
}
"""Tone and icon, each of its own shape."""


def at(context: FactsContext, when: datetime | None) -> At | None:
    """A time for people and machines; None for none."""
    return At(when.astimezone(UTC).isoformat(timespec="seconds"), f"{context.local(when):%Y-%m-%d %H:%M}") if when else None


def severity_state(context: FactsContext, severity: Severity) -> StateView:
    """A severity as word, tone and icon."""
    return StateView(context.labels[f"severity_{severity}"], *SEVERITIES[severity])


def url_of(fact: Fact) -> str:
    """Where people look at it, if a browser may go there."""
    return web_url(fact.url)


def percent(value: float, digits: int = 2) -> str:
    """A share as people write it; 99.999 does not become 100."""
    shown = f"{value:.{digits}f}"
    if float(shown) == 100 and value < 100:  # noqa: PLR2004 - all of it
        shown = f"{value:.4f}".rstrip("0")
    return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown} %"


def duration(context: FactsContext, seconds: float) -> str:
    """A length of time in its two largest units."""
    labels, minutes = context.labels, round(seconds / 60)
    if seconds < 60:  # noqa: PLR2004 - a minute
        return labels["n_seconds"].format(round(seconds))
    if minutes < 60:  # noqa: PLR2004 - an hour
        return labels["n_minutes"].format(minutes)
    if minutes < 48 * 60:
        return labels["n_hours"].format(minutes // 60, minutes % 60)
    return label_for(labels, "n_days", round(minutes / 1440))


def newest(facts: Iterable[Fact], when: Callable[[Fact], datetime | None]) -> list[Fact]:
    """The newest first, those without a time last; equal ones by key."""
    return sorted(facts, key=lambda fact: (-(when(fact) or EARLIEST).timestamp(), fact.environment, fact.key))


def events(context: FactsContext, rows: Iterable[EventView], count: int) -> tuple[Block, ...]:
    """A list, and how many it leaves out."""
    shown = tuple(rows)
    if not shown:
        return ()
    more = count - len(shown)
    return (Block("events", shown), *((Block("text", context.labels["n_more"] % more),) if more > 0 else ()))


def joined(*parts: str) -> str:
    """What there is, separated by a dot."""
    return " · ".join(part for part in parts if part)


def short(value: object, limit: int = 120) -> str:
    """A text of a tool on one line, bounded, secrets masked."""
    return text_of(value, limit)
