"""The values of the fact families: neutral, whatever vendor they come from.

Times are aware and in UTC, shares are percent (0 to 100), durations are seconds. Whoever makes a value of something else gets a
``FactError``; ``integrations.families`` makes values from what vendors write.
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
    """One person on call for a while."""

    person: str
    """Name as the vendor has it."""
    start: datetime | None
    """None: as long as anybody knows."""
    end: datetime | None = None
    """None: until somebody changes the schedule."""
    level: int = 1
    """1 is called first."""
    email: str = ""
    """Leads to the User of the catalog with that address; never shown on a public site."""


@dataclass(frozen=True, slots=True)
class OnCall(Validated):
    """Who is called when it breaks: the shifts of the next 48 hours of one schedule."""

    name: str
    """Of the schedule or escalation policy."""
    shifts: tuple[Shift, ...] = ()
    """Pages show them by level and start, whatever their order."""


def in_order(shift: Shift) -> tuple[int, datetime, str]:
    """The order in which people read shifts: who is called first, then by time; what has no start runs already."""
    return shift.level, shift.start or datetime.min.replace(tzinfo=UTC), shift.person


@dataclass(frozen=True, slots=True)
class Incident(Validated):
    """Something that people were called for."""

    title: str
    opened: datetime
    severity: int = 3
    """1 (worst) to 5."""
    state: IncidentState = IncidentState.OPEN
    resolved: datetime | None = None

    def __post_init__(self) -> None:
        validated(self)
        if not 1 <= self.severity <= 5:  # noqa: PLR2004 - the scale
            raise FactError(f"severity is {self.severity}, not 1 to 5")


@dataclass(frozen=True, slots=True)
class DayShare(Validated):
    """A day of an availability."""

    day: date
    percent: float | None
    """None: not measured on that day."""


@dataclass(frozen=True, slots=True)
class Availability(Validated):
    """A share of good time or good requests, and what was promised."""

    name: str
    """Of the objective: ``checkout answers``."""
    measured: float | None
    """Percent over the window; None where there is no data, which is not 0."""
    objective: float | None = None
    """Percent that was promised."""
    window_days: int = 30
    history: tuple[DayShare, ...] = ()
    """By day, oldest first."""
    budget_left: float | None = None
    """Percent of the error budget, below 0 where it is overspent; computed from the others where the vendor does not say."""

    def __post_init__(self) -> None:
        validated(self)
        if self.budget_left is None and self.measured is not None and self.objective is not None and self.objective < 100:  # noqa: PLR2004
            left = 100 - (100 - self.measured) / (100 - self.objective) * 100
            object.__setattr__(self, "budget_left", round(left, 2))

    def is_met(self) -> bool | None:
        """Whether the objective is reached; None where there is none or no data."""
        return None if self.measured is None or self.objective is None else self.measured >= self.objective


@dataclass(frozen=True, slots=True)
class Deployment(Validated):
    """A version in an environment: that it was brought there, or that it runs there."""

    version: str
    """What people call it; empty where nobody knows."""
    at: datetime | None
    """When it was finished, or began where it is not finished."""
    state: RunState = RunState.UNKNOWN
    by: str = ""
    revision: str = ""
    """Commit."""
    health: Health | None = None
    in_sync: bool | None = None
    """Whether what runs is what is written down (GitOps)."""
    ready: int | None = None
    """Replicas that are ready, of ``wanted``."""
    wanted: int | None = None


@dataclass(frozen=True, slots=True)
class PipelineRun(Validated):
    """One run of a pipeline, with the tests that it ran where they are known."""

    name: str
    """Of the pipeline or workflow."""
    at: datetime | None
    """When it began."""
    state: RunState = RunState.UNKNOWN
    branch: str = ""
    seconds: float | None = None
    by: str = ""
    tests: int | None = None
    tests_failed: int | None = None
    tests_skipped: int | None = None


@dataclass(frozen=True, slots=True)
class Vulnerability(Validated):
    """A known weakness of a package, or a finding in the code."""

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
    """What an analysis of the code says. None: not measured, which is not 0."""

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
    """A change that waits to be merged."""

    title: str
    url: str = ""
    opened: datetime | None = None
    author: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Release(Validated):
    """A version that was published."""

    name: str
    at: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class GoodFirstIssue(Validated):
    """An issue that is good to begin with."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class RepositoryActivity(Validated):
    """How much a repository moves. None: not measured, which is not 0."""

    name: str
    """``acme/payments``."""
    last_commit: datetime | None = None
    commits: tuple[int, ...] = ()
    """By week, oldest first; the last week may not be over."""
    contributors: int | None = None
    """People with a commit in those weeks."""
    open_pull_requests: int | None = None
    pull_requests: tuple[PullRequest, ...] = ()
    """Open ones, the oldest first; may be fewer than there are."""
    open_issues: int | None = None
    good_first_issues: tuple[GoodFirstIssue, ...] = ()
    languages: tuple[tuple[str, float], ...] = ()
    """Name and percent, most first."""
    releases: tuple[Release, ...] = ()
    """The newest first."""
    community: tuple[str, ...] | None = None
    """Which of ``COMMUNITY_FILES`` are there; None: nobody looked."""


COMMUNITY_FILES = ("readme", "license", "contributing", "code-of-conduct", "security", "codeowners")


@dataclass(frozen=True, slots=True)
class Alert(Validated):
    """A rule of monitoring that fires."""

    name: str
    severity: FactSeverity = FactSeverity.UNKNOWN
    state: AlertState = AlertState.FIRING
    since: datetime | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class ErrorTrend(Validated):
    """Errors that a program reports about itself."""

    name: str
    """Of the project."""
    counts: tuple[int, ...] = ()
    """By day, oldest first."""
    unresolved: int | None = None
    """Different errors that nobody has settled."""
    new: int | None = None
    """Of those, first seen in the last seven days."""
    users: int | None = None
    """People who met one."""


@dataclass(frozen=True, slots=True)
class Issue(Validated):
    """A piece of work in a tracker."""

    title: str
    type: str = ""
    """``bug``, ``task`` …, as the tracker calls it."""
    priority: FactSeverity = FactSeverity.UNKNOWN
    opened: datetime | None = None
    state: str = ""
    """As the tracker calls it."""
    assignee: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """A value of a family that a plugin declares; its JSON Schema has been checked."""

    data: Mapping[str, Any]
    """JSON."""
