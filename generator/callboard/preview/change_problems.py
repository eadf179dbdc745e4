"""Problems before and after a change → those that are new or in changed files, for open pages and the terminal."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from callboard.lint.formats import render
from callboard.lint.report import Lines, plain, span_of
from callboard.model.entity import Origin
from callboard.model.errors import TreeError
from callboard.model.problem import Problem, Severity
from callboard.model.tree import Tree, Trees, tree_of
from callboard.pages.shared_views import problem_code_path
from callboard.preview.responses import Note
from callboard.preview.sources_cache import File
from callboard.redaction.secrets import mask
from callboard.sources.files.folder import FolderTree

MAX_NOTES = 20
"""Number of problems that open pages show of one change; the page of all problems lists the rest."""
_SEVERITIES = tuple(Severity)
"""The most severe first."""


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """The problems of a change."""

    problems: tuple[Problem, ...]
    """The most severe first."""
    notes: tuple[Note, ...]
    """The first ``MAX_NOTES`` of them, for open pages."""
    text: str
    """All of them, formatted for the terminal; empty if there are none."""

    @property
    def more(self) -> int:
        """Number of problems that have no note."""
        return len(self.problems) - len(self.notes)


def problems_of_change(previous: Iterable[Problem], current: Iterable[Problem], files: Collection[File]) -> tuple[Problem, ...]:
    """Those of ``current`` that are not in ``previous``, and those in ``files``; the most severe first, otherwise in given order."""
    counts = Counter((problem.fingerprint, problem.message) for problem in previous)
    problems = []
    for problem in current:
        key = problem.fingerprint, problem.message
        counts[key] -= 1
        if counts[key] < 0 or _file(problem) in files:
            problems.append(problem)
    return tuple(sorted(problems, key=lambda problem: _SEVERITIES.index(problem.severity)))


def change_report(problems: Sequence[Problem], trees: Trees, limit: int, *, colour: bool = False) -> ChangeReport:
    """The report of these problems, with paths of local files relative to the working folder.

    Args:
        problems: the most severe first.
        trees: trees of the problems' files.
        limit: size of the largest descriptor that is read, in bytes.
        colour: use ANSI colors in the text.
    """
    files: dict[Origin, tuple[Tree, str]] = {}
    displayed = [_displayed(problem, trees, files) for problem in problems]
    text = render(displayed, lines=_line_reader(files, limit), colour=colour) if displayed else ""
    return ChangeReport(tuple(problems), tuple(map(_note, displayed[:MAX_NOTES])), text)


def _file(problem: Problem) -> File | None:
    origin = problem.origin
    return (origin.source, origin.tree, origin.path) if origin else None


def _displayed(problem: Problem, trees: Trees, files: dict[Origin, tuple[Tree, str]]) -> Problem:
    if problem.origin is None:
        return problem
    related = tuple(replace(other, origin=_displayed_origin(other.origin, trees, files)) for other in problem.related)
    return replace(problem, origin=_displayed_origin(problem.origin, trees, files), related=related)


def _displayed_origin(origin: Origin, trees: Trees, files: dict[Origin, tuple[Tree, str]]) -> Origin:
    """The origin with the path by which the file can be opened. Adds its tree, and its path there, to ``files``."""
    tree = tree_of(trees, origin)
    if tree is None:
        return origin
    path = os.path.relpath(tree.root / origin.path) if isinstance(tree, FolderTree) else f"{origin.repository}/{origin.path}"
    displayed = replace(origin, path=path.replace(os.sep, "/"))
    files[displayed] = (tree, origin.path)
    return displayed


def _line_reader(files: Mapping[Origin, tuple[Tree, str]], limit: int) -> Lines:
    read: dict[Origin, list[str]] = {}

    def line(origin: Origin, number: int) -> str:
        if origin not in read and origin in files:
            tree, path = files[origin]
            try:
                read[origin] = tree.read(path, limit).decode("utf-8", "replace").splitlines()
            except TreeError:
                read[origin] = []
        lines = read.get(origin, [])
        return lines[number - 1] if 0 < number <= len(lines) else ""

    return line


def _note(problem: Problem) -> Note:
    span, origin = span_of(problem), problem.origin
    place = f"{origin.path}:{span.line}:{span.column}" if origin and span else ""
    return Note(
        problem.severity.value, problem.code, plain(place), plain(mask(problem.message)), plain(mask(problem.hint)),
        problem_code_path(problem.code),
    )  # fmt: skip
