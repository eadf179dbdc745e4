"""The state on disk: parts of sorted JSON lines named by their digest, one file that names the parts, and blobs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from callboard.io.store import Store, flush, write_atomically
from callboard.model.errors import CallboardError
from callboard.state import serialization
from callboard.state.change_log import fold
from callboard.state.values import State

LONGEST_INLINE = 4_096
"""Letters of a text that stands in its row."""
_BLOB, _MAPPING = "$blob", "$mapping"


def keep(store: Store, content: bytes) -> str:
    """Keep a content and give its digest.

    Not brought to the disk one by one, which would cost minutes on the first night: ``state.save`` does it with all of them before it
    names them. One that a power cut has left empty is written again.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = store.blobs / digest[:2] / digest
    if not _has_size(path, len(content)):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{digest}.{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(path)
    return digest


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def sweep(store: Store, named: frozenset[str]) -> int:
    """Remove the blobs that nothing names any more, and drafts of a run that died; how many."""
    gone = [path for path in store.blobs.glob("*/*") if path.name not in named]
    for path in gone:
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # there is more in the folder
            path.parent.rmdir()
    return len(gone)


def packed(value: Any, put: Callable[[bytes], str]) -> Any:
    """The value with each long text replaced by ``{"$blob": digest}``; a mapping of people's that looks so is written as pairs."""
    if isinstance(value, str):
        return {_BLOB: put(value.encode("utf-8", "surrogatepass"))} if len(value) > LONGEST_INLINE else value
    if isinstance(value, Mapping):
        inner = {key: packed(item, put) for key, item in value.items()}
        return {_MAPPING: list(inner.items())} if len(inner) == 1 and not {_BLOB, _MAPPING}.isdisjoint(inner) else inner
    if isinstance(value, list | tuple):
        return [packed(item, put) for item in value]
    return value


def unpacked(value: Any, get: Callable[[str], bytes]) -> Any:
    """The value as it was before ``packed``. ``get`` raises where a blob is missing."""
    if isinstance(value, dict):
        if len(value) == 1 and _BLOB in value:
            return get(value[_BLOB]).decode("utf-8", "surrogatepass")
        if len(value) == 1 and _MAPPING in value:
            return {key: unpacked(item, get) for key, item in value[_MAPPING]}
        return {key: unpacked(item, get) for key, item in value.items()}
    if isinstance(value, list):
        return [unpacked(item, get) for item in value]
    return value


def needs_packing(line: bytes) -> bool:
    """Whether a row may hold something to pack, by its plain line: nearly none does, and walking through all costs."""
    return len(line) > LONGEST_INLINE or b'"$' in line


FORMAT = 1
POINTER = "current.json"
Parts = dict[str, list[serialization.JsonRow]]
"""Rows by name of the part, long texts still packed."""
Head = dict[str, Any]
"""What the pointer says."""
Migration = Callable[[Head, Parts], tuple[Head, Parts]]
MIGRATIONS: Mapping[int, Migration] = {}
"""From each older format to the next one."""
WriteHook = Callable[[str], None]
"""Told of each file operation before it happens; a test raises there."""

_PLAIN: Mapping[str, tuple[str, Callable[[Any], serialization.JsonRow], Callable[[serialization.JsonRow], Any]]] = {
    "problems": ("problems", serialization.problem_row, serialization.problem_of),
    "trees": ("trees", serialization.tree_row, serialization.tree_of),
    "collections": ("collections", serialization.collection_row, serialization.collection_of),
    "stale": ("stale", serialization.stale_row, serialization.stale_of),
    "repositories": ("repositories", serialization.repository_row, serialization.repository_of),
    "undescribed": ("undescribed", serialization.undescribed_row, serialization.undescribed_of),
    "portraits": ("portraits", serialization.summary_row, serialization.summary_of),
    "concerns": ("concerns", serialization.problem_summary_row, serialization.problem_summary_of),
    "changes": ("changes", serialization.change_row, serialization.change_of),
    "facts": ("facts", serialization.fact_row, serialization.fact_of),
    "measurements": ("measurements", serialization.measurement_row, serialization.measurement_of),
}
_ENTITIES = "entities."
_PICTURES = ("portraits", "concerns", "facts", "measurements", "collections")


class StateError(CallboardError):
    """The state cannot be used: damaged, or written by a newer Callboard."""


def read(store: Store, migrations: Mapping[int, Migration] = MIGRATIONS) -> State | None:
    """The state of the last build; None where there was none.

    Raises:
        StateError: it is damaged, of a newer format, or a blob of it is missing.
    """
    head = read_head(store.state)
    if head is None:
        return None
    parts = {name: _rows(store.state / file) for name, file in head["parts"].items()}
    head, parts = migrated(head, parts, migrations)
    return _state(head, parts, lambda digest: _blob(store, digest))


def read_pictures(place: Path) -> State:
    """Only what a diff compares: portraits, concerns and what integrations knew.

    ``place``: ``.callboard``, ``state`` in it, or the file that names the parts.

    Raises:
        StateError: there is no state, or it cannot be used.
    """
    folder = place.parent if place.name == POINTER else place / "state" if (place / "state" / POINTER).is_file() else place
    head = read_head(folder)
    if head is None:
        raise StateError(f"There is no state in {place}.", "Name a .callboard folder that a build has written.")
    parts = {name: _rows(folder / file) for name, file in head["parts"].items() if name in _PICTURES}
    return _state(*migrated(head, parts, MIGRATIONS), bytes.fromhex)


def read_head(folder: Path) -> Head | None:
    """What the pointer says; None where there is no state."""
    try:
        head = json.loads((folder / POINTER).read_bytes())
        known: int = head["format"]
        if known > FORMAT:
            raise StateError(
                f"{folder} was written by Callboard {head.get('version', '?')} in format {known}; this one reads formats up to {FORMAT}.",
                "Update Callboard, or use a separate folder.",
            )
        _check_names(head["parts"])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise _damaged(folder / POINTER) from error
    return dict(head)


def migrated(head: Head, parts: Parts, migrations: Mapping[int, Migration], target: int = FORMAT) -> tuple[Head, Parts]:
    """An older state in today's shape. Raises ``StateError`` where a step is missing."""
    while (known := head["format"]) < target:
        if known not in migrations:
            raise StateError(f"The state has format {known}, which this Callboard cannot read.", "Delete the folder state and build again.")
        head, parts = migrations[known](head, parts)
    return head, parts


def save(store: Store, state: State, step: WriteHook = lambda _: None) -> None:
    """Leave the state to the next build: whole, or not at all. Call it under the store's lock."""
    store.make()
    before = read_head(store.state)
    if before and "changes" in before["parts"]:
        fold(store.state, map(serialization.change_of, _rows(store.state / before["parts"]["changes"])), step)
    contents = {name: content for name, content in _contents(store, state, step).items() if content}
    names = {name: f"{name}.{hashlib.sha256(content).hexdigest()[:16]}.jsonl" for name, content in contents.items()}
    for name, content in contents.items():
        step(f"write {name}")
        if not (store.state / names[name]).exists():
            write_atomically(store.state / names[name], content)
    head = {"format": FORMAT, "version": state.version, "as_of": serialization.time_text(state.as_of), "files": state.files}
    head |= {"skipped": dict(sorted(state.skipped.items())), "parts": names}
    step("bring the blobs to the disk")
    flush(store.folder)
    step("name the new state")
    write_atomically(store.state / POINTER, json.dumps(head, indent=1).encode() + b"\n")
    _sweep(store, frozenset(names.values()), contents.values(), step)


_DIGEST = re.compile(rb'"([0-9a-f]{64})"')
"""A SHA-256 in hexadecimal digits, as a value of its own."""


def _sweep(store: Store, kept: frozenset[str], contents: Iterable[bytes], step: WriteHook) -> None:
    """What only the old state named goes; a run that dies here leaves it to the next one."""
    for path in sorted(store.state.glob("*.jsonl")):
        if path.name not in kept:
            step(f"remove {path.name}")
            path.unlink()
    step("remove blobs")
    sweep(store, frozenset(digest for content in contents for digest in _digests(content)))


def _digests(content: bytes) -> Iterable[str]:
    """Everything in a part that could be the name of a blob."""
    return (word.decode() for word in _DIGEST.findall(content))


def _contents(store: Store, state: State, step: WriteHook) -> dict[str, bytes]:
    def put(content: bytes) -> str:
        step("write a blob")
        return keep(store, content)

    parts = {name: _lines(map(to_row, getattr(state, field))) for name, (field, to_row, _) in _PLAIN.items()}
    by_source: dict[str, list[bytes]] = {}
    for entity in state.entities:
        row = serialization.entity_row(entity)
        line = _line(row)
        if needs_packing(line):
            line = _line(packed(row, put))
        by_source.setdefault(entity.origin.source, []).append(line)
    return parts | {f"{_ENTITIES}{source}": b"".join(sorted(lines)) for source, lines in sorted(by_source.items())}


def _lines(found: Iterable[serialization.JsonRow]) -> bytes:
    return b"".join(sorted(map(_line, found)))


def _line(row: serialization.JsonRow) -> bytes:
    """Compact JSON; a lone surrogate is written as an escape."""
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def _rows(path: Path) -> list[serialization.JsonRow]:
    """The rows of a part. Raises ``StateError`` where it is not what its name says."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _damaged(path) from error
    if hashlib.sha256(content).hexdigest()[:16] != path.name.split(".")[-2]:
        raise _damaged(path)
    return [json.loads(line) for line in content.splitlines()]


def _state(head: Head, parts: Parts, get: Callable[[str], bytes]) -> State:
    try:
        values: dict[str, Any] = {field: tuple(map(of_row, parts.get(name, ()))) for name, (field, _, of_row) in _PLAIN.items()}
        entities = (
            serialization.entity_of(unpacked(row, get)) for name, found in parts.items() if name.startswith(_ENTITIES) for row in found
        )
        at: datetime = serialization.time_of(head["as_of"])
        return State(at, head["version"], tuple(entities), files=head["files"], skipped=head["skipped"], **values)
    except (ValueError, KeyError, TypeError) as error:
        raise StateError("The state cannot be read.", _MEND) from error


def _blob(store: Store, digest: str) -> bytes:
    content = store.blob(digest)
    if content is None:
        raise _damaged(store.blobs / digest[:2] / digest)
    return content


def _check_names(parts: Mapping[str, str]) -> None:
    for name, file in parts.items():
        if Path(file).name != file or not file.startswith(f"{name}.") or not file.endswith(".jsonl"):
            raise ValueError(file)


_MEND = "Restore the folder .callboard from a backup, or delete state/ in it (except state/history/): the next build starts without it."


def _damaged(path: Path) -> StateError:
    return StateError(f"The state is damaged: {path} is missing or was changed.", _MEND)
