"""A value and a JSON Schema → errors, and an error → message and hint: one wording for ``sources.yaml``, kind files and descriptors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import unquote

import jsonschema_rs

from callboard.model.data_classes import dataclass
from callboard.model.fields import FieldPath, dotted
from callboard.model.suggestions import nearest
from callboard.redaction.secrets import mask

TYPES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean (true or false)",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
"""JSON Schema's types as messages name them."""
_LONGEST_VALUE = 60
"""Characters of a value that a message shows."""
_LONGEST_HINT = 240
"""Characters of a description that a hint shows."""
_MOST_CHOICES = 24
"""Choices that a hint lists."""
_MOST_KEYS = 200
"""Keys of a mapping that are compared with a missing one: bounds the time for a mapping with 100,000 keys."""
_MOST_STEPS = 20
"""References to references that are followed, so that a cycle ends."""
_COMPARED = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
"""Keywords whose messages also show the value."""


class SchemaError(NamedTuple):
    """One violation of a JSON Schema."""

    path: FieldPath
    """Keys and indexes from the root of the document to the value."""
    keyword: str
    """``required``, ``type``, ``minLength``, ``enum`` …"""
    details: Mapping[str, Any]
    """What the keyword requires: ``property``, ``types``, ``limit``, ``unexpected``, ``options`` …"""
    value: Any
    """The value that violates the schema."""
    about: str = ""
    """The schema's ``description`` of the value, or of the missing key; empty where it has none."""
    keys: tuple[str, ...] = ()
    """The keys that the schema declares for the mapping; empty for other errors than unknown keys."""


class Message(NamedTuple):
    """A schema error in words."""

    path: FieldPath
    message: str
    """A clause that begins in lower case or with a quoted path, without a full stop."""
    hint: str
    """A sentence, or an empty string."""
    at_key: bool = False
    """Whether the error is at the key instead of the value."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How messages about one type of file are written."""

    quote: str
    """Around paths in messages."""
    hint_quote: str
    """Around words in hints."""
    root: str
    """The name of the document as a whole."""
    describes_values: bool
    """Whether descriptions in the schema are nouns that complete ``must be …``; else they are sentences, which become hints."""
    default_hint: str = ""
    first_key: str = ""
    """The key below which a missing one of the document itself is added; empty if any place is as good."""

    def place(self, path: FieldPath) -> str:
        """A path in quotes, or the name of the document for the root."""
        return f"{self.quote}{dotted(path)}{self.quote}" if path else self.root

    def suggestion(self, word: str) -> str:
        """The hint that names a similar word."""
        return f"Did you mean {self.hint_quote}{word}{self.hint_quote}?"


def schema_error(error: jsonschema_rs.ValidationError, schema: Mapping[str, Any], prefix: FieldPath = ()) -> SchemaError:
    """Convert an error of the validator; ``schema`` supplies descriptions and known keys, ``prefix`` is the path of the validated value."""
    details = error.kind.as_dict()
    holder = resolved(mapping_at(schema, *error.schema_path[:-1]), schema)
    properties = mapping_at(holder, "properties")
    about = resolved(properties.get(details["property"]), schema) if "property" in details else holder
    description = about.get("description", "")
    return SchemaError(
        (*prefix, *error.instance_path),
        error.kind.name,
        details,
        error.instance,
        description if isinstance(description, str) else "",
        tuple(properties) if "unexpected" in details else (),
    )


def messages_of(error: SchemaError, wording: Wording) -> Iterator[Message]:
    """Describe an error: one message, or one for each unknown key."""
    if error.keyword in {"additionalProperties", "unevaluatedProperties"}:
        yield from (_unknown_key(error, key, wording) for key in error.details["unexpected"])
        return
    describe = _DESCRIPTIONS.get(error.keyword, _constraint)
    yield describe(error, wording)


def _unknown_key(error: SchemaError, key: str, wording: Wording) -> Message:
    path = (*error.path, key)
    near = nearest(key, [known for known in error.keys if known not in error.value])
    if near:
        hint = wording.suggestion(near)
    elif error.keys:
        hint = f"Known keys: {', '.join(sorted(error.keys))}."
    else:
        hint = first_paragraph(error.about) or "Remove it."
    return Message(path, f"unknown key {wording.place((*error.path, shown(key)))}", hint, at_key=True)


