"""``spec.parameters`` of a Template → its pages, and one JSON Schema that answers are checked against.

A page is a JSON Schema with hints for the form (keys that begin with ``ui:`` and ``backstage:``), which do not restrict answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jsonschema_rs

from callboard.model.data_classes import dataclass
from callboard.settings.schema_messages import Wording, messages_of, schema_error
from callboard.software_templates.conditions import active_properties, active_schemas

SECRET_FIELDS = {"Secret"}
_HINTS = ("ui:", "backstage:")
MAX_ERRORS = 20
_WORDING = Wording(quote='"', hint_quote='"', root="the answers", describes_values=False)


@dataclass(frozen=True, slots=True)
class ParameterPage:
    """One page of the form."""

    title: str
    description: str
    schema: Mapping[str, Any]
    """As written, with the hints for the form."""
    when: Any = None
    """The condition of the page, an expression; None without one."""


def pages_of(parameters: Any) -> tuple[ParameterPage, ...]:
    """The pages; a single mapping is one page, values of a wrong type are left out."""
    items = parameters if isinstance(parameters, list) else [parameters]
    return tuple(_page(item) for item in items if isinstance(item, Mapping))


def _page(item: Mapping[str, Any]) -> ParameterPage:
    title, description = item.get("title"), item.get("description")
    return ParameterPage(
        title if isinstance(title, str) else "", description if isinstance(description, str) else "", item, item.get("when")
    )


def without_hints(schema: Any) -> Any:
    """The schema without the keys that only a form reads."""
    if isinstance(schema, list):
        return [without_hints(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {key: without_hints(value) for key, value in schema.items() if not key.startswith(_HINTS)}


def schema_of(pages: Sequence[ParameterPage]) -> Mapping[str, Any]:
    """One schema for the answers to all pages."""
    parts = [_validating(page.schema) for page in pages]
    return {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "allOf": parts} if parts else {"type": "object"}


def _validating(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A page without hints, and without ``required`` lists that no draft of JSON Schema allows (a name twice)."""
    left_out = {"title", "description", "$schema", "$id"}
    mended: dict[str, Any] = _mended(without_hints({key: value for key, value in schema.items() if key not in left_out}))
    return mended


def _mended(schema: Any, *, is_schema: bool = True) -> Any:
    if isinstance(schema, list):
        return [_mended(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    mended = {key: _mended(value, is_schema=not (is_schema and key == "properties")) for key, value in schema.items()}
    if is_schema and isinstance(mended.get("required"), list):
        mended["required"] = list(dict.fromkeys(each for each in mended["required"] if isinstance(each, str)))
    if is_schema and isinstance(mended.get("required"), bool):
        del mended["required"]
    return mended


def answer_errors(pages: Sequence[ParameterPage], answers: Mapping[str, Any]) -> tuple[str, ...]:
    """What is wrong with the answers, at most ``MAX_ERRORS`` sentences, each with the parameter.

    A page whose schema is no JSON Schema is reported as such: its answers cannot be checked.
    """
    messages: list[str] = []
    for number, page in enumerate(pages, 1):
        try:
            validator = jsonschema_rs.Draft7Validator(_validating(page.schema), offline=True)
            messages += (message for error in validator.iter_errors(dict(answers)) for message in _messages(error))
        except (ValueError, jsonschema_rs.ReferencingError, jsonschema_rs.ValidationError) as error:
            messages.append(f"Page {number} of the template is not a JSON Schema: {str(error).splitlines()[0][:200]}.")
    return tuple(dict.fromkeys(messages))[:MAX_ERRORS]


def _messages(error: jsonschema_rs.ValidationError) -> Iterator[str]:
    found = schema_error(error, {})
    if found.keyword == "required":
        yield f'"{".".join(str(part) for part in (*found.path, found.details["property"]))}" has no answer'
        return
    for message in messages_of(found, _WORDING):
        yield f"{message.message}{f'. {message.hint}' if message.hint else ''}"


def with_defaults(pages: Sequence[ParameterPage], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with the defaults of parameters that are asked for and have no answer, as the form of the portal fills them in."""
    filled = dict(answers)
    for page in pages:
        _fill(page.schema, filled)
    return filled


def _fill(schema: Mapping[str, Any], values: dict[str, Any]) -> None:
    for _ in range(8):  # an answer by default may make further parameters asked for
        before = json.dumps(values, sort_keys=True, default=str)
        for name, prop in active_properties(schema, values).items():
            if "default" in prop and name not in values:
                values[name] = prop["default"]
            elif prop.get("type") == "object" and isinstance(prop.get("properties"), Mapping):
                nested = dict(values[name]) if isinstance(values.get(name), Mapping) else {}
                _fill(prop, nested)
                if nested:
                    values[name] = nested
        if json.dumps(values, sort_keys=True, default=str) == before:
            return


@dataclass(frozen=True, slots=True)
class ParameterQuestion:
    """One parameter that is asked for."""

    name: str
    schema: Mapping[str, Any]
    is_required: bool
    is_secret: bool


def questions(pages: Sequence[ParameterPage], answers: Mapping[str, Any]) -> Iterator[ParameterQuestion]:
    """The parameters that these answers ask for, in the order of the form."""
    for page in pages:
        required = required_names(page.schema, answers)
        for name, prop in active_properties(page.schema, answers).items():
            yield ParameterQuestion(name, prop, name in required, is_secret(prop))


def required_names(schema: Mapping[str, Any], values: Mapping[str, Any]) -> frozenset[str]:
    """The names that the schema and its fulfilled conditions require."""
    found: set[str] = set()
    for each in active_schemas(schema, values):
        names = each.get("required")
        found |= {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()
    return frozenset(found)


def is_secret(schema: Mapping[str, Any]) -> bool:
    """Whether answers are typed without echo and never written: Backstage's field Secret, and passwords."""
    return schema.get("ui:field") in SECRET_FIELDS or schema.get("ui:widget") == "password" or schema.get("format") == "password"


def secret_names(pages: Sequence[ParameterPage]) -> frozenset[str]:
    """The names of all parameters whose answers are secret, whatever conditions they have."""
    return frozenset(name for page in pages for name, prop in _all_properties(page.schema) if is_secret(prop))


def property_names(schema: Mapping[str, Any]) -> frozenset[str]:
    """The names that a page can ask for, whatever conditions they have."""
    found = {name for name, _ in _all_properties({key: value for key, value in schema.items() if key != "properties"})}
    own = schema.get("properties")
    return frozenset(found | {name for name in own if isinstance(name, str)} if isinstance(own, Mapping) else found)


def _all_properties(schema: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(schema, list):
        for each in schema:
            yield from _all_properties(each)
    elif isinstance(schema, Mapping):
        properties = schema.get("properties")
        if isinstance(properties, Mapping):
            yield from ((name, prop) for name, prop in properties.items() if isinstance(prop, Mapping))
        for value in schema.values():
            yield from _all_properties(value)
