"""``State`` ↔ files: parts named by their digest, month files, blobs, and ``current.json``, the manifest that names the files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from callboard.io.rows import RowError
from callboard.io.store import Store, flush, write_atomically
from callboard.state import format1
from callboard.state.blobs import blob_digests, read_blob, remove_unused_blobs, write_blob
from callboard.state.change_log import fold, remove_old_months
from callboard.state.event_history import RecordedEvents
from callboard.state.events import append_events, remove_old_events
from callboard.state.manifest import (
    FORMAT,
    MANIFEST,
    UNFINISHED,
    FileEntry,
    PartEntry,
    StateError,
    StateManifest,
    damaged,
    digest,
    manifest_of,
    part_file,
    read_head,
    read_manifest,
    read_part,
    write_manifest,
)
from callboard.state.months import WriteHook, files_set_aside
from callboard.state.parts import COMPARED, PLAIN, part_lines, part_values
from callboard.state.values import Change, State

_CHANGES = "changes"


def read(store: Store) -> State | None:
    """The state of the last build; None if there is none.

    Raises:
        StateError: the state is damaged, of a newer format, or a blob is missing.
    """
    head = read_head(store.state)
    return None if head is None else _state(store.state, head, partial(read_blob, store))


def read_summaries(path: Path) -> State:
    """Only the parts that a diff compares: summaries of entities and problems, facts.

    ``path``: ``.callboard``, ``state`` in it, or the manifest.

    Raises:
        StateError: there is no state, or it cannot be used.
    """
    folder = path.parent if path.name == MANIFEST else path / "state" if (path / "state" / MANIFEST).is_file() else path
    head = read_head(folder)
    if head is None:
        raise StateError(f"There is no state in {path}.", "Name a .callboard folder that a build has written.")
    return _state(folder, head, bytes.fromhex, only_compared=True)


def _state(folder: Path, head: Mapping[str, Any], get: Callable[[str], bytes], *, only_compared: bool = False) -> State:
    if head["format"] < FORMAT:
        return format1.read_state(folder, head, get, only_compared=only_compared)
    manifest = manifest_of(folder, head)
    values: defaultdict[str, list[Any]] = defaultdict(list)
    for name, part in manifest.parts.items():
        if only_compared and name not in COMPARED:
            continue
        try:
            for field, items in part_values(name, read_part(folder, part), get).items():
                values[field] += items
        except RowError as error:
            raise damaged(folder / part.file, error) from error
    state = State(manifest.as_of, manifest.version, files=manifest.files, skipped=manifest.skipped)
    more: dict[str, Any] = {field: tuple(items) for field, items in values.items()}
    return replace(state, **more)


def save(store: Store, state: State, step: WriteHook = lambda _: None, recorded: RecordedEvents | None = None) -> tuple[Path, ...]:
    """Write the state atomically; returns damaged month files that were set aside. Call it under the store's lock.

    The changes of the state before are moved to the log of changes, and a state of format 1 is replaced by one of this format.

    Args:
        store: the folder of the portal.
        state: the state of this build.
        step: called before each file operation.
        recorded: what is appended to the files of events, and which of them are kept.

    Raises:
        StateError: a value has not the type that its class declares, as one of a plugin may have; the old state stays.
    """
    store.make()
    folder, previous = store.state, read_manifest(store.state)
    if not (folder / MANIFEST).exists():
        (folder / UNFINISHED).touch()
    aside = files_set_aside(folder)
    history = fold(folder, previous.history if previous else {}, _changes(folder, previous), step)
    events = _events(folder, previous, recorded or RecordedEvents(), step)
    parts, blobs = _write_parts(store, state, step)
    step("flush the blobs to disk")
    flush(store.folder)
    step("write the manifest")
    skipped = dict(sorted(state.skipped.items()))
    write_manifest(folder, StateManifest(FORMAT, state.version, state.as_of, state.files, skipped, parts, history, events))
    _remove_unused(store, parts, blobs, step)
    remove_old_months(folder, history, step)
    remove_old_events(folder, events, step)
    return tuple(sorted(files_set_aside(folder) - aside))


def _changes(folder: Path, previous: StateManifest | None) -> list[Change]:
    """The changes of the state before."""
    if previous is None:
        return format1.last_changes(folder, read_head(folder))
    part = previous.parts.get(_CHANGES)
    return PLAIN[_CHANGES].values(read_part(folder, part)) if part else []


def _events(
    folder: Path, previous: StateManifest | None, recorded: RecordedEvents, step: WriteHook
) -> dict[str, dict[str, FileEntry]]:  # fmt: skip
    try:
        return append_events(folder, previous.events if previous else {}, recorded, step)
    except RowError as error:
        raise StateError(f"The events cannot be saved: {error}.", "An integration returned this value; report it.") from error


def _write_parts(store: Store, state: State, step: WriteHook) -> tuple[dict[str, PartEntry], frozenset[str]]:
    """Write the parts, one after the other, so that never all are in memory; returns them, and the digests of the blobs that they name."""
    parts: dict[str, PartEntry] = {}
    blobs: set[str] = set()
    try:
        for name, lines in part_lines(state, partial(_put, store, step)):
            parts[name] = part = _part(name, lines)
            blobs |= blob_digests(lines)
            step(f"write {name}")
            if not (store.state / part.file).exists():
                write_atomically(store.state / part.file, lines)
    except RowError as error:
        raise StateError(f"The state cannot be saved: {error}.", "A source or an integration returned this value; report it.") from error
    return parts, frozenset(blobs)


def _part(name: str, lines: Sequence[bytes]) -> PartEntry:
    sha256 = digest(*lines)
    return PartEntry(part_file(name, sha256), sum(map(len, lines)), sha256)


def _put(store: Store, step: WriteHook, content: bytes) -> str:
    step("write a blob")
    return write_blob(store, content)


def _remove_unused(store: Store, parts: Mapping[str, PartEntry], blobs: Collection[str], step: WriteHook) -> None:
    """Remove parts and blobs that only the old state used; after a crash the next save removes them."""
    used = {part.file for part in parts.values()}
    for path in sorted(store.state.glob("*.jsonl")):
        if path.name not in used:
            step(f"remove {path.name}")
            path.unlink()
    step("remove blobs")
    remove_unused_blobs(store, blobs)
