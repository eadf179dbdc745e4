"""A service level objective: the measured share, the objective and the error budget."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import ClassVar

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.field_kinds import Percent
from callboard.model.facts.validation import Validated, validated
from callboard.model.facts.value import FactValue


@dataclass(frozen=True, slots=True)
class DayShare(Validated):
    """One day of an SLO's history."""

    day: date
    percent: Percent | None
    """None: no data for that day."""


@dataclass(frozen=True, slots=True)
class Availability(FactValue):
    """A service level: the share of good time or good requests, and its objective."""

    is_public: ClassVar[bool] = True
    name: str
    """Name of the SLO: ``checkout availability``."""
    measured: Percent | None
    """Percent over the window; None if there is no data."""
    objective: Percent | None = None
    """Objective in percent."""
    window_days: int = 30
    history: tuple[DayShare, ...] = ()
    """By day, oldest first."""
    budget_left: Percent | None = None
    """Remaining error budget in percent, negative if exceeded; computed from the other fields if the vendor does not provide it."""

    def __post_init__(self) -> None:
        validated(self)
        if self.budget_left is None and self.measured is not None and self.objective is not None and self.objective < 100:  # noqa: PLR2004
            left = 100 - (100 - self.measured) / (100 - self.objective) * 100
            object.__setattr__(self, "budget_left", round(left, 2))

    def is_met(self) -> bool | None:
        """Whether the objective is met; None without an objective or data."""
        return None if self.measured is None or self.objective is None else self.measured >= self.objective

    @property
    def is_urgent(self) -> bool:
        """Whether the objective is missed."""
        return self.is_met() is False

    @property
    def tone(self) -> Tone:
        """``bad`` if the objective is missed, ``good`` if it is met, ``none`` if that is unknown."""
        return {True: Tone.GOOD, False: Tone.BAD, None: Tone.NONE}[self.is_met()]

    def sort_key(self, observed_at: datetime | None) -> tuple[bool, float, str]:  # noqa: ARG002
        """Missed objectives first, then by remaining error budget, the least first; those without a budget last.

        A missed objective without a budget (100 %) comes before all others: it allows no error.
        """
        no_budget = -math.inf if self.is_urgent else math.inf
        return not self.is_urgent, no_budget if self.budget_left is None else self.budget_left, self.name
