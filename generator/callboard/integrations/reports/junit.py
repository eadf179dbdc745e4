"""JUnit files → one test run with the sum of their suites: the files of one folder are one run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.parsers import expat

from callboard.plugins.integrations import FactError, PipelineRun, RunState, parse_integer, parse_number, parse_string, parse_time

_ROOTS = frozenset({"testsuites", "testsuite"})
_OUTCOMES = frozenset({"failure", "error", "skipped"})
_FAILED = frozenset({"failure", "error"})
_STATUSES = {"failed": "failure", "error": "error", "notrun": "skipped", "skipped": "skipped", "disabled": "skipped", "ignored": "skipped"}
"""Outcomes by the attribute ``status`` of a case: GoogleTest writes ``notrun`` for a disabled test, without an element."""
_INVALID = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f]|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));")
"""Control characters, such as those of colors, which XML does not allow and which output of tests has."""
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
"""Earlier times are no times: jest-junit writes 1970 for a suite that could not start."""


@dataclass(slots=True)
class _Suite:
    """A suite while it is read."""

    attributes: Mapping[str, str]
    tests: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    has_suites: bool = False
    has_failed: bool = False
    """True if the suite itself has an error, as one whose set-up failed."""
    last_failed: tuple[str, str] | None = None
    """Class and name of the last failed case: jest-junit writes a suite that cannot start as two cases, an error and a failure."""


@dataclass(slots=True)
class TestReport:
    """The numbers of one or several JUnit files."""

    __test__ = False
    names: list[str] = field(default_factory=list)
    tests: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    at: datetime | None = None
    """The earliest time of a suite."""

    def add(self, other: TestReport) -> None:
        """Add the numbers of another file of the same run."""
        self.names += other.names
        self.tests += other.tests
        self.failed += other.failed
        self.skipped += other.skipped
        self.seconds += other.seconds
        self.at = min((time for time in (self.at, other.at) if time), default=None)

    def run(self, name: str) -> PipelineRun:
        """The run; its state is unknown if no test ran."""
        has_passed = self.tests > self.failed + self.skipped
        state = RunState.FAILED if self.failed else RunState.SUCCEEDED if has_passed else RunState.UNKNOWN
        return PipelineRun(
            name, self.at, state, seconds=self.seconds, tests=self.tests, tests_failed=self.failed, tests_skipped=self.skipped
        )  # fmt: skip


class _Reader:
    """Counts the tests of one file while expat parses it."""

    def __init__(self, now: datetime) -> None:
        self.report = TestReport()
        self._now = now
        self._elements: list[str] = []
        self._suites: list[_Suite] = []
        self._outcomes: set[str] = set()
        self._case: Mapping[str, str] = {}

    def start(self, written: str, attributes: dict[str, str]) -> None:
        name = written.rpartition(":")[2]
        if not self._elements and name not in _ROOTS:
            raise FactError("it is not a JUnit file (testsuite)")
        if name in _ROOTS:
            for suite in self._suites[-1:]:
                suite.has_suites = True
            self._suites.append(_Suite(attributes))
            self._note(attributes)
        elif name == "testcase":
            stated = _STATUSES.get(attributes.get("status", "").lower())
            self._outcomes, self._case = {stated} if stated else set(), attributes
        elif name in _OUTCOMES and self._elements[-1] == "testcase":
            self._outcomes.add(name)
        elif name in _FAILED and self._elements[-1] == "testsuite":
            self._suites[-1].has_failed = True
        self._elements.append(name)

    def end(self, _: str) -> None:
        name = self._elements.pop()
        if name == "testcase" and self._suites:
            self._add_case(self._suites[-1])
        elif name in _ROOTS:
            self._close(self._suites.pop())

    def _add_case(self, suite: _Suite) -> None:
        identity = (self._case.get("classname", ""), self._case.get("name", ""))
        is_failed = bool(self._outcomes & _FAILED)
        if is_failed and identity == suite.last_failed:
            return
        suite.last_failed = identity if is_failed else None
        suite.tests += 1
        suite.failed += is_failed
        suite.skipped += "skipped" in self._outcomes and not is_failed
        suite.seconds += _seconds(self._case)

    def _note(self, attributes: Mapping[str, str]) -> None:
        name = parse_string(attributes.get("name", ""), 120)
        if name:
            self.report.names.append(name)
        try:
            time = parse_time(attributes["timestamp"], self._now)
        except (KeyError, FactError):
            return
        if time >= _FIRST:
            self.report.at = min(self.report.at or time, time)

    def _close(self, suite: _Suite) -> None:
        """Add a suite. Its attributes count where it has no cases: a suite that could not start has failures and no case."""
        stated = {name: _count(suite.attributes, name) for name in ("tests", "failures", "errors", "skipped", "disabled")}
        stated_failed = max(stated["failures"] + stated["errors"], int(suite.has_failed))
        if not suite.tests and not suite.has_suites:
            suite.tests = max(stated["tests"], stated_failed)
            suite.failed, suite.skipped = stated_failed, stated["skipped"] + stated["disabled"]
        elif stated_failed and not suite.failed and not suite.has_suites:
            suite.failed = min(stated_failed, suite.tests)
        report = self.report
        report.tests, report.failed, report.skipped = (
            report.tests + suite.tests,
            report.failed + suite.failed,
            report.skipped + suite.skipped,
        )
        if not suite.has_suites:
            report.seconds += _seconds(suite.attributes) or suite.seconds
        if not self._suites and stated_failed and not report.failed:
            report.failed, report.tests = stated_failed, max(report.tests, stated_failed)


def read_junit(content: bytes, now: datetime) -> TestReport:
    """The numbers of a JUnit file. Raises ``FactError`` for another format, and for a document type, which may expand without limit."""
    reader = _Reader(now)
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.StartDoctypeDeclHandler = _refuse_document_type
    is_utf16 = b"\0" in content[:4] or content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        parser.Parse(content if is_utf16 else _INVALID.sub(b"", content), True)  # noqa: FBT003 - expat takes no keyword
    except expat.ExpatError as error:
        raise FactError(f"it is not valid XML: {error}") from None
    return reader.report


def _refuse_document_type(*_: object) -> None:
    raise FactError("it declares a document type, which is not allowed in test reports")


def _count(attributes: Mapping[str, str], name: str) -> int:
    try:
        return max(parse_integer(attributes.get(name) or 0), 0)
    except FactError:
        return 0


def _seconds(attributes: Mapping[str, str]) -> float:
    try:
        return max(parse_number(attributes.get("time") or 0), 0.0)
    except FactError:
        return 0.0
