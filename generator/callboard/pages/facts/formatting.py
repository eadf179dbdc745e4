"""Values of facts → times, states, numbers, lists and small charts that all panels share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from callboard.model.counting import label_for
from callboard.model.facts.enumerations import FactSeverity, RunState
from callboard.model.facts.fact import Fact
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.view import BarView, Block, DaysView, EventView, SourceView, SparkView
from callboard.pages.safe_text import text_of, web_url
from callboard.pages.severity import FACT_STYLES
from callboard.pages.shared_views import StateView, TimeView

T = TypeVar("T")
_RUN_ICONS = {
    RunState.SUCCEEDED: "good", RunState.FAILED: "bad", RunState.RUNNING: "running", RunState.WAITING: "waiting",
    RunState.CANCELLED: "cancelled", RunState.ROLLED_BACK: "rolled-back", RunState.UNKNOWN: "unknown",
}  # fmt: skip
MINUS = "\N{MINUS SIGN}"
EVENTS = 5
"""Rows of a list in a panel."""
REST = 50
"""Further rows that a panel shows when they are asked for."""
ROWS = 100
"""Rows of a list on a page about all entities."""
KEPT_TIMES = 8_192
"""Number of times whose view is kept: the status, the panel and the roll-ups of an entity show the same ones."""


def at(context: FactsContext, when: datetime | None) -> TimeView | None:
    """The view of a time; None for None."""
    return _time(when, context.zone) if when else None


@lru_cache(KEPT_TIMES)
def _time(when: datetime, zone: ZoneInfo) -> TimeView:
    return TimeView(when.astimezone(UTC).isoformat(timespec="seconds"), when.astimezone(zone).isoformat(" ", "minutes")[:16])


def severity_state(context: FactsContext, severity: FactSeverity, word: str = "") -> StateView:
    """A severity as word, tone and icon; ``word`` is the tool's word for an unknown one."""
    style = FACT_STYLES[severity]
    label = context.labels["severity_unknown_word"].format(short(word, 40)) if word else context.labels[f"severity_{severity}"]
    return StateView(label, style.tone, style.icon)


def run_state(context: FactsContext, state: RunState, word: str = "") -> StateView:
    """The state of a run as word, tone and icon; ``word`` is the tool's word for an unknown one."""
    label = context.labels["run_unknown_word"].format(short(word, 40)) if word else context.labels[f"run_{state}"]
    return StateView(label, state.tone, _RUN_ICONS[state])


def url_of(fact: Fact) -> str:
    """The fact at its tool if a page may link to it, else an empty string."""
    return web_url(fact.url)


def percent(value: float, digits: int = 2) -> str:
    """A percentage with at most ``digits`` decimals; 99.999 is not rounded to 100."""
    text = f"{value:.{digits}f}"
    if float(text) == 100 and value < 100:  # noqa: PLR2004 - all of it
        text = f"{value:.4f}".rstrip("0")
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def signed_percent(change: float) -> str:
    """A change in percent without decimals, with a plus or a minus sign (no hyphen); ``0 %`` without a sign."""
    text = f"{abs(change):,.0f}"
    sign = "" if text == "0" else "+" if change > 0 else MINUS
    return f"{sign}{text} %"


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


def number(context: FactsContext, count: int) -> str:
    """A number for a tile; of facts that may not be all, as a lower bound."""
    return context.labels["at_least_short"].format(count) if context.is_incomplete else f"{count:,}"


def number_label(context: FactsContext, key: str, count: int) -> str:
    """The label ``key`` with a number; ``<key>_at_least`` if the facts may not be all."""
    return context.labels[f"{key}_at_least" if context.is_incomplete else key].format(count)


def with_subject(context: FactsContext, fact: Fact, row: EventView) -> EventView:
    """The row with a link to the entity that it is about."""
    return row._replace(subject=context.links.to(fact.subject))


def with_owner(context: FactsContext, fact: Fact, row: EventView) -> EventView:
    """The row with links to the entity that it is about and to its owner."""
    return row._replace(subject=context.links.to(fact.subject), owner=context.owner_of(fact.subject))


def sources_of(context: FactsContext, *families: str) -> tuple[SourceView, ...]:
    """The tools that were queried for these families, by title."""
    queried = [each for family in families for each in context.measurements(family)]
    incomplete = {context.tool_title(each.source) for each in queried if not each.complete}
    by_title = {context.tool_title(name): name for name in sorted({each.source for each in queried}, reverse=True)}
    return tuple(SourceView(title, name, is_complete=title not in incomplete) for title, name in sorted(by_title.items()))


def events(context: FactsContext, rows: Iterable[EventView], count: int) -> tuple[Block, ...]:
    """A list, and a text with the number of items that it leaves out of ``count``."""
    listed = tuple(rows)
    if not listed:
        return ()
    more = count - len(listed)
    return (Block("events", listed), *((Block("more", number_label(context, "n_more", more)),) if more > 0 else ()))


def expandable(context: FactsContext, rows: Sequence[EventView], count: int) -> tuple[Block, ...]:
    """A list of the first rows; the next ones open below it. A text has the number of items of ``count`` that are in neither."""
    first = tuple(rows[:EVENTS])
    return (*events(context, first, len(first)), *rest(context, rows[EVENTS : EVENTS + REST], count - len(first)))


def rest(context: FactsContext, rows: Sequence[EventView], count: int) -> tuple[Block, ...]:
    """The rows that open below others, of ``count`` further items; a text has the number of those that are left out even then."""
    left = count - len(rows)
    opened = (Block("rest", (number_label(context, "n_more", len(rows)), tuple(rows))),) if rows else ()
    return (*opened, *((Block("more", number_label(context, "n_more", left)),) if left > 0 else ()))


def page_count(count: int) -> int:
    """Number of pages for so many rows."""
    return max(-(-count // ROWS), 1)


def rows_of_page(rows: Sequence[T], number: int) -> Sequence[T]:
    """The rows of the page with this number, from 1."""
    return rows[(number - 1) * ROWS : number * ROWS]


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
    return DaysView(label, note, tuple(zip(tones, _starts(len(tones)), strict=True)), len(tones) * 4, words)


@lru_cache(64)
def _starts(count: int) -> tuple[str, ...]:
    """Where each of so many days starts; charts have few different numbers of days."""
    return tuple(f"{index * 4 + 0.4:.1f}" for index in range(count))


def spark(label: str, note: str, values: Sequence[float], words: str) -> SparkView | None:
    """A line from the first to the last value; None for fewer than two."""
    if len(values) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    low, high = min(0.0, *values), max(values)
    reach = (high - low) or 1
    step = 100 / (len(values) - 1)
    points = " ".join(f"{index * step:.1f},{22 - (value - low) / reach * 20:.1f}" for index, value in enumerate(values))
    return SparkView(label, note, points, words)
