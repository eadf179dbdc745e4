"""The ``reports`` integration: SARIF, CycloneDX and JUnit files of repositories in; vulnerabilities and test runs out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

from callboard.plugins.integrations import (
    Connector,
    FactBatch,
    FactError,
    FactSeverity,
    FactValue,
    PipelineRun,
    RunState,
    SourceError,
    Target,
    Tree,
    TreeError,
    Vulnerability,
    json_resource,
    objects_at,
    parse_enum,
    parse_number,
    parse_string,
    value_at,
)

FINDINGS = 5_000
"""Findings of one file; more are left out."""
FILES = 200
"""Files of one repository and format; if there are more, the data counts as incomplete."""
BYTES = 20_000_000
LEVELS = {"error": FactSeverity.HIGH, "warning": FactSeverity.MEDIUM, "note": FactSeverity.LOW, "none": FactSeverity.LOW}
"""Severities of SARIF results without a score, by level."""
SCORES = ((9.0, FactSeverity.CRITICAL), (7.0, FactSeverity.HIGH), (4.0, FactSeverity.MEDIUM), (0.1, FactSeverity.LOW))
"""The lowest score of each severity, for CVSS 3 and for GitHub's ``security-severity``."""
EXCLUDED = ("not_affected", "false_positive", "resolved", "resolved_with_pedigree")
"""States of CycloneDX analyses that exclude a vulnerability."""


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """One result in a report."""

    key: str
    make: Callable[[], FactValue]
    """Creates the value of the fact. Raises ``FactError``."""
    url: str = ""


ReportReader = Callable[[bytes], Iterator[ReportFinding]]


class ReportsIntegration(Connector):
    """SARIF, CycloneDX and JUnit files in repositories."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/reports.json")
    title: ClassVar[str] = "Reports"
    families = ("vulnerability", "pipeline-run")
    annotations = ()

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The findings of all reports; a report belongs to the components whose folder is the nearest one above it."""
        by_tree: dict[int, list[Target]] = {}
        for target in targets:
            if target.tree is not None and target.ref.kind == "component":
                by_tree.setdefault(id(target.tree), []).append(target)
        for group in by_tree.values():
            if (tree := group[0].tree) is not None:
                self._read_tree(tree, group)
        return self._collector.batch()

    def _pattern(self, report_format: str) -> str:
        """The glob of a format's files: the option, or its default in the schema; empty switches the format off."""
        return str(self._options.get(report_format, self.schema["properties"][report_format]["default"]))

    def _read_tree(self, tree: Tree, targets: Sequence[Target]) -> None:
        for report_format, (family, read) in FORMATS.items():
            pattern = self._pattern(report_format)
            try:
                paths = tree.glob(pattern) if pattern else ()
            except TreeError as error:
                self._collector.add_failure(SourceError(str(error), error.hint), tree.repository, targets, family)
                continue
            for path in paths[:FILES]:
                self._read_file(tree, path, family, read, nearest(path, targets))
            if len(paths) > FILES:
                self._collector.add_measurements(targets, family, complete=False)

    def _read_file(self, tree: Tree, path: str, family: str, read: ReportReader, targets: Sequence[Target]) -> None:
        if not targets:
            return
        self._collector.add_measurements(targets, family)
        url = tree.view_url(path)
        try:
            for finding in read(tree.read(path, BYTES)):
                self._collector.add_fact(targets, family, f"{path}#{finding.key}", finding.make, url=finding.url or url)
        except (TreeError, FactError, json.JSONDecodeError, RecursionError) as error:
            failure = SourceError(f"{path} cannot be used: {error}", "Check the job that writes the file.")
            self._collector.add_failure(failure, tree.repository, targets, family)


def nearest(path: str, targets: Sequence[Target]) -> Sequence[Target]:
    """The targets with the longest folder that contains the path; several may share a folder."""
    around = [target for target in targets if not target.folder or path.startswith(f"{target.folder}/")]
    longest = max((len(target.folder) for target in around), default=0)
    return [target for target in around if len(target.folder) == longest]


def sarif(content: bytes) -> Iterator[ReportFinding]:
    """The results of a SARIF 2.1.0 file that are not suppressed. Raises ``FactError`` for another format."""
    for run in objects_at(_object(content).get("runs")):
        rules = {parse_string(rule.get("id")): rule for rule in objects_at(run, "tool", "driver", "rules")}
        for index, result in enumerate(objects_at(run, "results")[:FINDINGS]):
            if objects_at(result.get("suppressions")) or result.get("kind", "fail") != "fail":
                continue
            rule = rules.get(parse_string(result.get("ruleId")), {})
            yield ReportFinding(
                f"{parse_string(result.get('ruleId'), 80)}-{index}", _sarif_value(result, rule), parse_string(rule.get("helpUri"), 2000)
            )


