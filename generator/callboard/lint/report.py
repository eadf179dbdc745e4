"""What a rendering of problems needs to know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from callboard.model.counting import counted
from callboard.model.entity import Origin
from callboard.model.problem import Problem, Related, Severity, Span, problem_order
from callboard.redaction.secrets import mask

Lines = Callable[[Origin, int], str]
"""Gives the text of a line (from 1) of the file at an origin; an empty text where it has none."""


@dataclass(frozen=True, slots=True)
class Report:
    """Problems ready to be rendered."""

    problems: Sequence[Problem]
    """Sorted by place, the secrets in their words masked."""
    lines: Lines | None = None
    portal: str = ""
    """Where the portal is served, with a final ``/``, or empty: its pages ``problems/<code>/`` say more."""
    colour: bool = False
    hidden: int = 0
    """Problems that are left out because the baseline has them."""

    def page(self, code: str) -> str:
        """The address of the portal's page about a code, or its path where the portal is not known."""
        return f"{self.portal}problems/{code.lower()}/"


def prepared(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems in the order of their places, the secrets in their words masked."""
    return tuple(_masked(problem) for problem in sorted(problems, key=problem_order))


def span_of(problem: Problem) -> Span | None:
    """Its span; without one, the line where its document begins."""
    if problem.span or not problem.origin:
        return problem.span
    line = problem.origin.line
    return Span(line, 1, line, 2)


def plain(text: str) -> str:
    """Text that cannot steer a terminal: tabs become blanks, other control and formatting characters a mark."""
    return "".join(char if char.isprintable() else " " if char == "\t" else "\ufffd" for char in text)


def summary(problems: Sequence[Problem]) -> str:
    """How many there are of each severity, and in how many files."""
    if not problems:
        return "No problems found."
    counts = Counter(problem.severity for problem in problems)
    parts = [
        counted(counts[severity], severity.value, severity.value if severity == Severity.INFO else "")
        for severity in Severity
        if counts[severity]
    ]
    files = len({(problem.origin.source, problem.origin.tree, problem.origin.path) for problem in problems if problem.origin})
    told = ", ".join(parts)
    return f"{told} in {counted(files, 'file')}." if files else f"{told}."


def say_hidden(hidden: int) -> str:
    """A sentence about what the baseline hides; an empty text where it hides nothing."""
    return f"{counted(hidden, 'problem is', 'problems are')} hidden by the baseline." if hidden else ""


def _masked(problem: Problem) -> Problem:
    related = tuple(Related(mask(other.message), other.origin, other.span) for other in problem.related)
    return replace(problem, message=mask(problem.message), hint=mask(problem.hint), related=related)
