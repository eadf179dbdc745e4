"""A schema file of the portal as data: YAML or JSON, all that is wrong with it told with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from generator import yaml12
from generator.descriptors.kinds import OWN
from generator.settings import document as documents
from generator.settings.document import Document
from generator.settings.findings import Finding, suggestion
from generator.settings.shape import differences

LARGEST = 1_000_000
"""Bytes of a schema file; larger ones are a mistake."""
DIALECTS = {
    "https://json-schema.org/draft/2020-12/schema": "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2019-09/schema": "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema": "http://json-schema.org/draft-07/schema#",
}
"""The dialects that are read, by their name without ``#``."""
NEWEST = "https://json-schema.org/draft/2020-12/schema"
_OF_KIND = Path(__file__).parent.parent / "schemas" / "kind.json"
_VALUES = frozenset({"enum", "const", "default", "examples", "defaultSnippets", OWN})
"""Keywords that hold values, not schemas."""

Path_ = tuple[str | int, ...]


@dataclass(slots=True)
class SchemaFile:
    """One file, read and checked by itself."""

    path: Path
    document: Document
    """Where everything stands."""
    schema: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def at(self, path: Path_, message: str) -> None:
        """Note a finding about the value at a path."""
        place = self.document.value_place(path)
        self.findings.append(Finding(place.line, place.column, message))


def read_schema_file(path: Path) -> SchemaFile:
    """Never raises: what cannot be read is a finding."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        return _unread(path, f"the schema of a kind cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return _unread(path, "the file is not UTF-8; save it as UTF-8")
    if len(content) > LARGEST:
        return _unread(path, f"the file has {len(content):,} bytes; at most {LARGEST:,} are read")
    file, data = _json_file(path, text) if path.suffix == ".json" else _yaml_file(path, text)
    if isinstance(data, dict):
        file.schema = data
        _check(file)
    elif not file.findings:
        file.at((), "a kind's schema is a mapping: a JSON Schema, in JSON or YAML")
    return file


def _unread(path: Path, message: str) -> SchemaFile:
    return SchemaFile(path, Document(), findings=[Finding(0, 0, message)])


def _yaml_file(path: Path, text: str) -> tuple[SchemaFile, Any]:
    document = documents.read_document(text)
    return SchemaFile(path, document, findings=document.findings), document.data


def _json_file(path: Path, text: str) -> tuple[SchemaFile, Any]:
    """JSON by its own rules; its places come from reading it as YAML too, where a tab would be an error."""
    plain = text.replace("\t", " ")
    file = SchemaFile(path, documents.read_document(plain))
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        file.findings.append(Finding(error.lineno, error.colno, f"this is no JSON: {error.msg}"))
        return file, None
    except RecursionError:
        file.findings.append(Finding(1, 1, "the values are nested too deeply"))
        return file, None
    twice = (trouble for trouble in yaml12.read_one(plain).troubles if trouble.reason == "duplicate-key")
    file.findings += (Finding(trouble.at.line, trouble.at.column, trouble.message) for trouble in twice)
    return file, data


def subschemas(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, dict[str, Any]]]:
    """Every mapping that may be a schema, with its path; values of ``enum`` and the like are none."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            if key not in _VALUES or path[-1:] == ("properties",):
                yield from subschemas(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from subschemas(inner, (*path, index))


def _check(file: SchemaFile) -> None:
    dialect = DIALECTS.get(str(file.schema.get("$schema", NEWEST)).rstrip("#"))
    if dialect is None:
        near = suggestion(file.schema["$schema"], DIALECTS)
        file.at(("$schema",), f'"$schema" names a dialect of JSON Schema that is not known; write {NEWEST}{near}')
        return
    _check_shape(file, dialect)
    for path, schema in subschemas(file.schema):
        _check_subschema(file, path, schema)


def _check_shape(file: SchemaFile, dialect: str) -> None:
    """Against the dialect's own schema; one finding a place, the first that is told there."""
    told: set[Path_] = set()
    for error in _of_dialect(dialect).iter_errors(file.schema):
        path = tuple(error.instance_path)
        if path not in told and path[-1:] != ("pattern",):
            told.add(path)
            why = _TYPES if path[-1:] == ("type",) else " ".join(error.message.split())[:200]
            file.at(path, f'"{".".join(map(str, path))}" is no JSON Schema: {why}')


_TYPES = "a type is string, number, integer, boolean, array, object or null"


@lru_cache(maxsize=4)
def _of_dialect(dialect: str) -> Any:
    return jsonschema_rs.validator_for({"$schema": dialect, "$ref": dialect})


def _check_subschema(file: SchemaFile, path: Path_, schema: dict[str, Any]) -> None:
    if path and path[-1] not in {"properties", "$defs", "definitions"}:
        for key in ("$id", "$dynamicRef", "$recursiveRef"):
            if isinstance(schema.get(key), str):
                file.at((*path, key), f'"{key}" cannot be used inside a kind\'s schema; refer with "$ref"')
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and not _is_pattern(pattern):
        file.at((*path, "pattern"), f'"{pattern[:60]}" is no regular expression')
    if OWN in schema:
        _check_own(file, path, schema)


def _check_own(file: SchemaFile, path: Path_, schema: Mapping[str, Any]) -> None:
    """What the schema says to us: a misspelt key there would be lost without a word."""
    shape = json.loads(_OF_KIND.read_text("utf-8"))
    part = {"$ref": f"#/$defs/{'field' if path else 'kind'}", "$defs": shape["$defs"]}
    file.findings += differences(schema[OWN], part, file.document, (*path, OWN))


def _is_pattern(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True
