"""Trees → the same trees, whose answers are noted as digests, and whether fresh trees would give the same answers."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from callboard.model.errors import TreeError
from callboard.model.tree import Tree, has_known_folders, has_other_revisions


class TreeQuestions(msgspec.Struct, frozen=True):
    """What a build asked one tree, and the digests of the answers."""

    source: str
    """Name of the source."""
    tree: str
    """Id of the tree."""
    reads: tuple[tuple[str, int, str], ...] = ()
    """Path, limit and digest of each file that was read; of a missing one the name of its error."""
    globs: tuple[tuple[str, str], ...] = ()
    revisions: tuple[tuple[str, str, int, str], ...] = ()
    """Revision, path, limit and digest."""
    changes: tuple[tuple[str, str], ...] = ()
    """Path and time of the last commit."""
    ids: tuple[tuple[str, str], ...] = ()
    """Path and id of each file that was not read, since it had the same id as before."""

    def have_equal_answers(self, tree: Tree) -> bool:
        """Whether the tree gives the same answers. Raises ``SourceError`` if it cannot be asked."""
        return (
            all(_answer(tree.read, path, limit) == digest for path, limit, digest in self.reads)
            and all(_paths(tree, pattern) == digest for pattern, digest in self.globs)
            and all(_at_revision(tree, ref, path, limit) == digest for ref, path, limit, digest in self.revisions)
            and all(_time(tree.last_change(path)) == at for path, at in self.changes)
            and all(_id(tree, path) == name for path, name in self.ids)
        )


class WatchedTree:
    """Delegates to a tree and notes its answers."""

    def __init__(self, tree: Tree, source: str) -> None:
        self.tree = tree
        self._known = tree if has_known_folders(tree) else None
        self.source = source
        self.id, self.repository, self.revision, self.addresses = tree.id, tree.repository, tree.revision, tree.addresses
        self.view_url, self.edit_url, self.fetch = tree.view_url, tree.edit_url, tree.fetch
        self.reads: dict[tuple[str, int], str] = {}
        self.globs: dict[str, str] = {}
        self.revisions: dict[tuple[str, str, int], str] = {}
        self.changes: dict[str, str] = {}
        self.ids: dict[str, str] = {}

    def read(self, path: str, limit: int) -> bytes:
        """As ``Tree.read``."""
        return _noted(self.reads, (path, limit), lambda: self.tree.read(path, limit))

    def glob(self, pattern: str) -> Sequence[str]:
        """As ``Tree.glob``."""
        try:
            found = self.tree.glob(pattern)
        except TreeError as error:
            self.globs[sys.intern(pattern)] = type(error).__name__
            raise
        # Most trees are asked the same, and have nothing: one string for all of them.
        self.globs[sys.intern(pattern)] = sys.intern(_digest("\0".join(found).encode("utf-8", "surrogateescape")))
        return found

    def last_change(self, path: str) -> datetime | None:
        """As ``Tree.last_change``."""
        at = self.tree.last_change(path)
        self.changes[path] = _time(at)
        return at

    def is_same(self, path: str, name: str, digest: str) -> bool:
        """As ``KnownFolders.is_same``."""
        is_same = self._known is not None and self._known.is_same(path, name, digest)
        if is_same:
            self.ids[path] = name
        return is_same

    def questions(self) -> TreeQuestions:
        """What was asked so far."""
        return TreeQuestions(
            self.source, self.id,
            tuple((*key, digest) for key, digest in self.reads.items()),
            tuple(self.globs.items()),
            tuple((*key, digest) for key, digest in self.revisions.items()),
            tuple(self.changes.items()),
            tuple(self.ids.items()),
        )  # fmt: skip

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tree, name)


class WatchedRepository(WatchedTree):
    """A watched tree that can be read at other revisions."""

    def read_at(self, ref: str, path: str, limit: int) -> bytes:
        """As ``OtherRevisions.read_at``."""
        tree: Any = self.tree
        return _noted(self.revisions, (ref, path, limit), lambda: tree.read_at(ref, path, limit))


def watched(tree: Tree, source: str) -> WatchedTree:
    """The tree with its answers noted."""
    made = WatchedRepository if has_other_revisions(tree) else WatchedTree
    return made(tree, source)


def have_equal_answers(questions: Iterable[TreeQuestions], trees: Mapping[tuple[str, str], Tree]) -> bool:
    """Whether these trees give the answers of an earlier build. Raises ``SourceError`` if one cannot be asked."""
    return all((tree := trees.get((each.source, each.tree))) is not None and each.have_equal_answers(tree) for each in questions)


def _noted(notes: dict[Any, str], key: object, read: Callable[[], bytes]) -> bytes:
    try:
        content = read()
    except TreeError as error:
        notes[key] = type(error).__name__
        raise
    notes[key] = _digest(content)
    return content


def _answer(read: Callable[..., bytes], *question: object) -> str:
    try:
        return _digest(read(*question))
    except TreeError as error:
        return type(error).__name__


def _paths(tree: Tree, pattern: str) -> str:
    return _answer(lambda: "\0".join(tree.glob(pattern)).encode("utf-8", "surrogateescape"))


def _at_revision(tree: Any, ref: str, path: str, limit: int) -> str:
    return _answer(tree.read_at, ref, path, limit) if has_other_revisions(tree) else ""


def _id(tree: Tree, path: str) -> str:
    return tree.file_id(path) if has_known_folders(tree) else ""


def _time(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
