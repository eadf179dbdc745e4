"""Long texts stand in the state once, by their digest: definitions, docs, whole descriptors."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from generator.outside.store import Store

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
