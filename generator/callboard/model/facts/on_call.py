"""An on-call schedule: its shifts of the next 48 hours."""

from __future__ import annotations

from datetime import UTC, datetime

from callboard.model.data_classes import dataclass
from callboard.model.facts.validation import Validated
from callboard.model.facts.value import FactValue


@dataclass(frozen=True, slots=True)
class Shift(Validated):
    """One person's on-call shift."""

    person: str
    """Name as reported by the vendor."""
    start: datetime | None
    """None: start unknown."""
    end: datetime | None = None
    """None: no end date."""
    level: int = 1
    """Escalation level, 1 for the primary."""
    email: str = ""
    """E-mail address by which the catalog's User is found; never shown on a public site."""


@dataclass(frozen=True, slots=True)
class OnCall(FactValue):
    """The on-call shifts of the next 48 hours of one schedule."""

    name: str
    """Name of the schedule or escalation policy."""
    shifts: tuple[Shift, ...] = ()
    """In any order; pages sort them by level and start."""

    def sort_key(self, observed_at: datetime | None) -> str:  # noqa: ARG002
        """By name."""
        return self.name


def shift_order(shift: Shift) -> tuple[int, datetime, str]:
    """Sort key of shifts: by level, then by start; a shift without a start comes first."""
    return shift.level, shift.start or datetime.min.replace(tzinfo=UTC), shift.person
