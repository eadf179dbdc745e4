"""Files of events and the log of changes → events under the names that their entities have now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from callboard.model.ref import EntityRef, ref_of
from callboard.state.change_log import CHANGES_LOG, FOLDER, read_changes
from callboard.state.event_history import Event
from callboard.state.events import read_events
from callboard.state.manifest import read_manifest
from callboard.state.months import month_names
from callboard.state.values import Change

ALL_MONTHS = 100_000
Renames = Mapping[EntityRef, Sequence[tuple[datetime, EntityRef]]]
"""Time and new name of each rename, by old name, in order."""


def read_recorded(folder: Path, family: str, month: str | None = None) -> tuple[Event, ...]:
    """The recorded items of a family and a month (None for all). Damaged files are left out. Raises ``StateError``."""
    events = read_events(folder, family, None if month is None else {month}).events
    renames = _renames(read_changes(folder, ALL_MONTHS).changes) if events else {}
    return tuple(_named(event, renames) for event in events) if renames else events


def _renames(changes: Iterable[Change]) -> Renames:
    """The renames among changes."""
    found: defaultdict[EntityRef, list[tuple[datetime, EntityRef]]] = defaultdict(list)
    for change in sorted((change for change in changes if change.kind == "renamed"), key=lambda change: change.at):
        found[ref_of(change.before)].append((change.at, ref_of(change.after)))
    return found


def renames_since(folder: Path, month: str) -> Renames:
    """The renames in that month and later. Raises ``StateError``."""
    manifest = read_manifest(folder)
    names = month_names(folder / FOLDER / CHANGES_LOG, manifest.history.get(CHANGES_LOG, {}) if manifest else {})
    return _renames(read_changes(folder, max(sum(name >= month for name in names), 1)).changes)


def name_then(ref: EntityRef, time: datetime, renames: Renames) -> EntityRef:
    """The name that an entity, called so at that time, has now."""
    while later := next(((at, new) for at, new in renames.get(ref, ()) if at > time), None):
        time, ref = later
    return ref


def _named(event: Event, renames: Renames) -> Event:
    """The event under the name that its entity got after the event was seen."""
    ref = name_then(event.fact.subject, event.seen, renames)
    return event if ref == event.fact.subject else replace(event, fact=replace(event.fact, subject=ref))
