"""For GitLab's merge requests: a Code Quality report (a JSON array in the subset of Code Climate's format that GitLab documents)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from generator.linting.report import Report, span_of
from generator.problems import Problem, Severity

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
_NOWHERE = "sources.yaml"
"""GitLab wants a file for each finding."""


def render(report: Report) -> str:
    """One finding for each problem; GitLab drops findings of one fingerprint, so that a second one gets its own."""
    met: Counter[str] = Counter()
    findings = []
    for problem in report.problems:
        findings.append(_finding(problem, met[problem.fingerprint]))
        met[problem.fingerprint] += 1
    return json.dumps(findings, indent=2, ensure_ascii=False) + "\n"


def _finding(problem: Problem, earlier: int) -> dict[str, Any]:
    span = span_of(problem)
    fingerprint = f"{problem.fingerprint}:{earlier}" if earlier else problem.fingerprint
    return {
        "description": " ".join(filter(None, (f"{problem.code}: {problem.message}", problem.hint))),
        "check_name": problem.code,
        "fingerprint": hashlib.sha256(fingerprint.encode()).hexdigest(),
        "severity": _SEVERITIES[problem.severity],
        "location": {"path": problem.origin.path if problem.origin else _NOWHERE, "lines": {"begin": span.line if span else 1}},
    }
