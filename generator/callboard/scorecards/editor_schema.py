"""Families, relations and levels → the JSON Schema of a scorecard file, for completion in editors and a first check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from callboard.scorecards.comparisons import LISTED, ORDERED
from callboard.scorecards.entity_fields import NAMED
from callboard.scorecards.field_tests import QUANTIFIERS
from callboard.scorecards.reading import FACT_QUANTIFIERS, PROBLEM_FIELDS
from callboard.scorecards.shapes import FieldShape, FieldType, RowShape

JsonSchema = dict[str, Any]
_NAME = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,62}$"}
_TEXT = {"type": "string"}
_AGE = {"type": "string", "pattern": r"^\d{1,6}[mhdw]$", "description": "A time such as 30d, 36h or 2w; m means minutes."}
_DAY = {"type": "string", "format": "date"}
_ANYTHING = {"type": ["string", "number", "boolean"]}
_BOUNDS: JsonSchema = {
    "anyOf": [
        {"type": "integer"},
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {name: {"type": "number"} for name in ("is", *ORDERED)},
        },
    ]
}
_ORDERED_TYPES = frozenset({
    FieldType.NUMBER, FieldType.PERCENT, FieldType.SEVERITY, FieldType.RATING, FieldType.VERSION, FieldType.ANY,
})  # fmt: skip


def card_schema(families: Mapping[str, RowShape], relations: Iterable[str], cards: Mapping[str, Sequence[str]]) -> JsonSchema:
    """The schema of a file with one scorecard. ``cards``: the levels of the portal's scorecards, by name."""
    condition: JsonSchema = {"$ref": "#/definitions/condition"}
    properties = {
        "name": {**_NAME, "description": "Name of the scorecard's page and data, such as production-readiness."},
        "title": _TEXT,
        "description": _TEXT,
        "owner": {**_TEXT, "description": "The group that answers for the rules: group:default/platform."},
        "filter": {**condition, "description": "Whom the scorecard judges; without it: components."},
        "levels": {"type": "array", "minItems": 1, "maxItems": 9, "uniqueItems": True, "items": _TEXT,
                   "description": "Names, the lowest level first. Without levels, rules have weights and the card has a score."},
        "max-age": {**_AGE, "description": "How old a query of a tool may be; an older one proves nothing."},
        "deadline": {**_DAY, "description": "The last day of a campaign: the page of the card shows how far each team is."},
        "rules": {"type": "array", "minItems": 1, "maxItems": 200, "items": _rule(condition)},
    }  # fmt: skip
    return {
        "description": "A scorecard: rules that say where entities stand, and what to do next.",
        "type": "object",
        "required": ["name", "rules"],
        "additionalProperties": False,
        "properties": properties,
        "definitions": {
            "condition": {"type": "object", "anyOf": list(_conditions(condition, families, relations, cards))},
            **{f"fact-{name}": row_schema(shape) for name, shape in families.items()},
        },
    }


def _rule(condition: JsonSchema) -> JsonSchema:
    exemption = {
        "type": "object", "required": ["entity", "reason", "until"], "additionalProperties": False,
        "properties": {"entity": _TEXT, "reason": _TEXT, "until": {**_DAY, "description": "The last day that it counts."}},
    }  # fmt: skip
    return {
        "type": "object",
        "required": ["id", "check"],
        "additionalProperties": False,
        "properties": {
            "id": {**_NAME, "description": "Name of the rule in data: on-call."},
            "title": _TEXT,
            "level": {**_TEXT, "description": "One of the levels of the scorecard."},
            "weight": {"type": "integer", "minimum": 1, "maximum": 100},
            "when": {**condition, "description": "To whom the rule applies; without it: to everybody."},
            "check": {**condition, "description": "What has to hold."},
            "why": {**_TEXT, "description": "Why it matters, in one sentence."},
            "fix": {**_TEXT, "description": "What to do where it fails."},
            "owner": _TEXT,
            "from": {**_DAY, "description": "The first day on which the rule counts."},
            "exempt": {"type": "array", "items": exemption},
        },
    }