def _missing_key(error: SchemaError, wording: Wording) -> Message:
    key = str(error.details["property"])
    place = f" in {wording.place(error.path)}" if error.path or not wording.describes_values else ""
    message = f"the key {wording.quote}{shown(key)}{wording.quote} is missing{place}"
    if wording.describes_values:
        return Message(error.path, f"{message}: {error.about}" if error.about else message, "")
    misspelled = nearest(key, list(islice(error.value, _MOST_KEYS)))
    parent = next((step for step in reversed(error.path) if isinstance(step, str)), wording.first_key)
    where = f'below "{parent}:"' if parent else f"to {wording.root}"
    hint = f"Write {key} instead of {misspelled}." if misspelled else first_paragraph(error.about) or f'Add "{key}: …" {where}.'
    return Message((*error.path, key), message, hint)


def _wrong_key(error: SchemaError, wording: Wording) -> Message:
    """A key that ``propertyNames`` does not allow; ``error`` in the details is that of the key."""
    key, why = str(error.details["error"].instance), error.details["error"].kind
    pattern = f" match the pattern {shown(why.as_dict()['pattern'])}" if why.name == "pattern" else " be another one"
    message = f"the key {wording.place((*error.path, shown(key)))} must{pattern}"
    return Message((*error.path, key), message, _constraint_hint(error, wording), at_key=True)


def _wrong_type(error: SchemaError, wording: Wording) -> Message:
    return Message(error.path, f"{wording.place(error.path)} {type_mismatch(type_names(error.details['types']), error.value)}", "")


def _wrong_choice(error: SchemaError, wording: Wording) -> Message:
    options = error.details.get("options", [error.details.get("expected_value")])
    near = nearest(str(error.value), [str(option) for option in options])
    if near == str(error.value):  # the right word as another type: 1 and "1"
        near = ""
    return Message(error.path, f"{wording.place(error.path)} cannot be {quoted(error.value)}", _choice_hint(near, options, wording))


def _choice_hint(near: str, options: Sequence[Any], wording: Wording) -> str:
    if near:
        return wording.suggestion(near)
    quote = wording.hint_quote
    words = [f"{quote}{option}{quote}" if isinstance(option, str) else json.dumps(option) for option in options]
    return f"Write {any_of(words[:_MOST_CHOICES])}{'' if len(words) <= _MOST_CHOICES else ' …'}."


def _constraint(error: SchemaError, wording: Wording) -> Message:
    place, value = wording.place(error.path), error.value
    if error.keyword in {"minLength", "minItems", "minProperties"} and not value:
        required = f"; it must be {error.about}" if wording.describes_values and error.about else ""
        return Message(error.path, f"{place} is empty{required}", _constraint_hint(error, wording))
    difference = "" if isinstance(value, dict | list) else f", not {quoted(value)}"
    words = _CONSTRAINTS.get(error.keyword)
    if wording.describes_values and error.about and error.keyword not in _COMPARED:
        message = f"must be {error.about}{difference}"
    elif words:
        message = words(error.details) + (difference if error.keyword in _COMPARED else "")
    else:
        message = f'violates the keyword "{error.keyword}" of its schema'
    return Message(error.path, f"{place} {message}", _constraint_hint(error, wording))


def _constraint_hint(error: SchemaError, wording: Wording) -> str:
    return "" if wording.describes_values else first_paragraph(error.about) or wording.default_hint


