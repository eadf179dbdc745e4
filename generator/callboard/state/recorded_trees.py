"""Trees ↔ ``TreeRecord``: trees that record what is read of them, and trees that return recorded data without network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import quote

from callboard.model.errors import MissingFileError, TooLargeError
from callboard.model.tree import Tree, Trees, has_commit_ranges, has_known_folders
from callboard.plugins.sources.paths import matching_paths
from callboard.state.values import TreeRecord

_PATH = "callboard-path-7d1f"
_LINE = 987_654_321
"""Path and line in the URLs from which templates are made."""
TOO_LARGE = "too-large"
"""In place of the digest of a file that was too large to read."""
V = TypeVar("V")


class RecordedTree:
    """Delegates to a tree and records the results that the next build may need.

    ``keep`` stores a content and returns its digest. ``before`` has the digests that are stored, by path.
    """

    def __init__(self, tree: Tree, keep: Callable[[bytes], str], before: Mapping[str, str] = MappingProxyType({})) -> None:
        self._before = before
        self._known = tree if has_known_folders(tree) else None
        self.tree = tree
        self.id = tree.id
        self.repository = tree.repository
        self.revision = tree.revision
        self.addresses = tree.addresses
        self.changed: dict[str, datetime] = {}
        self.authors: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.globs: dict[str, tuple[str, ...]] = {}
        self._keep = keep

    def read(self, path: str, limit: int) -> bytes:
        """As ``Tree.read``; the content is stored."""
        try:
            content = self.tree.read(path, limit)
        except TooLargeError:
            self.files[path] = TOO_LARGE
            raise
        self.files[path] = self._keep(content)
        return content

    def glob(self, pattern: str) -> Sequence[str]:
        """As ``Tree.glob``; the result is recorded."""
        found = self.tree.glob(pattern)
        self.globs[pattern] = tuple(found)
        return found

    def fetch(self, paths: Sequence[str]) -> None:
        """As ``Tree.fetch``."""
        self.tree.fetch(paths)

    def last_change(self, path: str) -> datetime | None:
        """As ``Tree.last_change``; the result is recorded."""
        at = self.tree.last_change(path)
        if at is not None:
            self.changed[path] = at
        return at

    def expect_folders(self, folders: Sequence[str]) -> None:
        """As ``KnownFolders.expect_folders``, if the tree has that."""
        if self._known is not None:
            self._known.expect_folders(folders)

    def expect_changes(self, paths: Sequence[str]) -> None:
        """As ``KnownFolders.expect_changes``, if the tree has that."""
        if self._known is not None:
            self._known.expect_changes(paths)

    def file_id(self, path: str) -> str:
        """As ``KnownFolders.file_id``; empty if the tree does not have that."""
        return self._known.file_id(path) if self._known is not None else ""

    def is_same(self, path: str, name: str, digest: str) -> bool:
        """As ``KnownFolders.is_same``, for a file whose content is stored with that digest: it stays recorded."""
        is_same = self._before.get(path) == digest and self._known is not None and self._known.is_same(path, name, digest)
        if is_same:
            self.files[path] = digest
        return is_same

    def last_author(self, path: str) -> str:
        """As ``KnownFolders.last_author``; the result is recorded. Empty if the tree does not have that."""
        author = self._known.last_author(path) if self._known is not None else ""
        if author:
            self.authors[path] = author
        return author

    def commits_between(self, before: str, after: str, folder: str) -> Sequence[datetime] | None:
        """As ``CommitRanges.commits_between``; None for a tree without. The results are kept in a cache of their own."""
        return self.tree.commits_between(before, after, folder) if has_commit_ranges(self.tree) else None

    def view_url(self, path: str, line: int | None = None) -> str:
        """As ``Tree.view_url``."""
        return self.tree.view_url(path, line)

    def edit_url(self, path: str) -> str:
        """As ``Tree.edit_url``."""
        return self.tree.edit_url(path)


class SavedTree:
    """A tree from the state of an earlier build, without network. ``content`` reads a blob by its digest."""

    def __init__(self, record: TreeRecord, content: Callable[[str], bytes | None]) -> None:
        self.record = record
        self.id = record.id
        self.repository = record.repository
        self.revision = record.revision
        self.addresses = record.addresses
        self._content = content

    def read(self, path: str, limit: int) -> bytes:
        """A content that an earlier build recorded. Raises ``MissingFileError`` for every other file, ``TooLargeError``."""
        digest = self.record.files.get(path)
        content = self._content(digest) if digest and digest != TOO_LARGE else None
        if content is None and digest != TOO_LARGE:
            raise MissingFileError(f"the last good copy of {self.repository} has no file {path!r:.200}")
        if content is None or len(content) > limit:
            raise TooLargeError(f"{path!r:.200} in {self.repository} has more than {limit:,} bytes")
        return content

    def glob(self, pattern: str) -> Sequence[str]:
        """The recorded result, else the matches among the recorded files."""
        found = self.record.globs.get(pattern)
        return tuple(matching_paths(pattern, sorted(self.record.files))) if found is None else found

    def fetch(self, paths: Sequence[str]) -> None:
        """Does nothing: all recorded data is local."""

    def last_change(self, path: str) -> datetime | None:
        """The recorded time of the last commit; None if it was not recorded."""
        return self.record.changed.get(path)

    def expect_folders(self, folders: Sequence[str]) -> None:
        """Does nothing: all recorded data is local."""

    def expect_changes(self, paths: Sequence[str]) -> None:
        """Does nothing: all recorded data is local."""

    def file_id(self, path: str) -> str:
        """The digest of the recorded content; empty for none."""
        digest = self.record.files.get(path, "")
        return digest if digest != TOO_LARGE else ""

    def is_same(self, path: str, name: str, digest: str) -> bool:
        """Whether the recorded content has this digest; its id may be that of the tree itself."""
        return bool(name) and self.file_id(path) == digest

    def last_author(self, path: str) -> str:
        """The recorded author of the last commit; empty if it was not recorded."""
        return self.record.authors.get(path, "")

    def view_url(self, path: str, line: int | None = None) -> str:
        """From the recorded URL template."""
        return _filled(self.record.view, path) if line is None else _filled(self.record.line, path).replace("{line}", str(line))

    def edit_url(self, path: str) -> str:
        """From the recorded URL template."""
        return _filled(self.record.edit, path)


def recorded(
    trees: Trees, keep: Callable[[bytes], str], before: Mapping[tuple[str, str], TreeRecord] = MappingProxyType({})
) -> dict[tuple[str, str], Tree]:
    """All trees as ``RecordedTree``; saved trees stay as they are.

    ``keep`` stores a content and returns its digest. ``before`` has the records of the last build, whose contents are stored.
    """
    files = {key: record.files for key, record in before.items()}
    return {
        key: tree if isinstance(tree, SavedTree | RecordedTree) else RecordedTree(tree, keep, files.get(key, {}))
        for key, tree in trees.items()
    }


def tree_record(source: str, tree: Tree, as_of: datetime, previous: TreeRecord | None) -> TreeRecord:
    """The record of a tree for the state.

    Records of an earlier build at the same commit are kept, because pages from the cache do not read them again.
    """
    if isinstance(tree, SavedTree):
        return tree.record
    recorded_tree = tree if isinstance(tree, RecordedTree) else RecordedTree(tree, _refuse)
    old = previous if previous and tree.revision and previous.revision == tree.revision else None
    return TreeRecord(
        source,
        tree.id,
        tree.repository,
        tree.revision,
        as_of,
        tuple(tree.addresses),
        _template(tree.view_url(_PATH)),
        _template(tree.view_url(_PATH, _LINE)),
        _template(tree.edit_url(_PATH)),
        _merged(recorded_tree.changed, old.changed if old else {}),
        _merged(recorded_tree.files, old.files if old else {}),
        _merged(recorded_tree.globs, old.globs if old else {}),
        _merged(recorded_tree.authors, old.authors if old else {}),
    )


def _refuse(_: bytes) -> str:
    raise AssertionError


def _merged(new: Mapping[str, V], old: Mapping[str, V]) -> dict[str, V]:
    return dict(sorted({**old, **new}.items()))


def _template(url: str) -> str:
    return url.replace(_PATH, "{path}").replace(str(_LINE), "{line}")


def _filled(template: str, path: str) -> str:
    return template.replace("{path}", quote(path, safe="/"))
