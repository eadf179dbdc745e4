"""The facts of two builds and what is recorded so far → what is recorded now: new and changed items, and numbers by day.

It reads no files of single items in an ordinary build: what the last build returned is in the state, and an item that is new there and
happened after the last query cannot be in them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime

from callboard.model.data_classes import dataclass
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.recorded import RecordedValue
from callboard.model.ref import EntityRef
from callboard.model.times import time_text
from callboard.state.event_history import (
    ACCUMULATING,
    EVENT_DAYS,
    EVERYTHING,
    DayCount,
    Event,
    EventHistory,
    HistoryKey,
    ItemKey,
    RecordedEvents,
    day_counts,
    day_of,
    day_text,
    event_of,
    first_day,
    is_same_item,
    item_key,
    new_history,
    start_of,
)
from callboard.state.facts import CollectedFacts
from callboard.state.values import State

KEPT_OF_ENTITY = 5
"""Items of each family of an entity, no longer returned, that are kept for its page: as many as its list has rows."""
KEPT_OF_FAMILY = 300
"""Items of each family that are kept for the page about all entities: as many as its list has rows."""
DAYS_AHEAD = 2
"""Items on this day after today, and later, are in the future: the clock of a tool may be ahead by some hours."""
Reader = Callable[[str, str | None], tuple[Event, ...]]
"""Reads the recorded items of a family and a month (None for all), under the current names of their entities."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The settings of one build, and its access to what is recorded."""

    now: datetime
    read: Reader
    days: int = EVENT_DAYS
    """Days for which single items are kept."""
    renamed: Mapping[EntityRef, EntityRef] = field(default_factory=dict)
    """Entities that were renamed since the last build, old to new."""
    has_files: bool = False
    """Whether files of single items exist; they are read if the state has nothing recorded, as after its loss."""


def record(previous: State | None, facts: CollectedFacts, recording: Recording) -> RecordedEvents:
    """What is recorded after this build. An integration or family that could not be read adds nothing and removes nothing."""
    recorder = _Recorder.of(previous, recording)
    fresh = {(c.source, c.family) for c in facts.collections if c.as_of is not None and c.as_of == c.tried_at == recording.now}
    measured = {(m.subject, m.family, m.source): m for m in facts.measurements if (m.source, m.family) in fresh}
    known = _recordable(previous.facts if previous else (), recording.renamed)
    old = {key: fact for key, fact in known.items() if _history_key(fact) in recorder.histories}
    new = {key: fact for key, fact in _recordable(facts.facts, {}).items() if (fact.source, fact.family) in fresh}
    for key, fact in new.items():
        if (before := old.get(key)) != fact:
            recorder.add(fact, before)
    unread = {(c.source, c.family) for c in facts.collections if c.as_of != recording.now}
    failed = {source for source, _ in unread} - {source for source, _ in fresh}
    for key, fact in old.items():
        if key not in new and fact.source not in failed and (fact.source, fact.family) not in unread:
            recorder.leave(fact, measured.get(_history_key(fact)))
    for measurement in measured.values():
        if measurement.family in ACCUMULATING:
            recorder.cover(measurement)
    return recorder.result()


def next_turn_of_records(recorded: RecordedEvents, facts: Iterable[Fact]) -> datetime | None:
    """The earliest moment at which other items are recorded although no tool returns others; None if that will not happen.

    Then an item or a number is too old, or an item is no longer in the future.
    """
    today = day_of(recorded.as_of)
    oldest = {first_day(text) for history in recorded.histories for text in history.days.values()}
    oldest |= {day_of(history.until) for history in recorded.histories} | {day_of(event.at) for event in recorded.kept}
    turns = {day + recorded.days for day in oldest}
    items = (event_of(fact, recorded.as_of) for fact in facts if fact.family in ACCUMULATING)
    turns |= {day_of(event.at) - DAYS_AHEAD + 1 for event in items if event is not None}
    later = [turn for turn in turns if turn > today]
    return start_of(min(later)) if later else None


def _recordable(facts: Iterable[Fact], renamed: Mapping[EntityRef, EntityRef]) -> dict[ItemKey, Fact]:
    """The facts of families that are recorded, under the current names of their entities."""
    accumulating = (fact for fact in facts if fact.family in ACCUMULATING)
    if renamed:
        accumulating = (replace(fact, subject=renamed.get(fact.subject, fact.subject)) for fact in accumulating)
    return {item_key(fact): fact for fact in accumulating}


