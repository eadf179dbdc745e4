"""Walking through vendors' answers, which break their own descriptions: what has another type than expected is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from callboard.io.http.cache import Answer
from callboard.plugins.integrations import parsing

Thing = TypeVar("Thing")


def at(value: Any, *way: str) -> Any:
    """What lies at the end of a way of names; None where there is nothing."""
    for name in way:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def items(value: Any, *way: str) -> list[Mapping[str, Any]]:
    """The objects of a list; anything else in it is left out."""
    found = at(value, *way)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def text_at(value: Any, *way: str) -> str:
    """A text or a number as text, bounded; empty for anything else."""
    found = at(value, *way)
    return parsing.text(found) if isinstance(found, str | int | float) and not isinstance(found, bool) else ""


def link_at(value: Any, *way: str) -> str:
    """An address of a page for people; empty where it is none."""
    found = at(value, *way)
    fine = isinstance(found, str) and found.startswith(("https://", "http://")) and len(found) <= 2_000  # noqa: PLR2004
    return found if fine else ""


def time_at(value: Any, now: datetime, *way: str) -> datetime | None:
    """A time in UTC, None where there is none. Raises ``FactError`` where something else stands there."""
    found = at(value, *way)
    return None if found is None or found == "" else parsing.moment(found, now)


def count_at(value: Any, *way: str) -> int | None:
    """A whole number that is not negative; None for anything else."""
    found = at(value, *way)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def share_at(value: Any, *way: str) -> float | None:
    """A number; None for anything else."""
    found = at(value, *way)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def batches(those: Sequence[Thing], size: int) -> Iterator[Sequence[Thing]]:
    """The things in portions, so that a URL or a query stays short."""
    for start in range(0, len(those), size):
        yield those[start : start + size]


def words_of(value: str) -> tuple[str, ...]:
    """The parts of an annotation that names several things with commas."""
    return tuple(part for written in value.split(",") if (part := written.strip()))


@dataclass(frozen=True, slots=True)
class NumberedPages:
    """Asks for the next number while pages are full."""

    parameter: str
    size: int
    way: tuple[str, ...] = ()
    """Names that lead to the list; none where the answer is one."""

    def next(self, answer: Answer, asked: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The query with the next number."""
        found = at(answer.object(), *self.way) if self.way else answer.array()
        is_full = isinstance(found, list) and len(found) >= self.size
        return {**asked, self.parameter: int(asked[self.parameter]) + 1} if is_full else None
