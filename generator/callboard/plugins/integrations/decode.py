"""Mappings and lists (from JSON, YAML or CSV) in, values of the families out, field by field as their classes declare.

The integrations ``file`` and ``http-json`` use it.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache, partial
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
    parse_severity_word,
    parse_string,
    parse_time,
    parse_word,
)
from callboard.plugins.value_types import field_names

ITEMS = 1_000
"""Items of one list in a value; more are left out."""
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
    with_word = (name for name in hints if f"{name}_word" in hints)
    unknown = {name: member for name in with_word if (member := _unknown_member(hints[name])) or (kind is Incident and name == "severity")}
    required = [each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
    optional = {name for name in required if type(None) in get_args(hints[name])}
    needed = [name for name in required if name not in optional]

    def read(given: Any, now: datetime) -> Any:
        data = dict(zip(readers, given, strict=False)) if isinstance(given, list) and len(given) <= len(readers) else given
        if not isinstance(data, Mapping):
            raise FactError(f"expected a mapping with {', '.join(readers)}")
        _check_names(data, readers, needed)
        return kind(**(dict.fromkeys(optional) | _values(readers, _with_words(data, unknown) if unknown else data, now)))

    return read


def _check_names(data: Mapping[Any, Any], known: Mapping[str, Reader], needed: Iterable[str]) -> None:
    for name in data:
        if name not in known:
            raise FactError(f"there is no field {str(name)[:60]!r}; the fields are {', '.join(known)}")
    for name in needed:
        if data.get(name) is None:
            raise FactError(f"the field {name!r} is missing")


def _values(readers: Mapping[str, Reader], data: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The fields that the data has."""
    values, name = {}, ""
    try:
        for name, value in data.items():
            if value is not None:
                values[name] = readers[name](value, now)
    except FactError as error:
        raise FactError(f"{name}: {error}") from None
    return values


def _unknown_member(hint: Any) -> StrEnum | None:
    """The member of an enumeration that stands for an unknown word; None for another type, or an enumeration without one."""
    enumeration = next((each for each in (*get_args(hint), hint) if isinstance(each, type) and issubclass(each, StrEnum)), None)
    return next((member for name in ("unknown", "none") for member in enumeration or () if member == name), None)


def _with_words(data: Mapping[str, Any], unknown: Mapping[str, StrEnum | None]) -> Mapping[str, Any]:
    """The data with the tool's words for states and severities that are unknown: an unknown word must not lose the row.

    ``unknown``: the member that stands for an unknown word by field; None for the severity of an incident, which is a number.
    """
    found = dict(data)
    for name, member in unknown.items():
        if data.get(name) is not None:
            found[name], word = _field(name, partial(_read_word, member), data[name], EPOCH)
            found[f"{name}_word"] = data.get(f"{name}_word") or word
    return found


def _read_word(member: StrEnum | None, value: Any, _: datetime) -> tuple[Any, str]:
    return parse_severity_word(value) if member is None else parse_word(type(member), value, member)


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
