"""The ``reports`` integration: SARIF, CycloneDX and JUnit files in repositories."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

from callboard.model.errors import SourceError, TreeError
from callboard.model.facts.fact import Value
from callboard.model.facts.values import PipelineRun, Vulnerability
from callboard.model.facts.words import FactError, FactSeverity, RunState
from callboard.model.tree import Tree
from callboard.plugins.integrations.base import DeclaredFamily, FactBatch, IntegrationContext, IntegrationSettings, Target, options_schema
from callboard.plugins.integrations.collector import FactCollector
from callboard.plugins.integrations.parsing import number, text, word

FINDINGS = 5_000
"""Of one file."""
LEVELS = {"error": FactSeverity.HIGH, "warning": FactSeverity.MEDIUM, "note": FactSeverity.LOW, "none": FactSeverity.LOW}
SCORES = ((9.0, FactSeverity.CRITICAL), (7.0, FactSeverity.HIGH), (4.0, FactSeverity.MEDIUM), (0.1, FactSeverity.LOW))
"""CVSS 3 and GitHub's ``security-severity``: the lowest score of each severity."""


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """One thing that a report says."""

    key: str
    make: Callable[[], Value]
    url: str = ""


def sarif(content: bytes) -> Iterator[ReportFinding]:
    """Results of SARIF 2.1.0 that are not suppressed. Raises ``FactError`` for something else."""
    for run in _list(_object(content).get("runs")):
        rules = {text(rule.get("id")): rule for rule in _list(_at(run, "tool", "driver", "rules"))}
        for number_, result in enumerate(_list(_mapping(run).get("results"))[:FINDINGS]):
            if _list(result.get("suppressions")) or result.get("kind", "fail") != "fail":
                continue
            rule = rules.get(text(result.get("ruleId")), {})
            yield ReportFinding(f"{text(result.get('ruleId'), 80)}-{number_}", _sarif_value(result, rule), text(rule.get("helpUri"), 2000))


def _sarif_value(result: Mapping[str, Any], rule: Mapping[str, Any]) -> Callable[[], Value]:
    def make() -> Value:
        score = _at(rule, "properties", "security-severity")
        level = text(result.get("level") or _at(rule, "defaultConfiguration", "level") or "warning")
        severity = by_score(number(score)) if score is not None else LEVELS.get(level, FactSeverity.UNKNOWN)
        first = next(iter(_list(result.get("locations"))), {})
        uri, line = _at(first, "physicalLocation", "artifactLocation", "uri"), _at(first, "physicalLocation", "region", "startLine")
        title = text(_at(result, "message", "text"), 200)
        return Vulnerability(
            text(result.get("ruleId"), 100) or "?", severity, title, place=f"{text(uri)}{f':{text(line)}' if line else ''}"
        )

    return make


def cyclonedx(content: bytes) -> Iterator[ReportFinding]:
    """Vulnerabilities of CycloneDX 1.4 and later that nobody has ruled out. Raises ``FactError`` for something else."""
    data = _object(content)
    if data.get("bomFormat") != "CycloneDX":
        raise FactError("it is not a CycloneDX file (bomFormat)")
    components = {text(one.get("bom-ref")): one for one in _list(data.get("components"))}
    for one in _list(data.get("vulnerabilities"))[:FINDINGS]:
        if _at(one, "analysis", "state") in {"not_affected", "false_positive", "resolved", "resolved_with_pedigree"}:
            continue
        for affected in _list(one.get("affects")) or [{}]:
            part = components.get(text(affected.get("ref")), {})
            key = f"{text(one.get('id'), 80)}/{text(affected.get('ref'), 100)}"
            yield ReportFinding(key, _cyclonedx_value(one, part), text(_at(one, "source", "url"), 2000))


def _cyclonedx_value(one: Mapping[str, Any], part: Mapping[str, Any]) -> Callable[[], Value]:
    def make() -> Value:
        rated = [word(FactSeverity, rating["severity"]) for rating in _list(one.get("ratings")) if rating.get("severity")]
        severity = min(rated, key=tuple(FactSeverity).index, default=FactSeverity.UNKNOWN)
        title = text(one.get("description"), 200)
        return Vulnerability(text(one.get("id"), 100) or "?", severity, title, text(part.get("name"), 200), text(part.get("version"), 80))

    return make


def junit(content: bytes) -> Iterator[ReportFinding]:
    """The sum of all test suites of a file. Raises ``FactError`` for something else."""
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
    seconds = sum(number(suite.get("time") or 0) for suite in suites)
    name = text(root.get("name") or next((suite.get("name") for suite in suites if suite.get("name")), ""), 120) or "tests"
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


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _at(value: Any, *names: str) -> Any:
    for name in names:
        value = _mapping(value).get(name)
    return value


BYTES = 20_000_000
FILES = 200
"""Of one repository and format."""
ReportReader = Callable[[bytes], Iterator[ReportFinding]]
FORMATS: Mapping[str, tuple[str, ReportReader]] = {
    "sarif": ("vulnerability", sarif),
    "cyclonedx": ("vulnerability", cyclonedx),
    "junit": ("pipeline-run", junit),
}


class ReportsIntegration:
    """SARIF, CycloneDX and JUnit files in repositories."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("reports")
    title: ClassVar[str] = "Reports"
    families: tuple[str, ...] = ("vulnerability", "pipeline-run")
    annotations: tuple[str, ...] = ()
    declares: ClassVar[tuple[DeclaredFamily, ...]] = ()

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None:  # noqa: ARG002 - the contract's way
        defaults = {name: about["default"] for name, about in self.schema["properties"].items()}
        self._globs: Mapping[str, str] = {name: str(settings.options.get(name, default)) for name, default in defaults.items()}
        self._found = FactCollector(settings.name)

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """Each report belongs to the components whose folder is the nearest one above it."""
        by_tree: dict[int, list[Target]] = {}
        for one in subjects:
            if one.tree is not None and one.ref.kind == "component":
                by_tree.setdefault(id(one.tree), []).append(one)
        for those in by_tree.values():
            if (tree := those[0].tree) is not None:
                self._tree(tree, those)
        return self._found.done()

    def _tree(self, tree: Tree, subjects: Sequence[Target]) -> None:
        for name, (family, read) in FORMATS.items():
            try:
                paths = tree.glob(self._globs[name]) if self._globs[name] else ()
            except TreeError as error:
                self._found.failed(SourceError(str(error), error.hint), tree.repository, subjects, family)
                continue
            for path in paths[:FILES]:
                self._file(tree, path, family, read, nearest(path, subjects))
            if len(paths) > FILES:
                self._found.measured(subjects, family, complete=False)

    def _file(self, tree: Tree, path: str, family: str, read: ReportReader, subjects: Sequence[Target]) -> None:
        if not subjects:
            return
        self._found.measured(subjects, family)
        url = tree.view_url(path)
        try:
            for finding in read(tree.read(path, BYTES)):
                self._found.add(subjects, family, f"{path}#{finding.key}", finding.make, url=finding.url or url)
        except (TreeError, FactError, json.JSONDecodeError, RecursionError) as error:
            self._found.failed(
                SourceError(f"{path} cannot be used: {error}", "Check the job that writes the file."), tree.repository, subjects, family
            )


def nearest(path: str, subjects: Sequence[Target]) -> Sequence[Target]:
    """The subjects with the longest folder that the path lies in."""
    around = [one for one in subjects if not one.folder or path.startswith(f"{one.folder}/")]
    longest = max((len(one.folder) for one in around), default=0)
    return [one for one in around if len(one.folder) == longest]
