"""Facts that accumulate (deployments, incidents, pipeline runs) ↔ month files below ``events/<family>/``.

A build appends what it saw; it reads nothing of it. Steps that aggregate read the months that they need: of several lines about the same
item the one that was seen last counts. Of days whose single items are no longer kept, ``events/<family>-days/`` has the numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

from callboard.io.rows import RowError
from callboard.model.ref import EntityRef
from callboard.state.event_history import ACCUMULATING, EVERYTHING, DayCount, Event, ItemKey, RecordedEvents, SavedEvents, is_same_item
from callboard.state.event_lines import day_lines, days_of, event_lines, events_of
from callboard.state.manifest import FileEntry, Months, read_manifest
from callboard.state.months import WriteHook, append, checked_months, month_names, read_month, remove_unlisted

T = TypeVar("T")
FOLDER = "events"
DAYS = "-days"
"""Behind the name of a family: the log with its numbers by day."""


def append_events(folder: Path, known: Mapping[str, Months], recorded: RecordedEvents, step: WriteHook) -> dict[str, dict[str, FileEntry]]:
    """Append what is new to the files of its months; returns the months of each log that are kept. Only these files are read.

    Raises:
        ValueError: a family does not accumulate.
        RowError: a value has not the type that its class declares.
    """
    logs = {family: _lines_by_month(family, recorded.new) for family in ACCUMULATING}
    if unknown := {event.fact.family for event in recorded.new} - {*ACCUMULATING}:
        raise ValueError(f"facts of the families {sorted(unknown)} do not accumulate")
    for family, counts in recorded.old_days.items():
        months: defaultdict[str, list[DayCount]] = defaultdict(list)
        for count in counts:
            months[f"{count.day:%Y-%m}"].append(count)
        logs[f"{family}{DAYS}"] = {month: day_lines(of_month) for month, of_month in months.items()}
    names = dict.fromkeys((*logs, *known))
    new = {name: _appended(folder / FOLDER / name, known.get(name, {}), logs.get(name, {}), step) for name in names}
    return {name: _without_old(name, months, recorded) for name, months in new.items() if months or name in ACCUMULATING}


def _lines_by_month(family: str, events: Iterable[Event]) -> dict[str, list[bytes]]:
    months: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.fact.family == family:
            months[event.at.isoformat()[:7]].append(event)  # ``at`` is in UTC
    return {month: event_lines(of_month) for month, of_month in months.items()}


def _without_old(name: str, months: dict[str, FileEntry], recorded: RecordedEvents) -> dict[str, FileEntry]:
    """The months without those of single items all of whose days are too old."""
    if name not in ACCUMULATING or recorded.as_of == EVERYTHING:
        return months
    first = f"{date.fromordinal(recorded.first_day):%Y-%m}"
    return {month: entry for month, entry in months.items() if month >= first}


def remove_old_events(folder: Path, events: Mapping[str, Months], step: WriteHook) -> None:
    """Remove the files of months that are no longer kept. Call it after the manifest is written."""
    for name, months in events.items():
        remove_unlisted(folder / FOLDER / name, months, step)


def _appended(log: Path, known: Months, new: Mapping[str, Collection[bytes]], step: WriteHook) -> dict[str, FileEntry]:
    touched = [month for month in month_names(log, known) if month in new or month not in known]
    good = checked_months(log, known, touched, lambda content: _is_good(content, log.name), step)
    return append(log, good, new, step)


def _is_good(content: bytes, name: str) -> bool:
    return (_decoded(content, days_of) if name.endswith(DAYS) else _decoded(content, events_of)) is not None


def has_events(folder: Path) -> bool:
    """Whether there are files of single items."""
    return any(month_names(folder / FOLDER / family, {}) for family in ACCUMULATING)


def read_events(folder: Path, family: str, months: Collection[str] | None = None) -> SavedEvents:
    """The items of a family whose time is in these months (``2026-11``; None for all). Raises ``StateError`` for a damaged manifest."""
    found, damaged = _read(folder, family, months, events_of)
    return SavedEvents(latest(found), damaged)


def latest(events: Iterable[Event]) -> tuple[Event, ...]:
    """Each item once, as it was seen last, sorted by time. Of two with the same time, the later one in ``events`` counts."""
    items: dict[ItemKey, list[Event]] = {}
    for event in sorted(events, key=lambda event: event.seen):
        of_key = items.setdefault(event.identity, [])
        if of_key and is_same_item(of_key[-1].fact, event.fact):
            of_key[-1] = event
        else:
            of_key.append(event)
    return tuple(sorted((event for of_key in items.values() for event in of_key), key=lambda event: (event.at, event.identity)))


def read_days(folder: Path, family: str, months: Collection[str] | None = None) -> tuple[tuple[DayCount, ...], tuple[Path, ...]]:
    """The numbers of days whose single items are no longer kept, and the files that are damaged. Raises ``StateError``."""
    found, damaged = _read(folder, f"{family}{DAYS}", months, days_of)
    last: dict[tuple[date, EntityRef, str, str], DayCount] = {each[:4]: each for each in found}
    return tuple(sorted(last.values())), damaged


def _read(folder: Path, name: str, months: Collection[str] | None, read: Callable[[bytes], list[T]]) -> tuple[list[T], tuple[Path, ...]]:
    """The values in the files of a log, and the files that are damaged."""
    manifest = read_manifest(folder)
    known, log = manifest.events.get(name, {}) if manifest else {}, folder / FOLDER / name
    found: list[T] = []
    damaged = []
    for month in month_names(log, known):
        if months is None or month in months:
            content = read_month(log, month, known.get(month))
            values = None if content.content is None else _decoded(content.content, read)
            found += values or ()
            damaged += [content.path] if values is None else []
    return found, tuple(damaged)


def _decoded(content: bytes, read: Callable[[bytes], list[T]]) -> list[T] | None:
    """The values in these lines; None if a line has another form."""
    try:
        return read(content)
    except RowError:
        return None
