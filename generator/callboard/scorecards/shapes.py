"""The class of a family's values → the fields of its rows and their types: what conditions are checked against when they are read."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import field, fields
from datetime import date, datetime
from enum import Enum, StrEnum
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.validation import Validated


class FieldType(StrEnum):
    """How the values of a field can be compared."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    BOOLEAN = "boolean"
    TIME = "time"
    WORD = "word"
    SEVERITY = "severity"
    RATING = "rating"
    VERSION = "version"
    WORST_FIRST = "worst-first"
    TEXTS = "texts"
    ROWS = "rows"
    MAP = "map"
    REFERENCE = "reference"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class FieldShape:
    """The type of one field."""

    type: FieldType
    words: tuple[str, ...] = ()
    """The possible values of a ``WORD`` or ``SEVERITY``."""
    fields: Mapping[str, FieldShape] = field(default_factory=dict)
    """The fields of each of its ``ROWS``."""
    value: FieldShape | None = None
    """What the values of a ``MAP`` are."""
    default_kind: str = ""
    """Of a ``REFERENCE``: the kind where none is written."""
    is_asked: bool = True
    """Whether a tool supplies it, so that a missing value is unknown; False for descriptors, in which it is known to be absent."""


RowShape = Mapping[str, FieldShape]
TEXT = FieldShape(FieldType.TEXT)
OF_EVERY_FACT: RowShape = {
    "source": TEXT, "environment": TEXT, "url": TEXT, "key": TEXT, "observed_at": FieldShape(FieldType.TIME),
}  # fmt: skip
"""Fields that a row has besides those of its family."""
_MARKS = {
    "percent": FieldType.PERCENT, "rating": FieldType.RATING, "version": FieldType.VERSION, "worst-first": FieldType.WORST_FIRST,
}  # fmt: skip
_PLAIN = {
    str: FieldType.TEXT,
    int: FieldType.NUMBER,
    float: FieldType.NUMBER,
    bool: FieldType.BOOLEAN,
    datetime: FieldType.TIME,
    date: FieldType.TIME,
}
_TIMES = ("at", "opened", "since", "first_seen", "analysed", "last_commit", "start")
"""Names of the field that tells when a row happened, in the order in which they are looked for."""


def shape_of(family: Any) -> RowShape:
    """The fields of a family's rows, by the annotations of its class."""
    return _known_shape(family)


@cache
def _known_shape(family: Any) -> RowShape:
    return {**_fields_of(family), **OF_EVERY_FACT}


def time_field(shape: RowShape) -> str:
    """The name of the field that tells when a row happened; ``observed_at`` if the family has none of its own."""
    return next((name for name in _TIMES if name in shape and shape[name].type is FieldType.TIME), "observed_at")


def _fields_of(kind: Any) -> RowShape:
    hints = get_type_hints(kind, include_extras=True)
    return {item.name: _shape(hints[item.name]) for item in fields(kind) if not item.metadata.get("is_personal")}


def _shape(hint: Any) -> FieldShape:
    origin = get_origin(hint)
    if origin is Annotated:
        base, *marks = get_args(hint)
        mark = next((_MARKS[mark] for mark in marks if mark in _MARKS), None)
        return FieldShape(mark) if mark else _shape(base)
    if origin in {Union, types.UnionType}:
        return next(_shape(part) for part in get_args(hint) if part is not type(None))
    if origin is tuple:
        return _sequence_shape(get_args(hint)[0])
    if isinstance(hint, type) and issubclass(hint, Enum):
        words = tuple(str(word.value) for word in hint)
        return FieldShape(FieldType.SEVERITY if hint is FactSeverity else FieldType.WORD, words)
    return FieldShape(_PLAIN.get(hint, FieldType.ANY))


def _sequence_shape(item: Any) -> FieldShape:
    """The shape of a tuple of values, of pairs of name and value, or of rows."""
    if get_origin(item) is tuple:
        return FieldShape(FieldType.MAP, value=_shape(get_args(item)[1]))
    if isinstance(item, type) and issubclass(item, Validated):
        return FieldShape(FieldType.ROWS, fields=_fields_of(item))
    return FieldShape(FieldType.TEXTS)
