"""Problems and the trees of their files → problems with paths that can be opened, and the lines of these files."""

from __future__ import annotations

import os
from dataclasses import field, replace

from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.errors import TreeError
from callboard.model.place import file_place
from callboard.model.problem import Problem
from callboard.model.tree import Tree, Trees, tree_of
from callboard.sources.files.folder import FolderTree

MOST_CACHED = 64
"""Files whose lines are cached: a renderer reads lines file by file."""


@dataclass(frozen=True, slots=True)
class SourceLines:
    """Places of problems as they are shown to people, and the lines of their files.

    A file on this machine has its path relative to the working folder, by which it can be opened; every other one its repository and path.
    """

    trees: Trees
    limit: int
    """Size of the largest descriptor that is read, in bytes."""
    is_working_copy: bool = False
    """True if files were named by their paths: their folders are no trees of a portal, and are left out of origins."""
    files: dict[Origin, tuple[Tree, str]] = field(default_factory=dict)
    """Tree, and path in it, of each origin that ``located`` has returned."""
    _lines: dict[Origin, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def located(self, problem: Problem) -> Problem:
        """The problem with paths relative to the working folder, by which its files can be opened."""
        if problem.origin is None:
            return problem
        related = tuple(replace(other, origin=self._origin(other.origin)) for other in problem.related)
        return replace(problem, origin=self._origin(problem.origin), related=related)

    def line(self, origin: Origin, number: int) -> str:
        """A line, counted from 1, of a file; empty if there is no such line. ``origin`` is one of a located problem."""
        if origin not in self._lines:
            if len(self._lines) >= MOST_CACHED:
                self._lines.clear()
            self._lines[origin] = self._read(origin)
        lines = self._lines[origin]
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def _origin(self, origin: Origin) -> Origin:
        tree = tree_of(self.trees, origin)
        if tree is None:
            return replace(origin, path=file_place(origin))
        path = os.path.relpath(tree.root / origin.path).replace(os.sep, "/") if isinstance(tree, FolderTree) else file_place(origin)
        shown = replace(origin, path=path, tree="" if self.is_working_copy else origin.tree)
        self.files[shown] = (tree, origin.path)
        return shown

    def _read(self, origin: Origin) -> tuple[str, ...]:
        if origin not in self.files:
            return ()
        tree, path = self.files[origin]
        try:
            return tuple(tree.read(path, self.limit).decode("utf-8", "replace").splitlines())
        except TreeError:
            return ()
