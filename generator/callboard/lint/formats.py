"""Problems → text, JSON, GitHub workflow commands, SARIF, JUnit or GitLab Code Quality: one function a format, in one table."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from types import MappingProxyType
from typing import Any
from unicodedata import combining, east_asian_width
from urllib.parse import quote
from xml.etree import ElementTree as ET

from callboard import __version__
from callboard.lint.explain import explain, markdown, plain_text
from callboard.lint.report import Lines, Report, hidden_by_baseline, plain, prepared, summary
from callboard.model.entity import Origin
from callboard.model.errors import CallboardError
from callboard.model.place import problem_span, span_place
from callboard.model.problem import Problem, Related, Rule, Severity, Span
from callboard.plugins.rules import all_rules
from callboard.redaction.secrets import mask

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_JUNIT_SUITE = "callboard lint"
_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_IN_FULL = 3
"""Warnings with the same words that are written with their line and their hint."""
_WIDEST = 140
"""Characters of a line that are shown, without the marks of what is cut."""
_BEFORE = 40
"""Characters that are shown before a range that would be cut off."""
_GITHUB_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_GITLAB_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_GITLAB_PATH = "sources.yaml"
"""The path of a problem without a file: GitLab requires one for each finding."""


def render(
    problems: Iterable[Problem],
    format: str = "text",  # noqa: A002 - the name of the option
    *,
    lines: Lines | None = None,
    portal: str = "",
    colour: bool = False,
    hidden: int = 0,
    checked: str = "",
) -> str:
    """All problems in a format, sorted by place.

    ``portal`` is the portal's URL with a final ``/``, or empty; ``hidden`` is the number of problems that the baseline hides;
    ``checked`` is a sentence about what was read. Raises ``CallboardError`` for an unknown format.
    """
    if format not in FORMATS:
        raise CallboardError(f'There is no format "{format}".', f"Known formats: {', '.join(FORMATS)}.")
    return FORMATS[format](Report(prepared(problems), lines, portal, colour, hidden, checked))


def render_text(report: Report) -> str:
    """A block for each problem, then their number."""
    totals = " ".join(filter(None, (summary(report.problems), hidden_by_baseline(report.hidden), report.checked)))
    return "\n\n".join([*text_blocks(report), totals]) + "\n"


def text_blocks(report: Report) -> list[str]:
    """The text of each problem: place, message, the line with carets, hint and documentation.

    One cause may lead to the same warning in many files: from the fourth with the same words on, place and message are all.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    blocks = []
    for problem in report.problems:
        words = problem.code, problem.message, problem.hint
        seen[words] += 1
        is_full = problem.severity is Severity.ERROR or seen[words] <= _IN_FULL
        blocks.append(_block(report, problem) if is_full else _head(report, problem))
    return blocks


def _head(report: Report, problem: Problem) -> str:
    """Place, severity, code and message on one line."""
    origin = problem.origin
    place = f"{span_place(plain(origin.path), problem_span(problem))}: " if origin else ""
    severity = f"\x1b[{_COLOURS[problem.severity]}m{problem.severity.value}\x1b[0m" if report.colour else problem.severity.value
    return f"{place}{severity} {problem.code} {plain(problem.message)}"


def _block(report: Report, problem: Problem) -> str:
    origin, rows = problem.origin, [_head(report, problem)]
    if origin and problem.span and report.lines:
        rows += _snippet(report.lines(origin, problem.span.line), problem.span)
    rows += [f"  also {_related_place(related)}: {plain(related.message)}" for related in problem.related]
    if problem.hint:
        rows.append(f"  hint: {plain(problem.hint)}")
    return "\n".join([*rows, f"  docs: {report.page(problem.code) if report.portal else f'callboard explain {problem.code}'}"])


def _related_place(related: Related) -> str:
    line = related.span.line if related.span else related.origin.line
    return f"{plain(related.origin.path)}:{line}" if line else plain(related.origin.path)


