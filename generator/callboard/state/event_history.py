"""Values of what is recorded over time: single items, what is known of one family of an entity, and numbers of items by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from callboard.model.data_classes import dataclass
from callboard.model.facts.fact import Fact
from callboard.model.facts.recorded import RecordedValue
from callboard.model.ref import EntityRef

ACCUMULATING = ("deployment", "incident", "pipeline-run")
"""The families that are recorded: the questions about them are about months (how often, how long)."""
EVENT_DAYS = 90
"""Default of ``history.events``: days for which single items are kept."""
EVERYTHING = datetime(1970, 1, 1, tzinfo=UTC)
"""In place of the beginning of a query that is not limited to a time."""

HistoryKey = tuple[EntityRef, str, str]
"""Entity, family and integration."""
ItemKey = tuple[str, EntityRef, str, str, str]
"""What facts about the same item have in common: integration, entity, family, environment and key."""


def item_key(fact: Fact) -> ItemKey:
    """The integration, the entity, the family, the environment and the key of a fact."""
    return fact.source, fact.subject, fact.family, fact.environment, fact.key


def is_same_item(earlier: Fact, later: Fact) -> bool:
    """Whether two facts with the same ``item_key`` are about the same item: the later one is a correction."""
    value, other = earlier.value, later.value
    if not isinstance(value, RecordedValue) or type(value) is not type(other):
        return True
    return not value.is_another_item(other)


@dataclass(frozen=True, slots=True)
class Event:
    """One item of a family, as a build saw it."""

    at: datetime
    """Time of the item, which decides its day and its month."""
    seen: datetime
    """Time of the build; of an item that is no longer returned, the time at which it was returned last."""
    fact: Fact
    is_gone: bool = False
    """True if the integration no longer has the item, although the query covered its time; the fact is the last one that it reported."""

    @property
    def identity(self) -> ItemKey:
        """What is the same in all lines about the item."""
        return item_key(self.fact)


def event_of(fact: Fact, seen: datetime, *, is_gone: bool = False) -> Event | None:
    """The event of a fact; None if its family is not recorded, or if it has no time."""
    at = fact.value.happened_at(fact.observed_at) if isinstance(fact.value, RecordedValue) else None
    return None if at is None else Event(at.astimezone(UTC), seen, fact, is_gone)


@dataclass(frozen=True, slots=True)
class SavedEvents:
    """What the files of a family contain."""

    events: tuple[Event, ...] = ()
    """Sorted by time; each item once, as it was seen last."""
    damaged: tuple[Path, ...] = ()
    """Files that are missing or were changed, which are left out. The save that appends to such a month sets the file aside."""


@dataclass(frozen=True, slots=True)
class EventHistory:
    """What is recorded of one family of an entity from one integration."""

    subject: EntityRef
    family: str
    source: str
    begun: datetime
    """Since when items were known completely at the first build; ``EVERYTHING`` if its query was not limited."""
    until: datetime
    """Time of the last query that was complete."""
    whole_since: datetime | None = None
    """Since when items are known completely; None if they never were. Later than ``begun`` if a query
    did not reach back to the one before."""
    days: Mapping[str, str] = field(default_factory=dict)
    """Numbers of items by day, by outcome (``day_text``), for the days for which single items are kept."""

    @property
    def key(self) -> HistoryKey:
        """What it is about."""
        return self.subject, self.family, self.source

    @property
    def has_gaps(self) -> bool:
        """True if items may be missing that happened after ``begun``."""
        return self.whole_since is None or self.whole_since > self.begun

    def covered(self, since: datetime | None, now: datetime) -> EventHistory:
        """The history after a complete query at ``now`` about the time from ``since`` (None for everything)."""
        start = since or EVERYTHING
        reaches_back = self.whole_since is not None and start <= self.until
        whole = min(self.whole_since, start) if reaches_back and self.whole_since is not None else start
        begun, until = min(self.begun, start), max(self.until, now)
        return EventHistory(self.subject, self.family, self.source, begun, until, whole, self.days)  # ``replace`` takes three times as long

    def is_complete_since(self, day: int) -> bool:
        """Whether all items are known that happened on or after a day (``date.toordinal``, UTC)."""
        return self.whole_since is not None and self.whole_since <= start_of(day)

    def count(self, first: int) -> Mapping[str, int]:
        """The numbers of items on or after a day, by outcome."""
        return {outcome: count_of(text, first) for outcome, text in self.days.items()}


def new_history(key: HistoryKey, since: datetime | None, now: datetime, *, is_complete: bool) -> EventHistory:
    """The history after the first query."""
    subject, family, source = key
    start = (since or EVERYTHING) if is_complete else now
    return EventHistory(subject, family, source, start, now, start if is_complete else None)


class DayCount(NamedTuple):
    """The number of items of one outcome on one day of which the single items are no longer kept."""

    day: date
    subject: EntityRef
    source: str
    outcome: str
    number: int


@dataclass(frozen=True, slots=True)
class RecordedEvents:
    """What is recorded at the time of a build."""

    histories: tuple[EventHistory, ...] = ()
    """Sorted."""
    kept: tuple[Event, ...] = ()
    """The newest items that the tools no longer return, of each entity and of all."""
    new: tuple[Event, ...] = ()
    """Items that are new or changed: they are appended to the files."""
    old_days: Mapping[str, tuple[DayCount, ...]] = field(default_factory=dict)
    """By family: numbers of the days whose single items are no longer kept; they are appended to the files."""
    as_of: datetime = EVERYTHING
    """Time of the build."""
    days: int = EVENT_DAYS
    """Days for which single items are kept."""

    @property
    def first_day(self) -> int:
        """The first day of which single items are kept."""
        return day_of(self.as_of) - self.days + 1


def day_of(at: datetime) -> int:
    """The day of a time in UTC, as ``date.toordinal`` counts days."""
    return at.astimezone(UTC).toordinal()


def start_of(day: int) -> datetime:
    """The beginning of a day in UTC."""
    return datetime.fromordinal(day).replace(tzinfo=UTC)


def day_text(counts: Mapping[int, int]) -> str:
    """Numbers by day in the form ``739586:1,,2``: the first day, and a number for it and each day after it; empty for none."""
    present = [day for day, number in counts.items() if number > 0]
    if not present:
        return ""
    first = min(present)
    return f"{first}:" + ",".join(str(number) if (number := counts.get(day, 0)) > 0 else "" for day in range(first, max(present) + 1))


def day_counts(text: str) -> Counter[int]:
    """The numbers by day in a ``day_text``. Raises ``ValueError``."""
    first, _, numbers = text.partition(":")
    return Counter({int(first) + index: int(number) for index, number in enumerate(numbers.split(",")) if number} if text else {})


def first_day(text: str) -> int:
    """The first day in a ``day_text`` that is not empty."""
    return int(text.partition(":")[0])


def count_of(text: str, first: int) -> int:
    """The sum of the numbers of a ``day_text`` on and after the day ``first``."""
    start, _, numbers = text.partition(":")
    return sum(map(int, filter(None, numbers.split(",")[max(first - int(start), 0) :]))) if text else 0
