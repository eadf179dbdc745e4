"""What changed from build to build, kept by month as JSON lines: small enough for years."""

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
"""Kinds of change that come by hundreds every night: they lie in files of their own, and only the last months of them are kept."""
FREQUENT_MONTHS = 3
_OFTEN = "often-"


@dataclass(frozen=True, slots=True)
class ChangeLog:
    """Changes, the newest build first; within a build in their own order."""

    changes: tuple[Change, ...] = ()
    _by_ref: dict[EntityRef, tuple[Change, ...]] = field(default_factory=dict, repr=False)
    _by_team: dict[EntityRef, tuple[Change, ...]] = field(default_factory=dict, repr=False)

    def of(self, ref: EntityRef, last: int) -> tuple[Change, ...]:
        """The last changes of an entity, under its newest name."""
        return self._by_ref.get(ref, ())[:last]

    def of_team(self, team: EntityRef, last: int) -> tuple[Change, ...]:
        """The last changes of a team and of what it owned when they happened."""
        return self._by_team.get(team, ())[:last]

    def teams(self) -> tuple[EntityRef, ...]:
        """Groups that have changes, sorted."""
        return tuple(sorted(ref for ref in self._by_team if ref.kind == "group"))


def change_log(changes: Iterable[Change]) -> ChangeLog:
    """The history of these changes, in any order; the same change counts once."""
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
        if change.kind == "added":  # what bore the name earlier was another one, or the same one removed: either way it bears it again
            renamed.pop(change.ref, None)
    return ChangeLog(ordered, {ref: tuple(found) for ref, found in by_ref.items()}, {ref: tuple(found) for ref, found in by_team.items()})


def _teams(change: Change, ref: EntityRef) -> dict[EntityRef, None]:
    """The owner after and before, and a group itself."""
    found = [change.owner, ref if ref.kind == "group" else None]
    if change.kind == "owner":
        found += [serialization.ref_of(text) for text in (change.before, change.after) if text]
    return dict.fromkeys(team for team in found if team)


def _newest_first(change: Change) -> tuple[float, str, EntityRef | tuple[()], str, str, str, str, str, str, int]:
    c = change
    return -c.at.timestamp(), _FIRST.get(c.kind, "b"), c.ref or (), c.kind, c.field, c.before, c.after, c.about, c.code, c.number


_FIRST = {"renamed": "a", "added": "c"}
"""Read backwards, a new name must be known before the changes that came under the old one."""


def fold(folder: Path, changes: Iterable[Change], step: Callable[[str], None] = lambda _: None) -> None:
    """Put changes into the files of their months; those that are there already stay there once, so that it can be done twice."""
    by_month: dict[str, set[str]] = {}
    for change in changes:
        line = json.dumps(serialization.change_row(change), ensure_ascii=True, separators=(",", ":"))
        by_month.setdefault(_file(change), set()).add(line)
    for month, new in sorted(by_month.items()):
        path = folder / FOLDER / f"{month}.jsonl"
        old = path.read_text(encoding="ascii").splitlines() if path.exists() else []
        if new - set(old):
            step(f"write the history of {month}")
            write_atomically(path, "".join(f"{line}\n" for line in sorted({*old, *new})).encode())
    for path in _months(folder, _OFTEN)[:-FREQUENT_MONTHS]:
        step(f"remove {path.name}")
        path.unlink()


def _file(change: Change) -> str:
    """Which file has it, without the ending."""
    return f"{_OFTEN if change.kind in FREQUENT else ''}{_month(change)}"


def _month(change: Change) -> str:
    return serialization.time_text(change.at)[:7]


def _months(folder: Path, prefix: str = "") -> list[Path]:
    return sorted((folder / FOLDER).glob(f"{prefix}????-??.jsonl"))


def shown(changes: Sequence[Change], months: int) -> Iterator[Change]:
    """Those of the last ``months`` months that have any; of frequent ones those of fewer months. The same before and after a fold."""
    often = {_month(change) for change in changes if change.kind in FREQUENT}
    rest = {_month(change) for change in changes if change.kind not in FREQUENT}
    kept, kept_often = set(sorted(rest)[-months:]), set(sorted(often)[-FREQUENT_MONTHS:])
    return (change for change in changes if _month(change) in (kept_often if change.kind in FREQUENT else kept))


def read_changes(folder: Path, months: int) -> Sequence[Change]:
    """The changes of the last ``months`` months that have any. Raises ``CallboardError`` where a file is damaged."""
    found: list[Change] = []
    for path in (*_months(folder)[-months:], *_months(folder, _OFTEN)[-FREQUENT_MONTHS:]):
        try:
            found += (serialization.change_of(json.loads(line)) for line in path.read_bytes().splitlines())
        except (ValueError, KeyError, TypeError) as error:
            raise CallboardError(f"The history in {path} is damaged.", "Restore the file from a backup, or delete it.") from error
    return found
