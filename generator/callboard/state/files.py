"""``State`` ↔ files: parts of sorted JSON lines named by their digest, ``current.json`` with the names of the parts, and blobs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from callboard.io.store import Store, flush, write_atomically
from callboard.model.errors import CallboardError
from callboard.state import serialization
from callboard.state.change_log import fold
from callboard.state.values import State

FORMAT = 1
"""Format of the state on disk that this version writes."""
POINTER = "current.json"
"""Name of the file that names the parts."""
LONGEST_INLINE = 4_096
"""Letters of a string in a row; a longer one is a blob."""
_BLOB, _MAPPING = "$blob", "$mapping"
Parts = dict[str, list[serialization.JsonRow]]
"""Rows by name of the part, long texts still packed."""
Head = dict[str, Any]
"""Content of the pointer."""
Migration = Callable[[Head, Parts], tuple[Head, Parts]]
MIGRATIONS: Mapping[int, Migration] = {}
"""By format: converts it to the next one."""
WriteHook = Callable[[str], None]
"""Called with a description before each file operation; a test raises in it."""

_PLAIN: Mapping[str, tuple[str, Callable[[Any], serialization.JsonRow], Callable[[serialization.JsonRow], Any]]] = {
    "problems": ("problems", serialization.problem_row, serialization.problem_of),
    "trees": ("trees", serialization.tree_row, serialization.tree_of),
    "collections": ("collections", serialization.collection_row, serialization.collection_of),
    "stale": ("stale", serialization.stale_row, serialization.stale_of),
    "repositories": ("repositories", serialization.repository_row, serialization.repository_of),
    "undescribed": ("undescribed", serialization.undescribed_row, serialization.undescribed_of),
    "portraits": ("summaries", serialization.summary_row, serialization.summary_of),
    "concerns": ("problem_summaries", serialization.problem_summary_row, serialization.problem_summary_of),
    "changes": ("changes", serialization.change_row, serialization.change_of),
    "facts": ("facts", serialization.fact_row, serialization.fact_of),
    "measurements": ("measurements", serialization.measurement_row, serialization.measurement_of),
}
_ENTITIES = "entities."
"""Prefix of the parts with the entities of one source."""
_COMPARED = ("portraits", "concerns", "facts", "measurements", "collections")
"""Parts that a diff compares."""
_DIGEST = re.compile(rb'"([0-9a-f]{64})"')
"""A SHA-256 in hexadecimal digits, as a value of its own."""
_RESTORE_HINT = (
    "Restore the folder .callboard from a backup, or delete state/ in it (except state/history/): the next build starts without it."
)


class StateError(CallboardError):
    """The state cannot be used: damaged, or written by a newer Callboard."""


def read(store: Store, migrations: Mapping[int, Migration] = MIGRATIONS) -> State | None:
    """The state of the last build; None if there is none.

    Raises:
        StateError: the state is damaged, of a newer format, or a blob is missing.
    """
    head = read_head(store.state)
    if head is None:
        return None
    parts = {name: _rows(store.state / file) for name, file in head["parts"].items()}
    head, parts = migrated(head, parts, migrations)
    return _state(head, parts, lambda digest: _blob(store, digest))


def read_summaries(path: Path) -> State:
    """Only the parts that a diff compares: summaries of entities and problems, facts.

    ``path``: ``.callboard``, ``state`` in it, or the file that names the parts.

    Raises:
        StateError: there is no state, or it cannot be used.
    """
    folder = path.parent if path.name == POINTER else path / "state" if (path / "state" / POINTER).is_file() else path
    head = read_head(folder)
    if head is None:
        raise StateError(f"There is no state in {path}.", "Name a .callboard folder that a build has written.")
    parts = {name: _rows(folder / file) for name, file in head["parts"].items() if name in _COMPARED}
    return _state(*migrated(head, parts, MIGRATIONS), bytes.fromhex)


def read_head(folder: Path) -> Head | None:
    """The content of the pointer; None if there is no state. Raises ``StateError``."""
    try:
        head = json.loads((folder / POINTER).read_bytes())
        written: int = head["format"]
        if written > FORMAT:
            raise StateError(
                f"{folder} was written by Callboard {head.get('version', '?')} in format {written}; this one reads formats up to {FORMAT}.",
                "Update Callboard, or use a separate folder.",
            )
        _check_names(head["parts"])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise _damaged(folder / POINTER) from error
    return dict(head)


def migrated(head: Head, parts: Parts, migrations: Mapping[int, Migration], target: int = FORMAT) -> tuple[Head, Parts]:
    """The state converted to format ``target``. Raises ``StateError`` if there is no migration."""
    while (current := head["format"]) < target:
        if current not in migrations:
            raise StateError(
                f"The state has format {current}, which this Callboard cannot read.", "Delete the folder state and build again."
            )
        head, parts = migrations[current](head, parts)
    return head, parts


def save(store: Store, state: State, step: WriteHook = lambda _: None) -> None:
    """Write the state atomically. Call it under the store's lock.

    The changes of the state before are moved to the log of changes. ``step`` is called before each file operation.
    """
    store.make()
    previous = read_head(store.state)
    if previous and "changes" in previous["parts"]:
        fold(store.state, map(serialization.change_of, _rows(store.state / previous["parts"]["changes"])), step)
    contents = {name: content for name, content in _contents(store, state, step).items() if content}
    names = {name: f"{name}.{hashlib.sha256(content).hexdigest()[:16]}.jsonl" for name, content in contents.items()}
    for name, content in contents.items():
        step(f"write {name}")
        if not (store.state / names[name]).exists():
            write_atomically(store.state / names[name], content)
    head = {"format": FORMAT, "version": state.version, "as_of": serialization.time_text(state.as_of), "files": state.files}
    head |= {"skipped": dict(sorted(state.skipped.items())), "parts": names}
    step("flush the blobs to disk")
    flush(store.folder)
    step("write the pointer")
    write_atomically(store.state / POINTER, json.dumps(head, indent=1).encode() + b"\n")
    _remove_unused(store, frozenset(names.values()), contents.values(), step)


def _remove_unused(store: Store, used: frozenset[str], contents: Iterable[bytes], step: WriteHook) -> None:
    """Remove parts and blobs that only the old state used; after a crash the next save removes them."""
    for path in sorted(store.state.glob("*.jsonl")):
        if path.name not in used:
            step(f"remove {path.name}")
            path.unlink()
    step("remove blobs")
    remove_unused_blobs(store, frozenset(digest for content in contents for digest in _digests(content)))


def _digests(content: bytes) -> Iterable[str]:
    """Every string in a part that can be the digest of a blob."""
    return (digest.decode() for digest in _DIGEST.findall(content))


def _contents(store: Store, state: State, step: WriteHook) -> dict[str, bytes]:
    def put(content: bytes) -> str:
        step("write a blob")
        return write_blob(store, content)

    parts = {name: _lines(map(to_row, getattr(state, field))) for name, (field, to_row, _) in _PLAIN.items()}
    by_source: dict[str, list[bytes]] = {}
    for entity in state.entities:
        row = serialization.entity_row(entity)
        line = _line(row)
        if needs_packing(line):
            line = _line(packed(row, put))
        by_source.setdefault(entity.origin.source, []).append(line)
    return parts | {f"{_ENTITIES}{source}": b"".join(sorted(lines)) for source, lines in sorted(by_source.items())}


def _lines(rows: Iterable[serialization.JsonRow]) -> bytes:
    return b"".join(sorted(map(_line, rows)))


def _line(row: serialization.JsonRow) -> bytes:
    """Compact JSON; a lone surrogate is written as an escape."""
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def _rows(path: Path) -> list[serialization.JsonRow]:
    """The rows of a part. Raises ``StateError`` if the content does not have the digest in the name."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _damaged(path) from error
    if hashlib.sha256(content).hexdigest()[:16] != path.name.split(".")[-2]:
        raise _damaged(path)
    return [json.loads(line) for line in content.splitlines()]


