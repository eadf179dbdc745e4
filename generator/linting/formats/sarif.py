"""For code scanning: SARIF 2.1.0 (OASIS), with the rules that occur, their help, and fingerprints that survive edits elsewhere."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from generator import __version__
from generator.linting.explaining import explain, markdown
from generator.linting.report import Report, span_of
from generator.linting.rules import all_rules
from generator.model.entity import Origin
from generator.problems import Problem, Rule, Severity, Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(report: Report) -> str:
    """One run. Columns count characters; paths are relative to the working folder."""
    codes = sorted({problem.code for problem in report.problems})
    run = {
        "tool": {"driver": {"name": "Callboard", "semanticVersion": __version__, "rules": [_rule(report, code) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, codes.index(problem.code)) for problem in report.problems],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(report: Report, code: str) -> dict[str, Any]:
    rule = all_rules().get(code)
    page = {"helpUri": report.page(code)} if report.portal else {}
    return {"id": code, **(_described(rule) if rule else {}), **page}


def _described(rule: Rule) -> dict[str, Any]:
    return {
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": " ".join(rule.means.split())},
        "help": {"text": explain(rule), "markdown": markdown(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["catalog", "security"] if rule.code.startswith("SEC") else ["catalog"]},
    }


def _result(problem: Problem, index: int) -> dict[str, Any]:
    span = span_of(problem)
    return {
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": _LEVELS[problem.severity],
        "message": {"text": " ".join(filter(None, (problem.message, problem.hint)))},
        "locations": [_location(problem.origin, span)] if problem.origin else [],
        "relatedLocations": [
            {"id": number, "message": {"text": other.message}} | _location(other.origin, other.span)
            for number, other in enumerate(problem.related, 1)
        ],
        "partialFingerprints": {"callboard/v1": problem.fingerprint} if problem.fingerprint else {},
    }


def _location(origin: Origin, span: Span | None) -> dict[str, Any]:
    at = span or Span(origin.line, 1, origin.line, 2)
    region = {"startLine": at.line, "startColumn": at.column, "endLine": at.end_line, "endColumn": at.end_column}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(origin.path, errors="replace")}, "region": region}}
