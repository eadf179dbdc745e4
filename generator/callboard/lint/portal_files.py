"""Problems in the portal's own files (settings, guides, overlays) → their lines, and their text for the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from callboard.lint.formats import text_blocks
from callboard.lint.report import Report, prepared
from callboard.lint.source_lines import SourceLines
from callboard.model.problem import Problem
from callboard.model.tree import Trees
from callboard.sources.files.folder import FolderTree

LARGEST = 5_000_000
"""Largest file of which lines are shown, in bytes."""
_KEY = ("", "")
"""The portal's own folder among the trees: its files belong to no source."""


def with_portal_files(trees: Trees, root: Path) -> Trees:
    """The trees with that of the portal's own files; ``root`` is the folder of ``sources.yaml``."""
    return {**trees, _KEY: FolderTree(root.resolve(), "", root.resolve().name, "", ())}


def portal_lines(root: Path) -> SourceLines:
    """The lines of the portal's own files."""
    return SourceLines(with_portal_files({}, root), LARGEST)


def render_portal_problems(problems: Iterable[Problem], root: Path, *, colour: bool = False) -> str:
    """The problems with excerpts of their files, as ``callboard lint`` prints them."""
    sources = portal_lines(root)
    located = prepared(sources.located(problem) for problem in problems)
    return "\n\n".join(text_blocks(Report(located, sources.line, colour=colour)))