def _snippet(line: str, span: Span) -> list[str]:
    """The line with carets under the range; secrets are masked, and of a very long line the part around the range is shown."""
    if not line.strip():
        return []
    masked = mask(line)
    text = plain(masked.rstrip("\r\n"))
    start = min(span.column - 1, len(text))
    end = len(text) if span.end_line > span.line or masked != line else min(max(span.end_column - 1, start + 1), max(len(text), start + 1))
    begin = 0 if end <= _WIDEST else max(min(start - _BEFORE, len(text) - _WIDEST), 0)
    before, after = "…" if begin else "", "…" if begin + _WIDEST < len(text) else ""
    gutter = f"  {span.line} | "
    indent = " " * (_columns(text[begin:start]) + len(before))
    carets = "^" * max(_columns(text[start : min(end, begin + _WIDEST)]), 1)
    return [f"{gutter}{before}{text[begin : begin + _WIDEST]}{after}", f"{' ' * (len(gutter) - 2)}| {indent}{carets}"]


def _columns(text: str) -> int:
    """Columns of a terminal that a text takes: two for each wide letter, none for a mark above another one."""
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def render_github(report: Report) -> str:
    """A workflow command for each problem; empty without problems."""
    return "".join(_command(report, problem) + "\n" for problem in report.problems)


def _command(report: Report, problem: Problem) -> str:
    origin, span = problem.origin, problem_span(problem)
    properties = {"title": problem.code}
    if origin:
        lines = {"line": str(span.line), "endLine": str(span.end_line)} if span else {}
        properties = {"file": origin.path} | lines | properties
    if origin and span and span.line == span.end_line:  # the runner refuses columns of a range over several lines
        properties |= {"col": str(span.column), "endColumn": str(span.end_column)}
    parameters = ",".join(f"{name}={_property(plain(value))}" for name, value in properties.items())
    page = report.page(problem.code) if report.portal else ""
    text = "\n".join(filter(None, (plain(problem.message), plain(problem.hint), page)))
    return f"::{_GITHUB_COMMANDS[problem.severity]} {parameters}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def render_gitlab(report: Report) -> str:
    """One finding for each problem. GitLab drops findings with equal fingerprints, so each repetition gets its own."""
    occurrences: Counter[str] = Counter()
    findings = []
    for problem in report.problems:
        findings.append(_finding(problem, occurrences[problem.fingerprint]))
        occurrences[problem.fingerprint] += 1
    return json.dumps(findings, indent=2, ensure_ascii=False) + "\n"


def _finding(problem: Problem, earlier: int) -> dict[str, Any]:
    span = problem_span(problem)
    fingerprint = f"{problem.fingerprint}:{earlier}" if earlier else problem.fingerprint
    return {
        "description": " ".join(filter(None, (f"{problem.code}: {problem.message}", problem.hint))),
        "check_name": problem.code,
        "fingerprint": hashlib.sha256(fingerprint.encode()).hexdigest(),
        "severity": _GITLAB_SEVERITIES[problem.severity],
        "location": {"path": problem.origin.path if problem.origin else _GITLAB_PATH, "lines": {"begin": span.line if span else 1}},
    }


def render_json(report: Report) -> str:
    """A JSON array, sorted by place."""
    return json.dumps([_as_json(report, problem) for problem in report.problems], indent=2, ensure_ascii=False) + "\n"


def _as_json(report: Report, problem: Problem) -> dict[str, Any]:
    origin, span = problem.origin, problem_span(problem)
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "source": origin.source if origin else None,
        "repository": (origin.repository or None) if origin else None,
        "tree": (origin.tree or None) if origin else None,
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


