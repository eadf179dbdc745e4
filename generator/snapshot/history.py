"""What changed from build to build, kept by month as JSON lines: small enough for years."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator.errors import CallboardError
from generator.model.ref import EntityRef
from generator.outside.store import write_atomically
from generator.snapshot import rows
from generator.snapshot.values import Change

FOLDER = "history"


@dataclass(frozen=True, slots=True)
class History:
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


def history_of(changes: Iterable[Change]) -> History:
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
            renamed[rows.ref_of(change.before)] = ref
        if change.kind == "added":  # what bore the name earlier was another one, or the same one removed: either way it bears it again
            renamed.pop(change.ref, None)
    return History(ordered, {ref: tuple(found) for ref, found in by_ref.items()}, {ref: tuple(found) for ref, found in by_team.items()})


def _teams(change: Change, ref: EntityRef) -> dict[EntityRef, None]:
    """The owner after and before, and a group itself."""
    found = [change.owner, ref if ref.kind == "group" else None]
    if change.kind == "owner":
        found += [rows.ref_of(text) for text in (change.before, change.after) if text]
    return dict.fromkeys(team for team in found if team)


def _newest_first(change: Change) -> tuple[float, str, EntityRef | tuple[()], str, str, str, str]:
    return -change.at.timestamp(), _FIRST.get(change.kind, "b"), change.ref or (), change.kind, change.field, change.before, change.after


_FIRST = {"renamed": "a", "added": "c"}
"""Read backwards, a new name must be known before the changes that came under the old one."""


def fold(folder: Path, changes: Iterable[Change], step: Callable[[str], None] = lambda _: None) -> None:
    """Put changes into the files of their months; those that are there already stay there once, so that it can be done twice."""
    by_month: dict[str, set[str]] = {}
    for change in changes:
        line = json.dumps(rows.change_row(change), ensure_ascii=True, separators=(",", ":"))
        by_month.setdefault(rows.time_text(change.at)[:7], set()).add(line)
    for month, new in sorted(by_month.items()):
        path = folder / FOLDER / f"{month}.jsonl"
        old = path.read_text(encoding="ascii").splitlines() if path.exists() else []
        if new - set(old):
            step(f"write the history of {month}")
            write_atomically(path, "".join(f"{line}\n" for line in sorted({*old, *new})).encode())


def read_changes(folder: Path, months: int) -> Sequence[Change]:
    """The changes of the last ``months`` months that have any. Raises ``CallboardError`` where a file is damaged."""
    found: list[Change] = []
    for path in sorted((folder / FOLDER).glob("????-??.jsonl"))[-months:]:
        try:
            found += (rows.change_of(json.loads(line)) for line in path.read_bytes().splitlines())
        except (ValueError, KeyError, TypeError) as error:
            raise CallboardError(f"The history in {path} is damaged.", "Restore the file from a copy, or delete it.") from error
    return found
