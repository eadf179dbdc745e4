"""The ``file`` integration: CSV, JSON and YAML files that other jobs write in, facts of any family out."""

from __future__ import annotations

import csv
import glob
import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, ClassVar

from callboard.plugins.integrations import (
    Connector,
    EntityRef,
    FactBatch,
    FactError,
    IntegrationContext,
    IntegrationSettings,
    RefError,
    SourceError,
    Target,
    by_annotation,
    content_key,
    decode_value,
    family_options_schema,
    json_integer,
    json_resource,
    parse_boolean,
    parse_ref,
    parse_string,
    parse_time,
    read_yaml,
    value_types,
    without_surrogates,
)

FILES = 1_000
"""Files that a glob may match; more are left out."""
BYTES = 50_000_000
NODES = 2_000_000
_BACKWARDS = re.compile(rb"""-(?<![^\s"',:=\[|]-)\d++\s*+[a-zA-Z]""")
_FORWARDS = re.compile(rb"""\+(?<![^\s"',:=\[|]\+)\d++\s*+[a-zA-Z]""")
_NOW = re.compile(rb"""now\b(?<![^\s"',:=\[|]...)""")
_ESCAPED = re.compile(rb"""\\(?:[uU]00|[xX]|[uU]000000)[2-7]""")
"""What may be a time such as ``-2d``, or ``now`` in lower case; found too often rather than too seldom.

Each begins with one character, not a choice: megabytes of facts are then searched several times as fast.
"""
SHARED_FIELDS = frozenset({"entity", "key", "environment", "url", "observed_at", "complete"})
"""Columns of every family; all others are fields of the family's value."""


