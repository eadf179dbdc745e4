"""A repository on a host with an API → a tree whose files are requested one by one when they are read."""

from __future__ import annotations

import posixpath
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar, runtime_checkable

from callboard.plugins.sources import (
    HttpError,
    MissingFileError,
    MissingRevisionError,
    TooLargeError,
    TreeError,
    matching_paths,
    normal_path,
    shown_path,
)
from callboard.sources.hosted.folders import HostedFolders
from callboard.sources.hosts import Web

MAX_READS = 500
"""Files of one tree that are requested, so that no descriptor can use up the rate limit of all."""
MAX_REVISIONS = 20
"""Other revisions of one repository that are requested."""
MAX_AGES = 50
"""Files of one tree whose last change is requested."""
MAX_RANGES = 30
"""Comparisons of two revisions of one repository that are requested in one build; the results are kept."""
KEPT_BYTES = 32_000_000
"""Contents that one tree keeps in memory."""
Result = TypeVar("Result")
GONE = frozenset({404, 410})
UNPROCESSABLE = 422
"""Of GitHub, for the name of a commit that does not exist."""
PLACEHOLDER = re.compile(rb"\$(?:text|json|yaml|openapi|asyncapi)[\"']?:[ \t]*[\"']?(?P<path>[^\s\"'{}]+)")


class Files(Protocol):
    """Access to the files of one repository at one commit. All methods raise ``HttpError``."""

    def content(self, path: str, limit: int) -> bytes:
        """The content of one file. Raises ``HttpError`` with status 404 where there is none."""

    def listing(self) -> Sequence[str]:
        """Sorted paths of all files."""

    def changed(self, path: str) -> datetime | None:
        """Time of the last commit to a file."""


@runtime_checkable
class FilesOfRevisions(Protocol):
    """What ``Files`` offers if the host can be asked for other revisions."""

    def at(self, ref: str) -> Files:
        """The files at a branch, tag or commit. Raises ``HttpError`` with status 404 where there is none."""


@runtime_checkable
class FilesWithCommits(Protocol):
    """What ``Files`` offers if the host compares revisions."""

    def commits_between(self, before: str, after: str) -> Sequence[datetime] | None:
        """Times of the commits, without merges, between two commits or tags; None for more than one answer lists. Raises ``HttpError``."""


@dataclass(frozen=True, slots=True)
class RepositoryMetadata:
    """What the listing of repositories contained already, so that it need not be requested."""

    contents: Mapping[str, bytes | None] = field(default_factory=dict)
    """Contents by path; None where there is no such file."""
    ages: Mapping[str, datetime | None] = field(default_factory=dict)
    """Times of the last changes by path."""


