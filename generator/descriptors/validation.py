"""What JSON Schema says of a document: all errors at once, as paths and keywords that the rules put into words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import jsonschema_rs

from generator.descriptors.kinds import ENVELOPE, Kind, envelope_schema


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


def schema_errors(document: Any, kind: Kind | None) -> tuple[SchemaError, ...]:
    """All errors against the envelope and, where the kind is known, its own schema."""
    validator = _validator(kind)
    if validator.is_valid(document):
        return ()
    errors = (SchemaError(tuple(e.instance_path), e.kind.name, e.kind.as_dict(), e.instance) for e in validator.iter_errors(document))
    return tuple({(error.path, error.keyword, str(error.details)): error for error in errors}.values())


@lru_cache(maxsize=64)
def _validator(kind: Kind | None) -> jsonschema_rs.Draft202012Validator:
    """Compiled once a kind; ``Kind`` is hashed by the digest of its schema."""
    parts: list[Any] = [{**envelope_schema(), "$id": "urn:callboard:envelope"}]
    if kind and kind.schema:
        own = {key: value for key, value in kind.schema.items() if key != "$schema"}
        own["allOf"] = [part for part in own.get("allOf", []) if part.get("$ref") != ENVELOPE] or [True]
        parts.append({**own, "$id": f"urn:callboard:kind:{kind.name}"})
    return jsonschema_rs.Draft202012Validator({"$schema": envelope_schema()["$schema"], "allOf": parts})
