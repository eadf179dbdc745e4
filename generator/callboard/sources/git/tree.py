"""A commit of a bare clone → a tree of its files; without a work tree, no file of it is ever on the disk."""

from __future__ import annotations

import posixpath
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from callboard.plugins.sources import (
    FileHistory,
    Git,
    MissingFileError,
    MissingRevisionError,
    Redactor,
    Remote,
    SourceError,
    TooLargeError,
    TreeError,
    git_commits_between,
    matching_paths,
    normal_path,
    shown_path,
)
from callboard.sources.git.objects import LINK, TreeEntry, contents, fetch_objects, missing, sizes
from callboard.sources.hosts import Web

KEPT_BYTES = 32_000_000
"""Contents that one tree keeps in memory, so that reading them again starts no process."""
MAX_LINK = 4_096
MAX_REVISIONS = 20
"""Other revisions of one repository that are fetched, so that no descriptor can make a build fetch without end."""


class GitTree:
    """Files of one commit; contents are fetched when they are read, or all at once by ``fetch``."""

    def __init__(
        self,
        git: Git,
        *,
        remote: Remote,
        revision: str,
        entries: Iterable[TreeEntry],
        web: Web,
        addresses: Sequence[str],
        history: FileHistory,
        at: Callable[[str], GitTree] | None = None,
    ) -> None:
        """``at`` fetches the tree of another branch, tag or commit. It raises ``SourceError`` where there is none."""
        self.id = remote.url
        self.repository = remote.name
        self.revision = revision
        self.addresses = addresses
        self._git = git
        self._entries: Mapping[str, TreeEntry] = {entry.path: entry for entry in entries}
        self._web = web
        self._history = history
        self._at = at
        self._revisions: dict[str, GitTree | SourceError] = {}
        self._contents: dict[str, bytes] = {}
        self._free_bytes = KEPT_BYTES
        self._missing: set[str] | None = None
        self._lock = threading.Lock()
        self._revisions_lock = threading.Lock()

    @property
    def git(self) -> Git:
        """The clone, for queries about its history."""
        return self._git

    def read(self, path: str, limit: int) -> bytes:
        """The content of a file, or of the file in the tree that a symbolic link points at."""
        entry = self._file(normal_path(path))
        with self._lock:
            try:
                content = self._content(entry.object, limit)
            except SourceError as error:
                raise TreeError(f"{shown_path(path)} cannot be fetched from {self.repository}: {Redactor().redact(str(error))}") from error
        if content is None:
            raise TooLargeError(f"{shown_path(path)} in {self.repository} has more than {limit:,} bytes")
        return content

    def read_at(self, ref: str, path: str, limit: int) -> bytes:
        """The content of a file at another branch, tag or commit, which is fetched once."""
        with self._revisions_lock:
            tree = self._revision(ref)
        if isinstance(tree, SourceError):
            raise MissingRevisionError(Redactor().redact(str(tree)), tree.hint) from tree
        return tree.read(path, limit)

    def glob(self, pattern: str) -> Sequence[str]:
        """Sorted paths of the commit that match."""
        return [path for path in matching_paths(pattern, self._entries) if self._is_readable(path)]

    def fetch(self, paths: Sequence[str]) -> None:
        """Fetch the contents of these files in one request; unknown paths are ignored. Raises ``SourceError``."""
        with self._lock:
            self._fetch(e.object for e in map(self._entries.get, paths) if e)

    def last_change(self, path: str) -> datetime | None:
        """Time of the last commit to the file."""
        return self._history.last_change(path)

    def expect_folders(self, folders: Sequence[str]) -> None:
        """Do nothing: the list of files is there, and ``fetch`` gets contents."""

    def expect_changes(self, paths: Sequence[str]) -> None:
        """Announce files whose last change will be read, so that one walk over the history finds all."""
        self._history.expect(paths)

    def file_id(self, path: str) -> str:
        """Git's id of the content; empty for no file."""
        try:
            return self._file(normal_path(path)).object
        except (TreeError, SourceError):
            return ""

    def is_same(self, path: str, name: str, digest: str) -> bool:  # noqa: ARG002 - nothing is recorded here
        """Whether the file still has this id."""
        return bool(name) and self.file_id(path) == name

    def last_author(self, path: str) -> str:
        """Name of the author of the last commit to the file."""
        return self._history.last_author(path)

    def commits_between(self, before: str, after: str, folder: str) -> Sequence[datetime] | None:
        """Times of the commits of the clone, without network; None where they are unknown."""
        try:
            return git_commits_between(Git(self._git.folder, self._git.environ, timeout=self._git.timeout), before, after, folder)
        except SourceError:
            return None

    def view_url(self, path: str, line: int | None = None) -> str:
        """Address of the file on the host of the repository, or by the option ``view_url``."""
        return self._web.view_url(path, line)

    def edit_url(self, path: str) -> str:
        """Address of the editor on the host of the repository, or by the option ``edit_url``."""
        return self._web.edit_url(path)

    def target(self, path: str) -> str:
        """The path itself, or the path that a symbolic link points at. Raises ``TreeError``."""
        return self._file(normal_path(path)).path

    def _revision(self, ref: str) -> GitTree | SourceError:
        if ref not in self._revisions:
            if self._at is None or len(self._revisions) >= MAX_REVISIONS:
                return SourceError(f"more than {MAX_REVISIONS} other revisions of {self.repository} would have to be fetched")
            try:
                self._revisions[ref] = self._at(ref)
            except SourceError as error:
                self._revisions[ref] = error
        return self._revisions[ref]

    def _file(self, path: str) -> TreeEntry:
        entry = self._entries.get(path)
        if entry is not None and entry.mode == LINK:
            with self._lock:
                link = self._content(entry.object, MAX_LINK) or b""
            target = posixpath.join(posixpath.dirname(path), link.decode("utf-8", "surrogateescape"))
            entry = self._entries.get(normal_path(target))
        if entry is None or entry.mode == LINK:
            raise MissingFileError(f"there is no file {shown_path(path)} in {self.repository}")
        return entry

    def _is_readable(self, path: str) -> bool:
        if self._entries[path].mode != LINK:
            return True
        try:
            self._file(path)
        except (TreeError, SourceError):
            return False
        return True

    def _fetch(self, objects: Iterable[str]) -> None:
        if self._missing is None:
            self._missing = set(missing(self._git, self.revision))
        needed = {*objects} & self._missing
        fetch_objects(self._git, sorted(needed))
        self._missing -= needed

    def _content(self, name: str, limit: int) -> bytes | None:
        """The content of an object; None where it is larger than the limit."""
        if name not in self._contents:
            self._fetch([name])
            if sizes(self._git, [name]).get(name, limit + 1) > limit:
                return None
            self._store(contents(self._git, [name]))
        content = self._contents[name]
        if self._free_bytes < 0:
            self._free_bytes += len(self._contents.pop(name))
        return content if len(content) <= limit else None

    def preload(self, paths: Iterable[str], limit: int) -> None:
        """Read files into memory in one batch, except those above the limit. Raises ``SourceError``."""
        with self._lock:
            objects = sorted({e.object for e in map(self._entries.get, paths) if e} - self._contents.keys())
            self._fetch(objects)
            small = [name for name, size in sizes(self._git, objects).items() if size <= limit] if objects else []
            self._store(contents(self._git, small) if small else {})

    def _store(self, new: Mapping[str, bytes]) -> None:
        for name, content in new.items():
            self._contents[name] = content
            self._free_bytes -= len(content)
