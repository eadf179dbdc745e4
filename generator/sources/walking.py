"""One walk over a folder: its repositories and all of their files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from generator.sources.paths import DEPENDENCIES, PRIVATE, is_text

PRODUCT_NAMES = frozenset({"build", "dist", "out", "target", "vendor"})
"""Names that build tools fill, but people use as well: left out only beside one of ``BUILD_FILES``."""
BUILD_FILES = frozenset({
    "package.json", "pom.xml", "build.gradle", "build.gradle.kts", "Cargo.toml", "pyproject.toml", "setup.py", "CMakeLists.txt",
    "composer.json", "Gemfile", "go.mod", "meson.build",
})  # fmt: skip
PRODUCT_MARKS = frozenset({"CACHEDIR.TAG", "pyvenv.cfg"})
"""A folder that holds one of these says of itself that a tool made it."""


@dataclass(slots=True)
class Found:
    """One tree of a walk; paths are relative to it."""

    folder: str
    """Relative to the walk's root; an empty text for the root itself."""
    files: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    """Symbolic links to something that is no folder."""


@dataclass(slots=True)
class Walk:
    """What a walk saw."""

    trees: list[Found] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    """Names that are no UTF-8; what is below is left out."""
    closed: list[str] = field(default_factory=list)
    """Folders that may not be read."""


def walk(root: Path, repositories: re.Pattern[str] | None) -> Walk:
    """Each folder is listed once and no link is followed, so that the walk ends.

    A folder that holds ``.git``, or whose relative path matches ``repositories``, begins a tree of its own.
    """
    seen = Walk()
    base = Found("")
    seen.trees.append(base)
    waiting: list[tuple[str, Found]] = [("", base)]
    while waiting:
        folder, tree = waiting.pop()
        entries = _entries(root, folder, seen)
        names = {entry.name for entry in entries}
        if folder and names & PRODUCT_MARKS and ".git" not in names:
            continue
        if folder and (".git" in names or _is_named(folder, repositories)):
            tree = Found(folder)
            seen.trees.append(tree)
        waiting += [(child, tree) for child in _sorted_in(entries, names, folder, tree, seen)]
    seen.trees.sort(key=lambda found: found.folder)
    return seen


def _is_named(folder: str, repositories: re.Pattern[str] | None) -> bool:
    """Whether the option names it; ``*`` does not mean ``.github`` beside the repositories."""
    return bool(repositories and repositories.fullmatch(folder)) and not folder.rpartition("/")[2].startswith(".")


def _entries(root: Path, folder: str, seen: Walk) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(root / folder) as listing:
            return list(listing)
    except OSError:  # gone since its parent was listed, or not ours to read
        seen.closed.append(folder)
        return []


def _sorted_in(entries: list[os.DirEntry[str]], names: set[str], folder: str, tree: Found, seen: Walk) -> Iterator[str]:
    """Put the files into the tree; the folders to go on with."""
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        inside = path[len(tree.folder) :].lstrip("/") if tree.folder else path
        if not is_text(entry.name):
            seen.odd.append(path)
        elif entry.is_symlink():
            tree.links.append(inside)
        elif entry.is_file(follow_symlinks=False):
            tree.files.append(inside)
        elif entry.is_dir(follow_symlinks=False) and not _is_left_out(entry, names):
            yield path


def _is_left_out(entry: os.DirEntry[str], siblings: set[str]) -> bool:
    name = entry.name
    if name.lower() in PRIVATE or name in DEPENDENCIES:
        return True
    return name in PRODUCT_NAMES and bool(siblings & BUILD_FILES) and not Path(entry.path, ".git").exists()
