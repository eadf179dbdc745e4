"""An incident: severity, state and times."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.field_kinds import WorstFirst
from callboard.model.facts.recorded import RecordedValue
from callboard.model.facts.validation import FactError, validated

MOST_SEVERE = 2
"""Open incidents of this severity, or of a smaller (more severe) one, are shown as bad."""
RESOLVED_RANK = 6
"""Sort key of resolved incidents: after the least severe open one."""


class IncidentState(StrEnum):
    """The state of an incident."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Incident(RecordedValue):
    """An incident, open or resolved."""

    title: str
    opened: datetime
    severity: WorstFirst = 3
    """1 (most severe) to 5."""
    state: IncidentState = IncidentState.OPEN
    resolved: datetime | None = None
    severity_word: str = ""
    """The tool's word for the severity if the severity is unknown; ``severity`` is 3 then."""
    state_word: str = ""
    """The tool's word for the state if the state is unknown; the incident counts as open."""

    def __post_init__(self) -> None:
        validated(self)
        if not 1 <= self.severity <= 5:  # noqa: PLR2004 - the scale
            raise FactError(f"severity is {self.severity}, not 1 to 5")

    @property
    def is_open(self) -> bool:
        """Whether it is not resolved."""
        return self.state is not IncidentState.RESOLVED

    @property
    def is_urgent(self) -> bool:
        """Whether it is open, however severe."""
        return self.is_open

    @property
    def tone(self) -> Tone:
        """``good`` if it is resolved; ``bad`` for the two most severe levels, ``warn`` for the others."""
        if not self.is_open:
            return Tone.GOOD
        return Tone.BAD if self.severity <= MOST_SEVERE else Tone.WARN

    def happened_at(self, observed_at: datetime | None) -> datetime | None:  # noqa: ARG002
        """When it was opened."""
        return self.opened

    @property
    def outcome(self) -> str:
        """Its severity, ``sev1`` to ``sev5``: its state changes after the day on which it counts."""
        return f"sev{self.severity}"

    @property
    def is_over(self) -> bool:
        """Whether it is resolved."""
        return not self.is_open

    def sort_key(self, observed_at: datetime | None) -> tuple[int, float]:  # noqa: ARG002
        """Open ones by severity, then by age, the oldest first; then resolved ones, the newest first."""
        opened = self.opened.timestamp()
        return (self.severity, opened) if self.is_open else (RESOLVED_RANK, -opened)
