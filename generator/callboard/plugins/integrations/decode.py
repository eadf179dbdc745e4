"""Mappings and lists (from JSON, YAML or CSV) in, values of the families out, field by field as their classes declare.

The integrations ``file`` and ``http-json`` use it.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from callboard.model.facts.incident import Incident
from callboard.model.facts.validation import FactError
from callboard.model.facts.value import FactValue
from callboard.plugins.installed_families import value_type, value_types
from callboard.plugins.integrations.parse import (
    parse_boolean,
    parse_date,
    parse_enum,
    parse_incident_severity,
    parse_integer,
    parse_number,
    parse_run_state,
    parse_string,
    parse_time,
)
from callboard.plugins.value_types import field_names

ITEMS = 1_000
"""Items of one list in a value; more are left out."""
STATE_WORD = "state_word"
"""The field with the tool's word for an unknown state."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEY_FIELDS: Mapping[str, tuple[str, ...]] = {
    "deployment": ("version", "at"), "incident": ("title", "opened"), "pipeline-run": ("name", "branch", "at"),
}  # fmt: skip
"""The fields that identify an item without an id, the time last, of the families that are recorded over time."""
Reader = Callable[[Any, datetime], Any]


def decode_value(family: str, data: Any, now: datetime) -> FactValue:
    """The value of a family, built in or of a plugin, from a mapping of its fields, or from a list of them in order.

    Times may be relative to ``now``. Raises ``FactError`` with the field and what is wrong with it.
    """
    value: FactValue = _record(_value_type(family))(data, now)
    return value


def content_key(family: str, data: Mapping[str, Any]) -> str:
    """The key of an item without an id, of a family that is recorded: its name and its time as they are written, and empty without a time.

    The position in a file or an answer identifies no item: the next one has others before it.
    """
    fields = _KEY_FIELDS.get(family, ())
    time = data.get(fields[-1]) if fields else None
    return " ".join(str(data[field]) for field in fields if data.get(field)) if time else ""


def family_fields(family: str) -> tuple[str, ...]:
    """The names of a family's fields. Raises ``FactError`` if there is no such family."""
    return field_names(_value_type(family))


def _value_type(family: str) -> Any:
    kind = value_type(family)
    if kind is None:
        raise FactError(f"there is no family {family!r}; the families are {', '.join(value_types())}")
    return kind


@cache
def _record(kind: type) -> Reader:
    hints = get_type_hints(kind)
    readers = {each.name: _reader(kind, each.name, hints[each.name]) for each in fields(kind)}
    required = [each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
    optional = {name for name in required if type(None) in get_args(hints[name])}

    def read(given: Any, now: datetime) -> Any:
        data = dict(zip(readers, given, strict=False)) if isinstance(given, list) and len(given) <= len(readers) else given
        if not isinstance(data, Mapping):
            raise FactError(f"expected a mapping with {', '.join(readers)}")
        for name in data:
            if name not in readers:
                raise FactError(f"there is no field {str(name)[:60]!r}; the fields are {', '.join(readers)}")
        missing = [name for name in required if data.get(name) is None and name not in optional]
        if missing:
            raise FactError(f"the field {missing[0]!r} is missing")
        if STATE_WORD in readers and data.get("state") is not None:
            data = {**data, **_state_fields(data)}
        values = {name: _field(name, readers[name], value, now) for name, value in data.items() if value is not None}
        return kind(**(dict.fromkeys(optional) | values))

    return read


def _state_fields(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The state of a run and the tool's word for it: an unknown word must not lose the row."""
    state, word = _field("state", lambda value, _: parse_run_state(value), data["state"], EPOCH)
    return {"state": state, STATE_WORD: data.get(STATE_WORD) or word}


def _field(name: str, read: Reader, value: Any, now: datetime) -> Any:
    try:
        return read(value, now)
    except FactError as error:
        raise FactError(f"{name}: {error}") from None


def _reader(kind: type, name: str, hint: Any) -> Reader:
    if kind is Incident and name == "severity":
        return lambda value, _: parse_incident_severity(value)
    return _by_hint(hint)


def _by_hint(hint: Any) -> Reader:
    if get_origin(hint) in {Union, types.UnionType}:
        return _by_hint(next(one for one in get_args(hint) if one is not type(None)))
    if get_origin(hint) is tuple:
        return _listed(*get_args(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return lambda value, _: parse_enum(hint, value)
    if is_dataclass(hint) and isinstance(hint, type):
        return _record(hint)
    return _PLAIN[hint]


def _listed(item: Any, *rest: Any) -> Reader:
    """A reader of a list of items, or of a row of fixed length; a mapping is read as a list of pairs."""
    if rest != (...,):
        readers = [_by_hint(one) for one in (item, *rest)]

        def row(value: Any, now: datetime) -> Any:
            if not isinstance(value, list | tuple) or len(value) != len(readers):
                raise FactError(f"expected a list of {len(readers)} values")
            return tuple(read(one, now) for read, one in zip(readers, value, strict=True))

        return row
    read = _by_hint(item)

    def items(value: Any, now: datetime) -> Any:
        listed = [*value.items()] if isinstance(value, Mapping) else value
        if not isinstance(listed, list | tuple):
            raise FactError("expected a list")
        return tuple(read(one, now) for one in listed[:ITEMS])

    return items


_PLAIN: Mapping[Any, Reader] = {
    str: lambda value, _: parse_string(value),
    int: lambda value, _: parse_integer(value),
    float: lambda value, _: parse_number(value),
    bool: lambda value, _: parse_boolean(value),
    datetime: parse_time,
    date: parse_date,
}
