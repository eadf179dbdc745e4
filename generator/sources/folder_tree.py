"""A folder as a tree."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from generator.errors import MissingFileError, OutsideTreeError, TooLargeError
from generator.sources.globs import matching
from generator.sources.history import History
from generator.sources.hosts import Web
from generator.sources.paths import normal, shown


@dataclass(frozen=True, slots=True, eq=False)
class FolderTree:
    """Files below one folder; links that lead out of it are refused."""

    root: Path
    """The folder, with all links in its own path resolved."""
    id: str
    repository: str
    revision: str
    listing: Sequence[str] = field(repr=False)
    """Sorted paths of its files, and of its links to files in it."""
    web: Web = field(default_factory=Web)
    addresses: Sequence[str] = ()
    history: History | None = None

    def read(self, path: str, limit: int) -> bytes:
        """The content of a regular file."""
        file = self._inside(path)
        try:
            descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError as error:
            raise MissingFileError(f"there is no file {shown(path)} in {self.repository} ({error.strerror})") from None
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            os.close(descriptor)
            raise MissingFileError(f"{shown(path)} in {self.repository} is no regular file")
        with os.fdopen(descriptor, "rb") as opened:
            content = opened.read(limit + 1)
        if len(content) > limit:
            raise TooLargeError(f"{shown(path)} in {self.repository} has {about.st_size:,} bytes; at most {limit:,} are read")
        return content

    def glob(self, pattern: str) -> Sequence[str]:
        """From the listing that the walk made: folders of dependencies and other repositories are not in it."""
        return matching(pattern, self.listing)

    def fetch(self, paths: Sequence[str]) -> None:
        """Nothing to do: everything is here."""

    def last_change(self, path: str) -> datetime | None:
        """From the history of the work tree that the folder lies in."""
        return self.history.last_change(path) if self.history else None

    def view_url(self, path: str, line: int | None = None) -> str:
        """On the host that the work tree was cloned from, or as ``view_url`` in the settings says."""
        return self.web.view_url(path, line)

    def edit_url(self, path: str) -> str:
        """On the host that the work tree was cloned from, or as ``edit_url`` in the settings says."""
        return self.web.edit_url(path)

    def _inside(self, path: str) -> str:
        relative = normal(path)
        root = str(self.root).rstrip("/")
        if relative != "." and _has_no_link(root, relative):
            return f"{root}/{relative}"
        real = os.path.realpath(f"{root}/{relative}")
        if not real.startswith(root + "/"):
            raise OutsideTreeError(
                f"{shown(path)} is a link that leads out of {self.repository}" if real != root else f"{shown(path)} is a folder"
            )
        normal(real[len(root) + 1 :])  # a link may lead into .git as well
        return real


def _has_no_link(root: str, relative: str) -> bool:
    """Every part of the path is there and none is a link: what most paths are, for one question a part."""
    at = root
    try:
        for part in relative.split("/"):
            at = f"{at}/{part}"
            if stat.S_ISLNK(os.lstat(at).st_mode):
                return False
    except (OSError, ValueError):
        return False
    return True
