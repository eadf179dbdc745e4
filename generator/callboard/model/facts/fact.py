"""Facts and measurements: one statement of a tool about an entity, and what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from callboard.model.facts.values import (
    Alert,
    Availability,
    Declared,
    Deployment,
    ErrorTrend,
    Incident,
    Issue,
    OnCall,
    PipelineRun,
    QualityGate,
    RepositoryActivity,
    Vulnerability,
)
from callboard.model.facts.words import FactError
from callboard.model.ref import EntityRef

Value = (
    OnCall
    | Incident
    | Availability
    | Deployment
    | PipelineRun
    | Vulnerability
    | QualityGate
    | RepositoryActivity
    | Alert
    | ErrorTrend
    | Issue
    | Declared
)
FAMILIES: Mapping[str, type] = {
    "on-call": OnCall,
    "incident": Incident,
    "availability": Availability,
    "deployment": Deployment,
    "pipeline-run": PipelineRun,
    "vulnerability": Vulnerability,
    "quality-gate": QualityGate,
    "repository": RepositoryActivity,
    "alert": Alert,
    "error-trend": ErrorTrend,
    "issue": Issue,
}
"""The families that we know; plugins may declare others. The order is that of the panels on a page."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that an integration knows about an entity."""

    subject: EntityRef
    family: str
    """A key of ``FAMILIES``, or of a family that a plugin declares."""
    key: str
    """The vendor's id: equal in two builds for the same thing."""
    value: Value
    source: str
    """Name of the integration in ``sources.yaml``."""
    environment: str = ""
    """``production``; empty where there is no such distinction."""
    url: str = ""
    """Where people look at it."""
    observed_at: datetime | None = None
    """The vendor's time of it; None where the vendor names none. When we asked is kept once for each integration and family."""

    def __post_init__(self) -> None:
        if self.observed_at is not None:
            if self.observed_at.tzinfo is None:
                raise FactError("observed_at names no time zone")
            object.__setattr__(self, "observed_at", self.observed_at.astimezone(UTC))
        wanted = FAMILIES.get(self.family, Declared)
        if type(self.value) is not wanted:
            raise FactError(
                f"a fact of the family {self.family} has a value of the class {type(self.value).__name__}, not {wanted.__name__}"
            )


@dataclass(frozen=True, slots=True)
class Measurement:
    """That somebody was asked about an entity. Complete without facts: a measured zero. No measurement: not measured."""

    subject: EntityRef
    family: str
    source: str
    """Name of the integration in ``sources.yaml``."""
    complete: bool = True
    """False: a page limit, an error; what is there may be less than there is."""
    observed: datetime | None = field(default=None, compare=False)
    """When it was asked, where that is not when its integration was asked (``/status/collections.json``). Pages do not show it."""
