"""What is known of a repository's files ↔ a file in the cache: its last listing, and the last commits of its files."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from callboard.plugins.sources import FileCommit, read_checked, with_digest, write_unsynced
from callboard.sources.hosted.listing import Listing

_PURPOSE = b"folders 1"


class KeptCommit(msgspec.Struct, frozen=True, array_like=True):
    """The last commit of a file with a certain content."""

    content: str
    """Id of the content."""
    at: datetime | None
    """None for a file whose last commit the host does not tell."""
    author: str = ""

    @property
    def commit(self) -> FileCommit | None:
        """The commit."""
        return FileCommit(self.at, self.author) if self.at else None


class KeptRepository(msgspec.Struct):
    """What is known of one repository."""

    listing: Listing | None = None
    commits: dict[str, KeptCommit] = msgspec.field(default_factory=dict)
    """By path."""


@dataclass(frozen=True, slots=True)
class FolderCache:
    """A folder with a file for each repository; deletable at any time."""

    folder: Path

    def load(self, url: str) -> KeptRepository:
        """What is known of the repository at this URL."""
        content = read_checked(self._path(url), _PURPOSE)
        try:
            return KeptRepository() if content is None else msgspec.msgpack.decode(content, type=KeptRepository)
        except msgspec.MsgspecError:
            return KeptRepository()

    def save(self, url: str, kept: KeptRepository) -> None:
        """Save what is known; a full or read-only disk is not an error."""
        with contextlib.suppress(OSError):
            write_unsynced(self._path(url), with_digest(msgspec.msgpack.encode(kept), _PURPOSE))

    def _path(self, url: str) -> Path:
        return self.folder / hashlib.sha256(url.encode()).hexdigest()[:32]
