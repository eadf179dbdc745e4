"""What is recorded of deployments, incidents and pipeline runs → numbers of the last days, since when they are known, and earlier items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from callboard.model.counting import label_for
from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.order import unique
from callboard.model.facts.recorded import RecordedValue
from callboard.model.ref import EntityRef
from callboard.pages.facts.view import Block, EventView
from callboard.pages.shared_views import StateView
from callboard.state.event_history import ACCUMULATING, EVERYTHING, Event, EventHistory, RecordedEvents, day_counts, day_of, start_of

if TYPE_CHECKING:
    from callboard.pages.facts.context import FactsContext

WINDOWS = (30, 90)
"""Days whose items are counted."""
_FAILED = (RunState.FAILED, RunState.ROLLED_BACK)
_Key = tuple[EntityRef, str]
"""Entity and family."""


@dataclass(frozen=True, slots=True)
class WindowCount:
    """The number of items in the last days."""

    days: int
    number: int
    failed: int
    """Those that failed or were rolled back."""
    is_lower_bound: bool
    """True if there may be items that are not known."""


@dataclass(frozen=True, slots=True)
class PastCounts:
    """Numbers of items of one family from one integration, and since when they are known."""

    source: str
    windows: tuple[WindowCount, ...]
    since: datetime | None
    """None if everything is known."""
    has_gaps: bool
    """True if items may be missing that happened after ``since``."""


@dataclass(frozen=True, slots=True)
class PastFacts:
    """What is recorded, by entity and family."""

    counts: Mapping[_Key, tuple[PastCounts, ...]]
    kept: Mapping[_Key, tuple[Event, ...]]
    """Items that the integrations no longer return, the newest first."""

    def has(self, ref: EntityRef, family: str) -> bool:
        """Whether a family of an entity is recorded."""
        return (ref, family) in self.counts

    def has_items(self, refs: Iterable[EntityRef], family: str) -> bool:
        """Whether any item of a family of these entities is recorded."""
        return any(
            (ref, family) in self.kept or any(window.number for each in self.counts.get((ref, family), ()) for window in each.windows)
            for ref in refs
        )

    def of(self, ref: EntityRef) -> tuple[object, ...]:
        """All that is recorded of an entity, for its fingerprint."""
        return tuple((self.counts.get((ref, family)), self.kept.get((ref, family))) for family in ACCUMULATING)

    def subjects(self) -> Iterator[EntityRef]:
        """The entities of which anything is recorded."""
        return (ref for ref, _ in (*self.counts, *self.kept))


def past_facts(recorded: RecordedEvents, sources: Iterable[str]) -> PastFacts:
    """What is recorded of integrations that the portal has."""
    names, kept = frozenset(sources), defaultdict[_Key, list[Event]](list)
    counts: defaultdict[_Key, list[PastCounts]] = defaultdict(list)
    for history in recorded.histories:
        if history.source in names:
            counts[history.subject, history.family].append(_counts(history, recorded))
    for event in sorted(recorded.kept, key=lambda event: (event.at, event.identity), reverse=True):
        if event.fact.source in names:
            kept[event.fact.subject, event.fact.family].append(event)
    return PastFacts({key: tuple(items) for key, items in counts.items()}, {key: tuple(items) for key, items in kept.items()})


def next_turn_of_counts(recorded: RecordedEvents) -> datetime | None:
    """The earliest moment at which numbers of the last days change although nothing is recorded; None if none will."""
    today, windows = day_of(recorded.as_of), _windows(recorded)
    days = {day for text in {text for each in recorded.histories for text in each.days.values()} for day in day_counts(text)}
    known = {_first_whole_day(each.whole_since) for each in recorded.histories if each.whole_since is not None}
    turns = {day + window for window in windows for day in days} | {day + window - 1 for window in windows for day in known}
    later = [turn for turn in turns if turn > today]
    return start_of(min(later)) if later else None


def _first_whole_day(since: datetime) -> int:
    day = day_of(since)
    return day if start_of(day) == since else day + 1


def _windows(recorded: RecordedEvents) -> tuple[int, ...]:
    return tuple(each for each in WINDOWS if each <= recorded.days) or (recorded.days,)


def _counts(history: EventHistory, recorded: RecordedEvents) -> PastCounts:
    last = recorded.first_day + recorded.days
    is_current = history.until >= recorded.as_of
    windows = []
    for days in _windows(recorded):
        numbers = history.count(last - days)
        failed = sum(numbers.get(outcome, 0) for outcome in _FAILED)
        is_complete = is_current and history.is_complete_since(last - days)
        windows.append(WindowCount(days, sum(numbers.values()), failed, not is_complete))
    since = None if history.begun == EVERYTHING else history.begun
    return PastCounts(history.source, tuple(windows), since, history.has_gaps)


def summed(counts: Iterable[PastCounts]) -> tuple[PastCounts, ...]:
    """The counts of several entities, one value for each integration; they are known since the latest of their beginnings."""
    by_source: defaultdict[str, list[PastCounts]] = defaultdict(list)
    for each in counts:
        by_source[each.source].append(each)
    return tuple(_sum(source, by_source[source]) for source in sorted(by_source))


def _sum(source: str, counts: Sequence[PastCounts]) -> PastCounts:
    windows = tuple(
        WindowCount(of_days[0].days, sum(w.number for w in of_days), sum(w.failed for w in of_days), any(w.is_lower_bound for w in of_days))
        for of_days in zip(*(each.windows for each in counts), strict=True)
    )
    since = max((each.since for each in counts if each.since is not None), default=None)
    return PastCounts(source, windows, since, any(each.has_gaps for each in counts))


def past_pairs(context: FactsContext, family: str, counts: Sequence[PastCounts]) -> tuple[tuple[str, str], ...]:
    """Names and values of the numbers, and since when they are known; none where there is nothing to tell."""
    pairs: list[tuple[str, str]] = []
    for each in counts:
        suffix = f" ({context.tool_title(each.source)})" if len(counts) > 1 else ""
        if any(window.number for window in each.windows):
            pairs += (
                (f"{label_for(context.labels, 'last_days', window.days)}{suffix}", _number(context, family, window))
                for window in each.windows
            )
        if since := _since(context, each):
            pairs.append((f"{since[0]}{suffix}", since[1]))
    return tuple(pairs)


def _number(context: FactsContext, family: str, window: WindowCount) -> str:
    """``at least 20, 1 failed``."""
    labels = context.labels
    number = labels["at_least"].format(window.number) if window.is_lower_bound else f"{window.number:,}"
    return labels["number_with_failed"].format(number, window.failed) if window.failed and family != "incident" else number


def _since(context: FactsContext, counts: PastCounts) -> tuple[str, str] | None:
    """Since when the numbers are known; None if that is before the days that are counted."""
    if not any(window.is_lower_bound for window in counts.windows):
        return None
    labels = context.labels
    if counts.since is None:
        return (labels["recorded"], labels["with_gaps"]) if counts.has_gaps else None
    day = context.local(counts.since).date().isoformat()
    return (labels["recorded_since"], labels["day_with_gaps"].format(day)) if counts.has_gaps else (labels["known_since"], day)


def past_blocks(context: FactsContext, family: str, refs: Sequence[EntityRef], room: int) -> tuple[Block, ...]:
    """The numbers of these entities, then at most ``room`` earlier items that their tools no longer return."""
    counts = [each for ref in refs for each in context.past.counts.get((ref, family), ())]
    pairs = past_pairs(context, family, summed(counts) if len(refs) > 1 else counts)
    rows = earlier_rows(context, family, refs, room, with_subject=len(refs) > 1) if room > 0 else ()
    listed = (Block("heading", context.labels["earlier"]), Block("events", rows)) if rows else ()
    return (*((Block("pairs", pairs),) if pairs else ()), *listed)


def earlier_rows(context: FactsContext, family: str, refs: Iterable[EntityRef], most: int, *, with_subject: bool) -> tuple[EventView, ...]:
    """The items of these entities that their tools no longer return, the newest first, at most so many."""
    row = context.families[family].row
    if row is None:
        return ()
    found = sorted((event for ref in refs for event in context.past.kept.get((ref, family), ())), key=_newest_first)[:most]
    rows = (earlier_row(context, event, row(context, event.fact)) for event in found)
    if not with_subject:
        return tuple(rows)
    return tuple(view._replace(subject=context.links.to(event.fact.subject)) for view, event in zip(rows, found, strict=True))


@dataclass(frozen=True, slots=True)
class CountsView:
    """Numbers of the last days on a page about all entities."""

    pairs: tuple[tuple[str, str], ...]
    """Names and values."""
    note: str
    """That items of several components count for each of them; empty if there are none."""


def counts_view(context: FactsContext, family: str) -> CountsView:
    """The numbers of all entities that the catalog has."""
    counts = [each for (ref, name), of in context.past.counts.items() if name == family and ref in context.catalog.entities for each in of]
    pairs = past_pairs(context, family, summed(counts)) if context.is_visible(family) else ()
    facts = context.of_family(family)
    is_shared = bool(pairs) and len(unique(facts)) < len(facts)
    return CountsView(pairs, context.labels["counts_by_component"] if is_shared else "")


def all_earlier(context: FactsContext, family: str) -> tuple[Event, ...]:
    """The items of all entities of the catalog that their tools no longer return; none if the audience must not see the family."""
    if not context.is_visible(family):
        return ()
    kept = context.past.kept.items()
    return tuple(event for (ref, name), of in kept if name == family and ref in context.catalog.entities for event in of)


def _newest_first(event: Event) -> tuple[float, tuple[str, EntityRef, str, str, str]]:
    return -event.at.timestamp(), event.identity


def earlier_row(context: FactsContext, event: Event, row: EventView) -> EventView:
    """The row of an item that its tool no longer returns: of one that was not over, the last reported state is not its state now."""
    value, labels = event.fact.value, context.labels
    if event.is_gone:
        note = labels["deleted_at_tool"].format(context.tool_title(event.fact.source))
    elif isinstance(value, RecordedValue) and not value.is_over:
        note = labels["last_reported"].format(context.local(event.seen).date().isoformat())
    else:
        return row
    is_over = isinstance(value, RecordedValue) and value.is_over
    state = row.state if is_over else StateView(labels["state_not_known"], "", "unknown")
    return row._replace(state=state, note=" · ".join(filter(None, (row.note, note))))
