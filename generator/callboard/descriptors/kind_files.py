"""A JSON Schema file of a custom kind → one schema with the files that it refers to, and problems."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from callboard.descriptors.kinds import ENVELOPE, OWN
from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.fields import FieldPath, dotted
from callboard.model.problem import Problem, Span
from callboard.settings.checks import schema_problems
from callboard.settings.document import SettingsDocument, read_document
from callboard.settings.invalid import did_you_mean, portal_origin
from callboard.settings.rules import INVALID_KIND_FILE, UNKNOWN_SETTING
from callboard.yaml.documents import read_one

LARGEST = 1_000_000
"""Largest schema file that is read, in bytes."""
DIALECTS = {
    "https://json-schema.org/draft/2020-12/schema": "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2019-09/schema": "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema": "http://json-schema.org/draft-07/schema#",
}
"""The supported dialects, by their URI without ``#``."""
NEWEST = "https://json-schema.org/draft/2020-12/schema"
_KIND_SCHEMA = Path(__file__).parent.parent / "schemas" / "kind.json"
_VALUES = frozenset({"enum", "const", "default", "examples", "defaultSnippets", OWN})
"""Keywords that hold values, not schemas."""


@dataclass(slots=True)
class SchemaFile:
    """One file, read and checked without the files that it refers to."""

    path: Path
    document: SettingsDocument
    """The positions of keys and values."""
    schema: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def at(self, path: FieldPath, message: str) -> None:
        """Add a problem of the value at a path."""
        self.problems.append(self.document.problem(path, message, INVALID_KIND_FILE))


def read_schema_file(path: Path, root: Path) -> SchemaFile:
    """Read and check a file. Never raises: whatever cannot be read is a problem. ``root`` is the folder of ``sources.yaml``."""
    origin = portal_origin(path, root)
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        return _unreadable(path, origin, f"the schema of the kind cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return _unreadable(path, origin, "the file is not valid UTF-8; save it as UTF-8")
    if len(content) > LARGEST:
        return _unreadable(path, origin, f"the file has {len(content):,} bytes; the limit is {LARGEST:,}")
    file, data = _json_file(path, text, origin) if path.suffix == ".json" else _yaml_file(path, text, origin)
    if isinstance(data, dict):
        file.schema = data
        _check(file)
    elif not file.problems:
        file.at((), "the schema of a kind must be a mapping: a JSON Schema, in JSON or YAML")
    return file


def _unreadable(path: Path, origin: Origin, message: str) -> SchemaFile:
    document = SettingsDocument(origin)
    return SchemaFile(path, document, problems=[document.problem_at(None, message)])


def _yaml_file(path: Path, text: str, origin: Origin) -> tuple[SchemaFile, Any]:
    document = read_document(text, origin)
    return SchemaFile(path, document, problems=document.problems), document.data


def _json_file(path: Path, text: str, origin: Origin) -> tuple[SchemaFile, Any]:
    """Parse JSON; positions come from parsing it as YAML, too, with tabs (an error in YAML) replaced by spaces."""
    plain = text.replace("\t", " ")
    file = SchemaFile(path, read_document(plain, origin))
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        file.problems = [file.document.problem_at(Span.at(error.lineno, error.colno), f"this is not valid JSON: {error.msg}")]
        return file, None
    except RecursionError:
        file.problems = [file.document.problem_at(Span.at(1, 1), "the values are nested too deeply")]
        return file, None
    file.problems += (file.document.problem_at(t.at, t.message) for t in read_one(plain).troubles if t.reason == "duplicate-key")
    return file, data


def subschemas(value: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, dict[str, Any]]]:
    """Yield every mapping that may be a schema, with its path; values of ``enum`` and similar keywords are not schemas."""
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
        similar = did_you_mean(str(file.schema["$schema"]), DIALECTS)
        file.at(("$schema",), f'"$schema" is not a supported dialect of JSON Schema; write {NEWEST}{similar}')
        return
    _check_shape(file, dialect)
    for path, schema in subschemas(file.schema):
        _check_subschema(file, path, schema)


def _check_shape(file: SchemaFile, dialect: str) -> None:
    """Check against the dialect's meta-schema; one problem for each path, the first error there."""
    reported: set[FieldPath] = set()
    for error in _meta_schema(dialect).iter_errors(file.schema):
        path = tuple(error.instance_path)
        if path not in reported and path[-1:] != ("pattern",):
            reported.add(path)
            why = _TYPE_ERROR if path[-1:] == ("type",) else " ".join(error.message.split())[:200]
            file.at(path, f'"{dotted(path)}" is not valid JSON Schema: {why}')


