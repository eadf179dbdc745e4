"""Errors of any JSON Schema keyword as messages: what a portal's own schemas require is not known beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from callboard.descriptors.document import CheckedDocument, FieldPath, at, dotted, shown, type_hint, type_name, wanted
from callboard.descriptors.suggestions import nearest
from callboard.descriptors.validation import SchemaError

_MANY = 12
"""More choices than these are not listed."""


class Message(NamedTuple):
    """An error as people read it."""

    path: FieldPath
    message: str
    hint: str
    at_key: bool = False
    """Whether it points at the key instead of the value."""


def messages_of(document: CheckedDocument, error: SchemaError) -> Iterator[Message]:
    """The error in words: one sentence, or one for each key that must not be there."""
    if error.keyword in {"additionalProperties", "unevaluatedProperties"}:
        yield from _unexpected(document, error)
        return
    for found in (_required, _choice, _type):
        if one := found(document, error):
            yield one
            return
    hint = _sentence(error.about) or _HINT
    yield Message(error.path, f"`{_place(error.path)}` {_words(error.keyword, error.details, error.value)}.", hint)


_HINT = "See the page about this kind, or the schema of the portal."


def _required(document: CheckedDocument, error: SchemaError) -> Message | None:
    if error.keyword != "required":
        return None
    name = shown(error.details["property"])
    slip = nearest(name, [key for key in at(document.value, error.path) if isinstance(key, str)][:200])
    hint = f"Write {name} instead of {slip}." if slip else _sentence(error.about) or f'Add "{name}: …" below "{_last(error.path)}:".'
    return Message((*error.path, str(error.details["property"])), f"`{_place(error.path)}` must have `{name}`.", hint)


def _choice(_: CheckedDocument, error: SchemaError) -> Message | None:
    if error.keyword not in {"enum", "const"}:
        return None
    options = [str(option) for option in error.details.get("options", [error.details.get("expected_value")])]
    near = nearest(str(error.value), options)
    listed = f"Write {' or '.join(options[:_MANY])}{'' if len(options) <= _MANY else ' …'}."
    return Message(error.path, f'`{_place(error.path)}` cannot be "{shown(error.value)}".', f"Did you mean {near}?" if near else listed)


def _type(document: CheckedDocument, error: SchemaError) -> Message | None:
    if error.keyword != "type":
        return None
    message = f"`{_place(error.path)}` must be {wanted(error.details)}, and is {type_name(error.value)}."
    return Message(error.path, message, type_hint(document, error.path, error.details["types"], error.value))


def _unexpected(document: CheckedDocument, error: SchemaError) -> Iterator[Message]:
    known = document.kind.spec_fields if document.kind and error.path == ("spec",) else {}
    for name in error.details["unexpected"]:
        near = nearest(name, [field for field in known if field not in at(document.value, error.path)])
        hint = f"Did you mean {near}?" if near else _sentence(error.about) or "Remove it."
        yield Message((*error.path, name), f"`{_place((*error.path, shown(name)))}` is not known here.", hint, at_key=True)


def _words(keyword: str, details: Mapping[str, Any], value: Any) -> str:
    if keyword in {"minLength", "minItems", "minProperties"} and not value:
        return "is empty"
    return _WORDS[keyword](details) if keyword in _WORDS else f"is not as the schema wants it ({keyword})"


def _place(path: FieldPath) -> str:
    return dotted(path) or "the descriptor"


def _last(path: FieldPath) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "kind")


def _sentence(text: str) -> str:
    """The first paragraph of a description, bounded."""
    words = " ".join(text.strip().split("\n\n", 1)[0].split())
    return words if len(words) <= _LONGEST else words[:_LONGEST].rsplit(" ", 1)[0] + " …"


_LONGEST = 240
"""Letters of a description that a hint shows."""


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "minLength": lambda d: f"must have at least {d['limit']} letters",
    "maxLength": lambda d: f"must have at most {d['limit']} letters",
    "minItems": lambda d: f"must have at least {d['limit']} items",
    "maxItems": lambda d: f"must have at most {d['limit']} items",
    "minProperties": lambda d: f"must have at least {d['limit']} keys",
    "maxProperties": lambda d: f"must have at most {d['limit']} keys",
    "minimum": lambda d: f"must be at least {d['limit']}",
    "maximum": lambda d: f"must be at most {d['limit']}",
    "exclusiveMinimum": lambda d: f"must be more than {d['limit']}",
    "exclusiveMaximum": lambda d: f"must be less than {d['limit']}",
    "multipleOf": lambda d: f"must be a multiple of {d['multiple_of']}",
    "pattern": lambda d: f"must match the pattern {shown(d['pattern'])}",
    "format": lambda d: f"must be a valid {d['format']}",
    "uniqueItems": lambda _: "has an item twice",
    "contains": lambda _: "lacks an item that must be in it",
    "anyOf": lambda _: "has none of the forms that are allowed",
    "oneOf": lambda _: "must have exactly one of the forms that are allowed",
    "not": lambda _: "has a form that is not allowed",
    "falseSchema": lambda _: "is not allowed here",
    "propertyNames": lambda _: "has a key that is not allowed",
}
