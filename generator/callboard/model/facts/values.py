"""The values of the fact families, independent of the vendor.

Times are aware and in UTC, shares are percent (0 to 100), durations are seconds; other input raises ``FactError``. Integrations
create the values from the responses of vendors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from callboard.model.facts.words import (
    AlertState,
    FactError,
    FactSeverity,
    GateState,
    Health,
    IncidentState,
    RunState,
    Validated,
    validated,
)


@dataclass(frozen=True, slots=True)
class Shift(Validated):
    """One person's on-call shift."""

    person: str
    """Name as reported by the vendor."""
    start: datetime | None
    """None: start unknown."""
    end: datetime | None = None
    """None: no end date."""
    level: int = 1
    """Escalation level, 1 for the primary."""
    email: str = ""
    """E-mail address by which the catalog's User is found; never shown on a public site."""


@dataclass(frozen=True, slots=True)
class OnCall(Validated):
    """The on-call shifts of the next 48 hours of one schedule."""

    name: str
    """Name of the schedule or escalation policy."""
    shifts: tuple[Shift, ...] = ()
    """In any order; pages sort them by level and start."""


def in_order(shift: Shift) -> tuple[int, datetime, str]:
    """Sort key of shifts: by level, then by start; a shift without a start comes first."""
    return shift.level, shift.start or datetime.min.replace(tzinfo=UTC), shift.person


@dataclass(frozen=True, slots=True)
class Incident(Validated):
    """An incident, open or resolved."""

    title: str
    opened: datetime
    severity: int = 3
    """1 (most severe) to 5."""
    state: IncidentState = IncidentState.OPEN
    resolved: datetime | None = None

    def __post_init__(self) -> None:
        validated(self)
        if not 1 <= self.severity <= 5:  # noqa: PLR2004 - the scale
            raise FactError(f"severity is {self.severity}, not 1 to 5")


@dataclass(frozen=True, slots=True)
class DayShare(Validated):
    """One day of an SLO's history."""

    day: date
    percent: float | None
    """None: no data for that day."""


@dataclass(frozen=True, slots=True)
class Availability(Validated):
    """A service level: the share of good time or good requests, and its objective."""

    name: str
    """Name of the SLO: ``checkout availability``."""
    measured: float | None
    """Percent over the window; None if there is no data."""
    objective: float | None = None
    """Objective in percent."""
    window_days: int = 30
    history: tuple[DayShare, ...] = ()
    """By day, oldest first."""
    budget_left: float | None = None
    """Remaining error budget in percent, negative if exceeded; computed from the other fields if the vendor does not provide it."""

    def __post_init__(self) -> None:
        validated(self)
        if self.budget_left is None and self.measured is not None and self.objective is not None and self.objective < 100:  # noqa: PLR2004
            left = 100 - (100 - self.measured) / (100 - self.objective) * 100
            object.__setattr__(self, "budget_left", round(left, 2))

    def is_met(self) -> bool | None:
        """Whether the objective is met; None without an objective or data."""
        return None if self.measured is None or self.objective is None else self.measured >= self.objective


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


@dataclass(frozen=True, slots=True)
class PipelineRun(Validated):
    """One run of a pipeline, with its test results if known."""

    name: str
    """Name of the pipeline or workflow."""
    at: datetime | None
    """Time of the start."""
    state: RunState = RunState.UNKNOWN
    branch: str = ""
    seconds: float | None = None
    by: str = ""
    tests: int | None = None
    tests_failed: int | None = None
    tests_skipped: int | None = None


@dataclass(frozen=True, slots=True)
class Vulnerability(Validated):
    """A known vulnerability of a package, or a finding in the code."""

    id: str
    """``CVE-2026-31877``, or the scanner's rule."""
    severity: FactSeverity = FactSeverity.UNKNOWN
    title: str = ""
    package: str = ""
    version: str = ""
    fixed_in: str = ""
    first_seen: datetime | None = None
    place: str = ""
    """File and line of a finding in the code."""


@dataclass(frozen=True, slots=True)
class QualityGate(Validated):
    """Results of a code analysis. None: not measured."""

    state: GateState = GateState.NONE
    analysed: datetime | None = None
    coverage: float | None = None
    """Percent."""
    coverage_wanted: float | None = None
    new_coverage: float | None = None
    """Percent of new code."""
    duplication: float | None = None
    """Percent."""
    bugs: int | None = None
    smells: int | None = None
    hotspots: int | None = None
    lines: int | None = None
    ratings: tuple[tuple[str, str], ...] = ()
    """Name (``reliability``, ``security``, ``maintainability``) and letter, ``A`` the best."""


@dataclass(frozen=True, slots=True)
class PullRequest(Validated):
    """An open pull request."""

    title: str
    url: str = ""
    opened: datetime | None = None
    author: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Release(Validated):
    """A published release."""

    name: str
    at: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class GoodFirstIssue(Validated):
    """An issue labeled as a good first issue."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class RepositoryActivity(Validated):
    """Recent activity of a repository. None: not measured."""

    name: str
    """``acme/payments``."""
    last_commit: datetime | None = None
    commits: tuple[int, ...] = ()
    """Number by week, oldest first; the last week may be incomplete."""
    contributors: int | None = None
    """Number of people with a commit in those weeks."""
    open_pull_requests: int | None = None
    pull_requests: tuple[PullRequest, ...] = ()
    """Open pull requests, oldest first; may be incomplete."""
    open_issues: int | None = None
    good_first_issues: tuple[GoodFirstIssue, ...] = ()
    languages: tuple[tuple[str, float], ...] = ()
    """Name and percent, largest first."""
    releases: tuple[Release, ...] = ()
    """Newest first."""
    community: tuple[str, ...] | None = None
    """Those of ``COMMUNITY_FILES`` that exist; None: not measured."""


COMMUNITY_FILES = ("readme", "license", "contributing", "code-of-conduct", "security", "codeowners")


@dataclass(frozen=True, slots=True)
class Alert(Validated):
    """An alert of a monitoring system."""

    name: str
    severity: FactSeverity = FactSeverity.UNKNOWN
    state: AlertState = AlertState.FIRING
    since: datetime | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class ErrorTrend(Validated):
    """Errors reported by an application."""

    name: str
    """Name of the project."""
    counts: tuple[int, ...] = ()
    """By day, oldest first."""
    unresolved: int | None = None
    """Number of distinct unresolved errors."""
    new: int | None = None
    """Number of those first seen in the last seven days."""
    users: int | None = None
    """Number of affected users."""


@dataclass(frozen=True, slots=True)
class Issue(Validated):
    """An issue in an issue tracker."""

    title: str
    type: str = ""
    """Type in the tracker: ``bug``, ``task`` …"""
    priority: FactSeverity = FactSeverity.UNKNOWN
    opened: datetime | None = None
    state: str = ""
    """State in the tracker."""
    assignee: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """A value of a plugin's family, validated against its JSON Schema."""

    data: Mapping[str, Any]
    """JSON."""
