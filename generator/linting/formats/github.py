"""For GitHub Actions: workflow commands that put each problem beside its line in the pull request.

The form is that of GitHub's "Workflow commands for GitHub Actions"; the runner shows ten of each severity in a step.
"""

from __future__ import annotations

from generator.linting.report import Report, plain, span_of
from generator.problems import Problem, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """A command for each problem; nothing where there is none."""
    return "".join(_command(report, problem) + "\n" for problem in report.problems)


def _command(report: Report, problem: Problem) -> str:
    origin, span = problem.origin, span_of(problem)
    properties = {"title": problem.code}
    if origin and span:
        properties = {"file": origin.path, "line": str(span.line), "endLine": str(span.end_line)} | properties
        if span.line == span.end_line:  # the runner refuses columns of a range over several lines
            properties |= {"col": str(span.column), "endColumn": str(span.end_column)}
    told = ",".join(f"{name}={_property(plain(value))}" for name, value in properties.items())
    more = report.page(problem.code) if report.portal else ""
    lines = "\n".join(filter(None, (plain(problem.message), plain(problem.hint), more)))
    return f"::{_COMMANDS[problem.severity]} {told}::{_data(lines)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