def render_junit(report: Report) -> str:
    """A test case for each problem: an error or a warning fails, an info passes with output. Without problems, one case passes."""
    root = ET.Element("testsuites", name=_JUNIT_SUITE)
    for path, problems in groupby(report.problems, key=lambda problem: problem.origin.path if problem.origin else ""):
        _suite(root, plain(path) or _JUNIT_SUITE, tuple(problems), report)
    if not report.problems:
        suite = ET.SubElement(root, "testsuite", name=_JUNIT_SUITE, tests="1", failures="0", errors="0", skipped="0", time="0")
        ET.SubElement(suite, "testcase", name=summary(()), classname=_JUNIT_SUITE, time="0")
    root.set("tests", str(max(len(report.problems), 1)))
    root.set("failures", str(sum(map(_is_failure, report.problems))))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, path: str, problems: tuple[Problem, ...], report: Report) -> None:
    failures = sum(map(_is_failure, problems))
    suite = ET.SubElement(root, "testsuite", name=path, tests=str(len(problems)), failures=str(failures), errors="0", skipped="0", time="0")
    for problem in problems:
        span = problem_span(problem)
        place = span_place(path, span)
        case = ET.SubElement(
            suite, "testcase", name=f"{problem.code} at {place}", classname=path, file=path, line=str(span.line if span else 1), time="0"
        )
        details = "\n".join(filter(None, (place, plain(problem.hint), report.page(problem.code) if report.portal else "")))
        if _is_failure(problem):
            ET.SubElement(case, "failure", type=problem.severity.value, message=plain(problem.message)).text = details
        else:
            ET.SubElement(case, "system-out").text = f"{plain(problem.message)}\n{details}"


def _is_failure(problem: Problem) -> bool:
    return problem.severity is not Severity.INFO


def render_sarif(report: Report) -> str:
    """One run. Columns are counted in characters; paths are relative to the working folder, or begin with the repository."""
    codes = sorted({problem.code for problem in report.problems})
    run = {
        "tool": {"driver": {"name": "Callboard", "semanticVersion": __version__, "rules": [_rule(report, code) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, codes.index(problem.code)) for problem in report.problems],
    }
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(report: Report, code: str) -> dict[str, Any]:
    rule = all_rules().get(code)
    page = {"helpUri": report.page(code)} if report.portal else {}
    return {"id": code, **(_described(rule) if rule else {}), **page}


def _described(rule: Rule) -> dict[str, Any]:
    return {
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": plain_text(rule.summary)},
        "fullDescription": {"text": " ".join(plain_text(rule.means).split())},
        "help": {"text": explain(rule), "markdown": markdown(rule)},
        "defaultConfiguration": {"level": _SARIF_LEVELS[rule.severity]},
        "properties": {"tags": ["catalog", "security"] if rule.code.startswith("SEC") else ["catalog"]},
    }


def _result(problem: Problem, index: int) -> dict[str, Any]:
    span = problem_span(problem)
    return {
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": _SARIF_LEVELS[problem.severity],
        "message": {"text": " ".join(filter(None, (problem.message, problem.hint)))},
        "locations": [_location(problem.origin, span)] if problem.origin else [],
        "relatedLocations": [
            {"id": number, "message": {"text": other.message}} | _location(other.origin, other.span)
            for number, other in enumerate(problem.related, 1)
        ],
        "partialFingerprints": {"callboard/v1": problem.fingerprint} if problem.fingerprint else {},
    }


def _location(origin: Origin, span: Span | None) -> dict[str, Any]:
    file = {"artifactLocation": {"uri": quote(origin.path, errors="replace")}}
    if not (span or origin.line):
        return {"physicalLocation": file}
    at = span or Span(origin.line, 1, origin.line, 2)
    region = {"startLine": at.line, "startColumn": at.column, "endLine": at.end_line, "endColumn": at.end_column}
    return {"physicalLocation": file | {"region": region}}


FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType({
    "text": render_text,
    "json": render_json,
    "github": render_github,
    "sarif": render_sarif,
    "junit": render_junit,
    "gitlab": render_gitlab,
})  # fmt: skip
"""Renderers by the value of ``--format``; the text that each returns is empty or ends with a line break."""
