"""Values of one column ↔ a short form in JSON: a constant, a list with a common beginning, or indexes into a few values."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import repeat
from operator import eq
from typing import Any

from callboard.io.rows import RowError

CONSTANT, LIST, FEW, BEGINNING = range(4)
_LARGEST_SHARE = 4
"""A column has few values if it has at most this fraction of its rows as different ones."""
_SHORTEST = 3
"""Shortest common beginning that is written once."""


def packed_column(values: Sequence[Any]) -> list[Any]:
    """The values of one column, at least one, in the shortest of the forms."""
    kinds = {*map(type, values)}
    is_of_one_type = len(kinds) == 1
    if is_of_one_type and all(map(eq, values, repeat(values[0]))):
        return [CONSTANT, values[0]]
    if all(issubclass(kind, Hashable) for kind in kinds):
        keys = values if is_of_one_type else [*zip(map(type, values), values, strict=True)]
        different = dict(zip(keys, values, strict=True))
        if len(different) * _LARGEST_SHARE <= len(values):
            numbers = dict(zip(different, range(len(different)), strict=True))
            return [FEW, [*different.values()], [*map(numbers.__getitem__, keys)]]
    if kinds == {str}:
        beginning = _common_beginning(min(values), max(values))
        if len(beginning) >= _SHORTEST:
            return [BEGINNING, beginning, [value[len(beginning) :] for value in values]]
    return [LIST, [*values]]


def _common_beginning(first: str, last: str) -> str:
    """The longest beginning that both strings have; that of the first and the last in order is common to all."""
    length = next((index for index, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), min(len(first), len(last)))
    return first[:length]


def unpacked_column(column: object, count: int) -> Sequence[Any]:
    """The ``count`` values of a packed column. Raises ``RowError``."""
    match column:
        case [0, value]:
            return [value] * count
        case [1, [*values]]:
            pass
        case [2, [*different], [*numbers]]:
            values = [_at(different, number) for number in numbers]
        case [3, str(beginning), [*rests]]:
            values = [f"{beginning}{rest}" for rest in rests]
        case _:
            raise RowError("a column has an unknown form")
    if len(values) != count:
        raise RowError("a column has not as many values as there are rows")
    return values


def _at(values: Sequence[Any], number: object) -> Any:
    if not isinstance(number, int) or not 0 <= number < len(values):
        raise RowError("a column refers to a value that it does not have")
    return values[number]
