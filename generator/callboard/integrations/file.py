"""The ``file`` integration: facts that other jobs write as CSV, JSON or YAML."""

from __future__ import annotations

import csv
import glob
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from callboard.model.errors import SourceError
from callboard.model.facts.fact import FAMILIES
from callboard.model.facts.words import FactError
from callboard.model.ref import RefError, parse_ref
from callboard.plugins.integrations import parsing, rules
from callboard.plugins.integrations.base import (
    DeclaredFamily,
    FactBatch,
    IntegrationContext,
    IntegrationSettings,
    Target,
    by_annotation,
    options_schema,
)
from callboard.plugins.integrations.collector import FactCollector
from callboard.plugins.integrations.decode import value_of
from callboard.yaml import documents

BYTES = 50_000_000
NODES = 2_000_000


@dataclass(frozen=True, slots=True)
class FactFileRow:
    """One mapping of a file."""

    data: Mapping[str, Any]
    line: int = 0
    """Where it stands, from 1; 0 where the format does not tell."""


def rows_of(path: Path) -> Iterator[FactFileRow]:
    """The rows of a file by its extension. Raises ``SourceError`` where it cannot be read or is not a list of mappings."""
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise SourceError(f"the extension of {path.name} is not one of {', '.join(_READERS)}", "Rename the file to one of these.")
    try:
        content = path.read_bytes() if path.stat().st_size <= BYTES else None
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror}") from None
    if content is None:
        raise SourceError(f"{path.name} has more than {BYTES:,} bytes", "Split it into several files, and name them with a glob.")
    yield from read(path.name, content.decode("utf-8-sig", "replace"))


def _csv(name: str, text: str) -> Iterator[FactFileRow]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for found in reader:
            cells = {key: _cell(value) for key, value in found.items() if isinstance(key, str) and isinstance(value, str) and value.strip()}
            if cells:
                yield FactFileRow(cells, reader.line_num)
    except csv.Error as error:
        raise SourceError(
            f"{name} is not valid CSV: {error} (line {reader.line_num})", "Separate cells by commas, and put a header on the first line."
        ) from None


def _cell(value: str) -> Any:
    """A cell; one that holds a JSON list or object stands for that."""
    value = value.strip()
    if value[:1] in {"[", "{"}:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _json(name: str, text: str) -> Iterator[FactFileRow]:
    try:
        yield from _listed(name, json.loads(text))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{name} is not valid JSON: {error}", "Write a list of objects.") from None


def _json_lines(name: str, text: str) -> Iterator[FactFileRow]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            for row in _json(f"{name}:{number}", f"[{line}]"):
                yield FactFileRow(row.data, number)


def _yaml(name: str, text: str) -> Iterator[FactFileRow]:
    one = documents.read_one(text, nodes=NODES)
    if one.troubles:
        trouble = one.troubles[0]
        raise SourceError(f"{name}:{trouble.at.line}:{trouble.at.column}: {trouble.message}", trouble.hint)
    yield from _listed(name, one.value)


def _listed(name: str, value: Any) -> Iterator[FactFileRow]:
    if value is None:
        return
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise SourceError(f"{name} is not a list of mappings", "Write one mapping per fact, with the key entity.")
    for item in value:
        yield FactFileRow(item)


_READERS: Mapping[str, Callable[[str, str], Iterator[FactFileRow]]] = {
    ".csv": _csv, ".json": _json, ".jsonl": _json_lines, ".yaml": _yaml, ".yml": _yaml,
}  # fmt: skip


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
        self._found = FactCollector(settings.name)

    @property
    def families(self) -> tuple[str, ...]:
        """The one that is named, else any that a file may be called like."""
        named = self._options.get("family")
        return (str(named),) if named else tuple(FAMILIES)

    @property
    def annotations(self) -> tuple[str, ...]:
        """The one that rows name, if they name any."""
        return (self._annotation,) if self._annotation else ()

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
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

    def _watched(self, subjects: Sequence[Target]) -> Sequence[Target]:
        """Those that carry the annotation, or without one those of the kinds."""
        kinds = frozenset(str(kind).lower() for kind in self._options.get("kinds", ("component",)))
        return [one for one in subjects if (self._annotation in one.annotations if self._annotation else one.ref.kind in kinds)]

    def _paths(self) -> list[Path]:
        pattern = str(self._context.root / Path(str(self._options["path"])).expanduser())
        return [Path(path) for path in sorted(glob.glob(pattern, recursive=True))[:FILES] if Path(path).is_file()]  # noqa: PTH207 - also absolute ones

    def _file(self, path: Path, named: Mapping[str, tuple[Target, ...]]) -> None:
        family = self._family(path)
        if not family:
            error = SourceError(f"the name of {path.name} does not start with a family", "Rename the file, or set the option family.")
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

    def _row(self, row: FactFileRow, family: str, named: Mapping[str, tuple[Target, ...]], file: str) -> None:
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

    def _name(self, row: FactFileRow) -> str:
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
            rules.UNKNOWN_FACT_SUBJECT.problem(
                f"`{where}` reports facts about `{who[:200]}`, which is not in the catalog.",
                field=f"{self._found.source}/{who[:200]}",
                hint="Correct the name where the facts come from, or add a descriptor for the entity.",
            )
        )