_TYPE_ERROR = "a type is string, number, integer, boolean, array, object or null"


@lru_cache(maxsize=4)
def _meta_schema(dialect: str) -> Any:
    return jsonschema_rs.validator_for({"$schema": dialect, "$ref": dialect})


def _check_subschema(file: SchemaFile, path: FieldPath, schema: dict[str, Any]) -> None:
    if path and path[-1] not in {"properties", "$defs", "definitions"}:
        for key in ("$id", "$dynamicRef", "$recursiveRef"):
            if isinstance(schema.get(key), str):
                file.at((*path, key), f'"{key}" is not supported inside the schema of a kind; refer with "$ref"')
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and not _is_pattern(pattern):
        file.at((*path, "pattern"), f'"{pattern[:60]}" is not a valid regular expression')
    if OWN in schema:
        _check_extension(file, path, schema)


def _check_extension(file: SchemaFile, path: FieldPath, schema: Mapping[str, Any]) -> None:
    """Check the ``x-callboard`` mapping, in which a misspelled key would otherwise be ignored silently."""
    shape = json.loads(_KIND_SCHEMA.read_text("utf-8"))
    part = {"$ref": f"#/$defs/{'field' if path else 'kind'}", "$defs": shape["$defs"]}
    file.problems += schema_problems(schema[OWN], part, file.document, (*path, OWN), rules=(UNKNOWN_SETTING, INVALID_KIND_FILE))


def _is_pattern(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True


MOST_FILES = 50
"""Files that one schema may refer to."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


class Bundle:
    """The files of one kind: the first one, and those that it refers to."""

    def __init__(self, first: SchemaFile, root: Path) -> None:
        self.first = first
        self.files = {first.path.resolve(): first}
        """By absolute path, in the order of the references."""
        self._root = root.resolve()

    def gather(self) -> None:
        """Read all files that are referred to; an invalid reference is a finding of its file."""
        waiting = [self.first]
        while waiting:
            file = waiting.pop(0)
            for path, schema in subschemas(file.schema):
                target = schema.get("$ref")
                if isinstance(target, str) and path[-1:] != ("properties",):
                    waiting += self._read(file, (*path, "$ref"), target)

    def merged(self) -> dict[str, Any]:
        """Return the first schema, with the others below ``$defs``."""
        schema: dict[str, Any] = self._rewritten(self.first.schema, self.first)
        others = list(self.files)[1:]
        included = {self._key(path): self._rewritten(self.files[path].schema, self.files[path]) for path in others}
        schema.pop("$id", None)
        return {**schema, "$defs": {**schema.get("$defs", {}), **included}} if included else schema

    def _read(self, file: SchemaFile, at: FieldPath, reference: str) -> list[SchemaFile]:
        """The file of a reference, if it has not been read before: one, or none."""
        name, _, pointer = reference.partition("#")
        if _SCHEME.match(name):
            file.at(at, f'"$ref" refers to {reference[:80]}; a schema may refer only to files next to it, so copy that one here')
            return []
        if not name or (name == ENVELOPE and not (file.path.parent / name).exists()):
            self._check_pointer(file, file, at, pointer if not name else "")
            return []
        path = (file.path.parent / unquote(name)).resolve()
        error = self._path_error(path)
        if error:
            file.at(at, f'"$ref" refers to {name[:80]}, {error}')
            return []
        fresh = path not in self.files
        other = self.files.setdefault(path, read_schema_file(path, self._root) if fresh else self.first)
        self._check_pointer(file, other, at, pointer)
        return [other] if fresh else []

    def _path_error(self, path: Path) -> str:
        if not path.is_relative_to(self._root):
            return "which is outside the folder of sources.yaml"
        if path not in self.files and len(self.files) >= MOST_FILES:
            return f"but a kind may refer to at most {MOST_FILES} files"
        return "" if path.is_file() else "but there is no such file"

    def _check_pointer(self, file: SchemaFile, other: SchemaFile, at: FieldPath, pointer: str) -> None:
        """Check that a pointer (``/$defs/x``) has a target; the validator checks anchors."""
        here: Any = other.schema
        for step in unquote(pointer).split("/")[1:] if pointer.startswith("/") else ():
            key = step.replace("~1", "/").replace("~0", "~")
            here = here[int(key)] if isinstance(here, list) and key.isdecimal() and int(key) < len(here) else _item(here, key)
            if here is None:
                file.at(at, f'"$ref" refers to #{pointer[:80]}, which does not exist')
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
        """A unique key; the number distinguishes names that are equal after replacing characters."""
        return f"file{list(self.files).index(path)}-{re.sub(r'[^A-Za-z0-9.-]', '-', path.name)}"


def _item(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None
