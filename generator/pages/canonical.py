"""A text for a value that equal frozen values share, in every process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def canonical(value: Any) -> str:
    """``repr``, unless there may be a set, whose order is chance."""
    text = repr(value)
    return repr(_ordered(value)) if "set({" in text else text


def _ordered(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return ("set", *sorted(repr(_ordered(item)) for item in value))
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value).__name__, *(_ordered(getattr(value, each.name)) for each in fields(value)))
    if isinstance(value, tuple | list):
        return tuple(_ordered(item) for item in value)
    if isinstance(value, Mapping):
        return tuple((key, _ordered(item)) for key, item in value.items())
    return value
