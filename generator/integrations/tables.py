"""Files of rows: CSV with a header, a JSON or YAML list of mappings, JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import yaml12
from generator.errors import SourceError

BYTES = 50_000_000
NODES = 2_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One mapping of a file."""

    data: Mapping[str, Any]
    line: int = 0
    """Where it stands, from 1; 0 where the format does not tell."""


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a file by its extension. Raises ``SourceError`` where it cannot be read or is no list of mappings."""
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise SourceError(f"{path.name} is none of {', '.join(_READERS)}", "Give it one of these extensions.")
    try:
        content = path.read_bytes() if path.stat().st_size <= BYTES else None
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror}") from None
    if content is None:
        raise SourceError(f"{path.name} has more than {BYTES:,} bytes", "Write several files, and name them with a glob.")
    yield from read(path.name, content.decode("utf-8-sig", "replace"))


def _csv(name: str, text: str) -> Iterator[Row]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for found in reader:
            cells = {key: _cell(value) for key, value in found.items() if isinstance(key, str) and isinstance(value, str) and value.strip()}
            if cells:
                yield Row(cells, reader.line_num)
    except csv.Error as error:
        raise SourceError(
            f"{name} is no CSV: {error} (line {reader.line_num})", "Separate cells by commas, and put a header on top."
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


def _json(name: str, text: str) -> Iterator[Row]:
    try:
        yield from _listed(name, json.loads(text))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{name} is no JSON: {error}", "Write a list of objects.") from None


def _json_lines(name: str, text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            for row in _json(f"{name}:{number}", f"[{line}]"):
                yield Row(row.data, number)


def _yaml(name: str, text: str) -> Iterator[Row]:
    one = yaml12.read_one(text, nodes=NODES)
    if one.troubles:
        trouble = one.troubles[0]
        raise SourceError(f"{name}:{trouble.at.line}:{trouble.at.column}: {trouble.message}", trouble.hint)
    yield from _listed(name, one.value)


def _listed(name: str, value: Any) -> Iterator[Row]:
    if value is None:
        return
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise SourceError(f"{name} is no list of mappings", "Write one mapping for each fact, with the key entity in it.")
    for item in value:
        yield Row(item)


_READERS: Mapping[str, Callable[[str, str], Iterator[Row]]] = {
    ".csv": _csv, ".json": _json, ".jsonl": _json_lines, ".yaml": _yaml, ".yml": _yaml,
}  # fmt: skip
