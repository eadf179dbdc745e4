"""Facts and measurements as JSON and back: what the state keeps, and what plugins can store."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from generator.model.facts import FAMILIES, Declared, Fact, Measurement
from generator.model.ref import EntityRef, parse_ref

Row = dict[str, Any]


def fact_row(fact: Fact) -> Row:
    """The fact as JSON; what is empty is left out."""
    head = {
        "subject": str(fact.subject), "family": fact.family, "key": fact.key, "source": fact.source, "environment": fact.environment,
        "url": fact.url, "observed_at": fact.observed_at and fact.observed_at.isoformat(),
    }  # fmt: skip
    value = dict(fact.value.data) if isinstance(fact.value, Declared) else _plain(fact.value)
    return {name: told for name, told in head.items() if told} | {"value": value}


def fact_of(row: Mapping[str, Any]) -> Fact:
    """The fact of that row. Raises ``ValueError``, ``KeyError`` or ``TypeError`` where it is none."""
    family, get = row["family"], row.get
    value = _reader(FAMILIES[family])(row["value"]) if family in FAMILIES else Declared(row["value"])
    observed = datetime.fromisoformat(row["observed_at"]) if "observed_at" in row else None
    return Fact(_ref(row), family, get("key", ""), value, get("source", ""), get("environment", ""), get("url", ""), observed)


def measurement_row(one: Measurement) -> Row:
    """The measurement as JSON."""
    row: Row = {"subject": str(one.subject), "family": one.family, "source": one.source, "complete": one.complete}
    return row | ({"observed": one.observed.isoformat()} if one.observed else {})


def measurement_of(row: Mapping[str, Any]) -> Measurement:
    """The measurement of that row."""
    observed = datetime.fromisoformat(row["observed"]) if "observed" in row else None
    return Measurement(_ref(row), row["family"], row.get("source", ""), row["complete"], observed)


def _ref(row: Mapping[str, Any]) -> EntityRef:
    return _ref_of(row["subject"])


@lru_cache(maxsize=1 << 16)
def _ref_of(text: str) -> EntityRef:
    """An entity has a dozen facts."""
    return parse_ref(text).canonical()


def _plain(value: Any) -> Any:
    """A value of a family, or a part of one, as JSON; fields that have their defaults are left out."""
    writer = _WRITERS.get(type(value))
    if writer is None:
        writer = _WRITERS[type(value)] = _writer(type(value))
    return writer(value)


def _writer(kind: type) -> Callable[[Any], Any]:
    """How values of a class are written. A state has tens of thousands of them, so that it is found out once for each class."""
    if is_dataclass(kind):
        known = tuple((each.name, each.default) for each in fields(kind))

        def write(value: Any) -> Row:
            row = {}
            for name, default in known:
                told = getattr(value, name)
                if told is not default and (told != default or type(told) is not type(default)):
                    row[name] = _plain(told)
            return row

        return write
    if issubclass(kind, tuple):
        return lambda value: [_plain(item) for item in value]
    if issubclass(kind, datetime | date):
        return lambda value: value.isoformat()
    return str if issubclass(kind, str) else lambda value: value


_WRITERS: dict[type, Callable[[Any], Any]] = {}


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    """How a value of that type is read from what ``_plain`` wrote of it. It was checked when it was made: unlike people's files."""
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        readers = {each.name: _reader(hints[each.name]) for each in fields(hint)}
        return lambda row: hint(**{name: None if told is None else readers[name](told) for name, told in row.items()})
    if get_origin(hint) in {Union, types.UnionType}:
        return _reader(next(one for one in get_args(hint) if one is not type(None)))
    if get_origin(hint) is tuple:
        item, *rest = get_args(hint)
        read = _reader(item)
        return (lambda row: tuple(map(read, row))) if rest == [...] else tuple
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return {datetime: datetime.fromisoformat, date: date.fromisoformat}.get(hint, _same)


def _same(value: Any) -> Any:
    return value
