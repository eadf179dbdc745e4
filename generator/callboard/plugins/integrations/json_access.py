"""Typed access to nested JSON: an answer and a path of names in, a value out; a value of an unexpected type counts as missing.

Answers of tools often violate their own descriptions; one odd field must not fail the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from callboard.io.http.cache import Answer
from callboard.model.data_classes import dataclass
from callboard.plugins.integrations.parse import parse_string, parse_time

Item = TypeVar("Item")
URL_LIMIT = 2_000
"""Characters; a longer URL counts as missing."""


def value_at(value: Any, *path: str) -> Any:
    """The value at a path of names in nested objects; None if there is none. Without a path, the value itself."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def objects_at(value: Any, *path: str) -> list[Mapping[str, Any]]:
    """The objects in the list at a path; items of other types are left out."""
    found = value_at(value, *path)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def string_at(value: Any, *path: str) -> str:
    """A string, or a number as a string, without control characters and cut at a limit; empty for anything else."""
    found = value_at(value, *path)
    return parse_string(found) if isinstance(found, str | int | float) and not isinstance(found, bool) else ""


def url_at(value: Any, *path: str) -> str:
    """An ``http`` or ``https`` URL; empty for anything else."""
    found = value_at(value, *path)
    is_url = isinstance(found, str) and found.startswith(("https://", "http://")) and len(found) <= URL_LIMIT
    return found if is_url else ""


def time_at(value: Any, now: datetime, *path: str) -> datetime | None:
    """A time in UTC; None if there is no value. Raises ``FactError`` for a value that is not a time."""
    found = value_at(value, *path)
    return None if found is None or found == "" else parse_time(found, now)


def count_at(value: Any, *path: str) -> int | None:
    """An integer of at least 0; None for anything else."""
    found = value_at(value, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def number_at(value: Any, *path: str) -> float | None:
    """A number; None for anything else."""
    found = value_at(value, *path)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def listed_objects(answer: Answer, items: str, *path: str) -> list[Mapping[str, Any]]:
    """The objects in the list at a path of an answer; ``items`` names them in the error, such as ``incidents``.

    Raises ``HttpError`` if the answer has no list there: an error page must not count as an empty list.
    """
    found = value_at(answer.object(), *path)
    if not isinstance(found, list):
        raise answer.invalid(f"a list of {items}", found)
    return objects_at(found)


def batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items in groups of at most ``size``, so that a URL or a query stays short."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def split_commas(value: str) -> tuple[str, ...]:
    """The parts of an annotation that names several things, separated by commas."""
    return tuple(part for written in value.split(",") if (part := written.strip()))


@dataclass(frozen=True, slots=True)
class PageNumber:
    """Pagination by page number: the next number is requested as long as pages are full."""

    parameter: str
    """Query parameter with the number."""
    size: int
    """Items of a full page."""
    path: tuple[str, ...] = ()
    """Path of names to the list in the answer; empty if the answer is the list."""

    def next(self, answer: Answer, query: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The query for the next page; None after a page that is not full."""
        found = value_at(answer.object(), *self.path) if self.path else answer.array()
        is_full = isinstance(found, list) and len(found) >= self.size
        return {**query, self.parameter: int(query[self.parameter]) + 1} if is_full else None
