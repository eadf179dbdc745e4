"""Data against a JSON Schema: each difference as a finding with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path as FilePath
from typing import Any

import jsonschema_rs

from callboard.settings.document import Position, SettingsDocument, SettingsPath
from callboard.settings.findings import Finding, dotted, listed, suggestion

SCHEMAS = FilePath(__file__).parent.parent / "schemas"
WORDS = {
    "string": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "array": "a list", "object": "a mapping (keys with values)", "null": "empty",
}  # fmt: skip
MANY = 8
"""More choices than these are not listed where we can guess which one was meant."""
LONGEST_SHOWN = 60
"""Longer values are cut in messages."""
Difference = jsonschema_rs.ValidationError


@cache
def sources_schema() -> Mapping[str, Any]:
    """The shape of ``sources.yaml``; the options of each type of source belong to its plugin."""
    schema: Mapping[str, Any] = json.loads((SCHEMAS / "sources.json").read_text(encoding="utf-8"))
    return schema


def differences(
    data: Any, schema: Mapping[str, Any], document: SettingsDocument, prefix: SettingsPath = (), known: Sequence[str] = ()
) -> Iterator[Finding]:
    """What in ``data``, which stands at ``prefix``, is not as the schema says; ``known`` are keys that were taken out of it before."""
    for error in jsonschema_rs.validator_for(dict(schema)).iter_errors(data):
        path = (*prefix, *error.instance_path)
        yield from _findings(error, path, schema, document, known)


def _findings(
    error: Difference, path: SettingsPath, schema: Mapping[str, Any], document: SettingsDocument, known: Sequence[str]
) -> Iterator[Finding]:
    holder = _subschema(schema, error.schema_path[:-1])
    details: Any = error.kind
    match details.name:
        case "additionalProperties":
            for key in details.unexpected:
                place = document.key_place((*path, key))
                yield _finding(place, f'unknown key "{dotted((*path, key))}"{_meant(key, holder, known)}')
        case "required":
            where = f' in "{dotted(path)}"' if path else ""
            about = holder.get("properties", {}).get(details.property, {}).get("description", "")
            yield _finding(document.value_place(path), f'the key "{details.property}" is missing{where}{f": {about}" if about else ""}')
        case name:
            yield _finding(document.value_place(path), f"{_shown_path(path)} {_expectation(name, details, error, holder)}")


def _shown_path(path: SettingsPath) -> str:
    """``"portal.name"`` in quotes; the root is the file itself."""
    return f'"{dotted(path)}"' if path else "the file"


def _finding(place: Position, message: str) -> Finding:
    return Finding(place.line, place.column, message)


def _meant(key: str, holder: Mapping[str, Any], known: Sequence[str]) -> str:
    keys = [*holder.get("properties", {}), *known]
    return suggestion(key, keys) or f"; known here: {', '.join(sorted(keys))}"


def _expectation(name: str, details: Any, error: Difference, holder: Mapping[str, Any]) -> str:
    value = error.instance
    about = holder.get("description", "")
    match name:
        case "type":
            text = f"must be {_words(details.types)}, not {_shown(value)}"
        case "enum":
            text = _choice(value, details.options)
        case "const":
            text = f"must be {json.dumps(details.expected_value)} ({about}), not {_shown(value)}"
        case "minimum" | "maximum":
            text = f"must be {'at least' if name == 'minimum' else 'at most'} {details.limit}, not {_shown(value)}"
        case "minLength" | "minItems" if about:
            text = f"is empty; it must be {about}"
        case "anyOf" | "oneOf" if about:
            text = f"must be {about}"
        case _:
            text = f"is {_shown(value)}, but must be {about}" if about else f"does not fit: {error.message}"
    return text


def _choice(value: Any, options: Sequence[Any]) -> str:
    """All choices; only the nearest one where there are many."""
    near = suggestion(value, [option for option in options if isinstance(option, str)])
    if near and len(options) > MANY:
        return f"cannot be {_shown(value)}{near}"
    return f"must be {listed(options)}, not {_shown(value)}{near}"


def _words(types: Sequence[str]) -> str:
    return " or ".join(WORDS.get(t, t) for t in types)


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = "empty" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _subschema(schema: Mapping[str, Any], path: Sequence[str | int]) -> Mapping[str, Any]:
    part: Any = schema
    for step in path:
        part = part[step]
    return part if isinstance(part, Mapping) else {}
