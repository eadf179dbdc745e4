"""Facts that accumulate (deployments, incidents, pipeline runs) ↔ month files below ``events/<family>/``.

A build appends what it saw; it reads nothing of it. Steps that aggregate read the months that they need: of several lines about the same
item the one that was seen last counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from callboard.io.rows import Lines, RowError, encoded
from callboard.model.facts.fact import Fact
from callboard.model.ref import EntityRef
from callboard.model.times import time_text
from callboard.state.manifest import FileEntry, Months, read_manifest
from callboard.state.months import WriteHook, append, checked_months, month_names, read_month
from callboard.state.parts import FactLine, fact_of_line

FOLDER = "events"
ACCUMULATING = ("deployment", "incident", "pipeline-run")
"""The families that accumulate: the questions about them are about months (how often, how long)."""


@dataclass(frozen=True, slots=True)
class Event:
    """One item of a family, as a build saw it."""

    at: datetime
    """Time of the item, which decides its month: the same each time it is seen."""
    seen: datetime
    """Time of the build."""
    fact: Fact
    is_gone: bool = False
    """True if the integration no longer reports the item; the fact is the last one that it reported."""

    @property
    def identity(self) -> tuple[str, EntityRef, str, str, str]:
        """What is the same in all lines about the item."""
        fact = self.fact
        return fact.source, fact.subject, fact.family, fact.environment, fact.key


@dataclass(frozen=True, slots=True)
class SavedEvents:
    """What the files of a family contain."""

    events: tuple[Event, ...] = ()
    """Sorted by time; each item once, as it was seen last."""
    damaged: tuple[Path, ...] = ()
    """Files that are missing or were changed, which are left out. The save that appends to such a month sets the file aside."""


class EventLine(msgspec.Struct, array_like=True, frozen=True):
    """An event in the file of its family and month: an array, because there may be half a million. New fields come last, with a default."""

    at: datetime
    seen: datetime
    subject: EntityRef
    key: str
    value: msgspec.Raw
    source: str
    environment: str = ""
    url: str = ""
    observed_at: datetime | None = None
    is_gone: bool = False

    @classmethod
    def of(cls, event: Event) -> EventLine:
        """The event as written. Raises ``RowError``."""
        line = FactLine.of(event.fact)
        rest = line.source, line.environment, line.url, line.observed_at, event.is_gone
        return cls(event.at, event.seen, event.fact.subject, line.key, line.value, *rest)

    def event(self, family: str) -> Event | None:
        """The event of this family; None if no installed package has the family. Raises ``RowError``."""
        line = FactLine(family, self.key, self.value, self.source, self.environment, self.url, self.observed_at)
        fact = fact_of_line(line, self.subject)
        return None if fact is None else Event(self.at, self.seen, fact, self.is_gone)


_LINES = Lines(EventLine)


def append_events(folder: Path, known: Mapping[str, Months], events: Iterable[Event], step: WriteHook) -> dict[str, dict[str, FileEntry]]:
    """Append events to the files of their months; returns the months of each family. Only the files of these months are read.

    Raises ``ValueError`` for a family that does not accumulate.
    """
    new: dict[str, defaultdict[str, list[bytes]]] = {family: defaultdict(list) for family in ACCUMULATING}
    for event in events:
        if event.fact.family not in new:
            raise ValueError(f"facts of the family {event.fact.family!r} do not accumulate")
        new[event.fact.family][time_text(event.at)[:7]].append(encoded(EventLine.of(event)))
    return {family: _appended(folder / FOLDER / family, known.get(family, {}), months, step) for family, months in new.items()}


def _appended(log: Path, known: Months, new: Mapping[str, Collection[bytes]], step: WriteHook) -> dict[str, FileEntry]:
    touched = [month for month in month_names(log, known) if month in new or month not in known]
    good = checked_months(log, known, touched, lambda content: _decoded(content, log.name) is not None, step)
    return append(log, good, new, step)


def read_events(folder: Path, family: str, months: Collection[str] | None = None) -> SavedEvents:
    """The items of a family whose time is in these months (``2026-11``; None for all). Raises ``StateError`` for a damaged manifest."""
    manifest = read_manifest(folder)
    known, log = manifest.events.get(family, {}) if manifest else {}, folder / FOLDER / family
    last: dict[tuple[str, EntityRef, str, str, str], Event] = {}
    damaged = []
    for month in month_names(log, known):
        if months is not None and month not in months:
            continue
        found = read_month(log, month, known.get(month))
        events = None if found.content is None else _decoded(found.content, family)
        damaged += [found.path] if events is None else []
        for event in events or ():
            if event.identity not in last or last[event.identity].seen <= event.seen:
                last[event.identity] = event
    return SavedEvents(tuple(sorted(last.values(), key=lambda event: (event.at, event.identity))), tuple(damaged))


def _decoded(content: bytes, family: str) -> list[Event] | None:
    """The events in these lines, none for a family that no installed package has; None if a line is no event."""
    try:
        return [event for line in _LINES.values(content) if (event := line.event(family)) is not None]
    except RowError:
        return None
