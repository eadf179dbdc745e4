"""An alert of a monitoring system: severity, state and the time since when it fires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from callboard.model.facts.enumerations import FactSeverity, Tone
from callboard.model.facts.value import FactValue


class AlertState(StrEnum):
    """The state of an alert."""

    FIRING = "firing"
    PENDING = "pending"
    SILENCED = "silenced"


_STATE_RANKS = {state: rank for rank, state in enumerate(AlertState)}


@dataclass(frozen=True, slots=True)
class Alert(FactValue):
    """An alert of a monitoring system."""

    is_public: ClassVar[bool] = True
    name: str
    severity: FactSeverity = FactSeverity.UNKNOWN
    state: AlertState = AlertState.FIRING
    since: datetime | None = None
    summary: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it fires."""
        return self.state is AlertState.FIRING

    @property
    def is_urgent(self) -> bool:
        """Whether it fires, however severe."""
        return self.is_open

    @property
    def tone(self) -> Tone:
        """That of its severity."""
        return self.severity.tone

    def sort_key(self, observed_at: datetime | None) -> tuple[int, int, str]:  # noqa: ARG002
        """Firing ones first, then pending and silenced ones; the most severe first."""
        return _STATE_RANKS[self.state], self.severity.rank, self.name
