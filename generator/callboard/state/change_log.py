"""Changes of all builds ↔ month files below ``state/history/``, and the log that pages read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from callboard.io.rows import Lines, RowError, encoded
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef, ref_of
from callboard.model.times import time_text
from callboard.state import format1
from callboard.state.manifest import FileEntry, Months, read_manifest
from callboard.state.months import WriteHook, append, checked_months, month_names, read_month, remove_unlisted, set_aside
from callboard.state.values import Change

FOLDER = "history"
CHANGES_LOG, FREQUENT_LOG = LOGS = ("changes", "frequent")
"""Folders in it: one for all changes that are kept, one for those of frequent kinds."""
FREQUENT = frozenset({"deployed"})
"""Kinds of change with hundreds of entries in a build: they are in a log of their own, and only the last months of them are kept."""
FREQUENT_MONTHS = 3
_CHANGES = Lines(Change)
_ORDER = {"renamed": "a", "added": "c"}
"""Order of kinds within a build, "b" for the others. Read backwards, a new name must be known before changes under the old one."""


@dataclass(frozen=True, slots=True)
class SavedChanges:
    """What the files of changes contain."""

    changes: tuple[Change, ...] = ()
    damaged: tuple[Path, ...] = ()
    """Files that are missing or were changed. They are left out; the next save sets them aside."""


@dataclass(frozen=True, slots=True)
class ChangeLog:
    """Changes, newest build first, also by entity and by team."""

    changes: tuple[Change, ...] = ()
    _by_ref: dict[EntityRef, tuple[Change, ...]] = field(default_factory=dict, repr=False)
    _by_team: dict[EntityRef, tuple[Change, ...]] = field(default_factory=dict, repr=False)
    damaged: tuple[Path, ...] = ()
    """Files of changes that could not be read, whose changes are missing."""

    def of(self, ref: EntityRef, last: int) -> tuple[Change, ...]:
        """The last changes of an entity under its current name, also those under earlier names."""
        return self._by_ref.get(ref, ())[:last]

    def of_team(self, team: EntityRef, last: int) -> tuple[Change, ...]:
        """The last changes of a team and of the entities that it owned at that time."""
        return self._by_team.get(team, ())[:last]

    def teams(self) -> tuple[EntityRef, ...]:
        """Groups with changes, sorted."""
        return tuple(sorted(ref for ref in self._by_team if ref.kind == "group"))


def change_log(changes: Iterable[Change], damaged: tuple[Path, ...] = ()) -> ChangeLog:
    """The log of these changes, given in any order; equal changes count once. ``damaged``: files that could not be read."""
    ordered = tuple(sorted(set(changes), key=_newest_first))
    by_ref: dict[EntityRef, list[Change]] = {}
    by_team: dict[EntityRef, list[Change]] = {}
    renamed: dict[EntityRef, EntityRef] = {}
    for change in ordered:
        if change.ref is None:
            continue
        ref = renamed.get(change.ref, change.ref)
        by_ref.setdefault(ref, []).append(change)
        for team in _teams(change, ref):
            by_team.setdefault(team, []).append(change)
        if change.kind == "renamed":
            renamed[ref_of(change.before)] = ref
        if change.kind == "added":  # changes before it are of the entity that had the name then
            renamed.pop(change.ref, None)
    of_ref, of_team = ({ref: tuple(of) for ref, of in by.items()} for by in (by_ref, by_team))
    return ChangeLog(ordered, of_ref, of_team, damaged)


def _teams(change: Change, ref: EntityRef) -> dict[EntityRef, None]:
    """The owners after and before the change, and a group itself."""
    teams = [change.owner, ref if ref.kind == "group" else None]
    if change.kind == "owner":
        teams += [ref_of(text) for text in (change.before, change.after) if text]
    return dict.fromkeys(team for team in teams if team)


def _newest_first(change: Change) -> tuple[Any, ...]:
    """Sort key of all values: the order of a set differs from one process to the next."""
    c = change
    first = -c.at.timestamp(), _ORDER.get(c.kind, "b"), c.ref or (), c.kind, c.field, c.before, c.after, c.about, c.code, c.number
    return *first, c.origin or (), c.owner or ()


def fold(
    folder: Path, known: Mapping[str, Months], changes: Iterable[Change], step: WriteHook = lambda _: None
) -> dict[str, dict[str, FileEntry]]:
    """Append changes to the files of their months, without those that are there; returns the months of each log that are kept.

    Damaged months are set aside. The files of format 1 are converted. ``known``: the months in the manifest; ``step``: called before each
    change on disk.
    """
    old = [change for path in format1.month_paths(folder) for change in format1.month_changes(path) or ()]
    new: dict[str, defaultdict[str, list[bytes]]] = {log: defaultdict(list) for log in LOGS}
    for change in (*old, *changes):
        new[_log(change)][_month(change)].append(encoded(change))
    logs = {}
    for log, months in new.items():
        place, listed = folder / FOLDER / log, known.get(log, {})
        good = checked_months(place, listed, month_names(place, listed), _is_good, step)
        logs[log] = append(place, good, months, step)
    logs[FREQUENT_LOG] = dict(sorted(logs[FREQUENT_LOG].items())[-FREQUENT_MONTHS:])
    return logs


def remove_old_months(folder: Path, history: Mapping[str, Months], step: WriteHook) -> None:
    """Remove files of frequent changes that are not kept, and those of format 1. Call it after the manifest is written."""
    for log, months in history.items():
        remove_unlisted(folder / FOLDER / log, months, step)
    for path in format1.month_paths(folder):
        if format1.month_changes(path) is None:
            set_aside(path, step)
        else:
            step(f"remove {path.name}")
            path.unlink()


def _log(change: Change) -> str:
    return FREQUENT_LOG if change.kind in FREQUENT else CHANGES_LOG


def _month(change: Change) -> str:
    return time_text(change.at)[:7]


def _is_good(content: bytes) -> bool:
    return _decoded(content) is not None


def _decoded(content: bytes) -> list[Change] | None:
    try:
        return _CHANGES.values(content)
    except RowError:
        return None


def shown(changes: Sequence[Change], months: int) -> Iterator[Change]:
    """The changes of the last ``months`` months that have any, of frequent kinds those of ``FREQUENT_MONTHS``.

    The same whether or not the changes are in files already.
    """
    often = {_month(change) for change in changes if change.kind in FREQUENT}
    rest = {_month(change) for change in changes if change.kind not in FREQUENT}
    last, last_often = set(sorted(rest)[-months:]), set(sorted(often)[-FREQUENT_MONTHS:])
    return (change for change in changes if _month(change) in (last_often if change.kind in FREQUENT else last))


def read_changes(folder: Path, months: int) -> SavedChanges:
    """The changes in the files of the last ``months`` months that have any, and the files that are damaged."""
    manifest = read_manifest(folder)
    changes: list[Change] = []
    damaged: list[Path] = []
    for log, count in ((CHANGES_LOG, months), (FREQUENT_LOG, FREQUENT_MONTHS)):
        place, known = folder / FOLDER / log, manifest.history.get(log, {}) if manifest else {}
        for month in month_names(place, known)[-count:]:
            found = read_month(place, month, known.get(month))
            decoded = None if found.content is None else _decoded(found.content)
            changes += decoded or ()
            damaged += [found.path] if decoded is None else []
    for path in format1.month_paths(folder):
        old = format1.month_changes(path)
        changes += old or ()
        damaged += [path] if old is None else []
    return SavedChanges(tuple(changes), tuple(damaged))
