"""A document and its kind → violations of JSON Schemas: those of Backstage, and those of the portal's own schemas (house rules)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import jsonschema_rs

from callboard.descriptors.kinds import ENVELOPE, Kind, envelope_schema
from callboard.settings.schema_messages import SchemaError, schema_error

_DIALECT = envelope_schema()["$schema"]


def schema_errors(document: Any, kind: Kind | None) -> tuple[SchemaError, ...]:
    """Return all violations of the envelope's and the kind's schemas; for a custom kind of the portal, those below its spec."""
    validator = _validator(None if kind and kind.is_own else kind)
    errors: list[SchemaError] = []
    if not validator.is_valid(document):
        errors += (schema_error(error, {}) for error in validator.iter_errors(document))
    if kind and kind.is_own:
        errors += (error for error in _own_errors(document, (kind.schema,), kind) if _is_of_spec(error))
    return tuple(_unique(errors))


def house_rule_errors(document: Any, kind: Kind | None, reported: Sequence[SchemaError]) -> tuple[SchemaError, ...]:
    """Return the violations of the portal's own schemas, without values and errors that ``reported`` already has."""
    if kind is None or not (kind.is_own or kind.house_rules):
        return ()
    errors = [error for error in _own_errors(document, (kind.schema,), kind) if not _is_of_spec(error)] if kind.is_own else []
    errors += _own_errors(document, kind.house_rules, kind)
    reported_keys = {_identity(error) for error in reported}
    wrong_values = {error.path for error in reported if error.keyword not in {"required", "additionalProperties"}}
    return tuple(error for error in _unique(errors) if _identity(error) not in reported_keys and error.path not in wrong_values)


def compiled(schema: Mapping[str, Any]) -> Any:
    """Compile a schema of the portal, in its own dialect; nothing is fetched.

    Raises the errors of ``jsonschema_rs`` if the schema cannot be used.
    """
    return jsonschema_rs.validator_for({"$schema": schema.get("$schema", _DIALECT), **_without_envelope(schema)}, offline=True)


def _is_of_spec(error: SchemaError) -> bool:
    return error.path[:1] == ("spec",) or (not error.path and error.details.get("property") == "spec")


def _own_errors(document: Any, schemas: Iterable[Mapping[str, Any]], kind: Kind) -> Iterator[SchemaError]:
    for number, schema in enumerate(schemas):
        validator = _own_validator(kind, number, is_rule=schema is not kind.schema)
        if not validator.is_valid(document):
            yield from (_own_error(error, schema) for error in validator.iter_errors(document))


def _own_error(error: jsonschema_rs.ValidationError, schema: Mapping[str, Any]) -> SchemaError:
    """Convert an error; the description of the whole kind is dropped, because it is not about a value."""
    converted = schema_error(error, schema)
    is_of_root = len(error.schema_path) == 1 and "property" not in converted.details
    return converted._replace(about="") if is_of_root else converted


def _unique(errors: Iterable[SchemaError]) -> Iterable[SchemaError]:
    """Each error once: two parts of a schema may require the same."""
    return {_identity(error): error for error in errors}.values()


def _identity(error: SchemaError) -> tuple[tuple[str | int, ...], str, str]:
    return error.path, error.keyword, str(error.details)


@lru_cache(maxsize=64)
def _validator(kind: Kind | None) -> jsonschema_rs.Draft202012Validator:
    """The validator of Backstage's schemas, compiled once for each kind; ``Kind`` is hashed by the digest of its schema."""
    parts: list[Any] = [{**envelope_schema(), "$id": "urn:callboard:envelope"}]
    if kind and kind.schema:
        parts.append({**_without_envelope(kind.schema), "$id": f"urn:callboard:kind:{kind.name}"})
    return jsonschema_rs.Draft202012Validator({"$schema": _DIALECT, "allOf": parts})


@lru_cache(maxsize=64)
def _own_validator(kind: Kind, number: int, *, is_rule: bool) -> Any:
    """The validator of a schema of the portal, compiled once."""
    return compiled(kind.house_rules[number] if is_rule else kind.schema)


def _without_envelope(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without its reference to the envelope's schema, which is always applied."""
    own = {key: value for key, value in schema.items() if key not in {"$schema", "$id"}}
    own["allOf"] = [part for part in own.get("allOf", []) if part.get("$ref") != ENVELOPE] or [True]
    return own
