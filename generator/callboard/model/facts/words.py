"""Enumerations of the fact families (severities, states), and the validation of all values."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class FactError(ValueError):
    """A value that is invalid in its family; the message names the field and the reason."""


class FactSeverity(StrEnum):
    """The severity of a vulnerability, alert or issue, most severe first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """Position from the worst severity, 0 for ``critical``: a sort key."""
        return _SEVERITY_RANKS[self]

    @property
    def is_critical_or_high(self) -> bool:
        """True for the two severities that are counted as urgent."""
        return self in {FactSeverity.CRITICAL, FactSeverity.HIGH}


_SEVERITY_RANKS = {severity: rank for rank, severity in enumerate(FactSeverity)}


class RunState(StrEnum):
    """The state of a deployment or a pipeline run."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RUNNING = "running"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    ROLLED_BACK = "rolled-back"
    UNKNOWN = "unknown"


class IncidentState(StrEnum):
    """The state of an incident."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class AlertState(StrEnum):
    """The state of an alert."""

    FIRING = "firing"
    PENDING = "pending"
    SILENCED = "silenced"


class Health(StrEnum):
    """The health of a deployment."""

    HEALTHY = "healthy"
    PROGRESSING = "progressing"
    DEGRADED = "degraded"
    SUSPENDED = "suspended"
    MISSING = "missing"
    UNKNOWN = "unknown"


class GateState(StrEnum):
    """The result of a quality gate."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    NONE = "none"


def validated(value: Any) -> None:
    """Convert times to UTC and check that numbers are finite. Raises ``FactError``."""
    for name in value.__slots__:
        field_value = getattr(value, name)
        if isinstance(field_value, datetime):
            if field_value.tzinfo is None:
                raise FactError(f"{name} has no time zone")
            if field_value.tzinfo is not UTC:
                object.__setattr__(value, name, field_value.astimezone(UTC))
        elif isinstance(field_value, float) and not math.isfinite(field_value):
            raise FactError(f"{name} is {field_value}, which is not a finite number")


class Validated:
    """Base class of values whose fields are validated on creation."""

    __slots__ = ()

    def __post_init__(self) -> None:
        validated(self)
