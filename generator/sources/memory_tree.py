"""A tree of files that we wrote ourselves from what a host told us."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from generator.errors import MissingFileError, TooLargeError
from generator.sources.globs import matching
from generator.sources.paths import normal, shown


@dataclass(frozen=True, slots=True)
class MemoryFile:
    """One file."""

    path: str
    text: str
    url: str = ""
    """Where people see on the web what it tells."""
    edit_url: str = ""
    """Where people change it on the web."""
    changed: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MemoryTree:
    """Files in memory."""

    id: str
    repository: str
    """What people call it."""
    files: Mapping[str, MemoryFile] = field(repr=False)
    """By path, sorted."""
    revision: str = ""
    addresses: Sequence[str] = ()

    @classmethod
    def of(cls, id_: str, repository: str, files: Iterable[MemoryFile]) -> MemoryTree:
        """A tree of these files; the first of several with one path counts."""
        by_path: dict[str, MemoryFile] = {}
        for file in files:
            by_path.setdefault(file.path, file)
        return cls(id_, repository, dict(sorted(by_path.items())))

    def read(self, path: str, limit: int) -> bytes:
        """The content of a file."""
        file = self.files.get(normal(path))
        if file is None:
            raise MissingFileError(f"there is no file {shown(path)} in {self.repository}")
        content = file.text.encode("utf-8", "replace")
        if len(content) > limit:
            raise TooLargeError(f"{shown(path)} in {self.repository} has {len(content):,} bytes; at most {limit:,} are read")
        return content

    def glob(self, pattern: str) -> Sequence[str]:
        """Sorted paths that match."""
        return matching(pattern, self.files)

    def fetch(self, paths: Sequence[str]) -> None:
        """Nothing to do: everything is here."""

    def last_change(self, path: str) -> datetime | None:
        """As the host said."""
        file = self.files.get(path)
        return file.changed if file else None

    def view_url(self, path: str, line: int | None = None) -> str:  # noqa: ARG002 - a page of the host has no lines
        """The host's page about it."""
        file = self.files.get(path)
        return file.url if file else ""

    def edit_url(self, path: str) -> str:
        """The host's page on which it is changed."""
        file = self.files.get(path)
        return file.edit_url if file else ""
