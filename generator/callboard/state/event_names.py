"""Files of events and the log of changes → events under the names that their entities have now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from callboard.model.ref import EntityRef, ref_of
from callboard.state.change_log import read_changes
from callboard.state.event_history import Event
from callboard.state.events import read_events
from callboard.state.values import Change

ALL_MONTHS = 100_000


def read_recorded(folder: Path, family: str, month: str | None = None) -> tuple[Event, ...]:
    """The recorded items of a family and a month (None for all). Damaged files are left out. Raises ``StateError``."""
    events = read_events(folder, family, None if month is None else {month}).events
    renames = _renames(read_changes(folder, ALL_MONTHS).changes) if events else {}
    return tuple(_named(event, renames) for event in events) if renames else events


def _renames(changes: Iterable[Change]) -> Mapping[EntityRef, Sequence[tuple[datetime, EntityRef]]]:
    """Time and new name of each rename, by old name, in order."""
    found: defaultdict[EntityRef, list[tuple[datetime, EntityRef]]] = defaultdict(list)
    for change in sorted((change for change in changes if change.kind == "renamed"), key=lambda change: change.at):
        found[ref_of(change.before)].append((change.at, ref_of(change.after)))
    return found


def _named(event: Event, renames: Mapping[EntityRef, Sequence[tuple[datetime, EntityRef]]]) -> Event:
    """The event under the name that its entity got after the event was seen."""
    ref, time = event.fact.subject, event.seen
    while later := next(((at, new) for at, new in renames.get(ref, ()) if at > time), None):
        time, ref = later
    return event if ref == event.fact.subject else replace(event, fact=replace(event.fact, subject=ref))
