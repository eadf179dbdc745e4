"""Contents ↔ files below ``blobs/`` that have their SHA-256 as name, and removal of those that nothing names."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from callboard.io.store import Store
from callboard.state.manifest import damaged

_DIGEST = re.compile(rb'"([0-9a-f]{64})"')
"""A SHA-256 in hexadecimal digits, as a value of its own."""


def write_blob(store: Store, content: bytes) -> str:
    """Write a content to ``blobs/`` and return its SHA-256.

    Blobs are not flushed to disk one by one, which would take minutes in the first build: ``files.save`` flushes all before it writes
    the manifest. A blob with another content, as damage or a power failure may leave it, is written again.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = store.blobs / digest[:2] / digest
    if not _has_content(path, content):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{digest}.{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(path)
    return digest


def read_blob(store: Store, digest: str) -> bytes:
    """The content with that digest. Raises ``StateError`` if it is missing or damaged."""
    content = store.blob(digest)
    if content is None:
        raise damaged(store.blobs / digest[:2] / digest)
    return content


def blob_digests(contents: Iterable[bytes]) -> frozenset[str]:
    """Every string in the contents that can be the digest of a blob."""
    return frozenset(digest.decode() for content in contents for digest in _DIGEST.findall(content))


def remove_unused_blobs(store: Store, used: Collection[str]) -> int:
    """Remove blobs that are not in ``used``, and drafts of interrupted runs; returns how many."""
    unused = [path for path in store.blobs.glob("*/*") if path.name not in used]
    for path in unused:
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # the folder is not empty
            path.parent.rmdir()
    return len(unused)


def _has_content(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False
