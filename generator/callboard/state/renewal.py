"""The state of a build in which nothing changed: the saved one with other times. Entities, summaries and facts are not read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from callboard.io.rows import sorted_lines
from callboard.io.store import Store, flush, write_atomically
from callboard.model.data_classes import dataclass
from callboard.state.change_log import fold, remove_old_months
from callboard.state.event_history import EventHistory, RecordedEvents
from callboard.state.events import append_events, remove_old_events
from callboard.state.manifest import PartEntry, StateManifest, digest, part_file, read_manifest, read_part, write_manifest
from callboard.state.months import files_set_aside
from callboard.state.parts import PLAIN
from callboard.state.values import CollectionTime

_CHANGES, _COLLECTIONS, _TREES, _HISTORIES = "changes", "collections", "trees", "event_histories"


@dataclass(frozen=True, slots=True)
class SavedTimes:
    """The parts of a saved state that have times."""

    store: Store
    manifest: StateManifest
    contents: Mapping[str, bytes]
    """The contents of all parts, by name."""

    @property
    def collections(self) -> list[CollectionTime]:
        """When each family was collected."""
        return self._values(_COLLECTIONS)

    def renewed(self, at: datetime, days: int) -> tuple[Path, ...]:
        """Save the state with another time; returns damaged files of the history that were set aside.

        Call it under the store's lock, after the site is committed, and before the next turn of what is recorded. ``days``: the days
        for which single items are kept.
        """
        folder, old = self.store.state, self.manifest
        aside = files_set_aside(folder)
        histories = tuple(map(partial(_covered, old.as_of, at), self._values(_HISTORIES)))
        history = fold(folder, old.history, self._values(_CHANGES))
        events = append_events(folder, old.events, RecordedEvents(histories, as_of=at, days=days), _no_hook)
        timed = self._timed(at, histories)
        written = {name: self._written(name, content) for name, content in timed.items()}
        parts = {name: written.get(name, part) for name, part in old.parts.items() if name != _CHANGES}
        flush(self.store.folder)
        write_manifest(folder, StateManifest(old.format, old.version, at, old.files, old.skipped, parts, history, events))
        for file in {part.file for part in old.parts.values()} - {part.file for part in parts.values()}:
            (folder / file).unlink(missing_ok=True)
        remove_old_months(folder, history, _no_hook)
        remove_old_events(folder, events, _no_hook)
        return tuple(sorted(files_set_aside(folder) - aside))

    def _timed(self, at: datetime, histories: Iterable[EventHistory]) -> dict[str, bytes]:
        """The parts with the time ``at``, without those that the state does not have."""
        collections = (replace(each, as_of=at, tried_at=at) for each in self.collections)
        values = {_COLLECTIONS: collections, _TREES: (replace(tree, as_of=at) for tree in self._values(_TREES)), _HISTORIES: histories}
        return {name: sorted_lines(map(PLAIN[name].line, items)) for name, items in values.items() if name in self.manifest.parts}

    def _values(self, name: str) -> list[Any]:
        return PLAIN[name].values(self.contents.get(name, b""))

    def _written(self, name: str, content: bytes) -> PartEntry:
        sha256 = digest(content)
        path = self.store.state / part_file(name, sha256)
        if not path.exists():
            write_atomically(path, content)
        return PartEntry(path.name, len(content), sha256)


def saved_times(store: Store, sha256: str) -> SavedTimes | None:
    """The saved state, if its manifest has this digest; None for another one. Raises ``StateError`` if it is damaged."""
    manifest = read_manifest(store.state)
    if manifest is None or manifest.sha256 != sha256:
        return None
    return SavedTimes(store, manifest, {name: read_part(store.state, part) for name, part in manifest.parts.items()})


def _covered(last: datetime, at: datetime, history: EventHistory) -> EventHistory:
    """The history after the same query as in the last build: what that one covered is covered until now."""
    return replace(history, until=at) if history.whole_since is not None and history.until == last else history


def _no_hook(_: str) -> None:
    """No step is observed."""
