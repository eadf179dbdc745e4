"""The ``file`` integration: facts that other jobs drop as CSV, JSON or YAML."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from generator.errors import SourceError
from generator.integrations import parsing
from generator.integrations.contract import (
    DeclaredFamily,
    Gathered,
    IntegrationContext,
    IntegrationSettings,
    Subject,
    by_annotation,
    options_schema,
)
from generator.integrations.families import value_of
from generator.integrations.gathering import Gathering
from generator.integrations.rules import unknown_fact_subject
from generator.integrations.tables import Row, rows_of
from generator.model.facts import FAMILIES, FactError
from generator.model.ref import RefError, parse_ref

FILES = 1_000
ABOUT = frozenset({"entity", "key", "environment", "url", "observed_at", "complete"})
"""Columns that are about the fact; all others are fields of its value."""


class FileIntegration:
    """Facts in CSV, JSON or YAML files that other jobs write."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("file")
    title: ClassVar[str] = "Files"
    declares: ClassVar[tuple[DeclaredFamily, ...]] = ()

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None:
        self._options = settings.options
        self._context = context
        self._annotation = str(self._options.get("annotation", ""))
        self._found = Gathering(settings.name)

    @property
    def families(self) -> tuple[str, ...]:
        """The one that is named, else any that a file may be called like."""
        named = self._options.get("family")
        return (str(named),) if named else tuple(FAMILIES)

    @property
    def annotations(self) -> tuple[str, ...]:
        """The one that rows name, if they name any."""
        return (self._annotation,) if self._annotation else ()

    def collect(self, subjects: Sequence[Subject]) -> Gathered:
        """The facts of all rows. Raises ``SourceError`` where there is no file at all."""
        paths = self._paths()
        if not paths:
            raise SourceError(
                f"there is no file {self._options['path']}",
                f"Correct the option path; it starts at the folder of sources.yaml, {self._context.root.absolute()}.",
            )
        named = by_annotation(subjects, self._annotation) if self._annotation else {str(one.ref): (one,) for one in subjects}
        for path in paths:
            self._file(path, named)
        if self._options.get("measures") == "all":
            self._found.measured(self._watched(subjects), *{family for path in paths if (family := self._family(path))})
        return self._found.done()

    def _watched(self, subjects: Sequence[Subject]) -> Sequence[Subject]:
        """Those that carry the annotation, or without one those of the kinds."""
        kinds = frozenset(str(kind).lower() for kind in self._options.get("kinds", ("component",)))
        return [one for one in subjects if (self._annotation in one.annotations if self._annotation else one.ref.kind in kinds)]

    def _paths(self) -> list[Path]:
        pattern = str(self._context.root / Path(str(self._options["path"])).expanduser())
        return [Path(path) for path in sorted(glob.glob(pattern, recursive=True))[:FILES] if Path(path).is_file()]  # noqa: PTH207 - also absolute ones

    def _file(self, path: Path, named: Mapping[str, tuple[Subject, ...]]) -> None:
        family = self._family(path)
        if not family:
            error = SourceError(f"{path.name} is called like no family", "Name it like one, or say the option family.")
            self._found.failed(error, path.name)
            return
        try:
            for row in rows_of(path):
                self._row(row, family, named, path.name)
        except SourceError as error:
            self._found.failed(error, path.name)

    def _family(self, path: Path) -> str:
        """The option, else what the file's name says: ``incident.yaml``, ``incident-2026.csv``; empty for none."""
        longest_first = sorted(FAMILIES, key=len, reverse=True)
        called = next((family for family in longest_first if path.stem == family or path.stem.startswith(f"{family}-")), "")
        return str(self._options.get("family", called))

    def _row(self, row: Row, family: str, named: Mapping[str, tuple[Subject, ...]], file: str) -> None:
        """One fact, or without any field of a value the statement that there is none."""
        who, where = self._name(row), f"{file}:{row.line}" if row.line else file
        subjects = named.get(who, ())
        if not subjects:
            self._unknown(who, where)
            return
        data, now = row.data, self._context.now
        value = {name: told for name, told in data.items() if name not in ABOUT}
        try:
            observed = parsing.moment(data["observed_at"], now) if data.get("observed_at") is not None else None
            complete = parsing.truth(data.get("complete", True))
            key, environment, url = (parsing.text(data.get(name)) for name in ("key", "environment", "url"))
        except FactError as error:
            self._found.odd(subjects[0], family, where, str(error))
            return
        self._found.measured(subjects, family, complete=complete)
        if value:
            key = key or parsing.text(value.get("id") or value.get("name") or value.get("title") or where)
            self._found.add(
                subjects, family, key, lambda: value_of(family, value, now), environment=environment, url=url, observed_at=observed
            )

    def _name(self, row: Row) -> str:
        """Whom a row is about: the value of the annotation, or the canonical reference (a component where it names no kind)."""
        written = str(row.data.get("entity", "")).strip()
        if self._annotation:
            return written
        try:
            return str(parse_ref(written, default_kind="component").canonical())
        except RefError:
            return written

    def _unknown(self, who: str, where: str) -> None:
        self._found.problems.append(
            unknown_fact_subject.RULE.problem(
                f"`{where}` says something about `{who[:200]}`, which the catalog does not have.",
                field=f"{self._found.source}/{who[:200]}",
                hint="Correct the name there, or describe the entity.",
            )
        )