def _conditions(
    condition: JsonSchema, families: Mapping[str, RowShape], relations: Iterable[str], cards: Mapping[str, Sequence[str]]
) -> Iterator[JsonSchema]:
    """A schema for each form of a condition."""
    for head in ("all", "any"):
        yield _closed({head: {"type": "array", "minItems": 1, "items": condition}}, head)
    yield _closed({"not": condition}, "not")
    yield _field_condition()
    for name in families:
        row = {"$ref": f"#/definitions/fact-{name}"}
        quantifiers: JsonSchema = {"count": _BOUNDS, "share": _share(row), **dict.fromkeys(FACT_QUANTIFIERS[1:-1], row)}
        facts = {
            "facts": {"const": name},
            "where": row,
            "source": {**_TEXT, "description": "Only facts of this integration."},
            "max-age": _AGE,
        }
        yield _closed({**facts, **quantifiers}, "facts") | {"oneOf": [{"required": [word]} for word in quantifiers]}
    related = {"related": {"enum": sorted(relations)}, "kind": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}, "count": _BOUNDS}
    yield _closed({**related, **dict.fromkeys(QUANTIFIERS, condition)}, "related")
    yield _closed({"problems": {"anyOf": [row_schema(PROBLEM_FIELDS), {"maxProperties": 0}]}, "count": _BOUNDS}, "problems", "count")
    for name, levels in cards.items():
        yield _closed({"level": {"const": name}, "at-least": {"enum": list(levels)}}, "level", "at-least")
    yield _closed({"file": {"anyOf": [_TEXT, {"type": "array", "minItems": 1, "items": _TEXT}]}}, "file")
    yield _closed({"check": _TEXT, "options": {"type": "object"}}, "check")


def _field_condition() -> JsonSchema:
    """Comparisons of a field of the descriptor: named ones, and any below ``labels.``, ``annotations.``, ``metadata.`` and ``spec.``."""
    names = {"anyOf": [{"enum": list(NAMED)}, {"type": "string", "pattern": r"^(labels|annotations|metadata|spec)\..*[^.]$"}]}
    operators = _operators(FieldShape(FieldType.ANY))
    return _closed({"field": names, **operators}, "field") | {"minProperties": 2}


def _share(row: JsonSchema) -> JsonSchema:
    bounds = {name: {"type": "number"} for name in ("is", *ORDERED)}
    return _closed({"of": row, **bounds}, "of")


def row_schema(shape: RowShape) -> JsonSchema:
    """The schema of ``{FIELD: TEST, …}`` for the rows of a shape."""
    maps = {f"^{name}\\..+$": _test(each.value or FieldShape(FieldType.ANY)) for name, each in shape.items() if each.type is FieldType.MAP}
    properties = {name: _test(each) for name, each in shape.items()}
    return {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": properties, "patternProperties": maps}


def _test(shape: FieldShape) -> JsonSchema:
    """What can be said of a field: a value, a list of values, or a mapping of comparisons."""
    value = _value(shape)
    operators = {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": _operators(shape)}
    return {"anyOf": [*([value, {"type": "array", "minItems": 1, "items": value}] if value else []), operators]}


def _value(shape: FieldShape) -> JsonSchema:
    if shape.words:
        return {"enum": list(shape.words)}
    if shape.type in {FieldType.TIME, FieldType.ROWS, FieldType.MAP}:
        return {}
    return {"type": "boolean"} if shape.type is FieldType.BOOLEAN else dict(_ANYTHING)


def _operators(shape: FieldShape) -> JsonSchema:
    value, found = _value(shape), dict[str, Any]()
    if value:
        values = {"type": "array", "minItems": 1, "items": value}
        found |= {"is": value, "is-not": value, "in": values, "not-in": values}
    if shape.type in _ORDERED_TYPES:
        other = _closed({"field": _TEXT}, "field")
        found |= {name: {"anyOf": [{"type": ["string", "number"]}, other]} for name in ORDERED}
    if shape.type in {FieldType.TIME, FieldType.ANY}:
        found |= {"older-than": _AGE, "newer-than": _AGE}
    if shape.type is FieldType.SEVERITY:
        found["unknown-as"] = {"enum": [word for word in shape.words if word != "unknown"]}
    if shape.type in {FieldType.ROWS, FieldType.ANY}:
        row = row_schema(shape.fields) if shape.fields else {"type": "object"}
        found |= dict.fromkeys(QUANTIFIERS, row)
    if shape.type not in {FieldType.ROWS, FieldType.MAP, FieldType.NUMBER, FieldType.TIME, FieldType.BOOLEAN}:
        texts = {"anyOf": [_ANYTHING, {"type": "array", "minItems": 1, "items": _ANYTHING}]}
        found |= dict.fromkeys(LISTED[:-1], texts)
    return found | {"count": _BOUNDS, "matches": {"type": "string", "format": "regex"}, "exists": {"type": "boolean"}}


def _closed(properties: JsonSchema, *required: str) -> JsonSchema:
    return {"required": list(required), "additionalProperties": False, "properties": properties}
