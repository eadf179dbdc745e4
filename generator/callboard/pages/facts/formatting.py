"""Values of facts → times, states, numbers, lists and small charts that all panels share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from callboard.model.counting import label_for
from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.fact import Fact
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.view import BarView, Block, DaysView, EventView, SparkView
from callboard.pages.safe_text import text_of, web_url
from callboard.pages.severity import FACT_STYLES
from callboard.pages.shared_views import StateView, TimeView

EVENTS = 5
"""Rows of a list in a panel."""
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
Item = TypeVar("Item")


def at(context: FactsContext, when: datetime | None) -> TimeView | None:
    """The view of a time; None for None."""
    return TimeView(when.astimezone(UTC).isoformat(timespec="seconds"), f"{context.local(when):%Y-%m-%d %H:%M}") if when else None


def severity_state(context: FactsContext, severity: FactSeverity) -> StateView:
    """A severity as word, tone and icon."""
    style = FACT_STYLES[severity]
    return StateView(context.labels[f"severity_{severity}"], style.tone, style.icon)


def url_of(fact: Fact) -> str:
    """The fact at its tool if a page may link to it, else an empty string."""
    return web_url(fact.url)


def percent(value: float, digits: int = 2) -> str:
    """A percentage with at most ``digits`` decimals; 99.999 is not rounded to 100."""
    text = f"{value:.{digits}f}"
    if float(text) == 100 and value < 100:  # noqa: PLR2004 - all of it
        text = f"{value:.4f}".rstrip("0")
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def duration(context: FactsContext, seconds: float) -> str:
    """A duration in its two largest units."""
    labels, minutes = context.labels, round(seconds / 60)
    if seconds < 60:  # noqa: PLR2004 - a minute
        return labels["n_seconds"].format(round(seconds))
    if minutes < 60:  # noqa: PLR2004 - an hour
        return labels["n_minutes"].format(minutes)
    if minutes < 48 * 60:
        return labels["n_hours"].format(minutes // 60, minutes % 60)
    return label_for(labels, "n_days", round(minutes / 1440))


def newest(facts: Iterable[Fact], when: Callable[[Fact], datetime | None]) -> list[Fact]:
    """The newest facts first, those without a time last, equal ones by key."""
    return sorted(facts, key=lambda fact: (-(when(fact) or EARLIEST).timestamp(), fact.environment, fact.key))


def events(context: FactsContext, rows: Iterable[EventView], count: int) -> tuple[Block, ...]:
    """A list, and a text with the number of items that it leaves out of ``count``."""
    listed = tuple(rows)
    if not listed:
        return ()
    more = count - len(listed)
    return (Block("events", listed), *((Block("text", context.labels["n_more"] % more),) if more > 0 else ()))


def joined(*parts: str) -> str:
    """The parts that are not empty, separated by a dot."""
    return " · ".join(part for part in parts if part)


def short(value: object, limit: int = 120) -> str:
    """A value of a tool on one line, bounded, secrets masked."""
    return text_of(value, limit)


GAP = 0.35
"""Distance between two parts of a bar, of 100."""


def bar(label: str, note: str, parts: Sequence[tuple[str, float]], words: str) -> BarView:
    """A bar of parts, each with a tone and a share of 100; what exceeds 100 is cut."""
    placed, at = [], 0.0
    for tone, share in parts:
        width = min(share, 100 - at)
        if width > 0:
            is_last = at + width >= 100 - GAP
            placed.append((tone, f"{at:.2f}", f"{max(width - (0 if is_last else GAP), 0.4):.2f}"))
            at += width
    return BarView(label, note, tuple(placed), words)


def days(label: str, note: str, tones: Sequence[str], words: str) -> DaysView:
    """A row of days, each with a tone."""
    return DaysView(label, note, tuple((tone, f"{index * 4 + 0.4:.1f}") for index, tone in enumerate(tones)), len(tones) * 4, words)


def spark(label: str, note: str, values: Sequence[float], words: str) -> SparkView | None:
    """A line from the first to the last value; None for fewer than two."""
    if len(values) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    low, high = min(0.0, *values), max(values)
    reach = (high - low) or 1
    step = 100 / (len(values) - 1)
    points = " ".join(f"{index * step:.1f},{22 - (value - low) / reach * 20:.1f}" for index, value in enumerate(values))
    return SparkView(label, note, points, words)
