"""Problems in data that Callboard reads, as values: they are collected and reported together, never raised."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.ref import EntityRef


class Severity(StrEnum):
    """The severity of a problem.

    ``error``: Backstage rejects the document, or the file cannot be read or used. ``warning``: accepted, but wrong.
    ``info``: worth knowing.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Position from the worst severity, 0 for ``error``: a sort key."""
        return _SEVERITY_RANKS[self]


_SEVERITY_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Span:
    """A range of a text, from 1; the end column is the first one after the range, as in SARIF."""

    line: int
    column: int
    end_line: int
    end_column: int

    @classmethod
    def at(cls, line: int, column: int) -> Span:
        """The range of one character."""
        return cls(line, column, line, column + 1)

    def moved_down(self, lines: int) -> Span:
        """The same range ``lines`` further down."""
        return Span(self.line + lines, self.column, self.end_line + lines, self.end_column)


@dataclass(frozen=True, slots=True)
class Related:
    """A second location that belongs to a problem, such as the first of two definitions."""

    message: str
    origin: Origin
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem in data that Callboard reads."""

    code: str
    """The permanent code of the defect: ``REF001``."""
    severity: Severity
    message: str
    """One sentence that says what is wrong, with the wrong values."""
    origin: Origin | None = None
    span: Span | None = None
    subject: EntityRef | None = None
    """The entity that the problem is about; None if it could not be determined."""
    responsible: EntityRef | None = None
    """The team that can fix it."""
    field: str = ""
    """Dotted path in the document: ``spec.dependsOn[1]``."""
    hint: str = ""
    """How to fix it, in one sentence."""
    related: tuple[Related, ...] = ()
    fingerprint: str = ""
    """A digest of code, source, tree, path, ref and field, without a line: unchanged by edits to other parts of the file."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A type of defect: its code, its severity, and the content of its page in the manual."""

    code: str
    name: str
    """In kebab case, such as ``dangling-reference``."""
    severity: Severity
    summary: str
    """One sentence for lists."""
    means: str
    """What it means (Markdown)."""
    matters: str
    """Why it matters (Markdown)."""
    wrong: str
    """A descriptor that has the defect (YAML)."""
    right: str
    """The same descriptor without the defect (YAML)."""

    def problem(
        self,
        message: str,
        *,
        severity: Severity | None = None,
        origin: Origin | None = None,
        span: Span | None = None,
        subject: EntityRef | None = None,
        field: str = "",
        hint: str = "",
        related: tuple[Related, ...] = (),
    ) -> Problem:
        """Return a problem of this rule, with its fingerprint."""
        known = _fingerprint(self.code, origin, subject, field)
        return Problem(self.code, severity or self.severity, message, origin, span, subject, None, field, hint, related, known)


def fingerprint(problem: Problem) -> str:
    """16 hexadecimal digits over code, source, tree, path, ref and field: equal in two builds although lines moved.

    An empty tree is left out: in one working copy the path is enough, and the folder of the copy must not matter.
    """
    return _fingerprint(problem.code, problem.origin, problem.subject, problem.field)


def _fingerprint(code: str, origin: Origin | None, subject: EntityRef | None, field: str) -> str:
    place = [origin.source, *filter(None, (origin.tree,)), origin.path] if origin else ["", ""]
    parts = [code, *place, str(subject or ""), field]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


ProblemOrder = tuple[str, str, str, int, int, str, str, str]


def problem_order(problem: Problem) -> ProblemOrder:
    """Sort key of problems: source, tree, path, line, column, code, field, message; problems without an origin first.

    A problem without a span stands at the first line of its document. The result does not depend on the order in which problems were
    found. Lists that show the most severe problems first sort by severity, then by this key.
    """
    origin, span = problem.origin, problem.span
    if origin is None:
        return "", "", "", 0, 0, problem.code, problem.field, problem.message
    line, column = (span.line, span.column) if span else (origin.line, 0)
    return origin.source, origin.tree, origin.path, line, column, problem.code, problem.field, problem.message
