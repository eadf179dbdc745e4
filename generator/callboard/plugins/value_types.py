"""The class of a plugin's values, or a value of it, in; whether files of facts and the state can hold it, out."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from callboard.model.facts.value import FactValue

_PLAIN = (str, int, float, bool, date, datetime)


def field_names(kind: Any) -> tuple[str, ...]:
    """The names of the fields of a family's values."""
    return tuple(each.name for each in fields(kind))


def class_violations(kind: object) -> Iterator[str]:
    """Why a class cannot be that of the values of a family; nothing if it can."""
    if not (isinstance(kind, type) and issubclass(kind, FactValue) and "__dataclass_params__" in vars(kind)):
        yield "its value type is not a dataclass that extends FactValue"
        return
    if not vars(kind)["__dataclass_params__"].frozen:
        yield f"{kind.__name__} is not frozen"
    named: Any = kind
    try:
        odd = next((name for name, hint in _hints(named).items() if not _is_readable(hint)), "")
    except (NameError, TypeError) as error:
        yield f"the types of {kind.__name__} cannot be read: {error}"
        return
    if odd:
        yield f"the field {odd!r} of {kind.__name__} has a type that files of facts and the state cannot hold"


def value_violation(value: object) -> str:
    """The first field whose content does not have the type of the field, in words; empty if there is none."""
    kind: Any = type(value)
    for name, hint in _hints(kind).items():
        content = getattr(value, name)
        if not _holds(content, hint):
            return f"{name} is {str(content)[:60]!r}, which is not {_name(hint)}"
    return ""


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {name: hints[name] for name in field_names(kind)}


def _is_readable(hint: Any) -> bool:
    """Whether values of the type can be read from files of facts and from the state."""
    origin, arguments = get_origin(hint), [each for each in get_args(hint) if each not in {type(None), ...}]
    if origin in {Union, types.UnionType}:
        return len(arguments) == 1 and _is_readable(arguments[0])
    if origin is tuple:
        return bool(arguments) and all(map(_is_readable, arguments))
    if not isinstance(hint, type):
        return False
    return all(map(_is_readable, _hints(hint).values())) if is_dataclass(hint) else hint in _PLAIN or issubclass(hint, StrEnum)


def _holds(value: Any, hint: Any) -> bool:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return any(value is None if each is type(None) else _holds(value, each) for each in arguments)
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        expected = arguments[:1] * len(value) if arguments[1:] == (...,) else arguments
        return len(value) == len(expected) and all(map(_holds, value, expected))
    if hint in {int, float} and isinstance(value, bool):
        return False
    if is_dataclass(hint):
        return type(value) is hint and not value_violation(value)
    return isinstance(value, int | float) if hint is float else isinstance(value, hint)


def _name(hint: Any) -> str:
    names = {str: "a string", int: "an integer", float: "a number", bool: "a boolean", datetime: "a time", date: "a date"}
    inner = [each for each in get_args(hint) if each is not type(None)]
    if get_origin(hint) in {Union, types.UnionType}:
        return _name(inner[0])
    return "a tuple" if get_origin(hint) is tuple else names.get(hint) or f"of the class {getattr(hint, '__name__', hint)}"
