"""A portal's JSON Schema file of a kind as data, with the files that it refers to put into it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from callboard.descriptors.kinds import ENVELOPE, OWN
from callboard.settings import document as documents
from callboard.settings.document import SettingsDocument
from callboard.settings.findings import Finding, suggestion
from callboard.settings.schema_errors import differences
from callboard.yaml.documents import read_one

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
    document: SettingsDocument
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
    return SchemaFile(path, SettingsDocument(), findings=[Finding(0, 0, message)])


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
    twice = (trouble for trouble in read_one(plain).troubles if trouble.reason == "duplicate-key")
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


MOST_FILES = 50
"""Files that one schema may bring."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


class Bundle:
    """The files of one kind: the first, and those that it refers to."""

    def __init__(self, first: SchemaFile, root: Path) -> None:
        self.first = first
        self.files = {first.path.resolve(): first}
        """By their place on the disk, in the order in which they were met."""
        self._root = root.resolve()

    def gather(self) -> None:
        """Read all files that are referred to; findings go to the file whose reference is wrong."""
        waiting = [self.first]
        while waiting:
            file = waiting.pop(0)
            for path, schema in subschemas(file.schema):
                target = schema.get("$ref")
                if isinstance(target, str) and path[-1:] != ("properties",):
                    waiting += self._read(file, (*path, "$ref"), target)

    def whole(self) -> dict[str, Any]:
        """The first schema, with the others below ``$defs``."""
        schema: dict[str, Any] = self._rewritten(self.first.schema, self.first)
        others = list(self.files)[1:]
        brought = {self._key(path): self._rewritten(self.files[path].schema, self.files[path]) for path in others}
        schema.pop("$id", None)
        return {**schema, "$defs": {**schema.get("$defs", {}), **brought}} if brought else schema

    def _read(self, file: SchemaFile, at: tuple[str | int, ...], reference: str) -> list[SchemaFile]:
        """The files that a reference brings for the first time: one, or none."""
        name, _, pointer = reference.partition("#")
        if _SCHEME.match(name):
            file.at(at, f'"$ref" leads to {reference[:80]}; a schema may refer to files beside it alone, so copy that one here')
            return []
        if not name or (name == ENVELOPE and not (file.path.parent / name).exists()):
            self._check_pointer(file, file, at, pointer if not name else "")
            return []
        path = (file.path.parent / unquote(name)).resolve()
        fault = self._fault(path)
        if fault:
            file.at(at, f'"$ref" leads to {name[:80]}, {fault}')
            return []
        fresh = path not in self.files
        other = self.files.setdefault(path, read_schema_file(path) if fresh else self.first)
        self._check_pointer(file, other, at, pointer)
        return [other] if fresh else []

    def _fault(self, path: Path) -> str:
        if not path.is_relative_to(self._root):
            return "which lies outside the folder of sources.yaml"
        if path not in self.files and len(self.files) >= MOST_FILES:
            return f"but one kind may bring {MOST_FILES} files at most"
        return "" if path.is_file() else "but there is no such file"

    def _check_pointer(self, file: SchemaFile, other: SchemaFile, at: tuple[str | int, ...], pointer: str) -> None:
        """A pointer (``/$defs/x``) must lead to something; an anchor is left to the validator."""
        here: Any = other.schema
        for step in unquote(pointer).split("/")[1:] if pointer.startswith("/") else ():
            key = step.replace("~1", "/").replace("~0", "~")
            here = here[int(key)] if isinstance(here, list) and key.isdecimal() and int(key) < len(here) else _item(here, key)
            if here is None:
                file.at(at, f'"$ref" leads to #{pointer[:80]}, but there is nothing')
                return

    def _rewritten(self, value: Any, file: SchemaFile) -> Any:
        if isinstance(value, list):
            return [self._rewritten(item, file) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            key: self._target(inner, file) if key == "$ref" and isinstance(inner, str) else self._rewritten(inner, file)
            for key, inner in value.items()
            if not (value is file.schema and file is not self.first and key in {"$schema", "$id"})
        }

    def _target(self, reference: str, file: SchemaFile) -> str:
        name, _, pointer = reference.partition("#")
        path = (file.path.parent / unquote(name)).resolve() if name else file.path.resolve()
        if path == self.first.path.resolve() or path not in self.files:
            return f"#{pointer}" if path in self.files else reference
        return f"#/$defs/{self._key(path)}{pointer}" if not pointer or pointer.startswith("/") else f"#{pointer}"

    def _key(self, path: Path) -> str:
        """Its number keeps two names apart that are equal after cleaning."""
        return f"file{list(self.files).index(path)}-{re.sub(r'[^A-Za-z0-9.-]', '-', path.name)}"


def _item(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None
