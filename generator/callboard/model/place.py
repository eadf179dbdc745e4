"""Origins and spans → places as people read them, always with the repository: ``acme/payments/catalog-info.yaml:31:7``.

Many repositories have a file of the same path, so a path alone names no place.
"""

from __future__ import annotations

from callboard.model.entity import Origin
from callboard.model.problem import Problem, Span


def file_place(origin: Origin) -> str:
    """Repository and path. For a file without a repository, the path alone."""
    return f"{origin.repository}/{origin.path}" if origin.repository else origin.path


def span_place(file: str, span: Span | None) -> str:
    """The file with line and column; the file alone where they are unknown."""
    return f"{file}:{span.line}:{span.column}" if span else file


def problem_span(problem: Problem) -> Span | None:
    """The problem's span, else the first line of its document; None without an origin, or where the file's lines are unknown."""
    origin = problem.origin
    if problem.span or origin is None or not origin.line:
        return problem.span
    return Span(origin.line, 1, origin.line, 2)


def problem_place(problem: Problem) -> str:
    """Repository, path, line and column of a problem; an empty string for a problem without an origin."""
    return span_place(file_place(problem.origin), problem_span(problem)) if problem.origin else ""


def line_place(origin: Origin, span: Span | None) -> str:
    """Repository and path with the line of a span, else of the document; without one where lines are unknown."""
    line = span.line if span else origin.line
    return f"{file_place(origin)}:{line}" if line else file_place(origin)
