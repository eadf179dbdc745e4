"""A JSON Schema with ``dependencies``, ``if``/``then`` and ``oneOf``, and answers → the parts that hold for these answers.

Follows the form that Backstage uses (react-jsonschema-form): a branch of ``oneOf`` is shown if the values in it that are constant or an
enumeration are those that were given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

MAX_DEPTH = 12
MAX_PARTS = 400


def active_properties(schema: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The parameters that are asked for, by name, in the order of the form; a later definition of a name adds to the first one."""
    found: dict[str, Mapping[str, Any]] = {}
    for part in active_schemas(schema, values):
        properties = part.get("properties")
        for name, prop in properties.items() if isinstance(properties, Mapping) else ():
            if isinstance(prop, Mapping):
                found[name] = {**prop, **found[name]} if name in found else prop
    return found


def active_schemas(schema: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schema and the parts of its conditions that hold, at most ``MAX_PARTS``."""
    for number, part in enumerate(_parts(schema, values, 0)):
        if number >= MAX_PARTS:
            return
        yield part


def _parts(schema: Any, values: Mapping[str, Any], depth: int) -> Iterator[Mapping[str, Any]]:
    if not isinstance(schema, Mapping) or depth > MAX_DEPTH:
        return
    yield schema
    for each in _list(schema.get("allOf")):
        yield from _parts(each, values, depth + 1)
    if "if" in schema:
        yield from _parts(schema.get("then" if holds(schema["if"], values) else "else"), values, depth + 1)
    dependencies = schema.get("dependencies")
    for name, then in dependencies.items() if isinstance(dependencies, Mapping) else ():
        if name in values and values[name] is not None:
            yield from _parts({"required": then} if isinstance(then, list) else then, values, depth + 1)
    for key in ("oneOf", "anyOf"):
        yield from _parts(_branch(_list(schema.get(key)), values), values, depth + 1)


def _branch(branches: list[Any], values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first branch whose constants and enumerations are the given values; without such a branch, none."""
    for branch in branches:
        if isinstance(branch, Mapping) and _fits(branch, values):
            return branch
    return None


def _fits(branch: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    properties = branch.get("properties")
    tested = {
        name: prop
        for name, prop in (properties.items() if isinstance(properties, Mapping) else ())
        if isinstance(prop, Mapping) and ("const" in prop or "enum" in prop) and name in values
    }
    if not tested:
        return not properties or all(not isinstance(p, Mapping) or ("const" not in p and "enum" not in p) for p in properties.values())
    return all(_equals(prop, values[name]) for name, prop in tested.items())


def _equals(prop: Mapping[str, Any], value: Any) -> bool:
    if "const" in prop:
        return _same(prop["const"], value)
    return any(_same(each, value) for each in _list(prop.get("enum")))


def _same(left: Any, right: Any) -> bool:
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)


def holds(condition: Any, values: Mapping[str, Any]) -> bool:
    """Whether values satisfy a schema; a schema that cannot be used is not satisfied."""
    try:
        return bool(jsonschema_rs.Draft7Validator(condition, offline=True).is_valid(dict(values)))
    except (ValueError, TypeError, jsonschema_rs.ReferencingError):
        return False


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
