"""Trees that remember what was asked of them, and trees that answer from that memory without any network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from callboard.model.errors import MissingFileError, TooLargeError
from callboard.model.tree import Tree, Trees
from callboard.sources.paths import matching
from callboard.state.values import KnownTree

_PATH = "callboard-path-7d1f"
_LINE = 987_654_321
TOO_LARGE = "too-large"
"""Stands for the digest of a file that pages were not given because of its size."""
V = TypeVar("V")


class RecordedTree:
    """Passes every question on to a tree and remembers the answers that the next build may need."""

    def __init__(self, tree: Tree, keep: Callable[[bytes], str]) -> None:
        self.tree = tree
        self.id = tree.id
        self.repository = tree.repository
        self.revision = tree.revision
        self.addresses = tree.addresses
        self.changed: dict[str, datetime] = {}
        self.files: dict[str, str] = {}
        self.globs: dict[str, tuple[str, ...]] = {}
        self._keep = keep

    def read(self, path: str, limit: int) -> bytes:
        """The tree's answer; its content is kept."""
        try:
            content = self.tree.read(path, limit)
        except TooLargeError:
            self.files[path] = TOO_LARGE
            raise
        self.files[path] = self._keep(content)
        return content

    def glob(self, pattern: str) -> Sequence[str]:
        """The tree's answer."""
        found = self.tree.glob(pattern)
        self.globs[pattern] = tuple(found)
        return found

    def fetch(self, paths: Sequence[str]) -> None:
        """Passed on."""
        self.tree.fetch(paths)

    def last_change(self, path: str) -> datetime | None:
        """The tree's answer."""
        at = self.tree.last_change(path)
        if at is not None:
            self.changed[path] = at
        return at

    def view_url(self, path: str, line: int | None = None) -> str:
        """The tree's answer."""
        return self.tree.view_url(path, line)

    def edit_url(self, path: str) -> str:
        """The tree's answer."""
        return self.tree.edit_url(path)


class SavedTree:
    """A tree as an earlier build knew it."""

    def __init__(self, known: KnownTree, content: Callable[[str], bytes | None]) -> None:
        self.known = known
        self.id = known.id
        self.repository = known.repository
        self.revision = known.revision
        self.addresses = known.addresses
        self._content = content

    def read(self, path: str, limit: int) -> bytes:
        """A content that an earlier build read; every other file counts as missing."""
        digest = self.known.files.get(path)
        content = self._content(digest) if digest and digest != TOO_LARGE else None
        if content is None and digest != TOO_LARGE:
            raise MissingFileError(f"the last good copy of {self.repository} has no file {path!r:.200}")
        if content is None or len(content) > limit:
            raise TooLargeError(f"{path!r:.200} in {self.repository} has more than {limit:,} bytes")
        return content

    def glob(self, pattern: str) -> Sequence[str]:
        """What an earlier build found, else what matches among the kept files."""
        found = self.known.globs.get(pattern)
        return tuple(matching(pattern, sorted(self.known.files))) if found is None else found

    def fetch(self, paths: Sequence[str]) -> None:
        """Nothing to do: what is kept is here."""

    def last_change(self, path: str) -> datetime | None:
        """As an earlier build knew it."""
        return self.known.changed.get(path)

    def view_url(self, path: str, line: int | None = None) -> str:
        """From the template."""
        return _filled(self.known.view, path) if line is None else _filled(self.known.line, path).replace("{line}", str(line))

    def edit_url(self, path: str) -> str:
        """From the template."""
        return _filled(self.known.edit, path)


def recorded(trees: Trees, keep: Callable[[bytes], str]) -> dict[tuple[str, str], Tree]:
    """All trees, remembering. ``keep`` stores a content and gives its digest. Saved trees stay as they are: they know everything."""
    return {key: tree if isinstance(tree, SavedTree | RecordedTree) else RecordedTree(tree, keep) for key, tree in trees.items()}


def known_tree(source: str, tree: Tree, as_of: datetime, before: KnownTree | None) -> KnownTree:
    """What is kept of a tree.

    What an earlier build asked of the very same commit stays known, because a cache may have spared this build the question.
    """
    if isinstance(tree, SavedTree):
        return tree.known
    asked = tree if isinstance(tree, RecordedTree) else RecordedTree(tree, _refuse)
    old = before if before and tree.revision and before.revision == tree.revision else None
    return KnownTree(
        source,
        tree.id,
        tree.repository,
        tree.revision,
        as_of,
        tuple(tree.addresses),
        _template(tree.view_url(_PATH)),
        _template(tree.view_url(_PATH, _LINE)),
        _template(tree.edit_url(_PATH)),
        _sorted(asked.changed, old.changed if old else {}),
        _sorted(asked.files, old.files if old else {}),
        _sorted(asked.globs, old.globs if old else {}),
    )


def _refuse(_: bytes) -> str:
    raise AssertionError


def _sorted(new: Mapping[str, V], old: Mapping[str, V]) -> dict[str, V]:
    return dict(sorted({**old, **new}.items()))


def _template(url: str) -> str:
    return url.replace(_PATH, "{path}").replace(str(_LINE), "{line}")


def _filled(template: str, path: str) -> str:
    return template.replace("{path}", quote(path, safe="/"))
