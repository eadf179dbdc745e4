"""The ``reports`` integration: SARIF, CycloneDX and JUnit files that lie in repositories."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from generator.errors import SourceError, TreeError
from generator.integrations import report_formats
from generator.integrations.contract import DeclaredFamily, Gathered, IntegrationContext, IntegrationSettings, Subject, options_schema
from generator.integrations.gathering import Gathering
from generator.integrations.report_formats import Finding
from generator.model.facts import FactError
from generator.model.tree import Tree

BYTES = 20_000_000
FILES = 200
"""Of one repository and format."""
Reader = Callable[[bytes], Iterator[Finding]]
FORMATS: Mapping[str, tuple[str, Reader]] = {
    "sarif": ("vulnerability", report_formats.sarif),
    "cyclonedx": ("vulnerability", report_formats.cyclonedx),
    "junit": ("pipeline-run", report_formats.junit),
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
        self._found = Gathering(settings.name)

    def collect(self, subjects: Sequence[Subject]) -> Gathered:
        """Each report belongs to the components whose folder is the nearest one above it."""
        by_tree: dict[int, list[Subject]] = {}
        for one in subjects:
            if one.tree is not None and one.ref.kind == "component":
                by_tree.setdefault(id(one.tree), []).append(one)
        for those in by_tree.values():
            if (tree := those[0].tree) is not None:
                self._tree(tree, those)
        return self._found.done()

    def _tree(self, tree: Tree, subjects: Sequence[Subject]) -> None:
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

    def _file(self, tree: Tree, path: str, family: str, read: Reader, subjects: Sequence[Subject]) -> None:
        if not subjects:
            return
        self._found.measured(subjects, family)
        url = tree.view_url(path)
        try:
            for finding in read(tree.read(path, BYTES)):
                self._found.add(subjects, family, f"{path}#{finding.key}", finding.make, url=finding.url or url)
        except (TreeError, FactError, json.JSONDecodeError, RecursionError) as error:
            self._found.failed(SourceError(f"{path}: {error}", "Look at the job that writes it."), tree.repository, subjects, family)


def nearest(path: str, subjects: Sequence[Subject]) -> Sequence[Subject]:
    """The subjects with the longest folder that the path lies in."""
    around = [one for one in subjects if not one.folder or path.startswith(f"{one.folder}/")]
    longest = max((len(one.folder) for one in around), default=0)
    return [one for one in around if len(one.folder) == longest]
