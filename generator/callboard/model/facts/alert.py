"""An alert of a monitoring system: severity, state and the time since when it fires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.validation import Validated


class AlertState(StrEnum):
    """The state of an alert."""

    FIRING = "firing"
    PENDING = "pending"
    SILENCED = "silenced"


@dataclass(frozen=True, slots=True)
class Alert(Validated):
    """An alert of a monitoring system."""

    name: str
    severity: FactSeverity = FactSeverity.UNKNOWN
    state: AlertState = AlertState.FIRING
    since: datetime | None = None
    summary: str = ""
