"""Calls of a tree in another process → its results; the same code serves the trees of sources to Callboard, and Callboard's to plugins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from callboard.model.errors import TooLargeError, TreeError
from callboard.model.tree import Tree
from callboard.plugins.containment.messages import TreeCall, TreeHead, TreeResult
from callboard.plugins.sources.memory_tree import MemoryTree

MEMORY_BYTES = 32_000_000
"""Contents of a tree in memory that are sent at once, in characters; a larger one is read file by file."""
PATHS = 1_000_000
"""Paths that one glob may find."""


class RemoteTree:
    """A tree in another process. ``call`` sends a call and returns its result."""

    def __init__(self, head: TreeHead, number: int, call: Callable[[TreeCall], TreeResult]) -> None:
        self.id = head.id
        self.repository = head.repository
        self.revision = head.revision
        self.addresses = head.addresses
        self._has_revisions = head.has_revisions
        self._number = number
        self._call = call
        self._results: dict[TreeCall, TreeResult] = {}
        """Of calls that pages repeat; contents are not kept."""

    def read(self, path: str, limit: int) -> bytes:
        """As ``Tree.read``; the limit is checked on both sides."""
        return self._content(TreeCall(self._number, "read", path, limit))

    def glob(self, pattern: str) -> Sequence[str]:
        """As ``Tree.glob``."""
        found = self._call(TreeCall(self._number, "glob", pattern)).paths
        if len(found) > PATHS:
            raise TreeError(f"a glob finds {len(found):,} files; at most {PATHS:,} are read: {pattern[:60]}")
        return found

    def fetch(self, paths: Sequence[str]) -> None:
        """As ``Tree.fetch``."""
        self._call(TreeCall(self._number, "fetch", paths=tuple(paths)))

    def last_change(self, path: str) -> datetime | None:
        """As ``Tree.last_change``."""
        return self._once(TreeCall(self._number, "last_change", path)).changed

    def view_url(self, path: str, line: int | None = None) -> str:
        """As ``Tree.view_url``."""
        return self._once(TreeCall(self._number, "view_url", path, line=line)).url

    def edit_url(self, path: str) -> str:
        """As ``Tree.edit_url``."""
        return self._once(TreeCall(self._number, "edit_url", path)).url

    def __getattr__(self, name: str) -> Any:
        if name == "read_at" and self._has_revisions:  # of ``OtherRevisions``, which a tree need not have
            return lambda ref, path, limit: self._content(TreeCall(self._number, "read_at", path, limit, ref))
        raise AttributeError(name)

    def _content(self, call: TreeCall) -> bytes:
        content = self._call(call).content
        if len(content) > call.limit:
            raise TooLargeError(f"{call.path!r:.200} in {self.repository} has more than {call.limit:,} bytes")
        return content

    def _once(self, call: TreeCall) -> TreeResult:
        if call not in self._results:
            self._results[call] = self._call(call)
        return self._results[call]


def result_of(trees: Sequence[Tree], call: TreeCall) -> TreeResult:
    """Call the method of a tree of this process. Raises ``TreeError`` for a call that no tree has, and whatever the tree raises."""
    if not 0 <= call.tree < len(trees):
        raise TreeError("there is no such tree")
    tree: Any = trees[call.tree]
    if call.method == "read":
        return _content(tree.read(call.path, call.limit), call)
    if call.method == "read_at":
        return _content(tree.read_at(call.ref, call.path, call.limit), call)
    if call.method == "glob":
        return TreeResult(paths=tuple(tree.glob(call.path)))
    if call.method == "fetch":
        tree.fetch(call.paths)
        return TreeResult()
    if call.method == "last_change":
        return TreeResult(changed=tree.last_change(call.path))
    url = tree.view_url(call.path, call.line) if call.method == "view_url" else tree.edit_url(call.path)
    return TreeResult(url=url)


def _content(content: object, call: TreeCall) -> TreeResult:
    if not isinstance(content, bytes | bytearray):
        raise TypeError(f"{call.method} returned a value of the class {type(content).__name__}, not bytes")
    if len(content) > call.limit:
        raise TooLargeError(f"{call.path!r:.200} has {len(content):,} bytes; at most {call.limit:,} are read")
    return TreeResult(content=bytes(content))


def head_of(tree: Tree, *, with_files: bool = True) -> TreeHead:
    """The head of a tree of this process; ``with_files``: with the files of a small one in memory."""
    is_small = with_files and type(tree) is MemoryTree and sum(len(file.text) for file in tree.files.values()) <= MEMORY_BYTES
    files = tuple(tree.files.values()) if is_small and isinstance(tree, MemoryTree) else None
    return TreeHead(tree.id, tree.repository, tree.revision, tuple(tree.addresses), hasattr(tree, "read_at"), files)


def tree_of_head(head: TreeHead, number: int, call: Callable[[TreeCall], TreeResult]) -> Tree:
    """The tree with this head: in memory if its files were sent, else remote."""
    if head.files is None:
        return RemoteTree(head, number, call)
    return MemoryTree(head.id, head.repository, {file.path: file for file in head.files}, head.revision, head.addresses)
