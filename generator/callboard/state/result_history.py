"""Values of what is recorded of scorecards: numbers by day of each rule and team, and since when the results of each entity stand."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime

from callboard.model.data_classes import dataclass

DAILY = 90
"""Days of which each is kept; of earlier weeks one day is kept, the last one with a build."""
KEPT = 730
"""Days for which numbers are kept."""
MOVES = 30
"""Days for which moves from one level to another are kept."""
Point = tuple[int, tuple[int, ...]]
"""A day (``date.toordinal``) and the numbers from this day on, until the next point. None: no numbers."""
Series = tuple[Point, ...]
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FIRST = date(2020, 1, 1).toordinal()
_WIDTH = 3
"""Digits of a day, to the base 36, from 2020 on: 127 years."""


@dataclass(frozen=True, slots=True)
class RuleTrend:
    """The numbers of one rule over all entities of its scorecard."""

    digest: str
    """Of its conditions."""
    start: int
    """The first day on which the rule had these conditions, or was recorded at all."""
    points: Series = ()
    """Numbers of entities that pass, fail, are not measured, and to which the rule does not apply."""
    marks: tuple[int, ...] = ()
    """Days on which the conditions changed."""


@dataclass(frozen=True, slots=True)
class CardTrend:
    """What is recorded of one scorecard, in the portal's days. A day without a build is not among ``days``."""

    card: str
    digest: str
    """Of everything that decides results and levels."""
    levels: tuple[str, ...]
    is_public: bool
    """Whether it was judged for everybody to see: other facts count then."""
    start: int
    """The first day on which levels could be compared with those of today."""
    days: tuple[int, ...]
    """The days on which numbers were recorded, sorted; the last one is that of the last build."""
    rules: Mapping[str, RuleTrend] = field(default_factory=dict)
    """By id, in the order of the scorecard, which is that of ``CardStanding.letters``."""
    teams: Mapping[str, Series] = field(default_factory=dict)
    """By the reference of the owner (empty: none): numbers of entities by level, from none to the highest, then of those to which
    nothing applies."""
    marks: tuple[int, ...] = ()
    """Days on which something changed that decides results and levels."""


@dataclass(frozen=True, slots=True)
class CardStanding:
    """The results of one entity on one scorecard."""

    letters: str
    """The result of each rule."""
    since: str
    """The day since which each of them stands (``days_text``)."""
    level: int
    """Position of the level, from 1; 0 for none; -1 where nothing applies. Of a weighted scorecard the score in tenths of a percent."""
    moves: tuple[tuple[int, int], ...] = ()
    """Days of the last month on which the level changed, with the level before."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The results of one entity."""

    ref: str
    cards: Mapping[str, CardStanding]
    """By name of the scorecard."""
    inputs: str = ""
    """Digest of what rules may read of the entity."""
    turn: datetime | None = None
    """When the first of the results turns by time alone."""


@dataclass(frozen=True, slots=True)
class ResultHistory:
    """What is recorded at the time of a build."""

    trends: tuple[CardTrend, ...] = ()
    standings: tuple[Standing, ...] = ()

    def trend(self, card: str) -> CardTrend | None:
        """The numbers of a scorecard."""
        return next((each for each in self.trends if each.card == card), None)

    def by_ref(self) -> dict[str, Standing]:
        """The results by reference."""
        return {each.ref: each for each in self.standings}


def days_text(days: Iterable[int]) -> str:
    """Days as text of three letters each."""
    return "".join(map(_day_text, days))


def _day_text(day: int) -> str:
    number = max(day - _FIRST, 0)
    return _DIGITS[number // 1296 % 36] + _DIGITS[number // 36 % 36] + _DIGITS[number % 36]


def text_days(text: str) -> list[int]:
    """The days in a ``days_text``; of one that is none, the first possible day."""
    return [_day(text[start : start + _WIDTH]) for start in range(0, len(text), _WIDTH)]


def _day(text: str) -> int:
    try:
        return _FIRST + int(text, 36)
    except ValueError:
        return _FIRST


def kept_days(days: Sequence[int], today: int) -> tuple[int, ...]:
    """The days that are still kept: all of the last 90, of each earlier week the last one that is there."""
    old: dict[int, int] = {}
    for day in days:
        if today - KEPT < day <= today - DAILY:
            old[(day - 1) // 7] = day
    return (*old.values(), *(day for day in days if today - DAILY < day <= today))


def thinned(points: Iterable[Point], days: Sequence[int]) -> Series:
    """Points at the days that are kept: of those between two of them only the last one counts."""
    kept: list[Point] = []
    for day, numbers in points:
        place = bisect_left(days, day)
        if place == len(days):
            break
        if kept and kept[-1][0] == days[place]:
            kept.pop()
        if not kept or kept[-1][1] != numbers:
            kept.append((days[place], numbers))
    return tuple(kept)


def extended(points: Series, day: int, numbers: tuple[int, ...]) -> Series:
    """The points with the numbers of a day that is not before the last one; a number of the same day is replaced."""
    if points and points[-1][0] == day:
        points = points[:-1]
    return points if (points[-1][1] if points else ()) == numbers else (*points, (day, numbers))


def values_at(points: Series, days: Iterable[int]) -> Iterator[Point]:
    """The numbers of each of these days, which are sorted."""
    place, numbers = 0, tuple[int, ...]()
    for day in days:
        while place < len(points) and points[place][0] <= day:
            numbers = points[place][1]
            place += 1
        yield day, numbers


def marked(marks: Iterable[int], days: Sequence[int]) -> tuple[int, ...]:
    """Marks at the days that are kept."""
    places = sorted({bisect_left(days, mark) for mark in marks})
    return tuple(days[place] for place in places if place < len(days))