class FileIntegration(Connector):
    """Facts in CSV, JSON or YAML files that other jobs write."""

    schema: ClassVar[Mapping[str, Any]] = family_options_schema(json_resource("callboard", "schemas/integrations/file.json"))
    title: ClassVar[str] = "Files"

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None:
        super().__init__(settings, context)
        self._annotation = self._option("annotation")
        self._partly_read: set[str] = set()
        """Families of files with rows that cannot be read, which may be about any entity."""

    @property
    def families(self) -> tuple[str, ...]:
        """The option ``family``, or the one that the name in ``path`` begins with; every family for other patterns.

        Files are not looked at: a build from the saved state says the same when they are gone.
        """
        named = self._options.get("family") or self._family(Path(str(self._options["path"])))
        return (str(named),) if named else tuple(value_types())

    @property
    def annotations(self) -> tuple[str, ...]:
        """The option ``annotation``, if there is one."""
        return (self._annotation,) if self._annotation else ()

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The facts of all rows. Raises ``SourceError`` if no file matches the option ``path``."""
        paths = self._paths()
        if not paths:
            raise SourceError(
                f"there is no file {self._options['path']}",
                "Correct the option path; it starts at the folder of sources.yaml.",
            )
        by_name = by_annotation(targets, self._annotation) if self._annotation else {str(one.ref): (one,) for one in targets}
        for path in paths:
            self._read_file(path, by_name)
        if self._options.get("measures") == "all":
            for family in {family for path in paths if (family := self._family(path))}:
                self._collector.add_measurements(self._measured(targets), family, complete=family not in self._partly_read)
        return self._collector.batch()

    def input_digest(self) -> str:
        """Digest of the names and contents of the files; empty if one cannot be read."""
        digest = hashlib.blake2b(digest_size=16)
        for path in self._paths():
            try:
                content = path.read_bytes() if path.stat().st_size <= BYTES else None
            except OSError:
                content = None
            if content is None:
                return ""
            digest.update(f"{os.path.relpath(path, self._context.root)}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
        return digest.hexdigest()

    def depends_on_time(self) -> bool:
        """Whether a file may have a time relative to the build."""
        contents = (path.read_bytes() for path in self._paths())
        return any(map(_may_have_relative_time, contents))

    def _measured(self, targets: Sequence[Target]) -> Sequence[Target]:
        """The targets that have the annotation, or without the option ``annotation`` those of the selected kinds."""
        kinds = self._kinds
        return [one for one in targets if (self._annotation in one.annotations if self._annotation else one.ref.kind in kinds)]

    def _paths(self) -> list[Path]:
        pattern = str(self._context.root / Path(str(self._options["path"])).expanduser())
        return [Path(path) for path in sorted(glob.glob(pattern, recursive=True))[:FILES] if Path(path).is_file()]  # noqa: PTH207 - also absolute ones

    def _read_file(self, path: Path, by_name: Mapping[str, tuple[Target, ...]]) -> None:
        family = self._family(path)
        if not family:
            error = SourceError(f"the name of {path.name} does not start with a family", "Rename the file, or set the option family.")
            self._collector.add_failure(error, path.name)
            return
        found: dict[EntityRef, Target] = {}
        try:
            for row in rows_of(path):
                found |= {target.ref: target for target in self._add_row(row, family, by_name, path.name)}
        except SourceError as error:
            self._partly_read.add(family)
            self._collector.add_failure(error, path.name, found.values(), family)

    def _family(self, path: Path) -> str:
        """The option ``family``, or the family at the start of the file name (``incident.yaml``, ``incident-2026.csv``), or empty."""
        longest_first = sorted(value_types(), key=len, reverse=True)
        by_file_name = next((family for family in longest_first if path.stem == family or path.stem.startswith(f"{family}-")), "")
        return str(self._options.get("family", by_file_name))

    def _add_row(self, row: FactFileRow, family: str, by_name: Mapping[str, tuple[Target, ...]], file: str) -> tuple[Target, ...]:
        """Add the fact of a row, and return its entities; one without a field of the family means that the tool has nothing."""
        name, place = self._name(row), f"{file}:{row.line}" if row.line else file
        targets = by_name.get(name, ())
        if not targets:
            self._collector.add_unknown_entity(name, place)
            return ()
        data, now = row.data, self._now
        value = {name: item for name, item in data.items() if name not in SHARED_FIELDS}
        try:
            observed = parse_time(data["observed_at"], now) if data.get("observed_at") is not None else None
            complete = parse_boolean(data.get("complete", True))
            key, environment, url = (parse_string(data.get(name)) for name in ("key", "environment", "url"))
            named = value.get("name") or value.get("title") or place
            key = key or parse_string(value.get("id") or content_key(family, value) or named)
        except FactError as error:
            self._collector.add_unusable_fact(targets[0], family, place, str(error))
            return targets
        self._collector.add_measurements(targets, family, complete=complete)
        if value:
            self._collector.add_fact(
                targets, family, key, partial(decode_value, family, value, now), environment=environment, url=url, observed_at=observed
            )
        return targets

    def _name(self, row: FactFileRow) -> str:
        """The entity of a row: the value of the annotation, or the canonical reference (its default kind is component)."""
        written = str(row.data.get("entity", "")).strip()
        return written if self._annotation else _canonical(written)


@lru_cache(20_000)
def _canonical(written: str) -> str:
    """The canonical reference that is written, for which most entities have several rows; any other text as it is."""
    try:
        return str(parse_ref(written, default_kind="component").canonical())
    except RefError:
        return written


@dataclass(frozen=True, slots=True)
class FactFileRow:
    """One row of a table, or one mapping of a list."""

    data: Mapping[str, Any]
    line: int = 0
    """Line number in the file, from 1; 0 if the format has none."""


def rows_of(path: Path) -> Iterator[FactFileRow]:
    """The rows of a file, by its extension. Raises ``SourceError`` if it cannot be read, and after the usable rows if it has others."""
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
        for row in reader:
            cells = {key: _cell(value) for key, value in row.items() if isinstance(key, str) and isinstance(value, str) and value.strip()}
            if cells:
                yield FactFileRow(cells, reader.line_num)
    except csv.Error as error:
        raise SourceError(
            f"{name} is not valid CSV: {error} (line {reader.line_num})", "Separate cells by commas, and put a header on the first line."
        ) from None


def _cell(value: str) -> Any:
    """The value of a cell; a JSON list or object is decoded."""
    value = value.strip()
    if value[:1] in {"[", "{"}:
        try:
            return without_surrogates(json.loads(value, parse_int=json_integer))
        except (ValueError, RecursionError):
            return value
    return value


def _json(name: str, text: str) -> Iterator[FactFileRow]:
    try:
        yield from _listed(name, json.loads(text, parse_int=json_integer), may_have_surrogates="\\ud" in text.lower())
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{name} is not valid JSON: {error}", "Write a list of objects.") from None


def _json_lines(name: str, text: str) -> Iterator[FactFileRow]:
    unusable: list[SourceError] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                rows = [*_json(f"{name}:{number}", f"[{line}]")]
            except SourceError as error:
                unusable.append(error)
            else:
                yield from (FactFileRow(row.data, number) for row in rows)
    if unusable:
        more = f"; {len(unusable) - 1} more lines cannot be read" if len(unusable) > 1 else ""
        raise SourceError(f"{unusable[0]}{more}", unusable[0].hint)


def _yaml(name: str, text: str) -> Iterator[FactFileRow]:
    yield from _listed(name, read_yaml(text, name, nodes=NODES))


def _listed(name: str, value: Any, *, may_have_surrogates: bool = True) -> Iterator[FactFileRow]:
    """The mappings of a list. Raises ``SourceError`` after the last one if the list has anything else, and for another value.

    ``may_have_surrogates``: whether the text had escapes of such; in a text that was decoded there are no others.
    """
    items = value if isinstance(value, list) else []
    mappings = [item for item in items if isinstance(item, dict)]
    for item in mappings:
        yield FactFileRow(without_surrogates(item) if may_have_surrogates else item)
    if len(mappings) < len(items) or not isinstance(value, list | None):
        raise SourceError(f"{name} {_defect(len(mappings), len(items))}", "Write one mapping per fact, with the key entity.")


def _defect(usable: int, number: int) -> str:
    return (
        f"has items that are not mappings ({number - usable:,}); the others ({usable:,}) are read"
        if usable
        else "is not a list of mappings"
    )


_READERS: Mapping[str, Callable[[str, str], Iterator[FactFileRow]]] = {
    ".csv": _csv, ".json": _json, ".jsonl": _json_lines, ".yaml": _yaml, ".yml": _yaml,
}  # fmt: skip


def _may_have_relative_time(content: bytes) -> bool:
    lower = content.lower()
    return any(time.search(content) for time in (_BACKWARDS, _FORWARDS, _ESCAPED)) or (b"now" in lower and bool(_NOW.search(lower)))
