"""Frozen dataclasses and named tuples ↔ lines of JSON, which are checked against the type hints of the class.

The class is the only declaration of a line: a field that has its default is left out of it, a named tuple is an array. Data that does not
fit the class raises ``RowError``, with the place in the line.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache, reduce
from operator import or_
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T")
Row = Any
"""A value in the form that is written: a ``Struct`` of ``row_type``, a named tuple, or plain JSON."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENCODER = msgspec.json.Encoder()


class RowError(ValueError):
    """A value or a line does not fit its class; the message says where."""


class Lines(Generic[T]):
    """Writes and reads the values of one class, each as one line."""

    def __init__(self, kind: type[T]) -> None:
        self._row = row_type(kind) if is_dataclass(kind) else None
        self._decoder = msgspec.json.Decoder(kind)
        self._kind = kind

    def line(self, value: T) -> bytes:
        """Compact JSON without a line break. Raises ``RowError`` if a field has a value of another type."""
        return encoded(self.row(value))

    def row(self, value: T) -> Row:
        """The value in the form that is written. Raises ``RowError``."""
        return value if self._row is None else as_row(value, self._row)

    def values(self, content: bytes) -> list[T]:
        """The values of a content with one line for each. Raises ``RowError``."""
        try:
            return self._decoder.decode_lines(content)
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            raise RowError(str(error)) from error

    def value(self, line: bytes) -> T:
        """The value of one line. Raises ``RowError``."""
        try:
            return self._decoder.decode(line)
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            raise RowError(str(error)) from error

    def value_of(self, row: object) -> T:
        """The value of plain JSON. Raises ``RowError``."""
        try:
            return msgspec.convert(row, self._kind)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise RowError(str(error)) from error


def as_row(value: object, row: type[T]) -> T:
    """A dataclass as a ``Struct`` of ``row_type``. Raises ``RowError`` if a field has a value of another type."""
    try:
        return msgspec.convert(value, row, from_attributes=True)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise RowError(str(error)) from error


def type_error(value: object, *without: str) -> str:
    """A message about a field of a dataclass whose value has not the type of its hint; empty if there is none.

    ``without``: names of fields that are not checked.
    """
    kind: type = type(value)
    try:
        as_row(value, row_type(kind, frozenset(without)))
    except RowError as error:
        return str(error)
    return ""


def encoded(row: Row) -> bytes:
    """Compact JSON. A lone surrogate, which UTF-8 cannot encode, is written as U+FFFD."""
    line = encoded_exactly(row)
    return _ENCODER.encode(_without_surrogates(plain(row))) if line is None else line


def encoded_exactly(row: Row) -> bytes | None:
    """Compact JSON; None if a string has a lone surrogate. Raises ``RowError``."""
    try:
        return _ENCODER.encode(row)
    except UnicodeEncodeError:
        return None
    except (msgspec.MsgspecError, RecursionError, TypeError) as error:
        raise RowError(str(error)) from error


def plain(row: Row) -> Any:
    """The row as mappings, lists, strings and numbers."""
    return msgspec.to_builtins(row, str_keys=True, enc_hook=_plain_raw)


def _plain_raw(value: object) -> Any:
    """What a ``Raw`` contains. Raises ``NotImplementedError`` for other objects, as msgspec expects it."""
    if isinstance(value, msgspec.Raw):
        return msgspec.json.decode(value)
    raise NotImplementedError


def sorted_lines(rows: Iterable[bytes]) -> bytes:
    """One content of all lines, sorted."""
    return b"".join(line + b"\n" for line in sorted(rows))


@cache
def row_type(kind: type, without: frozenset[str] = frozenset()) -> type[msgspec.Struct]:
    """A ``Struct`` with the fields of a dataclass, nested ones included, that leaves out defaults when it is written.

    Dataclasses themselves are written with all their fields, which doubles the size of facts.
    """
    hints = get_type_hints(kind)
    columns = [(each.name, _written(hints[each.name]), *_default(each)) for each in fields(kind) if each.name not in without]
    return msgspec.defstruct(f"{kind.__name__}Row", columns, omit_defaults=True, frozen=True)


def _default(field: Field[Any]) -> tuple[Any, ...]:
    """The default of the field, if it has one."""
    if field.default_factory is not MISSING:
        return (msgspec.field(default_factory=field.default_factory),)
    return () if field.default is MISSING else (field.default,)


def _written(hint: Any) -> Any:
    """A type hint with each dataclass in it as its ``row_type``."""
    if is_dataclass(hint) and isinstance(hint, type):
        return row_type(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return reduce(or_, map(_written, arguments))
    if origin is tuple:
        return tuple.__class_getitem__(tuple(map(_written, arguments)))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return Any if arguments[1] is Any else dict.__class_getitem__((arguments[0], _written(arguments[1])))
    return hint


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return [_without_surrogates(item) for item in value] if isinstance(value, list | tuple) else value
