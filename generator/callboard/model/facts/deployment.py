"""A deployment: version, time, state and health in one environment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callboard.model.facts.enumerations import RunState
from callboard.model.facts.validation import Validated


class Health(StrEnum):
    """The health of a deployment."""

    HEALTHY = "healthy"
    PROGRESSING = "progressing"
    DEGRADED = "degraded"
    SUSPENDED = "suspended"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Deployment(Validated):
    """A version that was deployed to, or runs in, an environment."""

    version: str
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
