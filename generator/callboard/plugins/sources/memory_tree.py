"""Texts of files → a tree in memory, for sources that generate descriptors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime

from callboard.model.data_classes import dataclass
from callboard.model.errors import MissingFileError, TooLargeError
from callboard.plugins.sources.paths import matching_paths, normal_path, shown_path


@dataclass(frozen=True, slots=True)
class MemoryFile:
    """One generated file."""

    path: str
    text: str
    url: str = ""
    """Address of the page with the same information."""
    edit_url: str = ""
    """Address of the page where the information is edited."""
    changed: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MemoryTree:
    """A tree of files in memory."""

    id: str
    repository: str
    """Name for people."""
    files: Mapping[str, MemoryFile] = field(repr=False)
    """By path, sorted."""
    revision: str = ""
    addresses: Sequence[str] = ()

    @classmethod
    def of(cls, id_: str, repository: str, files: Iterable[MemoryFile]) -> MemoryTree:
        """A tree of these files; of several with one path, the first."""
        by_path: dict[str, MemoryFile] = {}
        for file in files:
            by_path.setdefault(file.path, file)
        return cls(id_, repository, dict(sorted(by_path.items())))

    def read(self, path: str, limit: int) -> bytes:
        """The content of a file."""
        file = self.files.get(normal_path(path))
        if file is None:
            raise MissingFileError(f"there is no file {shown_path(path)} in {self.repository}")
        content = file.text.encode("utf-8", "replace")
        if len(content) > limit:
            raise TooLargeError(f"{shown_path(path)} in {self.repository} has {len(content):,} bytes; at most {limit:,} are read")
        return content

    def glob(self, pattern: str) -> Sequence[str]:
        """Sorted paths that match."""
        return matching_paths(pattern, self.files)

    def fetch(self, paths: Sequence[str]) -> None:
        """Do nothing: all contents are in memory."""

    def last_change(self, path: str) -> datetime | None:
        """Time of the change that the host reported."""
        file = self.files.get(path)
        return file.changed if file else None

    def view_url(self, path: str, line: int | None = None) -> str:  # noqa: ARG002 - a page of the host has no lines
        """Address of the host's page with the same information."""
        file = self.files.get(path)
        return file.url if file else ""

    def edit_url(self, path: str) -> str:
        """Address of the host's page where it is edited."""
        file = self.files.get(path)
        return file.edit_url if file else ""
