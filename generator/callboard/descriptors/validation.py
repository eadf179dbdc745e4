"""What JSON Schema says of a document: all errors at once, as paths and keywords that rules put into words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import jsonschema_rs

from callboard.descriptors.kinds import ENVELOPE, Kind, envelope_schema, mapping_at, resolved

_DIALECT = envelope_schema()["$schema"]


class SchemaError(NamedTuple):
    """One thing in a document that its schema does not allow."""

    path: tuple[str | int, ...]
    """Keys and indexes from the root of the document."""
    keyword: str
    """``required``, ``type``, ``minLength``, ``enum`` …"""
    details: Mapping[str, Any]
    """What the keyword wanted: ``property``, ``types``, ``limit``, ``unexpected``, ``options``."""
    value: Any
    """What stands there."""
    about: str = ""
    """What an own schema says of the place (its ``description``); empty for those of Backstage."""


def schema_errors(document: Any, kind: Kind | None) -> tuple[SchemaError, ...]:
    """All errors against the envelope and, where the kind is known, its own schema; of a portal's own kind those of its spec."""
    validator = _validator(None if kind and kind.is_own else kind)
    found = [] if validator.is_valid(document) else [_error(error) for error in validator.iter_errors(document)]
    if kind and kind.is_own:
        found += (error for error in _own_errors(document, (kind.schema,), kind) if _is_of_spec(error))
    return tuple(_different(found)) if found else ()


def house_errors(document: Any, kind: Kind | None, told: Sequence[SchemaError]) -> tuple[SchemaError, ...]:
    """What the portal's own schemas want beyond that; without what ``told`` says of the same place already."""
    if kind is None or not (kind.is_own or kind.house_rules):
        return ()
    found = [error for error in _own_errors(document, (kind.schema,), kind) if not _is_of_spec(error)] if kind.is_own else []
    found += _own_errors(document, kind.house_rules, kind)
    said = {_meaning(error) for error in told}
    wrong = {error.path for error in told if error.keyword not in {"required", "additionalProperties"}}
    return tuple(error for error in _different(found) if _meaning(error) not in said and error.path not in wrong)


def _is_of_spec(error: SchemaError) -> bool:
    return error.path[:1] == ("spec",) or (not error.path and error.details.get("property") == "spec")


def _own_errors(document: Any, schemas: Iterable[Mapping[str, Any]], kind: Kind) -> Iterator[SchemaError]:
    for number, schema in enumerate(schemas):
        validator = _own_validator(kind, number, is_rule=schema is not kind.schema)
        if not validator.is_valid(document):
            yield from (_error(error, schema) for error in validator.iter_errors(document))


def _error(error: jsonschema_rs.ValidationError, schema: Mapping[str, Any] | None = None) -> SchemaError:
    details = error.kind.as_dict()
    about = _about(schema, error.schema_path, details) if schema else ""
    return SchemaError(tuple(error.instance_path), error.kind.name, details, error.instance, about)


def _about(schema: Mapping[str, Any], path: Sequence[str | int], details: Mapping[str, Any]) -> str:
    """The description of a missing property, or that beside the keyword; that of the whole kind says nothing about a value."""
    holder = resolved(mapping_at(schema, *(str(step) for step in path[:-1])), schema)
    if "property" in details:
        holder = resolved(mapping_at(holder, "properties").get(details["property"]), schema)
    elif len(path) == 1:
        return ""
    said = holder.get("description", "")
    return said if isinstance(said, str) else ""


def _different(errors: Iterable[SchemaError]) -> Iterable[SchemaError]:
    """Each meaning once: two parts of a schema may want the same."""
    return {_meaning(error): error for error in errors}.values()


def _meaning(error: SchemaError) -> tuple[tuple[str | int, ...], str, str]:
    return error.path, error.keyword, str(error.details)


@lru_cache(maxsize=64)
def _validator(kind: Kind | None) -> jsonschema_rs.Draft202012Validator:
    """Compiled once a kind; ``Kind`` is hashed by the digest of its schema."""
    parts: list[Any] = [{**envelope_schema(), "$id": "urn:callboard:envelope"}]
    if kind and kind.schema:
        parts.append({**_without_envelope(kind.schema), "$id": f"urn:callboard:kind:{kind.name}"})
    return jsonschema_rs.Draft202012Validator({"$schema": _DIALECT, "allOf": parts})


@lru_cache(maxsize=64)
def _own_validator(kind: Kind, number: int, *, is_rule: bool) -> Any:
    """Compiled once a schema."""
    return compiled(kind.house_rules[number] if is_rule else kind.schema)


def compiled(schema: Mapping[str, Any]) -> Any:
    """A validator for a schema of the portal, in the dialect that it names; nothing is fetched.

    Raises the errors of ``jsonschema_rs`` where the schema cannot be used.
    """
    return jsonschema_rs.validator_for({"$schema": schema.get("$schema", _DIALECT), **_without_envelope(schema)}, offline=True)


def _without_envelope(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without its reference to what every descriptor has, which is checked anyway."""
    own = {key: value for key, value in schema.items() if key not in {"$schema", "$id"}}
    own["allOf"] = [part for part in own.get("allOf", []) if part.get("$ref") != ENVELOPE] or [True]
    return own
