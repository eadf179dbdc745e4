"""Enumerations that several families of facts share: the severity of an item, and the state of a run."""

from __future__ import annotations

from enum import StrEnum


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
