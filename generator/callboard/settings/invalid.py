"""Problems in ``sources.yaml`` and in kind files → the exception that lists them, with the place of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from callboard.model.counting import counted
from callboard.model.entity import Origin
from callboard.model.errors import SettingsError
from callboard.model.problem import Problem, problem_order
from callboard.model.suggestions import nearest

_ABBREVIATION = 3
"""Letters of the shortest word that may abbreviate a known one."""


class InvalidSettingsError(SettingsError):
    """``sources.yaml`` or kind files have errors.

    ``problems`` are sorted by place; their paths are relative to ``root``, the folder of ``sources.yaml``.
    """

    def __init__(self, root: Path, problems: Iterable[Problem], hint: str = "") -> None:
        self.root = root
        self.problems = tuple(sorted(dict.fromkeys(problems), key=problem_order))
        super().__init__("\n".join(self._lines()), hint)

    @property
    def heads(self) -> tuple[str, ...]:
        """A sentence for each file: ``sources.yaml cannot be used: 2 errors.``."""
        return tuple(_head(path, tuple(problems)) for path, problems in self._by_file())

    def _by_file(self) -> Iterator[tuple[Path, Iterator[Problem]]]:
        return groupby(self.problems, key=lambda problem: self.root / (problem.origin.path if problem.origin else ""))

    def _lines(self) -> Iterator[str]:
        for path, grouped in self._by_file():
            problems = tuple(grouped)
            yield _head(path, problems)
            yield from (f"  {_place(path, problem)}: {problem.message}" for problem in problems)


def portal_origin(file: Path, root: Path) -> Origin:
    """The origin of a problem in one of the portal's own files, which belong to no source."""
    path = file.relative_to(root) if file.is_relative_to(root) else file
    return Origin("", "", "", "", path.as_posix(), 0, 1)


def is_portal_problem(problem: Problem) -> bool:
    """True for a problem in one of the portal's own files: settings, guides, overlays."""
    return problem.origin is not None and not problem.origin.source


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """``; did you mean "path"?``, or an empty string if no choice is similar and none alone begins with the word (``lang``)."""
    known = list(choices)
    longer = [choice for choice in known if len(word) >= _ABBREVIATION and choice.lower().startswith(word.lower())]
    choice = nearest(word, known) or (longer[0] if len(longer) == 1 else "")
    return f'; did you mean "{choice}"?' if choice else ""


def _head(path: Path, problems: tuple[Problem, ...]) -> str:
    return f"{path} cannot be used: {counted(len(problems), 'error')}."


def _place(path: Path, problem: Problem) -> str:
    """``sources.yaml:4:3``, which editors and terminals turn into a link; the path alone for a problem of the file as a whole."""
    return f"{path}:{problem.span.line}:{problem.span.column}" if problem.span else str(path)
