"""A tree → the same tree, which notes what was asked of it, so that a later build need not ask for contents again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b, sha256
from typing import Any

import msgspec

from callboard.model.errors import TreeError
from callboard.model.tree import Tree, has_known_folders


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """Everything that a set was made of, besides the settings."""

    files: tuple[tuple[str, str, str], ...]
    """Path, id and SHA-256 of each file that was read."""
    globs: tuple[tuple[str, str], ...]
    """Each glob with the digest of the paths that it found."""

    def has_same_answers(self, tree: Tree) -> bool:
        """Whether the tree would give the same answers, as far as can be known without reading. Raises ``SourceError``."""
        known = tree if has_known_folders(tree) else None
        if known is None:
            return False
        try:
            if any(_digest(tree.glob(pattern)) != digest for pattern, digest in self.globs):
                return False
        except TreeError:
            return False
        return all(known.is_same(*file) for file in self.files)


class AskedTree:
    """Delegates to a tree and notes what it answers."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.id, self.repository, self.revision, self.addresses = tree.id, tree.repository, tree.revision, tree.addresses
        self._ids: dict[str, tuple[str, str]] = {}
        self._globs: dict[str, str] = {}
        self._has_failed = not has_known_folders(tree)

    def asked(self) -> Asked | None:
        """What was asked; None if something could not be read, or has no id."""
        if self._has_failed or not all(name for name, _ in self._ids.values()):
            return None
        return Asked(tuple((path, *each) for path, each in self._ids.items()), tuple(self._globs.items()))

    def read(self, path: str, limit: int) -> bytes:
        """As ``Tree.read``."""
        known: Any = self._tree
        name = "" if self._has_failed else known.file_id(path)  # before its content: a change in between is found later
        try:
            content = self._tree.read(path, limit)
        except TreeError:
            self._has_failed = True
            raise
        self._ids[path] = name, sha256(content).hexdigest()
        return content

    def glob(self, pattern: str) -> Sequence[str]:
        """As ``Tree.glob``."""
        try:
            found = self._tree.glob(pattern)
        except TreeError:
            self._has_failed = True
            raise
        self._globs[pattern] = _digest(found)
        return found

    def fetch(self, paths: Sequence[str]) -> None:
        """As ``Tree.fetch``."""
        self._tree.fetch(paths)

    def last_change(self, path: str) -> datetime | None:
        """As ``Tree.last_change``."""
        return self._tree.last_change(path)

    def view_url(self, path: str, line: int | None = None) -> str:
        """As ``Tree.view_url``."""
        return self._tree.view_url(path, line)

    def edit_url(self, path: str) -> str:
        """As ``Tree.edit_url``."""
        return self._tree.edit_url(path)


def digest_of_options(options: Mapping[str, object]) -> str:
    """The digest of what a set is made by."""
    return blake2b(repr(sorted(options.items())).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


def _digest(paths: Sequence[str]) -> str:
    return blake2b("\0".join(paths).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