def _history_key(fact: Fact) -> HistoryKey:
    return fact.subject, fact.family, fact.source


@dataclass(slots=True)
class _Recorder:
    """Collects the changes of one build."""

    recording: Recording
    histories: dict[HistoryKey, EventHistory]
    """What was recorded before this build, then after it."""
    saved_kept: Sequence[Event]
    """Items that tools no longer return, as the last build saved them."""
    seen: datetime
    """Time of this build; never before that of the last one, so that its lines count."""
    last: datetime
    """Time of the last build."""
    first: int
    """The first day of which single items are kept."""
    start: datetime
    """The beginning of that day."""
    end: datetime
    """Items of this time and later are in the future; the clock of a tool may be ahead by some hours."""
    _kept: dict[ItemKey, list[Event]] | None = None
    _saved: dict[tuple[str, str], dict[ItemKey, list[Event]]] = field(default_factory=dict)
    """Recorded items by family and month."""
    changed: defaultdict[tuple[HistoryKey, str], Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    """Differences of the numbers by day, by history and outcome."""
    new: list[Event] = field(default_factory=list)

    @classmethod
    def of(cls, previous: State | None, recording: Recording) -> _Recorder:
        """The recorder with what the last build knew, under the current names."""
        last = previous.as_of if previous else recording.now
        seen = max(recording.now, last)
        today = day_of(seen)
        first = today - recording.days + 1
        recorder = cls(recording, {}, (), seen, last, first, start_of(first), start_of(today + DAYS_AHEAD))
        if previous is not None and previous.event_histories:
            recorder._take(previous.event_histories, previous.kept_events)
        elif recording.has_files:
            recorder._restore()
        return recorder

    def _take(self, histories: Iterable[EventHistory], kept: Sequence[Event]) -> None:
        names = self.recording.renamed
        for history in histories:
            renamed = replace(history, subject=names[history.subject]) if names and history.subject in names else history
            self.histories[renamed.key] = renamed
        self.saved_kept = tuple(map(self._named, kept)) if names else kept

    @property
    def kept(self) -> dict[ItemKey, list[Event]]:
        """Items that tools no longer return; a build in which nothing changes does not need this index."""
        if self._kept is None:
            self._kept = {}
            for event in self.saved_kept:
                self._kept.setdefault(event.identity, []).append(event)
        return self._kept

    def _named(self, event: Event) -> Event:
        """The event under the current name of its entity."""
        name = self.recording.renamed.get(event.fact.subject)
        return replace(event, fact=replace(event.fact, subject=name)) if name else event

    def _restore(self) -> None:
        """What the files of single items tell: after the loss of the state, nobody knows which queries were complete."""
        for event in (self._named(event) for family in ACCUMULATING for event in self.recording.read(family, None)):
            key = _history_key(event.fact)
            history = self.histories.get(key) or EventHistory(*key, event.at, event.seen)
            begun, until = min(history.begun, event.at), max(history.until, event.seen)
            self.histories[key] = replace(history, begun=begun, until=until)
            self._count(event, 1)
            self._keep(event)

    def add(self, fact: Fact, before: Fact | None) -> None:
        """Record a fact that is new, or other than ``before``, that of the last build."""
        event = event_of(fact, self.seen)
        if event is None or not self._is_in_range(event):
            if before is not None:
                self.leave(before, None)
            return
        earlier = event_of(before, self.last) if before is not None else self._kept_or_saved(event)
        if earlier is not None and is_same_item(earlier.fact, fact):
            self._count(earlier, -1)
        elif earlier is not None:
            self._keep(earlier)
        self._count(event, 1)
        if earlier is None or earlier.is_gone or earlier.fact != fact:
            self.new.append(event)

    def _kept_or_saved(self, event: Event) -> Event | None:
        """The item as it was recorded earlier, if it was not in the last build."""
        kept = self.kept.get(event.identity, [])
        for index, earlier in enumerate(kept):
            if is_same_item(earlier.fact, event.fact):
                return kept.pop(index)
        history = self.histories.get(_history_key(event.fact))
        if history is None or event.at > history.until or not self.recording.has_files:
            return None
        saved = self._saved_items(event.fact.family, time_text(event.at)[:7]).get(event.identity, ())
        return next((each for each in saved if is_same_item(each.fact, event.fact)), None)

    def _saved_items(self, family: str, month: str) -> Mapping[ItemKey, Sequence[Event]]:
        """The recorded items of a family and a month, which are read once however many items are looked for."""
        key = family, month
        if key not in self._saved:
            self._saved[key] = {}
            for event in map(self._named, self.recording.read(family, month)):
                self._saved[key].setdefault(event.identity, []).append(event)
        return self._saved[key]

    def leave(self, fact: Fact, measurement: Measurement | None) -> None:
        """Keep an item that is no longer returned, marked if the query was complete about its time."""
        event = event_of(fact, self.last)
        if event is None or not self._is_in_range(event):
            return
        is_covered = measurement is not None and measurement.complete and (measurement.since or EVERYTHING) <= event.at
        self._keep(replace(event, is_gone=is_covered))
        if is_covered:
            self.new.append(replace(event, seen=self.seen, is_gone=True))

    def cover(self, measurement: Measurement) -> None:
        """Record which time a query covered."""
        key = measurement.subject, measurement.family, measurement.source
        history, now = self.histories.get(key), self.recording.now
        if history is None:
            self.histories[key] = new_history(key, measurement.since, now, is_complete=measurement.complete)
        elif measurement.complete:
            self.histories[key] = history.covered(measurement.since, now)

    def _is_in_range(self, event: Event) -> bool:
        """Whether the item is young enough, and not in the future."""
        return self.start <= event.at < self.end

    def _count(self, event: Event, number: int) -> None:
        if isinstance(event.fact.value, RecordedValue):
            self.changed[_history_key(event.fact), event.fact.value.outcome][day_of(event.at)] += number

    def _keep(self, event: Event) -> None:
        self.kept.setdefault(event.identity, []).append(event)

    def result(self) -> RecordedEvents:
        """What is recorded after this build."""
        old_days: defaultdict[str, list[DayCount]] = defaultdict(list)
        for (key, outcome), numbers in self.changed.items():
            history = self.histories.get(key) or new_history(key, None, self.recording.now, is_complete=False)
            counts = day_counts(history.days.get(outcome, ""))
            counts.update(numbers)
            days = {**history.days, outcome: day_text(counts)}
            self.histories[key] = replace(history, days={name: text for name, text in sorted(days.items()) if text})
        for key, history in self.histories.items():
            if any(first_day(text) < self.first for text in history.days.values()):
                self.histories[key] = self._without_old_days(history, old_days[history.family])
        histories = sorted(filter(self._is_needed, self.histories.values()), key=lambda history: history.key)
        of_families = {family: tuple(sorted(counts)) for family, counts in old_days.items()}
        return RecordedEvents(tuple(histories), tuple(self._newest()), tuple(self.new), of_families, self.seen, self.recording.days)

    def _without_old_days(self, history: EventHistory, old: list[DayCount]) -> EventHistory:
        """The history without the days that are too old, whose numbers are added to ``old``."""
        days = {}
        for outcome, text in history.days.items():
            counts = day_counts(text)
            past = {day: counts.pop(day) for day in [*counts] if day < self.first}
            old += (DayCount(date.fromordinal(day), history.subject, history.source, outcome, number) for day, number in past.items())
            days[outcome] = day_text(counts)
        return replace(history, days={name: text for name, text in days.items() if text})

    def _is_needed(self, history: EventHistory) -> bool:
        """Whether a history has items, or was continued lately: one of a removed entity or integration ends with its last item."""
        return bool(history.days) or history.until >= self.start

    def _newest(self) -> Iterator[Event]:
        """The newest items that are no longer returned, of each entity and of each family."""
        if self._kept is None:
            yield from filter(self._is_in_range, self.saved_kept)
            return
        order = sorted((event for events in self.kept.values() for event in events), key=lambda event: (event.at, event.identity))
        of_entity: Counter[HistoryKey] = Counter()
        of_family: Counter[str] = Counter()
        for event in reversed(order):
            key = _history_key(event.fact)
            of_entity[key] += 1
            of_family[key[1]] += 1
            if self._is_in_range(event) and (of_entity[key] <= KEPT_OF_ENTITY or of_family[key[1]] <= KEPT_OF_FAMILY):
                yield event
