"""Lines or contents of a cache ↔ the same with a digest in front: what was damaged on the disk counts as missing."""

from __future__ import annotations

import contextlib
import os
import tempfile
from hashlib import blake2b
from pathlib import Path

DIGITS = 24
"""Hexadecimal digits of a digest."""
HEAD = DIGITS + 1
"""Bytes in front of the content."""


def with_digest(content: bytes, purpose: bytes) -> bytes:
    """The digest, a space, and the content.

    ``purpose`` (at most 16 bytes) names the cache and its format, and is part of the digest: content of another cache or format counts as
    damaged. It is incremented whenever the format changes.
    """
    return _digest(content, purpose) + b" " + content


def checked(line: bytes, purpose: bytes) -> bytes | None:
    """The content behind the digest; None if the line was damaged, or is not of this purpose."""
    content = line[HEAD:]
    return content if line[:HEAD] == _digest(content, purpose) + b" " else None


def read_checked(path: Path, purpose: bytes) -> bytes | None:
    """The content of a file that is one such line; None if it is missing or damaged."""
    try:
        return checked(path.read_bytes(), purpose)
    except OSError:
        return None


def write_checked(path: Path, content: bytes, purpose: bytes) -> None:
    """Write a file that is one such line, as ``write_unsynced``; a large content is not copied."""
    write_unsynced(path, _digest(content, purpose) + b" ", content)


def write_unsynced(path: Path, *content: bytes) -> None:
    """Write atomically for readers, without flushing to the disk: after a power failure, the digest reveals a damaged file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(content)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _digest(content: bytes, purpose: bytes) -> bytes:
    return blake2b(content, digest_size=DIGITS // 2, person=purpose).hexdigest().encode()
