"""A fact → the same without secrets in its strings, before pages, state and history receive it."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum, StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from callboard.model.facts.fact import Fact
from callboard.redaction.secrets import mask, may_hold_secrets

_WITHOUT_TEXT = frozenset({int, float, bool, datetime, date, type(None), type(...)})


def masked_fact(fact: Fact) -> Fact:
    """The fact with secrets masked; the same object if it has none, which a single search decides.

    The fields of the value have the types of their hints: ``io.rows.type_error`` has found no other.
    """
    texts = [fact.key, fact.url, fact.environment]
    _add_texts(fact.value, texts)
    if not may_hold_secrets("\n".join(texts)):
        return fact
    return replace(fact, key=mask(fact.key), url=_url(fact.url), environment=mask(fact.environment), value=_masked(fact.value))


def _url(url: str) -> str:
    """A URL without a secret, else none: a masked one would lead nowhere."""
    return url if mask(url) == url else ""


def _add_texts(value: Any, texts: list[str]) -> None:
    """Add the strings in a value."""
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _add_texts(item, texts)
    elif is_dataclass(value):
        kind: type = type(value)
        for name in _fields_with_text(kind):
            _add_texts(getattr(value, name), texts)


@cache
def _fields_with_text(kind: type) -> tuple[str, ...]:
    """The fields of a class that may hold strings other than members of an enumeration."""
    hints = get_type_hints(kind)
    return tuple(each.name for each in fields(kind) if _may_hold_text(hints[each.name]))


def _may_hold_text(hint: Any) -> bool:
    if get_origin(hint) in {Union, types.UnionType, tuple}:
        return any(map(_may_hold_text, get_args(hint)))
    if is_dataclass(hint) and isinstance(hint, type):
        return bool(_fields_with_text(hint))
    return hint not in _WITHOUT_TEXT and not (isinstance(hint, type) and issubclass(hint, StrEnum))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return value if isinstance(value, Enum) else mask(value)
    if isinstance(value, tuple):
        return tuple(_masked(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _masked(getattr(value, each.name)) for each in fields(value) if each.init})
    return value
