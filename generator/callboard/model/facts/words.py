"""The words that facts are told in, and what holds for every value of a fact."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class FactError(ValueError):
    """A value that its family does not have; the message says which and why."""


class FactSeverity(StrEnum):
    """How bad something is, the worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"


class RunState(StrEnum):
    """How a deployment or a pipeline run stands."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RUNNING = "running"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    ROLLED_BACK = "rolled-back"
    UNKNOWN = "unknown"


class IncidentState(StrEnum):
    """How far people are with an incident."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class AlertState(StrEnum):
    """Whether an alert calls."""

    FIRING = "firing"
    PENDING = "pending"
    SILENCED = "silenced"


class Health(StrEnum):
    """How what was deployed does."""

    HEALTHY = "healthy"
    PROGRESSING = "progressing"
    DEGRADED = "degraded"
    SUSPENDED = "suspended"
    MISSING = "missing"
    UNKNOWN = "unknown"


class GateState(StrEnum):
    """What a quality gate says."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    NONE = "none"


def validated(value: Any) -> None:
    """Times in UTC and numbers that are numbers, in every value. Raises ``FactError``."""
    for name in value.__slots__:
        found = getattr(value, name)
        if isinstance(found, datetime):
            if found.tzinfo is None:
                raise FactError(f"{name} names no time zone")
            if found.tzinfo is not UTC:
                object.__setattr__(value, name, found.astimezone(UTC))
        elif isinstance(found, float) and not math.isfinite(found):
            raise FactError(f"{name} is {found}, which is no number")


class Validated:
    """Values whose fields are checked when they are made."""

    __slots__ = ()

    def __post_init__(self) -> None:
        validated(self)
