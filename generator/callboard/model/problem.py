"""What is wrong in somebody's data is a value: collected, shown all together, never raised."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum

from callboard.model.entity import Origin
from callboard.model.ref import EntityRef


class Severity(StrEnum):
    """How bad it is.

    ``error``: Backstage would refuse the document, or it cannot be read. ``warning``: accepted, but wrong.
    ``info``: worth knowing.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Span:
    """A range of text, 1-based; the end column is the first one behind the range, as in SARIF."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that belongs to a problem, such as the first of two definitions."""

    message: str
    origin: Origin
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding in somebody's data."""

    code: str
    """Names the defect, for ever: ``REF001``."""
    severity: Severity
    message: str
    """One sentence that says what is wrong, with the values that are wrong."""
    origin: Origin | None = None
    span: Span | None = None
    subject: EntityRef | None = None
    """The entity that it is about, where one could be made out."""
    responsible: EntityRef | None = None
    """The team that can mend it."""
    field: str = ""
    """Dotted path in the document: ``spec.dependsOn[1]``."""
    hint: str = ""
    """How to mend it, in one sentence."""
    related: tuple[Related, ...] = ()
    fingerprint: str = ""
    """Stable over edits elsewhere in the file: made of code, source, path, ref and field, without a line."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A defect that we know: its code, its severity, and the page of the manual about it."""

    code: str
    name: str
    """Kebab case, as in ``dangling-reference``."""
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
    """The same, mended (YAML)."""

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
        """A finding of this rule, with its fingerprint."""
        found = Problem(self.code, severity or self.severity, message, origin, span, subject, None, field, hint, related)
        return replace(found, fingerprint=fingerprint(found))


def fingerprint(problem: Problem) -> str:
    """16 hexadecimal digits over code, source, path, ref and field: two builds agree although lines moved."""
    origin = problem.origin
    parts = [problem.code, *((origin.source, origin.path) if origin else ("", "")), str(problem.subject or ""), problem.field]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
