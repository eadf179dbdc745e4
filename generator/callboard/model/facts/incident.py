"""An incident: severity, state and times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callboard.model.facts.validation import FactError, Validated, validated


class IncidentState(StrEnum):
    """The state of an incident."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Incident(Validated):
    """An incident, open or resolved."""

    title: str
    opened: datetime
    severity: int = 3
    """1 (most severe) to 5."""
    state: IncidentState = IncidentState.OPEN
    resolved: datetime | None = None

    def __post_init__(self) -> None:
        validated(self)
        if not 1 <= self.severity <= 5:  # noqa: PLR2004 - the scale
            raise FactError(f"severity is {self.severity}, not 1 to 5")
