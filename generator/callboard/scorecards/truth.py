"""Three-valued logic (Kleene): True, False, and None for unknown; and numbers of which only bounds are known."""

from __future__ import annotations

import math
from collections.abc import Iterable

from callboard.model.data_classes import dataclass

Truth = bool | None
"""None: unknown, because a tool did not say."""
_DECIMALS = 9
"""Numbers are compared to this number of decimals: 99.89999999999999 is at least 99.9."""


def all_of(truths: Iterable[Truth]) -> Truth:
    """False if one is False, else unknown if one is unknown, else True."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    """True if one is True, else unknown if one is unknown, else False."""
    result: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            result = None
    return result


def negated(truth: Truth) -> Truth:
    """The opposite; unknown stays unknown."""
    return None if truth is None else not truth


def rounded(number: float) -> float:
    """The number without the noise of floating point."""
    return round(float(number), _DECIMALS)


@dataclass(frozen=True, slots=True)
class Interval:
    """A range of numbers; whether a bound itself belongs to it is said apart."""

    low: float = -math.inf
    high: float = math.inf
    has_low: bool = True
    has_high: bool = True

    def contains(self, number: float) -> bool:
        """Whether the number lies in the range, after rounding."""
        value = rounded(number)
        above = value >= self.low if self.has_low else value > self.low
        below = value <= self.high if self.has_high else value < self.high
        return above and below

    def judge(self, least: float, most: float) -> Truth:
        """Whether a number between ``least`` and ``most`` lies in the range: unknown where only some of those do."""
        if self.contains(least) and (most == least or self.contains(most) or (math.isinf(most) and self.high == math.inf)):
            return True
        low, high = rounded(least), most if math.isinf(most) else rounded(most)
        misses_low = high < self.low or (high == self.low and not self.has_low)
        misses_high = low > self.high or (low == self.high and not self.has_high)
        return False if misses_low or misses_high else None
