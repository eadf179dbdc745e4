"""Changes of all builds ↔ files of JSON lines by month below ``state/history/``, and the log that pages read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from callboard.io.store import write_atomically
from callboard.model.errors import CallboardError
from callboard.model.ref import EntityRef
from callboard.state import serialization
from callboard.state.values import Change

FOLDER = "history"
FREQUENT = frozenset({"deployed"})
"""Kinds of change with hundreds of entries in a build: they are in separate files, and only the last months of them are kept."""
FREQUENT_MONTHS = 3
_FREQUENT_PREFIX = "often-"
_ORDER = {"renamed": "a", "added": "c"}
"""Order of kinds within a build, "b" for the others. Read backwards, a new name must be known before changes under the old one."""


@dataclass(frozen=True, slots=True)
class ChangeLog:
    """Changes, newest build first, also by entity and by team."""

    changes: tuple[Change, ...] = ()
    _by_ref: dict[EntityRef, tuple[Change, ...]] = field(default_factory=dict, repr=False)
    _by_team: dict[EntityRef, tuple[Change, ...]] = field(default_factory=dict, repr=False)

    def of(self, ref: EntityRef, last: int) -> tuple[Change, ...]:
        """The last changes of an entity under its current name, also those under earlier names."""
        return self._by_ref.get(ref, ())[:last]

    def of_team(self, team: EntityRef, last: int) -> tuple[Change, ...]:
        """The last changes of a team and of the entities that it owned at that time."""
        return self._by_team.get(team, ())[:last]

    def teams(self) -> tuple[EntityRef, ...]:
        """Groups with changes, sorted."""
        return tuple(sorted(ref for ref in self._by_team if ref.kind == "group"))


def change_log(changes: Iterable[Change]) -> ChangeLog:
    """The log of these changes, given in any order; equal changes count once."""
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
            renamed[serialization.ref_of(change.before)] = ref
        if change.kind == "added":  # changes before it are of the entity that had the name then
            renamed.pop(change.ref, None)
    return ChangeLog(ordered, {ref: tuple(of) for ref, of in by_ref.items()}, {ref: tuple(of) for ref, of in by_team.items()})


def _teams(change: Change, ref: EntityRef) -> dict[EntityRef, None]:
    """The owners after and before the change, and a group itself."""
    teams = [change.owner, ref if ref.kind == "group" else None]
    if change.kind == "owner":
        teams += [serialization.ref_of(text) for text in (change.before, change.after) if text]
    return dict.fromkeys(team for team in teams if team)


def _newest_first(change: Change) -> tuple[float, str, EntityRef | tuple[()], str, str, str, str, str, str, int]:
    c = change
    return -c.at.timestamp(), _ORDER.get(c.kind, "b"), c.ref or (), c.kind, c.field, c.before, c.after, c.about, c.code, c.number


def fold(folder: Path, changes: Iterable[Change], step: Callable[[str], None] = lambda _: None) -> None:
    """Add changes to the files of their months, and remove old files of frequent ones. Idempotent: lines that exist are not added again.

    ``step`` is called before each change on disk.
    """
    by_month: dict[str, set[str]] = {}
    for change in changes:
        line = json.dumps(serialization.change_row(change), ensure_ascii=True, separators=(",", ":"))
        by_month.setdefault(_file(change), set()).add(line)
    for name, new in sorted(by_month.items()):
        path = folder / FOLDER / f"{name}.jsonl"
        old = path.read_text(encoding="ascii").splitlines() if path.exists() else []
        if new - set(old):
            step(f"write the history of {name}")
            write_atomically(path, "".join(f"{line}\n" for line in sorted({*old, *new})).encode())
    for path in _months(folder, _FREQUENT_PREFIX)[:-FREQUENT_MONTHS]:
        step(f"remove {path.name}")
        path.unlink()


def _file(change: Change) -> str:
    """Name of the file that has the change, without ``.jsonl``."""
    return f"{_FREQUENT_PREFIX if change.kind in FREQUENT else ''}{_month(change)}"


def _month(change: Change) -> str:
    return serialization.time_text(change.at)[:7]


def _months(folder: Path, prefix: str = "") -> list[Path]:
    return sorted((folder / FOLDER).glob(f"{prefix}????-??.jsonl"))


def shown(changes: Sequence[Change], months: int) -> Iterator[Change]:
    """The changes of the last ``months`` months that have any, of frequent kinds those of ``FREQUENT_MONTHS``.

    The same whether or not the changes are in files already.
    """
    often = {_month(change) for change in changes if change.kind in FREQUENT}
    rest = {_month(change) for change in changes if change.kind not in FREQUENT}
    last, last_often = set(sorted(rest)[-months:]), set(sorted(often)[-FREQUENT_MONTHS:])
    return (change for change in changes if _month(change) in (last_often if change.kind in FREQUENT else last))


def read_changes(folder: Path, months: int) -> Sequence[Change]:
    """The changes in the files of the last ``months`` months that have any. Raises ``CallboardError`` if a file is damaged."""
    changes: list[Change] = []
    for path in (*_months(folder)[-months:], *_months(folder, _FREQUENT_PREFIX)[-FREQUENT_MONTHS:]):
        try:
            changes += (serialization.change_of(json.loads(line)) for line in path.read_bytes().splitlines())
        except (ValueError, KeyError, TypeError) as error:
            raise CallboardError(f"The history in {path} is damaged.", "Restore the file from a backup, or delete it.") from error
    return changes
