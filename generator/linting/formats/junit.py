"""For test reports: JUnit XML, a test suite for each file that has problems and a test case for each of them."""

from __future__ import annotations

from itertools import groupby
from xml.etree import ElementTree as ET

from generator.linting.report import Report, plain, span_of, summary
from generator.problems import Problem, Severity

NAME = "callboard lint"


def render(report: Report) -> str:
    """An error or a warning is a failure, an info a case that passes and says so; without problems there is one case that passes."""
    root = ET.Element("testsuites", name=NAME)
    for path, problems in groupby(report.problems, key=lambda problem: problem.origin.path if problem.origin else ""):
        _suite(root, plain(path) or NAME, tuple(problems), report)
    if not report.problems:
        suite = ET.SubElement(root, "testsuite", name=NAME, tests="1", failures="0", errors="0", skipped="0", time="0")
        ET.SubElement(suite, "testcase", name=summary(()), classname=NAME, time="0")
    root.set("tests", str(max(len(report.problems), 1)))
    root.set("failures", str(sum(map(_is_failure, report.problems))))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, path: str, problems: tuple[Problem, ...], report: Report) -> None:
    failures = sum(map(_is_failure, problems))
    suite = ET.SubElement(root, "testsuite", name=path, tests=str(len(problems)), failures=str(failures), errors="0", skipped="0", time="0")
    for problem in problems:
        span = span_of(problem)
        place = f"{path}:{span.line}:{span.column}" if span else path
        case = ET.SubElement(
            suite, "testcase", name=f"{problem.code} at {place}", classname=path, file=path, line=str(span.line if span else 1), time="0"
        )
        told = "\n".join(filter(None, (place, plain(problem.hint), report.page(problem.code) if report.portal else "")))
        if _is_failure(problem):
            ET.SubElement(case, "failure", type=problem.severity.value, message=plain(problem.message)).text = told
        else:
            ET.SubElement(case, "system-out").text = f"{plain(problem.message)}\n{told}"


def _is_failure(problem: Problem) -> bool:
    return problem.severity is not Severity.INFO
