"""Enumerations that several families of facts share: the severity of an item, and the state of a run."""

from __future__ import annotations

from enum import StrEnum


class Tone(StrEnum):
    """How a state is judged; pages show it by color and icon."""

    NONE = "none"
    GOOD = "good"
    INFO = "info"
    WARN = "warn"
    BAD = "bad"

    @property
    def rank(self) -> int:
        """Position from ``none`` to ``bad``, the worst."""
        return _TONE_RANKS[self]


_TONE_RANKS = {tone: rank for rank, tone in enumerate(Tone)}


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

    @property
    def tone(self) -> Tone:
        """How items of this severity are judged."""
        return _SEVERITY_TONES[self]


_SEVERITY_RANKS = {severity: rank for rank, severity in enumerate(FactSeverity)}
_SEVERITY_TONES = {
    FactSeverity.CRITICAL: Tone.BAD, FactSeverity.HIGH: Tone.BAD, FactSeverity.MEDIUM: Tone.WARN, FactSeverity.LOW: Tone.INFO,
    FactSeverity.UNKNOWN: Tone.NONE,
}  # fmt: skip


class RunState(StrEnum):
    """The state of a deployment or a pipeline run."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RUNNING = "running"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    ROLLED_BACK = "rolled-back"
    UNKNOWN = "unknown"

    @property
    def is_over(self) -> bool:
        """Whether the state is final; an unknown one is not."""
        return self not in _NOT_OVER

    @property
    def tone(self) -> Tone:
        """How a run in this state is judged."""
        return _RUN_TONES[self]


_NOT_OVER = frozenset({RunState.RUNNING, RunState.WAITING, RunState.UNKNOWN})
_RUN_TONES = {
    RunState.SUCCEEDED: Tone.GOOD, RunState.FAILED: Tone.BAD, RunState.RUNNING: Tone.INFO, RunState.WAITING: Tone.NONE,
    RunState.CANCELLED: Tone.NONE, RunState.ROLLED_BACK: Tone.WARN, RunState.UNKNOWN: Tone.NONE,
}  # fmt: skip
