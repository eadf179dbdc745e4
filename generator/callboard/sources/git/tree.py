"""A commit of a bare clone as a tree: there is no work tree, so nothing of it is ever on the disk as a file."""

from __future__ import annotations

import posixpath
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from callboard.io.git.clone import LINK, TreeEntry, contents, fetch_objects, missing, sizes
from callboard.io.git.command import Git
from callboard.model.errors import MissingFileError, SourceError, TooLargeError, TreeError
from callboard.redaction.redactor import Redactor
from callboard.sources.history import FileHistory
from callboard.sources.hosts import Remote, Web
from callboard.sources.paths import matching, normal, shown

KEPT_BYTES = 32_000_000
"""Contents that one tree keeps in memory, so that the next question about them starts no process."""
LONGEST_LINK = 4_096


class GitTree:
    """Files of one commit; contents are fetched when they are asked for, or all at once by ``fetch``."""

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
    ) -> None:
        self.id = remote.url
        self.repository = remote.name
        self.revision = revision
        self.addresses = addresses
        self._git = git
        self._entries: Mapping[str, TreeEntry] = {entry.path: entry for entry in entries}
        self._web = web
        self._history = history
        self._kept: dict[str, bytes] = {}
        self._room = KEPT_BYTES
        self._missing: set[str] | None = None
        self._lock = threading.Lock()

    @property
    def git(self) -> Git:
        """The clone, for those who ask for its history."""
        return self._git

    def read(self, path: str, limit: int) -> bytes:
        """The content of a file, or of the file in the tree that a symbolic link names."""
        entry = self._file(normal(path))
        with self._lock:
            try:
                content = self._content(entry.object, limit)
            except SourceError as error:
                raise TreeError(f"{shown(path)} cannot be fetched from {self.repository}: {Redactor().redact(str(error))}") from error
        if content is None:
            raise TooLargeError(f"{shown(path)} in {self.repository} has more than {limit:,} bytes")
        return content

    def glob(self, pattern: str) -> Sequence[str]:
        """Over the listing of the commit."""
        return [path for path in matching(pattern, self._entries) if self._leads_to_a_file(path)]

    def fetch(self, paths: Sequence[str]) -> None:
        """Bring the contents of these files here in one request; unknown paths are passed over. Raises ``SourceError``."""
        with self._lock:
            self._bring(e.object for e in map(self._entries.get, paths) if e)

    def last_change(self, path: str) -> datetime | None:
        """Time of the last commit to the file."""
        return self._history.last_change(path)

    def view_url(self, path: str, line: int | None = None) -> str:
        """On the host that the repository was cloned from, or as ``view_url`` in the settings says."""
        return self._web.view_url(path, line)

    def edit_url(self, path: str) -> str:
        """On the host that the repository was cloned from, or as ``edit_url`` in the settings says."""
        return self._web.edit_url(path)

    def target(self, path: str) -> str:
        """The path of the file that a path means: itself, or the one a symbolic link names. Raises ``TreeError``."""
        return self._file(normal(path)).path

    def _file(self, path: str) -> TreeEntry:
        entry = self._entries.get(path)
        if entry is not None and entry.mode == LINK:
            with self._lock:
                link = self._content(entry.object, LONGEST_LINK) or b""
            aim = posixpath.join(posixpath.dirname(path), link.decode("utf-8", "surrogateescape"))
            entry = self._entries.get(normal(aim))
        if entry is None or entry.mode == LINK:
            raise MissingFileError(f"there is no file {shown(path)} in {self.repository}")
        return entry

    def _leads_to_a_file(self, path: str) -> bool:
        if self._entries[path].mode != LINK:
            return True
        try:
            self._file(path)
        except (TreeError, SourceError):
            return False
        return True

    def _bring(self, objects: Iterable[str]) -> None:
        if self._missing is None:
            self._missing = set(missing(self._git, self.revision))
        wanted = {*objects} & self._missing
        fetch_objects(self._git, sorted(wanted))
        self._missing -= wanted

    def _content(self, name: str, limit: int) -> bytes | None:
        """None where it is larger than the limit."""
        if name not in self._kept:
            self._bring([name])
            if sizes(self._git, [name]).get(name, limit + 1) > limit:
                return None
            self._keep(contents(self._git, [name]))
        content = self._kept[name]
        if self._room < 0:
            self._room += len(self._kept.pop(name))
        return content if len(content) <= limit else None

    def keep(self, paths: Iterable[str], limit: int) -> None:
        """Bring files into memory by one batch; those above the limit stay away. Raises ``SourceError``."""
        with self._lock:
            objects = sorted({e.object for e in map(self._entries.get, paths) if e} - self._kept.keys())
            self._bring(objects)
            small = [name for name, size in sizes(self._git, objects).items() if size <= limit] if objects else []
            self._keep(contents(self._git, small) if small else {})

    def _keep(self, found: Mapping[str, bytes]) -> None:
        for name, content in found.items():
            self._kept[name] = content
            self._room -= len(content)
