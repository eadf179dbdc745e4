"""Events ↔ lines of JSON: the events that one build saw of one integration are one line, in columns.

A line of its own for each event would have three times the size: most columns have few different values, or a common beginning.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Annotated, Any

import msgspec

from callboard.io.rows import Lines, RowError, as_row, encoded, row_type, type_error
from callboard.model.errors import CallboardError
from callboard.model.facts.fact import Fact
from callboard.model.facts.validation import FactError
from callboard.model.ref import EntityRef, ref_of
from callboard.plugins.installed_families import value_type
from callboard.state.columns import packed_column, unpacked_column
from callboard.state.event_history import DayCount, Event, event_of

MOST_ROWS = 1_000_000
"""Rows that a line may have: a constant column has no length of its own."""
_OF_FACT = ("subject", "key", "environment", "url", "observed_at")
"""Columns of all families."""
_Count = Annotated[int, msgspec.Meta(ge=1, le=MOST_ROWS)]


class EventsLine(msgspec.Struct, array_like=True, frozen=True):
    """Events of one family. New fields come last, with a default."""

    family: str
    source: str
    seen: Annotated[datetime, msgspec.Meta(tz=True)]
    count: _Count
    columns: dict[str, list[Any]]
    """Columns of facts, packed."""
    values: dict[str, list[Any]]
    """Columns of values, packed. A field that is missing, because the line is older than it, has its default."""
    is_gone: bool = False


class DaysLine(msgspec.Struct, array_like=True, frozen=True):
    """Numbers of items of one day and outcome, from one integration."""

    day: date
    source: str
    outcome: str
    count: _Count
    subjects: list[Any]
    numbers: list[Any]


_EVENTS, _DAYS = Lines(EventsLine), Lines(DaysLine)


def event_lines(events: Iterable[Event]) -> list[bytes]:
    """Events as lines. Raises ``RowError`` if a field of a value has another type than its class declares."""
    groups: defaultdict[tuple[str, str, datetime, bool], list[Event]] = defaultdict(list)
    for event in events:
        groups[event.fact.family, event.fact.source, event.seen, event.is_gone].append(event)
    return [encoded(_line(key, group)) for key, group in sorted(groups.items())]


def _line(key: tuple[str, str, datetime, bool], events: Iterable[Event]) -> EventsLine:
    family, source, seen, is_gone = key
    facts = [event.fact for event in sorted(events, key=lambda event: event.identity)]
    _check(facts)
    texts = {name: msgspec.to_builtins([*map(attrgetter(name), facts)]) for name in _OF_FACT[1:]}
    columns = {name: packed_column(values) for name, values in {"subject": [str(fact.subject) for fact in facts], **texts}.items()}
    rows: list[dict[str, Any]] = msgspec.to_builtins([fact.value for fact in facts])
    values = {name: packed_column([row[name] for row in rows]) for name in rows[0]}
    return EventsLine(family, source, seen, len(facts), columns, values, is_gone)


def _check(facts: Sequence[Fact]) -> None:
    """Raises ``RowError`` if a field of a value, all of which have one class, has another type than the class declares."""
    kind: type = type(facts[0].value)
    rows: Any = list.__class_getitem__(row_type(kind))
    try:
        as_row([fact.value for fact in facts], rows)
    except RowError:  # which fact it is
        for fact in facts:
            if error := type_error(fact.value):
                raise RowError(f"{error}, in the fact {fact.family} {fact.key!r:.80} of {fact.subject}") from None
        raise


def events_of(content: bytes) -> list[Event]:
    """The events in lines, in their order; none of a family that is unknown. Raises ``RowError``."""
    return [event for line in _EVENTS.values(content) for event in _events(line)]


def _events(line: EventsLine) -> list[Event]:
    kind = value_type(line.family)
    if kind is None:
        return []
    columns = [unpacked_column(line.columns.get(name), line.count) for name in _OF_FACT]
    packed = {name: unpacked_column(column, line.count) for name, column in line.values.items()}
    rows = [dict(zip(packed, row, strict=True)) for row in zip(*packed.values(), strict=True)] or [{}] * line.count
    try:
        values = msgspec.convert(rows, list[kind])  # type: ignore[valid-type]
        times = msgspec.convert(columns.pop(), list[datetime | None])
        refs = {text: ref_of(text) for text in columns[0]}
        facts = (
            Fact(refs[subject], line.family, key, value, line.source, environment, url, observed)
            for subject, key, environment, url, value, observed in zip(*columns, values, times, strict=True)
        )
        found = [event_of(fact, line.seen, is_gone=line.is_gone) for fact in facts]
    except (msgspec.MsgspecError, FactError, CallboardError, RecursionError, TypeError, ValueError, AttributeError) as error:
        raise RowError(f"{error}, in events of the family {line.family}") from error
    return [event for event in found if event is not None]


def day_lines(counts: Collection[DayCount]) -> list[bytes]:
    """Numbers of days as lines."""
    groups: defaultdict[tuple[date, str, str], dict[EntityRef, int]] = defaultdict(dict)
    for count in counts:
        groups[count.day, count.source, count.outcome][count.subject] = count.number
    return [encoded(_day_line(key, numbers)) for key, numbers in sorted(groups.items())]


def _day_line(key: tuple[date, str, str], numbers: Mapping[EntityRef, int]) -> DaysLine:
    subjects = sorted(numbers)
    return DaysLine(*key, len(subjects), packed_column([*map(str, subjects)]), packed_column([numbers[ref] for ref in subjects]))


def days_of(content: bytes) -> list[DayCount]:
    """The numbers in lines. Raises ``RowError``."""
    found: list[DayCount] = []
    for line in _DAYS.values(content):
        numbers = unpacked_column(line.numbers, line.count)
        try:
            refs = [ref_of(text) for text in unpacked_column(line.subjects, line.count)]
        except (CallboardError, TypeError, ValueError, AttributeError) as error:
            raise RowError(str(error)) from error
        if not all(isinstance(number, int) for number in numbers):
            raise RowError("a number of items is no integer")
        found += (DayCount(line.day, ref, line.source, line.outcome, number) for ref, number in zip(refs, numbers, strict=True))
    return found
