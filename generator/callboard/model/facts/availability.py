"""A service level objective: the measured share, the objective and the error budget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from callboard.model.facts.validation import Validated, validated


@dataclass(frozen=True, slots=True)
class DayShare(Validated):
    """One day of an SLO's history."""

    day: date
    percent: float | None
    """None: no data for that day."""


@dataclass(frozen=True, slots=True)
class Availability(Validated):
    """A service level: the share of good time or good requests, and its objective."""

    name: str
    """Name of the SLO: ``checkout availability``."""
    measured: float | None
    """Percent over the window; None if there is no data."""
    objective: float | None = None
    """Objective in percent."""
    window_days: int = 30
    history: tuple[DayShare, ...] = ()
    """By day, oldest first."""
    budget_left: float | None = None
    """Remaining error budget in percent, negative if exceeded; computed from the other fields if the vendor does not provide it."""

    def __post_init__(self) -> None:
        validated(self)
        if self.budget_left is None and self.measured is not None and self.objective is not None and self.objective < 100:  # noqa: PLR2004
            left = 100 - (100 - self.measured) / (100 - self.objective) * 100
            object.__setattr__(self, "budget_left", round(left, 2))

    def is_met(self) -> bool | None:
        """Whether the objective is met; None without an objective or data."""
        return None if self.measured is None or self.objective is None else self.measured >= self.objective
