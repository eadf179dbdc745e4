"""Problems → a `Report` ready to be rendered: sorted, masked, with counts and lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from callboard.model.counting import counted
from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.problem import Problem, Related, Severity, problem_order
from callboard.redaction.secrets import mask

Lines = Callable[[Origin, int], str]
"""Returns a line, counted from 1, of the file at an origin; an empty string where there is no such line."""


@dataclass(frozen=True, slots=True)
class Report:
    """Problems ready to be rendered."""

    problems: Sequence[Problem]
    """Sorted by place, with secrets in their messages masked."""
    lines: Lines | None = None
    portal: str = ""
    """URL of the portal with a final ``/``, whose pages ``problems/<code>/`` document the codes; empty if it is unknown."""
    colour: bool = False
    hidden: int = 0
    """Number of problems that were left out because they are in the baseline."""
    checked: str = ""
    """A sentence that says what was read (``checked``); empty if it is unknown."""

    def page(self, code: str) -> str:
        """The URL of the portal's page about a code, or its path if the portal is unknown."""
        return f"{self.portal}problems/{code.lower()}/"


def prepared(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems in the order of their places, the secrets in their words masked."""
    return tuple(_masked(problem) for problem in sorted(problems, key=problem_order))


def plain(text: str) -> str:
    """Text that cannot control a terminal: tabs become spaces; other control and formatting characters become U+FFFD."""
    return "".join(char if char.isprintable() else " " if char == "\t" else "\ufffd" for char in text)


def summary(problems: Sequence[Problem]) -> str:
    """A sentence: the number of problems of each severity, and of the files that have them."""
    if not problems:
        return "No problems found."
    files = len({(problem.origin.source, problem.origin.tree, problem.origin.path) for problem in problems if problem.origin})
    return f"{severity_counts(problems)} in {counted(files, 'file')}." if files else f"{severity_counts(problems)}."


def severity_counts(problems: Iterable[Problem]) -> str:
    """``2 errors, 1 warning``: the number of problems of each severity that occurs, the worst first."""
    counts = Counter(problem.severity for problem in problems)
    plurals = {Severity.INFO: "info"}
    return ", ".join(counted(counts[each], each.value, plurals.get(each, "")) for each in Severity if counts[each])


def hidden_by_baseline(hidden: int) -> str:
    """A sentence about the number of problems that the baseline hides; empty where it hides none."""
    return f"{counted(hidden, 'problem is', 'problems are')} hidden by the baseline." if hidden else ""


_SKIPPED = {
    "template-skeleton": ("template skeleton", ""),
    "not-a-descriptor": ("without apiVersion and kind", "without apiVersion and kind"),
    "kubernetes": ("Kubernetes manifest", ""),
    "empty": ("empty file", ""),
}
"""By reason of a skipped document: the noun that is counted, and its plural."""


def checked(files: int, documents: int, skipped: Mapping[str, int]) -> str:
    """A sentence: how many files and documents were read, and how many documents were skipped for which reason."""
    sentence = f"Checked {counted(files, 'file')}, {counted(documents, 'document')}"
    return f"{sentence}; {sum(skipped.values()):,} skipped: {skip_reasons(skipped)}." if any(skipped.values()) else f"{sentence}."


def skip_reasons(skipped: Mapping[str, int]) -> str:
    """``1 empty file, 2 template skeletons``: the number of skipped documents by reason."""
    return ", ".join(counted(number, *_SKIPPED.get(reason, (reason, reason))) for reason, number in sorted(skipped.items()) if number)


def _masked(problem: Problem) -> Problem:
    related = tuple(Related(mask(other.message), other.origin, other.span) for other in problem.related)
    return replace(problem, message=mask(problem.message), hint=mask(problem.hint), related=related)
