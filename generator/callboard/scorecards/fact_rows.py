"""A fact → its fields as conditions read them: nested values as mappings, pairs of name and value as one mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from callboard.model.facts.fact import Fact
from callboard.model.facts.validation import Validated
from callboard.scorecards.subject import Row

_PAIR = 2


def row_of(fact: Fact, names: frozenset[str]) -> Row:
    """These fields of the fact's value, and of ``source``, ``environment``, ``url``, ``key`` and ``observed_at``."""
    kind: type = type(fact.value)
    row = {name: _plain(getattr(fact.value, name)) for name in _wanted(kind, names)}
    row["source"] = fact.source
    for name in _OF_EVERY_FACT:
        if name in names:
            row[name] = getattr(fact, name)
    return row


_OF_EVERY_FACT = ("environment", "url", "key", "observed_at")
"""In the order in which they are published: a set has another one in each process."""


@cache
def _wanted(kind: type, names: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in _names(kind) if name in names)


def value_fields(value: Validated) -> Mapping[str, Any]:
    """The fields of a value, by name."""
    kind: type = type(value)
    return {name: _plain(getattr(value, name)) for name in _names(kind)}


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


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))
