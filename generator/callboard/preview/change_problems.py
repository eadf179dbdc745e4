"""The problems of a change: those that are new, and those that lie in the files that were changed."""

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
from callboard.preview.answers import Note
from callboard.preview.sources_cache import File
from callboard.redaction.secrets import mask
from callboard.sources.files.folder import FolderTree

MOST = 20
"""Problems of one change that are shown; a page lists them all."""
_ORDER = tuple(Severity)


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """What a change has brought."""

    problems: tuple[Problem, ...]
    """The worst first."""
    notes: tuple[Note, ...]
    """The first of them for the page."""
    text: str
    """All of them for the terminal; empty where there is none."""

    @property
    def more(self) -> int:
        """Those without a note."""
        return len(self.problems) - len(self.notes)


def problems_of_change(before: Iterable[Problem], now: Iterable[Problem], files: Collection[File]) -> tuple[Problem, ...]:
    """Those of ``now`` that were not there before, and those in ``files``; the worst first, then by place."""
    known = Counter((problem.fingerprint, problem.message) for problem in before)
    found = []
    for problem in now:
        here = problem.fingerprint, problem.message
        known[here] -= 1
        if known[here] < 0 or _file(problem) in files:
            found.append(problem)
    return tuple(sorted(found, key=lambda problem: _ORDER.index(problem.severity)))


def change_report(problems: Sequence[Problem], trees: Trees, limit: int, *, colour: bool = False) -> ChangeReport:
    """The same in words for people at this machine: places are those by which files are opened from the working folder.

    ``limit`` is the largest descriptor in bytes.
    """
    texts: dict[Origin, tuple[Tree, str]] = {}
    moved = [_moved(problem, trees, texts) for problem in problems]
    text = render(moved, lines=_reader(texts, limit), colour=colour) if moved else ""
    return ChangeReport(tuple(problems), tuple(map(_note, moved[:MOST])), text)


def _file(problem: Problem) -> File | None:
    origin = problem.origin
    return (origin.source, origin.tree, origin.path) if origin else None


def _moved(problem: Problem, trees: Trees, texts: dict[Origin, tuple[Tree, str]]) -> Problem:
    if problem.origin is None:
        return problem
    related = tuple(replace(other, origin=_opened(other.origin, trees, texts)) for other in problem.related)
    return replace(problem, origin=_opened(problem.origin, trees, texts), related=related)


def _opened(origin: Origin, trees: Trees, texts: dict[Origin, tuple[Tree, str]]) -> Origin:
    """The origin with the path by which the file can be opened; noted in ``texts`` with what it is the path of."""
    tree = tree_of(trees, origin)
    if tree is None:
        return origin
    path = os.path.relpath(tree.root / origin.path) if isinstance(tree, FolderTree) else f"{origin.repository}/{origin.path}"
    shown = replace(origin, path=path.replace(os.sep, "/"))
    texts[shown] = (tree, origin.path)
    return shown


def _reader(texts: Mapping[Origin, tuple[Tree, str]], limit: int) -> Lines:
    read: dict[Origin, list[str]] = {}

    def line(origin: Origin, number: int) -> str:
        if origin not in read and origin in texts:
            tree, path = texts[origin]
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
