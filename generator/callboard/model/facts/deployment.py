"""A deployment: version, time, state and health in one environment."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import RunState, Tone
from callboard.model.facts.field_kinds import Version
from callboard.model.facts.recorded import RecordedValue


class Health(StrEnum):
    """The health of a deployment."""

    HEALTHY = "healthy"
    PROGRESSING = "progressing"
    DEGRADED = "degraded"
    SUSPENDED = "suspended"
    MISSING = "missing"
    UNKNOWN = "unknown"

    @property
    def tone(self) -> Tone:
        """How a deployment of this health is judged."""
        return _HEALTH_TONES[self]


_HEALTH_TONES = {
    Health.HEALTHY: Tone.GOOD, Health.PROGRESSING: Tone.INFO, Health.DEGRADED: Tone.BAD, Health.SUSPENDED: Tone.NONE,
    Health.MISSING: Tone.BAD, Health.UNKNOWN: Tone.NONE,
}  # fmt: skip
_UNHEALTHY = frozenset({Health.DEGRADED, Health.MISSING})


@dataclass(frozen=True, slots=True)
class Deployment(RecordedValue):
    """A version that was deployed to, or runs in, an environment."""

    is_public: ClassVar[bool] = True
    version: Version
    """Version for display; empty if unknown."""
    at: datetime | None
    """Time of completion, or of the start while it is running."""
    state: RunState = RunState.UNKNOWN
    by: str = ""
    revision: str = ""
    """Commit."""
    health: Health | None = None
    in_sync: bool | None = None
    """Whether the running state matches the declared state (GitOps)."""
    ready: int | None = None
    """Number of ready replicas, of ``wanted``."""
    wanted: int | None = None
    state_word: str = ""
    """The tool's word for the state if the state is unknown."""
    health_word: str = ""
    """The tool's word for the health if the health is unknown."""

    @property
    def is_unhealthy(self) -> bool:
        """Whether it is degraded or missing."""
        return self.health in _UNHEALTHY

    @property
    def tone(self) -> Tone:
        """That of the health if it is bad after a success, or if nothing else is known; else that of the state."""
        return self.health.tone if self.health is not None and self.shows_health else self.state.tone

    @property
    def shows_health(self) -> bool:
        """Whether the health says more than the state: it is bad after a success, or the state is unknown."""
        if self.state is RunState.UNKNOWN:
            return self.health is not None
        return self.is_unhealthy and self.state is RunState.SUCCEEDED

    def happened_at(self, observed_at: datetime | None) -> datetime | None:
        """Its time, else the time at which the tool observed it; None if both are unknown."""
        return self.at or observed_at

    @property
    def outcome(self) -> str:
        """Its state."""
        return self.state

    @property
    def is_over(self) -> bool:
        """Whether its state is final."""
        return self.state.is_over

    def is_another_item(self, later: Self) -> bool:
        """Whether another version was deployed at another time: the key may be that of an application or a workload."""
        return self.at != later.at and (self.version, self.revision) != (later.version, later.revision)

    def sort_key(self, observed_at: datetime | None) -> float:
        """The newest first, those without a time last."""
        when = self.happened_at(observed_at)
        return -when.timestamp() if when else 0.0
