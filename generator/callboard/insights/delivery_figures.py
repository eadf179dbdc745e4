"""Deployments, incidents and commits of one entity → the figures of periods; the formulas are in the manual (delivery-figures.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

from callboard.model.data_classes import dataclass
from callboard.model.facts.delivery import PERIOD_DAYS, Delivery, DeliveryPeriod

LINK = timedelta(hours=24)
"""An incident is charged to the latest deployment at most so long before it; a deployment so soon after a failed one is rework."""
_PERIOD = timedelta(days=PERIOD_DAYS)
_WEEK = timedelta(days=7)
_WEEKS = 13
_HOUR = 3600
CommitTimes = Callable[["Deployed", "Deployed"], Sequence[datetime] | None]
"""Times of the commits that a deployment brings after the one before it; None if they cannot be known."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment to production that is over."""

    at: datetime
    has_succeeded: bool
    revision: str = ""
    """Commit; empty if it is unknown."""
    version: str = ""

    @property
    def content(self) -> str:
        """What was deployed; empty if it is unknown."""
        return self.revision or self.version


@dataclass(frozen=True, slots=True)
class Outage:
    """An incident."""

    opened: datetime
    resolved: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """What is recorded of one entity."""

    deployments: tuple[Deployed, ...]
    """Sorted by time."""
    incidents: tuple[Outage, ...] = ()
    """Sorted by time."""
    has_all_deployments: bool = True
    """False if deployments may be missing at any time."""
    known_since: datetime | None = None
    """Since when all deployments are known; None: always, if ``has_all_deployments``."""
    has_all_incidents: bool = False
    """False if no tool was queried about incidents, or some may be missing at any time."""
    incidents_since: datetime | None = None

    def knows_deployments(self, start: datetime) -> bool:
        """Whether all deployments since then are known."""
        return self.has_all_deployments and (self.known_since is None or self.known_since <= start)

    def knows_incidents(self, start: datetime) -> bool:
        """Whether all incidents since then are known."""
        return self.has_all_incidents and (self.incidents_since is None or self.incidents_since <= start)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One deployment with what followed."""

    at: datetime
    has_failed: bool
    recovered: datetime | None
    is_rework: bool


def window_end(now: datetime) -> datetime:
    """The end of the last period: midnight in UTC, so that figures change once a day."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day if day == now else day + timedelta(days=1)


def delivery_of(record: DeliveryRecord, commits: CommitTimes, now: datetime) -> Delivery:
    """The figures of the last 30 days before the end of the day, and of the two periods before, as far as they are known."""
    end = window_end(now)
    attempts = tuple(_attempts(record))
    distinct = tuple(_distinct(record.deployments))
    found = _period(record, attempts, distinct, end)
    lead = _lead_times(record, commits, end - 3 * _PERIOD)
    found = replace(found, lead_hours=_median_hours(_within(lead, end)), lead_commits=len(_within(lead, end)))
    first = record.deployments[0].at if record.deployments else end
    periods = (until for number in (1, 2) if (until := end - number * _PERIOD) >= first)  # before the first deployment there is no trend
    earlier = tuple(_earlier(_period(record, attempts, distinct, until), _within(lead, until), until) for until in periods)
    weeks = tuple(_weeks(record, distinct, end))
    return replace(found, weeks=weeks, earlier=tuple(each for each in earlier if each != DeliveryPeriod(each.until)))


def _period(record: DeliveryRecord, attempts: Sequence[_Attempt], distinct: Sequence[Deployed], end: datetime) -> Delivery:
    start = end - _PERIOD
    done = [each for each in distinct if each.has_succeeded and start < each.at <= end]
    found = Delivery(deployments_at_least=len(done), known_since=record.known_since, incidents_since=record.incidents_since)
    if record.knows_incidents(start):
        number = sum(start < each.opened <= end for each in record.incidents)
        found = replace(found, incidents=number, incidents_per_week=_per_week(number))
    if not record.knows_deployments(start):
        return found
    days = len({each.at.date() for each in done})
    found = replace(found, deployments=len(done), days_with=days, per_week=_per_week(len(done)))
    return _with_failures(found, [each for each in attempts if start < each.at <= end]) if record.knows_incidents(start) else found


