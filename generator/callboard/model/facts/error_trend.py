"""The errors that an application reported: counts by day, unresolved and new ones."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.value import FactValue


@dataclass(frozen=True, slots=True)
class ErrorTrend(FactValue):
    """Errors reported by an application."""

    is_public: ClassVar[bool] = True
    name: str
    """Name of the project."""
    counts: tuple[int, ...] = ()
    """By day, oldest first."""
    unresolved: int | None = None
    """Number of distinct unresolved errors."""
    new: int | None = None
    """Number of those first seen in the last seven days."""
    users: int | None = None
    """Number of affected users."""

    @property
    def tone(self) -> Tone:
        """``warn`` if there are new errors."""
        return Tone.WARN if self.new else Tone.NONE

    def sort_key(self, observed_at: datetime | None) -> tuple[int, int, str]:  # noqa: ARG002
        """The most new errors first, then the most unresolved ones."""
        return -(self.new or 0), -(self.unresolved or 0), self.name
