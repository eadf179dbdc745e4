"""For programs of one's own: a list of objects, all numbers from 1."""

from __future__ import annotations

import json
from typing import Any

from generator.linting.report import Report, span_of
from generator.problems import Problem


def render(report: Report) -> str:
    """A JSON array in the order of places."""
    return json.dumps([_as_json(report, problem) for problem in report.problems], indent=2, ensure_ascii=False) + "\n"


def _as_json(report: Report, problem: Problem) -> dict[str, Any]:
    origin, span = problem.origin, span_of(problem)
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "source": origin.source if origin else None,
        "path": origin.path if origin else None,
        "document": origin.document + 1 if origin else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        "ref": str(problem.subject) if problem.subject else None,
        "message": problem.message,
        "hint": problem.hint,
        "docs": report.page(problem.code),
        "fingerprint": problem.fingerprint,
    }