def _state(head: Head, parts: Parts, get: Callable[[str], bytes]) -> State:
    try:
        values: dict[str, Any] = {field: _read_rows(of_row, parts.get(name, ())) for name, (field, _, of_row) in _PLAIN.items()}
        entities = (
            serialization.entity_of(unpacked(row, get)) for name, rows in parts.items() if name.startswith(_ENTITIES) for row in rows
        )
        at: datetime = serialization.time_of(head["as_of"])
        return State(at, head["version"], tuple(entities), files=head["files"], skipped=head["skipped"], **values)
    except (ValueError, KeyError, TypeError) as error:
        raise StateError("The state cannot be read.", _RESTORE_HINT) from error


def _blob(store: Store, digest: str) -> bytes:
    content = store.blob(digest)
    if content is None:
        raise _damaged(store.blobs / digest[:2] / digest)
    return content


def _read_rows(of_row: Callable[[serialization.JsonRow], Any], rows: Sequence[serialization.JsonRow]) -> tuple[Any, ...]:
    """The values of the rows, without those that belong to a plugin that is not installed any more."""
    return tuple(value for value in map(of_row, rows) if value is not None)


def _check_names(parts: Mapping[str, str]) -> None:
    for name, file in parts.items():
        if Path(file).name != file or not file.startswith(f"{name}.") or not file.endswith(".jsonl"):
            raise ValueError(file)


def _damaged(path: Path) -> StateError:
    return StateError(f"The state is damaged: {path} is missing or was changed.", _RESTORE_HINT)


def write_blob(store: Store, content: bytes) -> str:
    """Write a content to ``blobs/`` and return its SHA-256.

    Blobs are not flushed to disk one by one, which would take minutes in the first build: ``save`` flushes all before it writes the
    pointer. A blob of another size, as a power failure may leave it, is written again.
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


def remove_unused_blobs(store: Store, used: frozenset[str]) -> int:
    """Remove blobs that are not in ``used``, and drafts of interrupted runs; returns how many."""
    unused = [path for path in store.blobs.glob("*/*") if path.name not in used]
    for path in unused:
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # the folder is not empty
            path.parent.rmdir()
    return len(unused)


def packed(value: Any, put: Callable[[bytes], str]) -> Any:
    """The value with each long string replaced by ``{"$blob": digest}``; a mapping of a descriptor with such a key is written as pairs."""
    if isinstance(value, str):
        return {_BLOB: put(value.encode("utf-8", "surrogatepass"))} if len(value) > LONGEST_INLINE else value
    if isinstance(value, Mapping):
        inner = {key: packed(item, put) for key, item in value.items()}
        return {_MAPPING: list(inner.items())} if len(inner) == 1 and not {_BLOB, _MAPPING}.isdisjoint(inner) else inner
    if isinstance(value, list | tuple):
        return [packed(item, put) for item in value]
    return value


def unpacked(value: Any, get: Callable[[str], bytes]) -> Any:
    """The inverse of ``packed``. ``get`` raises if a blob is missing."""
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
    """Whether a row may have something to pack, by its JSON: few rows have, and walking through all values takes long."""
    return len(line) > LONGEST_INLINE or b'"$' in line