def _sarif_value(result: Mapping[str, Any], rule: Mapping[str, Any]) -> Callable[[], FactValue]:
    def make() -> FactValue:
        score = value_at(rule, "properties", "security-severity")
        level = parse_string(result.get("level") or value_at(rule, "defaultConfiguration", "level") or "warning")
        severity = by_score(parse_number(score)) if score is not None else LEVELS.get(level, FactSeverity.UNKNOWN)
        first = next(iter(objects_at(result.get("locations"))), {})
        uri, line = (
            value_at(first, "physicalLocation", "artifactLocation", "uri"),
            value_at(first, "physicalLocation", "region", "startLine"),
        )
        title = parse_string(value_at(result, "message", "text"), 200)
        return Vulnerability(
            parse_string(result.get("ruleId"), 100) or "?",
            severity,
            title,
            place=f"{parse_string(uri)}{f':{parse_string(line)}' if line else ''}",
        )

    return make


def cyclonedx(content: bytes) -> Iterator[ReportFinding]:
    """The vulnerabilities of a CycloneDX file (1.4 or later) that no analysis excludes. Raises ``FactError`` for another format."""
    data = _object(content)
    if data.get("bomFormat") != "CycloneDX":
        raise FactError("it is not a CycloneDX file (bomFormat)")
    components = {parse_string(component.get("bom-ref")): component for component in objects_at(data, "components")}
    for vulnerability in objects_at(data, "vulnerabilities")[:FINDINGS]:
        if value_at(vulnerability, "analysis", "state") in EXCLUDED:
            continue
        for affected in objects_at(vulnerability, "affects") or [{}]:
            component = components.get(parse_string(affected.get("ref")), {})
            key = f"{parse_string(vulnerability.get('id'), 80)}/{parse_string(affected.get('ref'), 100)}"
            url = parse_string(value_at(vulnerability, "source", "url"), 2000)
            yield ReportFinding(key, _cyclonedx_value(vulnerability, component), url)


def _cyclonedx_value(vulnerability: Mapping[str, Any], component: Mapping[str, Any]) -> Callable[[], FactValue]:
    def make() -> FactValue:
        ratings = [parse_enum(FactSeverity, one["severity"]) for one in objects_at(vulnerability, "ratings") if one.get("severity")]
        severity = min(ratings, key=tuple(FactSeverity).index, default=FactSeverity.UNKNOWN)
        return Vulnerability(
            parse_string(vulnerability.get("id"), 100) or "?", severity, parse_string(vulnerability.get("description"), 200),
            parse_string(component.get("name"), 200), parse_string(component.get("version"), 80),
        )  # fmt: skip

    return make


def junit(content: bytes) -> Iterator[ReportFinding]:
    """One finding, with the sum of all test suites of a JUnit file. Raises ``FactError`` for another format."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise FactError("it declares a document type or an entity, which is not allowed in test reports")
    try:
        root = ET.fromstring(content)  # noqa: S314 - entities are refused above
    except ET.ParseError as error:
        raise FactError(f"it is not valid XML: {error}") from None
    if root.tag not in {"testsuites", "testsuite"}:
        raise FactError("it is not a JUnit file (testsuite)")
    cases = list(root.iter("testcase"))
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    suites = [root] if root.tag == "testsuite" else root.findall("testsuite")
    seconds = sum(parse_number(suite.get("time") or 0) for suite in suites)
    name = parse_string(root.get("name") or next((suite.get("name") for suite in suites if suite.get("name")), ""), 120) or "tests"
    state = RunState.FAILED if failed else RunState.SUCCEEDED
    yield ReportFinding(
        name, lambda: PipelineRun(name, None, state, seconds=seconds, tests=len(cases), tests_failed=failed, tests_skipped=skipped)
    )  # fmt: skip


def by_score(score: float) -> FactSeverity:
    """The severity of a CVSS score."""
    return next((severity for lowest, severity in SCORES if score >= lowest), FactSeverity.UNKNOWN)


def _object(content: bytes) -> Mapping[str, Any]:
    value = json.loads(content.decode("utf-8-sig", "replace"))
    if not isinstance(value, dict):
        raise FactError("it is not a JSON object")
    return value


FORMATS: Mapping[str, tuple[str, ReportReader]] = {
    "sarif": ("vulnerability", sarif),
    "cyclonedx": ("vulnerability", cyclonedx),
    "junit": ("pipeline-run", junit),
}
"""By option: the family of a format, and its reader."""
