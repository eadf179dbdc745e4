"""How changes reach production: the figures of dora.dev over 30 days, each None where it was not measured, and those of earlier periods."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.validation import Validated
from callboard.model.facts.value import FactValue

PERIOD_DAYS = 30
"""Days of one period."""


@dataclass(frozen=True, slots=True)
class DeliveryPeriod(Validated):
    """The figures of an earlier period."""

    until: datetime
    """Its end."""
    deployments: int | None = None
    lead_hours: float | None = None
    failure_percent: float | None = None
    recovery_hours: float | None = None
    rework_percent: float | None = None
    incidents: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery(FactValue):
    """The figures of the last 30 days. They have no bands and no order: an own trend says more than a comparison."""

    is_public: ClassVar[bool] = True
    deployments: int | None = None
    """Deployments to production that succeeded; of several in a row with one revision one. None where they are not all known."""
    deployments_at_least: int = 0
    """The same number where others may be missing."""
    days_with: int | None = None
    """Days with a deployment."""
    per_week: float | None = None
    lead_hours: float | None = None
    """Median time from a commit to its deployment."""
    lead_commits: int = 0
    """Commits that were measured."""
    failure_percent: float | None = None
    """Share of the deployments that failed, or after which an incident was opened within a day."""
    failed: int | None = None
    recovery_hours: float | None = None
    """Median time from a failed deployment to the resolution of its incident, or else to the next deployment that succeeded."""
    open_failures: int = 0
    """Failed deployments without recovery so far."""
    rework_percent: float | None = None
    """Share of the deployments that are the first ones within a day after a failed one."""
    incidents: int | None = None
    """Incidents opened."""
    incidents_per_week: float | None = None
    known_since: datetime | None = None
    """Since when all deployments are known; None: never, or without limit if ``deployments`` is known."""
    incidents_since: datetime | None = None
    """Since when all incidents are known."""
    weeks: tuple[int, ...] = ()
    """Deployments of each of the last weeks for which all are known, the latest last."""
    earlier: tuple[DeliveryPeriod, ...] = ()
    """The periods before, the latest first."""

    @property
    def tone(self) -> Tone:
        """None: figures about delivery are not judged."""
        return Tone.NONE

    def sort_key(self, observed_at: object) -> int:  # noqa: ARG002
        """All alike: no ranking."""
        return 0
