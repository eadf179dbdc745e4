"""Contents of files ↔ a folder of files by the ids that git gives them; what does not match its id counts as missing."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

from callboard.plugins.sources import TooLargeError

UNUSED_SECONDS = 30 * 86_400
"""A content that was not read for so long is removed."""
_DAY = 86_400
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SHA1_DIGITS = 40


def object_id(content: bytes, digits: int = _SHA1_DIGITS) -> str:
    """The id of a file with this content in a repository whose ids have so many digits: 40 (SHA-1) or 64 (SHA-256)."""
    head = b"blob %d\0" % len(content)
    made = hashlib.sha1(head, usedforsecurity=False) if digits == _SHA1_DIGITS else hashlib.sha256(head)
    made.update(content)
    return made.hexdigest()


@dataclass(frozen=True, slots=True)
class FileContents:
    """The contents of one repository, so that no other can name one of them; deletable at any time."""

    folder: Path

    @classmethod
    def of(cls, folder: Path, url: str) -> FileContents:
        """The contents of the repository with this URL, below the folder for those of all."""
        return cls(folder / hashlib.sha256(url.encode()).hexdigest()[:32])

    def has(self, name: str) -> bool:
        """Whether there is a content with this id, which may be damaged."""
        return self._path(name).is_file()

    def get(self, name: str, limit: int) -> bytes | None:
        """The content; None for none or a damaged one. Raises ``TooLargeError`` for one of more than ``limit`` bytes."""
        path = self._path(name)
        try:
            with path.open("rb") as file:
                about = os.fstat(file.fileno())
                if about.st_size > limit:
                    raise TooLargeError(f"it has {about.st_size:,} bytes")
                content = file.read(limit + 1)
        except OSError:
            return None
        if object_id(content, len(name)) != name:
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        if about.st_mtime < time.time() - _DAY:
            with contextlib.suppress(OSError):
                os.utime(path)
        return content

    def put(self, name: str, content: bytes) -> None:
        """Store a content; a full or read-only disk is not an error."""
        path = self._path(name)
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(content)
            temporary.replace(path)

    def _path(self, name: str) -> Path:
        if not _ID.fullmatch(name):
            return self.folder / "none"
        return self.folder / name


def prune_contents(folder: Path, now: float) -> None:
    """Remove what was not read for ``UNUSED_SECONDS`` from the folder for all repositories, at most once a day; ``now``: since 1970."""
    mark = folder / "pruned"
    with contextlib.suppress(OSError):
        if mark.exists() and mark.stat().st_mtime > now - _DAY:
            return
        folder.mkdir(parents=True, exist_ok=True)
        mark.write_bytes(b"")
        for file in [*folder.glob("*/*")]:
            if file.stat().st_mtime < now - UNUSED_SECONDS:
                file.unlink()
