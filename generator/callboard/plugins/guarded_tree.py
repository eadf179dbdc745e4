"""A tree of an installed plugin → the same tree, whose unexpected exceptions are ``TreeError`` and failures of its source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from callboard.model.errors import FOREIGN_EXCEPTIONS, TreeError
from callboard.model.tree import Tree
from callboard.plugins.sources.base import SourceFailure
from callboard.plugins.unhandled import UnhandledPluginError

V = TypeVar("V")
MOST = 20
"""Failures that are kept of one tree: every file of it may fail."""


class GuardedTree:
    """Delegates to a tree. ``explain`` makes an error of an exception that the contract does not allow."""

    def __init__(self, tree: Tree, source: str, explain: Callable[[BaseException], UnhandledPluginError]) -> None:
        self.tree = tree
        self.id = tree.id
        self.repository = tree.repository
        self.revision = tree.revision
        self.addresses = tuple(tree.addresses)
        self.failures: list[SourceFailure] = []
        """What the tree raised so far."""
        self._source = source
        self._explain = explain

    def read(self, path: str, limit: int) -> bytes:
        """As ``Tree.read``. Raises ``TreeError`` for any exception."""
        return self._or_tree_error(lambda: self.tree.read(path, limit), path)

    def glob(self, pattern: str) -> Sequence[str]:
        """As ``Tree.glob``. Raises ``TreeError`` for any exception."""
        return self._or_tree_error(lambda: self.tree.glob(pattern))

    def fetch(self, paths: Sequence[str]) -> None:
        """As ``Tree.fetch``, which is only an announcement: a failure is recorded, and reading the files tells more."""
        self._or(lambda: self.tree.fetch(paths), None)

    def last_change(self, path: str) -> datetime | None:
        """As ``Tree.last_change``; None if it fails."""
        return self._or(lambda: self.tree.last_change(path), None)

    def view_url(self, path: str, line: int | None = None) -> str:
        """As ``Tree.view_url``; empty if it fails."""
        return self._or(lambda: self.tree.view_url(path, line), "")

    def edit_url(self, path: str) -> str:
        """As ``Tree.edit_url``; empty if it fails."""
        return self._or(lambda: self.tree.edit_url(path), "")

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.tree, name)
        if name == "read_at":  # of ``OtherRevisions``, which a tree need not have
            return lambda ref, path, limit: self._or_tree_error(lambda: value(ref, path, limit), path)
        if name == "commits_between":  # of ``CommitRanges``
            return lambda before, after, folder: self._or(lambda: value(before, after, folder), None)
        return value

    def _or_tree_error(self, operation: Callable[[], V], path: str = "") -> V:
        try:
            return operation()
        except TreeError:
            raise
        except FOREIGN_EXCEPTIONS as error:  # a plugin may raise anything
            explained = self._record(error, path)
            raise TreeError(str(explained), explained.hint) from error

    def _or(self, operation: Callable[[], V], otherwise: V) -> V:
        try:
            return operation()
        except TreeError:
            return otherwise
        except FOREIGN_EXCEPTIONS as error:  # as above
            self._record(error)
            return otherwise

    def _record(self, error: BaseException, path: str = "") -> UnhandledPluginError:
        explained = self._explain(error)
        if len(self.failures) < MOST:
            self.failures.append(
                SourceFailure(self._source, self.repository, str(explained), explained.hint, self.id, path, explained.traceback)
            )
        return explained


def tree_failures(trees: Iterable[Tree]) -> tuple[SourceFailure, ...]:
    """What trees of installed plugins raised so far, in the order of the trees; each message once for a tree."""
    guarded = (tree for tree in trees if isinstance(tree, GuardedTree))
    return tuple(failure for tree in guarded for failure in {(each.message, each.path): each for each in tree.failures}.values())
