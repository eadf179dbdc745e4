"""JSON to the values of the families, field by field as their classes declare: what ``file`` and ``http-json`` read."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from callboard.model.facts.fact import FAMILIES, Value
from callboard.model.facts.values import Incident
from callboard.model.facts.words import FactError
from callboard.plugins.integrations import parsing

ITEMS = 1_000
"""Of one list in a value; a vendor that sends more is cut."""
Reader = Callable[[Any, datetime], Any]


def value_of(family: str, data: Any, now: datetime) -> Value:
    """The value of a built-in family from a mapping with its fields' names, or a list in their order; times may be relative to ``now``.

    Raises ``FactError`` with the field and what is wrong with it.
    """
    if family not in FAMILIES:
        raise FactError(f"there is no family {family!r}; the families are {', '.join(FAMILIES)}")
    value: Value = _record(FAMILIES[family])(data, now)
    return value


def fields_of(family: str) -> tuple[str, ...]:
    """The names that ``value_of`` understands."""
    return tuple(each.name for each in fields(FAMILIES[family]))


@cache
def _record(kind: type) -> Reader:
    hints = get_type_hints(kind)
    known = {each.name: _reader(kind, each.name, hints[each.name]) for each in fields(kind)}
    required = [each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
    optional = {name for name in required if type(None) in get_args(hints[name])}

    def read(given: Any, now: datetime) -> Any:
        data = dict(zip(known, given, strict=False)) if isinstance(given, list) and len(given) <= len(known) else given
        if not isinstance(data, Mapping):
            raise FactError(f"expected a mapping with {', '.join(known)}")
        for name in data:
            if name not in known:
                raise FactError(f"there is no field {str(name)[:60]!r}; the fields are {', '.join(known)}")
        missing = [name for name in required if data.get(name) is None and name not in optional]
        if missing:
            raise FactError(f"the field {missing[0]!r} is missing")
        values = {name: _field(name, known[name], value, now) for name, value in data.items() if value is not None}
        return kind(**(dict.fromkeys(optional) | values))

    return read


def _field(name: str, read: Reader, value: Any, now: datetime) -> Any:
    try:
        return read(value, now)
    except FactError as error:
        raise FactError(f"{name}: {error}") from None


def _reader(kind: type, name: str, hint: Any) -> Reader:
    if kind is Incident and name == "severity":
        return lambda value, _: parsing.incident_severity(value)
    return _by_hint(hint)


def _by_hint(hint: Any) -> Reader:
    if get_origin(hint) in {Union, types.UnionType}:
        return _by_hint(next(one for one in get_args(hint) if one is not type(None)))
    if get_origin(hint) is tuple:
        return _listed(*get_args(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return lambda value, _: parsing.word(hint, value)
    if is_dataclass(hint) and isinstance(hint, type):
        return _record(hint)
    return _PLAIN[hint]


def _listed(item: Any, *rest: Any) -> Reader:
    """A list of items, or a fixed row (name and number); a mapping stands for a list of pairs."""
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
    str: lambda value, _: parsing.text(value),
    int: lambda value, _: parsing.whole(value),
    float: lambda value, _: parsing.number(value),
    bool: lambda value, _: parsing.truth(value),
    datetime: parsing.moment,
    date: parsing.day,
}