@dataclass(slots=True, eq=False)
class ApiTree:
    """A tree of the files of one commit; safe between threads."""

    id: str
    repository: str
    revision: str
    addresses: Sequence[str]
    web: Web
    files: Files
    known: RepositoryMetadata = field(default_factory=RepositoryMetadata)
    is_listed: bool = True
    """True if the listing names all files, so that other paths need not be requested."""
    is_shared: bool = False
    """True if its source allows all of its own descriptors to read it."""
    folders: HostedFolders | None = None
    """How whole folders are read, if somebody announces them; None where they are not."""
    _contents: dict[str, bytes | None] = field(default_factory=dict)
    _listing: Sequence[str] | None = None
    _ages: dict[str, datetime | None] = field(default_factory=dict)
    _reads: int = 0
    _ranges: int = 0
    _free_bytes: int = KEPT_BYTES
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _revisions: dict[str, ApiTree | None] = field(default_factory=dict)

    def read(self, path: str, limit: int) -> bytes:
        """The content of a file, requested at most once."""
        path = normal_path(path)
        content = None if self.folders is None or path in self.known.contents else self._in_folders(self.folders, path, limit)
        if content is None:
            with self._lock:
                content = self._content(path, limit)
        if content is None:
            raise MissingFileError(f"there is no file {shown_path(path)} in {self.repository}")
        if len(content) > limit:
            raise TooLargeError(f"{shown_path(path)} in {self.repository} has {len(content):,} bytes; at most {limit:,} are read")
        return content

    def read_at(self, ref: str, path: str, limit: int) -> bytes:
        """The content of a file at another branch, tag or commit."""
        with self._lock:
            if ref not in self._revisions:
                if len(self._revisions) >= MAX_REVISIONS:
                    raise TreeError(f"more than {MAX_REVISIONS} other revisions of {self.repository} would have to be requested")
                self._revisions[ref] = self._at(ref)
            tree = self._revisions[ref]
        if tree is None:
            raise MissingRevisionError(f"{self.repository} has no branch, tag or commit {ref}")
        return tree.read(path, limit)

    def _at(self, ref: str) -> ApiTree | None:
        """The tree at a ref; None where there is none. Raises ``TreeError`` where the host does not answer."""
        if not isinstance(self.files, FilesOfRevisions):
            return None
        try:
            files = self.files.at(ref)
        except HttpError as error:
            if error.kind == "status" and error.status in {*GONE, UNPROCESSABLE}:
                return None
            raise TreeError(f"{ref} cannot be fetched from {self.repository}: {error}", error.hint) from None
        return ApiTree(self.id, self.repository, ref, (), self.web, files)

    def has(self, path: str, limit: int) -> bool:
        """Whether there is such a file, of any size; its content is kept. Raises ``TreeError`` where the host does not answer."""
        try:
            self.read(path, limit)
        except MissingFileError:
            return False
        except TooLargeError:
            return True
        return True

    def glob(self, pattern: str) -> Sequence[str]:
        """Sorted paths that match, from the listing of the commit, which is requested once."""
        if self.folders is not None and (found := self.folders.glob(pattern)) is not None:
            return found
        with self._lock:
            if self._listing is None:
                self._listing = self._requested("its list of files", self.files.listing)
        return matching_paths(pattern, self._listing)

    def fetch(self, paths: Sequence[str]) -> None:
        """Fetch the contents of files in folders that were announced; else each file is a request of its own."""
        if self.folders is not None:
            self.folders.fetch(paths)

    def expect_folders(self, folders: Sequence[str]) -> None:
        """As ``KnownFolders.expect_folders``."""
        if self.folders is not None:
            self.folders.expect(folders)

    def expect_changes(self, paths: Sequence[str]) -> None:
        """As ``KnownFolders.expect_changes``."""
        if self.folders is not None and self.folders.is_used:
            self.folders.expect_changes(paths)

    def file_id(self, path: str) -> str:
        """Git's id of the content in announced folders; empty for other files."""
        return self.folders.file_id(path) if self.folders is not None else ""

    def is_same(self, path: str, name: str, digest: str) -> bool:  # noqa: ARG002 - nothing is recorded here
        """Whether the file still has this id."""
        return bool(name) and self.file_id(path) == name

    def last_author(self, path: str) -> str:
        """As ``KnownFolders.last_author``."""
        commit = self.folders.last_commit(path) if self.folders is not None and self.folders.is_used else None
        return commit.author if commit else ""

    def last_change(self, path: str) -> datetime | None:
        """Time of the last commit to the file; None where the host does not report it."""
        if self.folders is not None and self.folders.expects_change(path):
            commit = self.folders.last_commit(path)
            return commit.at if commit else None
        with self._lock:
            for ages in (self.known.ages, self._ages):
                if path in ages:
                    return ages[path]
            if len(self._ages) >= MAX_AGES:
                return None
            try:
                self._ages[path] = self.files.changed(path)
            except HttpError:
                self._ages[path] = None
            return self._ages[path]

    def commits_between(self, before: str, after: str, folder: str) -> Sequence[datetime] | None:  # noqa: ARG002 - hosts list no files
        """Times of the commits between two revisions, of the whole repository; None where the host does not report them."""
        with self._lock:
            is_allowed = self._ranges < MAX_RANGES and isinstance(self.files, FilesWithCommits)
            self._ranges += 1
        if not is_allowed or not isinstance(self.files, FilesWithCommits):
            return None
        try:
            return self.files.commits_between(before, after)
        except HttpError:
            return None

    def view_url(self, path: str, line: int | None = None) -> str:
        """Address of the file on the host."""
        return self.web.view_url(path, line)

    def edit_url(self, path: str) -> str:
        """Address of the file in the host's editor."""
        return self.web.edit_url(path)

    def _in_folders(self, folders: HostedFolders, path: str, limit: int) -> bytes | None:
        """The content of a file of announced folders; None if they cannot be had. Raises ``TreeError``."""
        try:
            return folders.read(path, limit)
        except TooLargeError as error:
            raise TooLargeError(f"{shown_path(path)} in {self.repository}: {error}; at most {limit:,} are read") from None

    def _content(self, path: str, limit: int) -> bytes | None:
        if path in self.known.contents:
            return self.known.contents[path]
        if path in self._contents:
            return self._contents[path]
        if self.is_listed and self._listing is not None and path not in self._listing:
            return None
        if self._reads >= MAX_READS:
            raise TreeError(f"more than {MAX_READS} files of {self.repository} would have to be requested; {shown_path(path)} is not read")
        self._reads += 1
        content = self._requested(shown_path(path), lambda: self._content_or_none(path, limit))
        self._free_bytes -= len(content or b"")
        if self._free_bytes >= 0:
            self._contents[path] = content
        return content

    def _content_or_none(self, path: str, limit: int) -> bytes | None:
        try:
            return self.files.content(path, limit)
        except HttpError as error:
            if error.kind == "status" and error.status in GONE:
                return None
            if error.kind == "too-large":
                raise TooLargeError(f"{shown_path(path)} in {self.repository} has more than {limit:,} bytes") from None
            raise

    def _requested(self, what: str, request: Callable[[], Result]) -> Result:
        try:
            return request()
        except HttpError as error:
            raise TreeError(f"{what} cannot be fetched from {self.repository}: {error}", error.hint) from None


def found(commit: str, ref: str) -> str:
    """The id of the commit that a host returned for a ref. Raises ``HttpError`` with status 404 for an empty one."""
    if not commit:
        raise HttpError("status", f"there is no {ref}", status=404)
    return commit


def placeholder_paths(text: bytes, descriptor: str) -> Iterator[str]:
    """Paths in the tree that placeholders such as ``$text: ./openapi.yaml`` name."""
    for match in PLACEHOLDER.finditer(text):
        path = match["path"].decode("utf-8", "replace")
        if ":" not in path:
            yield posixpath.normpath(posixpath.join(posixpath.dirname(descriptor), path))
