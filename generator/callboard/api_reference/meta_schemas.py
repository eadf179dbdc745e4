"""A value of a definition → violations of the published JSON Schema of its format and version; offline, at most ``MAX_ERRORS``."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

import jsonschema_rs

from callboard.settings.schema_messages import SchemaError, schema_error

MAX_ERRORS = 20
"""Violations that are read of one definition; further ones follow from these or say nothing new."""
_MAX_LEVELS = 40
"""Levels of alternatives that are followed to the cause of an error."""
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ALTERNATIVES = frozenset({"oneOf", "anyOf"})
_CHOICES = frozenset({"enum", "const"})
_FORMS = frozenset({"oneOf", "anyOf", "not"})


def violations(document: Mapping[str, Any]) -> tuple[SchemaError, ...]:
    """The violations, each at the deepest cause of its alternatives; none for a version without a published schema here."""
    name = schema_name(document)
    if not name:
        return ()
    validator, schema = _validator(name)
    value = {**document, "asyncapi": schema["properties"]["asyncapi"]["const"]} if name == "asyncapi-3.1" else document
    value = {**document, "asyncapi": schema["properties"]["asyncapi"]["enum"][0]} if name == "asyncapi-2.6" else value
    if validator.is_valid(value):
        return ()
    found = {
        (error.path, error.keyword, str(error.details)): error
        for each in islice(validator.iter_errors(value), MAX_ERRORS)
        for error in _causes(each, schema)
    }
    return tuple(error for error in found.values() if not _is_said_by_another(error, found.values()))[:MAX_ERRORS]


def _is_said_by_another(error: SchemaError, others: Collection[SchemaError]) -> bool:
    """Whether an error about forms as a whole stands where another one says what is wrong with them."""
    size = len(error.path)
    return error.keyword in _FORMS and any(each.keyword not in _FORMS and each.path[:size] == error.path for each in others)


def schema_name(document: Mapping[str, Any]) -> str:
    """The file of the schema for a document, without its ending; empty for none."""
    if document.get("swagger") is not None:
        return "openapi-2.0"
    key = "openapi" if "openapi" in document else "asyncapi"
    version = ".".join(str(document.get(key, "")).split(".")[:2])
    if key == "asyncapi":
        return {"2": "asyncapi-2.6", "3": "asyncapi-3.1"}.get(version[:1], "")
    return f"openapi-{version}" if version in {"3.0", "3.1", "3.2"} else ""


@cache
def _validator(name: str) -> tuple[Any, Mapping[str, Any]]:
    text = (files("callboard") / "schemas/definitions" / f"{name}.json").read_text("utf-8")
    schema = json.loads(text)
    if name in {"openapi-3.1", "openapi-3.2"}:
        # The published schemas leave schemas inside the definition unchecked; these are JSON Schemas of 2020-12.
        schema["$defs"]["schema"] = {"$dynamicAnchor": "meta", "type": ["object", "boolean"], "$ref": _DIALECT}
    return jsonschema_rs.validator_for(schema, offline=True), schema


def _causes(error: jsonschema_rs.ValidationError, schema: Mapping[str, Any]) -> Iterator[SchemaError]:
    """The errors of the alternative that fits best, instead of “not valid under any of the schemas”."""
    for cause in _deepest(error, 0):
        found = schema_error(cause, schema)
        if found.keyword in _CHOICES and (choices := _choices(error, cause.instance_path, 0)):
            found = found._replace(keyword="enum", details={"options": choices})
        yield found._replace(path=_without_prefix(error.instance_path, found.path))


def _choices(error: jsonschema_rs.ValidationError, place: list[str | int], level: int) -> list[Any]:
    """The values that the alternatives allow at a place: each allows one of them."""
    found: list[Any] = []
    if error.kind.name in _CHOICES and error.instance_path == place:
        details = error.kind.as_dict()
        found = [*details.get("options", [details.get("expected_value")])]
    if error.kind.name in _ALTERNATIVES and level <= _MAX_LEVELS:
        found = [value for branch in _context(error) for each in branch for value in _choices(each, place, level + 1)]
    return [value for number, value in enumerate(found) if value not in found[:number]]


def _context(error: jsonschema_rs.ValidationError) -> list[list[jsonschema_rs.ValidationError]]:
    """The errors of each alternative."""
    return getattr(error.kind, "context", [])


def _without_prefix(outer: list[str | int], inner: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Paths of nested errors may be absolute or relative to the error that has them."""
    return inner if len(inner) >= len(outer) and inner[: len(outer)] == tuple(outer) else (*outer, *inner)


def _deepest(error: jsonschema_rs.ValidationError, level: int) -> list[jsonschema_rs.ValidationError]:
    if error.kind.name not in _ALTERNATIVES or level > _MAX_LEVELS:
        return [error]
    branches = [
        [cause for each in branch for cause in _deepest(each, level + 1)]
        for branch in _context(error)
        if branch
    ]  # fmt: skip
    branches = [branch for branch in branches if branch and not _is_about_reference(branch)] or branches
    if len(branches) > 1 and all(_is_of_other_kind(branch, error) for branch in branches):
        return _at_same_place(branches)
    branches = [branch for branch in branches if not _is_of_other_kind(branch, error)] or branches
    if not branches:
        return [error]
    return min(branches, key=lambda branch: (-max(len(each.instance_path) for each in branch), len(branch)))


def _at_same_place(branches: list[list[jsonschema_rs.ValidationError]]) -> list[jsonschema_rs.ValidationError]:
    """The choice that no alternative allows: what else they require follows from it. All of the best one if there are several places."""
    places = [{tuple(each.instance_path) for each in branch if each.kind.name in _CHOICES} for branch in branches]
    common = set.intersection(*places)
    best = min(branches, key=lambda branch: (-max(len(each.instance_path) for each in branch), len(branch)))
    return [each for each in best if tuple(each.instance_path) in common] or best


def _is_of_other_kind(branch: list[jsonschema_rs.ValidationError], outer: jsonschema_rs.ValidationError) -> bool:
    """Whether a field that tells alternatives apart (``in``, ``type``) has a value that another alternative allows."""
    return any(each.kind.name in _CHOICES and len(each.instance_path) == len(outer.instance_path) + 1 for each in branch)


def _is_about_reference(branch: list[jsonschema_rs.ValidationError]) -> bool:
    """Whether the alternative is a reference, which the author did not mean."""
    return any(each.kind.name == "required" and each.kind.as_dict().get("property") == "$ref" for each in branch)
