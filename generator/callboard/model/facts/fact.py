"""Facts and measurements: what tools report about entities, and which entities were queried."""

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
"""The built-in families; plugins may declare others. The order is that of the panels on a page."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One value that an integration reports about an entity."""

    subject: EntityRef
    family: str
    """A key of ``FAMILIES``, or of a family that a plugin declares."""
    key: str
    """The vendor's id, which identifies the same item in two builds."""
    value: Value
    source: str
    """Name of the integration in ``sources.yaml``."""
    environment: str = ""
    """``production``; empty if environments are not distinguished."""
    url: str = ""
    """The web page of the item."""
    observed_at: datetime | None = None
    """The vendor's time; None if the vendor provides none. The time of the query is stored once for each integration and family."""

    def __post_init__(self) -> None:
        if self.observed_at is not None:
            if self.observed_at.tzinfo is None:
                raise FactError("observed_at has no time zone")
            object.__setattr__(self, "observed_at", self.observed_at.astimezone(UTC))
        expected = FAMILIES.get(self.family, Declared)
        if type(self.value) is not expected:
            raise FactError(
                f"a fact of the family {self.family} has a value of the class {type(self.value).__name__}, not {expected.__name__}"
            )


@dataclass(frozen=True, slots=True)
class Measurement:
    """A record that an integration was queried about an entity. Complete without facts: a measured zero. No measurement: not measured."""

    subject: EntityRef
    family: str
    source: str
    """Name of the integration in ``sources.yaml``."""
    complete: bool = True
    """False if a page limit or an error ended the query early; facts may be missing."""
    observed: datetime | None = field(default=None, compare=False)
    """Time of the query if it differs from that of the integration (``/status/collections.json``); not shown in pages."""
