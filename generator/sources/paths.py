"""Paths inside a tree: never out of it, never into what no descriptor may reach."""

from __future__ import annotations

import posixpath

from generator.errors import MissingFileError, OutsideTreeError

PRIVATE = frozenset({".git", ".hg", ".svn", ".callboard"})
"""Bookkeeping whose files hold credentials and other people's data: never read, never walked."""
DEPENDENCIES = frozenset({
    "node_modules", "bower_components", "site-packages", "__pycache__", ".venv", ".tox", ".nox", ".gradle", ".m2", ".terraform",
    ".mypy_cache", ".pytest_cache", ".ruff_cache", ".next", ".nuxt", ".cache",
})  # fmt: skip
"""Folders that only tools fill: other people's descriptors in them are not ours."""


def normal(path: str) -> str:
    """The path without ``.``, ``..`` and doubled slashes.

    Raises ``OutsideTreeError`` where it leads out of the tree, ``MissingFileError`` where no file can have that name.
    """
    if "\0" in path:
        raise MissingFileError("a path holds a zero character")
    clean = posixpath.normpath(path) if path else "."
    if clean == ".." or clean.startswith(("/", "../")):
        raise OutsideTreeError(f"{path} leads out of its repository")
    if any(part.lower() in PRIVATE for part in clean.split("/")):
        raise OutsideTreeError(f"{path} lies in a folder that descriptors may not read")
    return clean


def is_text(path: str) -> bool:
    """Whether the name is UTF-8: other ones reach us with surrogates, which no page can hold."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def shown(path: str) -> str:
    """A path that is no UTF-8, for people."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
