"""The problems of a change: those that are new, and those that lie in the files that were changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from callboard.lint.formats import render
from callboard.lint.report import plain, span_of
from callboard.lint.source_lines import SourceLines, path_in_repository
from callboard.model.problem import Problem, Severity
from callboard.model.tree import Trees
from callboard.pages.shared_views import problem_code_path
from callboard.preview.answers import Note
from callboard.preview.sources_cache import File
from callboard.redaction.secrets import mask

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
    sources = SourceLines(trees, limit, path_in_repository)
    located = [sources.located(problem) for problem in problems]
    text = render(located, lines=sources.line, colour=colour) if located else ""
    return ChangeReport(tuple(problems), tuple(map(_note, located[:MOST])), text)


def _file(problem: Problem) -> File | None:
    origin = problem.origin
    return (origin.source, origin.tree, origin.path) if origin else None


def _note(problem: Problem) -> Note:
    span, origin = span_of(problem), problem.origin
    place = f"{origin.path}:{span.line}:{span.column}" if origin and span else ""
    return Note(
        problem.severity.value, problem.code, plain(place), plain(mask(problem.message)), plain(mask(problem.hint)),
        problem_code_path(problem.code),
    )  # fmt: skip