_DESCRIPTIONS: Mapping[str, Callable[[SchemaError, Wording], Message]] = {
    "required": _missing_key,
    "type": _wrong_type,
    "enum": _wrong_choice,
    "const": _wrong_choice,
    "propertyNames": _wrong_key,
}
_CONSTRAINTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "minLength": lambda d: f"must have at least {d['limit']} characters",
    "maxLength": lambda d: f"must have at most {d['limit']} characters",
    "minItems": lambda d: f"must have at least {d['limit']} items",
    "maxItems": lambda d: f"must have at most {d['limit']} items",
    "minProperties": lambda d: f"must have at least {d['limit']} keys",
    "maxProperties": lambda d: f"must have at most {d['limit']} keys",
    "minimum": lambda d: f"must be at least {d['limit']}",
    "maximum": lambda d: f"must be at most {d['limit']}",
    "exclusiveMinimum": lambda d: f"must be greater than {d['limit']}",
    "exclusiveMaximum": lambda d: f"must be less than {d['limit']}",
    "multipleOf": lambda d: f"must be a multiple of {d['multiple_of']}",
    "pattern": lambda d: f"must match the pattern {shown(d['pattern'])}",
    "format": lambda d: f"must be a valid {d['format']}",
    "uniqueItems": lambda _: "contains a duplicate item",
    "contains": lambda _: "lacks a required item",
    "anyOf": lambda _: "matches none of the allowed forms",
    "oneOf": lambda _: "must match exactly one of the allowed forms",
    "not": lambda _: "has a form that is not allowed",
    "falseSchema": lambda _: "is not allowed here",
}


def shown(value: Any) -> str:
    """A value for a message: one line of at most 60 characters, secrets masked."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(mask(text).split())
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def quoted(value: Any) -> str:
    """A value for a message, with quotes around a string; lists and mappings by their type."""
    if isinstance(value, dict | list):
        return type_name(value)
    return f'"{shown(value)}"' if isinstance(value, str) else shown(value)


def type_name(value: Any) -> str:
    """The type of a value, with a scalar value: ``the number 7``, ``the string "a"``, ``a list``."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {shown(value)}"
    if isinstance(value, str):
        return f'the string "{shown(value)}"' if value else "an empty string"
    return "a list" if isinstance(value, list) else "a mapping"


def type_names(types: Iterable[str]) -> str:
    """The types of a schema in words: ``a string or a list``."""
    return any_of([TYPES.get(name, name) for name in types]) or "another type"


def type_mismatch(expected: str, value: Any) -> str:
    """The clause for a value of the wrong type: ``must be a string, not the number 7``."""
    if value is None:
        return f"must be {expected}, but has no value"
    return f"must be {expected}, but is empty" if value == "" else f"must be {expected}, not {type_name(value)}"


def any_of(words: Sequence[str]) -> str:
    """Alternatives in words: ``a, b or c``; an empty string for none."""
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else "".join(words)


def first_paragraph(text: str) -> str:
    """The first paragraph of a description in one line, cut after 240 characters."""
    words = " ".join(text.strip().split("\n\n", 1)[0].split())
    return words if len(words) <= _LONGEST_HINT else words[:_LONGEST_HINT].rsplit(" ", 1)[0] + " …"


def resolved(part: Any, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A subschema with a ``$ref`` into the same schema followed; keys next to the reference take precedence. Never raises."""
    found: Mapping[str, Any] = part if type(part) is dict or isinstance(part, Mapping) else {}
    if "$ref" not in found:
        return found
    for _ in range(_MOST_STEPS):
        target = found.get("$ref")
        if not isinstance(target, str):
            break
        found = {**_subschema(schema, target), **{key: value for key, value in found.items() if key != "$ref"}}
    return found


def _subschema(schema: Mapping[str, Any], pointer: str) -> Mapping[str, Any]:
    """The subschema at ``#/$defs/x``; an empty one where there is none."""
    steps = [unquote(step).replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("#").split("/")[1:]]
    return mapping_at(schema, *steps)


def mapping_at(value: Any, *path: str | int) -> Mapping[str, Any]:
    """The mapping at a path of keys and indexes (integers or digits); an empty one where there is none."""
    for step in path:
        if type(value) is dict and type(step) is str:  # nearly always; the other checks are slow
            value = value.get(step)
        elif isinstance(value, list) and str(step).isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            value = value.get(str(step)) if isinstance(value, Mapping) else None
    return value if type(value) is dict or isinstance(value, Mapping) else {}
