"""A fact → its fields as conditions read them: nested values as mappings, pairs of name and value as one mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from callboard.model.facts.fact import Fact
from callboard.model.facts.validation import Validated
from callboard.scorecards.subject import Row

_PAIR = 2


def row_of(fact: Fact) -> Row:
    """The fields of the fact's value, and ``source``, ``environment``, ``url``, ``key`` and ``observed_at``."""
    return {
        **value_fields(fact.value),
        "source": fact.source,
        "environment": fact.environment,
        "url": fact.url,
        "key": fact.key,
        "observed_at": fact.observed_at,
    }


def value_fields(value: Validated) -> Mapping[str, Any]:
    """The fields of a value, by name."""
    return {name: _plain(getattr(value, name)) for name in _names(type(value))}


def _plain(value: Any) -> Any:
    if isinstance(value, Validated):
        return value_fields(value)
    if not isinstance(value, tuple) or not value:
        return value
    first = value[0]
    if isinstance(first, Validated):
        return tuple(value_fields(item) for item in value)
    if isinstance(first, tuple) and len(first) == _PAIR:
        return dict(value)
    return value


_NAMES: dict[type, tuple[str, ...]] = {}


def _names(kind: type) -> tuple[str, ...]:
    found = _NAMES.get(kind)
    if found is None:
        found = _NAMES[kind] = tuple(each.name for each in fields(kind))
    return found
