"""A fact → the same without secrets in its strings, before pages, state and history receive it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from callboard.model.facts.fact import Fact
from callboard.redaction.secrets import mask, may_hold_secrets


def masked_fact(fact: Fact) -> Fact:
    """The fact with secrets masked; the same object if it has none, which a single search decides."""
    texts = (fact.key, fact.url, fact.environment, *_strings(fact.value))
    if not may_hold_secrets("\n".join(texts)):
        return fact
    return replace(fact, key=mask(fact.key), url=_url(fact.url), environment=mask(fact.environment), value=_masked(fact.value))


def _url(url: str) -> str:
    """A URL without a secret, else none: a masked one would lead nowhere."""
    return url if mask(url) == url else ""


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _strings(item)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _strings(getattr(value, each.name))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return value if isinstance(value, Enum) else mask(value)
    if isinstance(value, tuple):
        return tuple(_masked(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _masked(getattr(value, each.name)) for each in fields(value) if each.init})
    return value
