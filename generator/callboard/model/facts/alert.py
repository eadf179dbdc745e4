"""An alert of a monitoring system: severity, state and the time since when it fires."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import FactSeverity, Tone
from callboard.model.facts.value import FactValue


class AlertState(StrEnum):
    """The state of an alert."""

    FIRING = "firing"
    PENDING = "pending"
    SILENCED = "silenced"
    RESOLVED = "resolved"
    UNKNOWN = "unknown"


_STATE_RANKS = {AlertState.FIRING: 0, AlertState.UNKNOWN: 1, AlertState.PENDING: 2, AlertState.SILENCED: 3, AlertState.RESOLVED: 4}


@dataclass(frozen=True, slots=True)
class Alert(FactValue):
    """An alert of a monitoring system."""

    is_public: ClassVar[bool] = True
    name: str
    severity: FactSeverity = FactSeverity.UNKNOWN
    state: AlertState = AlertState.FIRING
    since: datetime | None = None
    summary: str = ""
    severity_word: str = ""
    """The tool's word for the severity if the severity is unknown."""
    state_word: str = ""
    """The tool's word for the state if the state is unknown."""

    @property
    def is_open(self) -> bool:
        """Whether it fires, or may fire because its state is unknown."""
        return self.state in {AlertState.FIRING, AlertState.UNKNOWN}

    @property
    def is_urgent(self) -> bool:
        """Whether it fires, however severe."""
        return self.is_open

    @property
    def tone(self) -> Tone:
        """That of its severity; none if it is resolved."""
        return Tone.NONE if self.state is AlertState.RESOLVED else self.severity.tone

    def sort_key(self, observed_at: datetime | None) -> tuple[int, int, str]:  # noqa: ARG002
        """Firing ones first, then those of unknown state, pending and silenced ones; the most severe first."""
        return _STATE_RANKS[self.state], self.severity.rank, self.name
