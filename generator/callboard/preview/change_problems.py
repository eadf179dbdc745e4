"""Problems before and after a change → those that are new or in changed files, for open pages and the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from callboard.lint.formats import render
from callboard.lint.portal_files import with_portal_files
from callboard.lint.report import plain
from callboard.lint.source_lines import SourceLines
from callboard.model.data_classes import dataclass
from callboard.model.place import problem_span, span_place
from callboard.model.problem import Problem, Severity
from callboard.model.tree import Trees
from callboard.pages.shared_views import problem_code_path
from callboard.preview.responses import Note
from callboard.preview.sources_cache import File
from callboard.redaction.secrets import mask

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


def change_report(problems: Sequence[Problem], trees: Trees, limit: int, root: Path, *, colour: bool = False) -> ChangeReport:
    """The report of these problems, with paths of local files relative to the working folder.

    Args:
        problems: the most severe first.
        trees: trees of the problems' files.
        limit: size of the largest descriptor that is read, in bytes.
        root: the folder of ``sources.yaml``.
        colour: use ANSI colors in the text.
    """
    sources = SourceLines(with_portal_files(trees, root), limit)
    located = [sources.located(problem) for problem in problems]
    text = render(located, lines=sources.line, colour=colour) if located else ""
    return ChangeReport(tuple(problems), tuple(map(_note, located[:MAX_NOTES])), text)


def _file(problem: Problem) -> File | None:
    origin = problem.origin
    return (origin.source, origin.tree, origin.path) if origin else None


def _note(problem: Problem) -> Note:
    place = span_place(problem.origin.path, problem_span(problem)) if problem.origin else ""
    return Note(
        problem.severity.value, problem.code, plain(place), plain(mask(problem.message)), plain(mask(problem.hint)),
        problem_code_path(problem.code),
    )  # fmt: skip
