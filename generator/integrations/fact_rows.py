"""Facts and measurements as JSON and back: what the state keeps, and what plugins can store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any

from generator.integrations.families import value_of
from generator.model.facts import FAMILIES, Declared, Fact, Measurement
from generator.model.ref import EntityRef, parse_ref

Row = dict[str, Any]
_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Kept times are absolute: nothing is counted from this."""


def fact_row(fact: Fact) -> Row:
    """The fact as JSON; what is empty is left out."""
    head = {
        "subject": str(fact.subject), "family": fact.family, "key": fact.key, "source": fact.source, "environment": fact.environment,
        "url": fact.url, "observed_at": fact.observed_at and fact.observed_at.isoformat(),
    }  # fmt: skip
    value = dict(fact.value.data) if isinstance(fact.value, Declared) else _plain(fact.value)
    return {name: told for name, told in head.items() if told} | {"value": value}


def fact_of(row: Mapping[str, Any]) -> Fact:
    """The fact of that row. Raises ``FactError`` or ``RefError`` where it is none."""
    family, get = row["family"], row.get
    value = value_of(family, row["value"], _ANY_TIME) if family in FAMILIES else Declared(row["value"])
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
    return parse_ref(row["subject"]).canonical()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(told) for each in fields(value) if not _is_default(each, told := getattr(value, each.name))}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _is_default(each: Any, told: Any) -> bool:
    return each.default is not MISSING and told == each.default and type(told) is type(each.default)