def _with_failures(found: Delivery, attempts: Sequence[_Attempt]) -> Delivery:
    failed = [each for each in attempts if each.has_failed]
    recovery = [each.recovered - each.at for each in failed if each.recovered is not None]
    return replace(
        found,
        failed=len(failed),
        failure_percent=_percent(len(failed), len(attempts)),
        recovery_hours=_median_hours(recovery),
        open_failures=len(failed) - len(recovery),
        rework_percent=_percent(sum(each.is_rework for each in attempts), len(attempts)),
    )


def _earlier(found: Delivery, lead: Sequence[timedelta], until: datetime) -> DeliveryPeriod:
    return DeliveryPeriod(
        until, found.deployments, _median_hours(lead), found.failure_percent, found.recovery_hours, found.rework_percent, found.incidents
    )


def _distinct(deployments: Sequence[Deployed]) -> Iterator[Deployed]:
    """Of deployments in a row of the same content with the same outcome, as to several regions, the first."""
    last: Deployed | None = None
    for each in deployments:
        if last is None or not each.content or (each.content, each.has_succeeded) != (last.content, last.has_succeeded):
            yield each
        last = each


def _attempts(record: DeliveryRecord) -> Iterator[_Attempt]:
    """Each deployment, whether it failed, when that was over, and whether it is rework."""
    distinct = tuple(_distinct(record.deployments))
    charged = _charged(distinct, record.incidents)
    failed_before: datetime | None = None
    for index, each in enumerate(distinct):
        incident = charged.get(index)
        has_failed = incident is not None or not each.has_succeeded
        is_rework = failed_before is not None and each.at - failed_before <= LINK
        if incident is not None:
            recovered = incident.resolved
        else:
            recovered = next((later.at for later in distinct[index + 1 :] if later.has_succeeded), None) if has_failed else None
        yield _Attempt(each.at, has_failed, recovered, is_rework)
        failed_before = each.at if has_failed else None


def _charged(distinct: Sequence[Deployed], incidents: Sequence[Outage]) -> dict[int, Outage]:
    """The first incident of each deployment: one is charged to the latest deployment at most a day before it."""
    found: dict[int, Outage] = {}
    index = -1
    for incident in incidents:
        while index + 1 < len(distinct) and distinct[index + 1].at <= incident.opened:
            index += 1
        if index >= 0 and incident.opened - distinct[index].at <= LINK:
            found.setdefault(index, incident)
    return found


def _lead_times(record: DeliveryRecord, commits: CommitTimes, start: datetime) -> list[tuple[datetime, timedelta]]:
    """For each commit the time of its deployment, and how long after the commit that was; none for the first known deployment."""
    if not record.has_all_deployments:
        return []
    known = [each for each in record.deployments if each.has_succeeded and (record.known_since is None or record.known_since <= each.at)]
    done = list(_distinct(known))
    found = []
    for before, each in pairwise(done):
        if each.at > start:
            times = commits(before, each) or ()
            found += [(each.at, lead) for at in times if (lead := each.at - at) > timedelta(0)]
    return found


def _within(lead: Sequence[tuple[datetime, timedelta]], end: datetime) -> list[timedelta]:
    return [length for at, length in lead if end - _PERIOD < at <= end]


def _weeks(record: DeliveryRecord, distinct: Sequence[Deployed], end: datetime) -> Iterator[int]:
    for number in range(_WEEKS, 0, -1):
        start = end - number * _WEEK
        if record.knows_deployments(start) and distinct and distinct[0].at <= start + _WEEK:
            yield sum(each.has_succeeded and start < each.at <= start + _WEEK for each in distinct)


def _per_week(number: int) -> float:
    return round(number * 7 / PERIOD_DAYS, 2)


def _percent(number: int, of: int) -> float | None:
    return round(100 * number / of, 1) if of else None


def _median_hours(lengths: Sequence[timedelta]) -> float | None:
    return round(median(each.total_seconds() for each in lengths) / _HOUR, 2) if lengths else None
