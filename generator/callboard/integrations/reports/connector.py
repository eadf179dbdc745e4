"""The ``reports`` integration: report files of scanners and test runs in repositories in; facts and measurements out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from callboard.integrations.reports.coverage import cobertura, lcov
from callboard.integrations.reports.cyclonedx import cyclonedx, is_inventory
from callboard.integrations.reports.findings import Exclusion, Incomplete, ReportFinding, ReportItem, ReportReader
from callboard.integrations.reports.junit import TestReport, read_junit
from callboard.integrations.reports.sarif import sarif
from callboard.integrations.reports.scorecard import scorecard
from callboard.plugins.integrations import Connector, FactBatch, FactError, SourceError, Target, Tree, TreeError, json_resource

FINDINGS = 5_000
"""Findings of one file; of more, the most severe are kept, and the data counts as incomplete."""
FILES = 200
"""Files of one repository and format; if there are more, the data counts as incomplete."""
BYTES = 20_000_000
"""Bytes of one file; a larger one is not read, which counts as a failure."""
KEY = 180
HINT = "Check the job that writes the file."


@dataclass(slots=True)
class _Files:
    """What the files of one format in one repository have in common."""

    tree: Tree
    family: str
    excluded: set[str] = field(default_factory=set)
    """VEX: links of findings that do not apply."""
    found: list[tuple[str, Sequence[Target], ReportFinding]] = field(default_factory=list)
    """Path, targets and finding."""


class ReportsIntegration(Connector):
    """SARIF, CycloneDX, JUnit, OpenSSF Scorecard, Cobertura and LCOV files in repositories."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/reports.json")
    title: ClassVar[str] = "Reports"
    families = ("vulnerability", "pipeline-run", "quality-gate", "coverage")
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

    def _read_tree(self, tree: Tree, targets: Sequence[Target]) -> None:
        """Read the files of each format."""
        self._read_findings(_Files(tree, "vulnerability"), "sarif", sarif, targets)
        self._read_findings(_Files(tree, "vulnerability"), "cyclonedx", cyclonedx, targets, is_inventory)
        self._read_findings(_Files(tree, "quality-gate"), "scorecard", partial(scorecard, now=self._now), targets)
        self._read_findings(_Files(tree, "coverage"), "cobertura", partial(cobertura, now=self._now), targets)
        self._read_findings(_Files(tree, "coverage"), "lcov", lcov, targets)
        self._read_test_runs(_Files(tree, "pipeline-run"), targets)

    def _paths(self, files: _Files, report_format: str, targets: Sequence[Target]) -> Iterator[tuple[str, Sequence[Target]]]:
        """The files of a format, each with the components that it belongs to."""
        pattern = str(self._options.get(report_format, self.schema["properties"][report_format]["default"]))
        try:
            paths = files.tree.glob(pattern) if pattern else ()
        except TreeError as error:
            self._collector.add_failure(SourceError(str(error), error.hint), files.tree.repository, targets, files.family)
            return
        yield from ((path, owners) for path in paths[:FILES] if (owners := nearest(path, targets)))
        if len(paths) > FILES:
            left_out = [target for path in paths[FILES:] for target in nearest(path, targets)]
            self._add_failure(files, f"more than {FILES} files match {pattern}; the others are not read", left_out)

    def _read_findings(
        self,
        files: _Files,
        report_format: str,
        read: ReportReader,
        targets: Sequence[Target],
        is_unmeasured: Callable[[bytes], bool] | None = None,
    ) -> None:
        for path, owners in self._paths(files, report_format, targets):
            try:
                content = files.tree.read(path, BYTES)
                if is_unmeasured is None or not is_unmeasured(content):
                    self._collector.add_measurements(owners, files.family)
                self._sort(files, path, owners, [*read(content)])
            except (TreeError, FactError) as error:
                self._add_failure(files, f"{path} cannot be used: {error}", owners)
        kept: dict[str, str] = {}
        for path, owners, finding in files.found:
            if finding.link not in files.excluded and kept.setdefault(finding.link or f"{path} {finding.key}", path) == path:
                url = finding.url or files.tree.view_url(path)
                self._collector.add_fact(owners, files.family, _key(path, finding.key), finding.make, url=url)

    def _sort(self, files: _Files, path: str, owners: Sequence[Target], items: Sequence[ReportItem]) -> None:
        """Sort what a file has: findings, VEX statements, and why it is not complete."""
        for reason in {item.reason: None for item in items if isinstance(item, Incomplete)}:
            self._add_failure(files, f"{path} {reason}", owners)
        files.excluded.update(item.link for item in items if isinstance(item, Exclusion))
        findings = [item for item in items if isinstance(item, ReportFinding)]
        if len(findings) > FINDINGS:
            self._add_failure(files, f"{path} has more than {FINDINGS:,} findings; only the most severe are shown", owners)
            findings = sorted(findings, key=lambda finding: finding.rank)[:FINDINGS]
        files.found += ((path, owners, finding) for finding in findings)

    def _read_test_runs(self, files: _Files, targets: Sequence[Target]) -> None:
        """One run for each folder: build tools write a file for each class."""
        runs: dict[str, tuple[TestReport, list[str], Sequence[Target]]] = {}
        for path, owners in self._paths(files, "junit", targets):
            self._collector.add_measurements(owners, files.family, since=self._now)  # files have the last run, not earlier ones
            try:
                report = read_junit(files.tree.read(path, BYTES), self._now)
            except (TreeError, FactError) as error:
                self._add_failure(files, f"{path} cannot be used: {error}", owners)
                continue
            run, paths, _ = runs.setdefault(path.rpartition("/")[0], (TestReport(), [], owners))
            run.add(report)
            paths.append(path)
        for folder, (run, paths, owners) in runs.items():
            name = run.names[0] if run.names and len(paths) == 1 else folder or "tests"
            url = files.tree.view_url(paths[0])
            self._collector.add_fact(
                owners,
                files.family,
                _key(f"{folder}/", f"tests {run.at.isoformat()}" if run.at else "tests"),
                partial(run.run, name),
                url=url,
            )

    def _add_failure(self, files: _Files, message: str, owners: Sequence[Target]) -> None:
        self._collector.add_failure(SourceError(message, HINT), files.tree.repository, owners, files.family)


def nearest(path: str, targets: Sequence[Target]) -> Sequence[Target]:
    """The targets with the longest folder that contains the path; several may share a folder."""
    around = [target for target in targets if not target.folder or path.startswith(f"{target.folder}/")]
    longest = max((len(target.folder) for target in around), default=0)
    return [target for target in around if len(target.folder) == longest]


def _key(path: str, key: str) -> str:
    """Path and key; a long path by its digest, because the end of a key that is too long is cut off."""
    full = f"{path}#{key}"
    return full if len(full) <= KEY else f"{hashlib.sha256(path.encode('utf-8', 'replace')).hexdigest()[:16]}#{key}"[:KEY]
