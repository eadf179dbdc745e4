"""``/changes/`` by day and month, and what entity pages and home show of the past."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby, islice, takewhile

from callboard.model.counting import label_for
from callboard.model.entity import Entity
from callboard.pages.changes.context import ChangesContext, EntityChanges, Moment
from callboard.pages.changes.feeds import FEED, team_feed_path
from callboard.pages.page import Page
from callboard.pages.section import Section
from callboard.pages.shared_views import CountView
from callboard.state.change_log import FREQUENT
from callboard.state.values import Change

ENTITY_MOMENTS = 10
TEAM_MOMENTS = 20
MOST = 400
"""Changes among which the moments of a timeline are chosen."""
LATEST = 8
"""Entities that home shows."""


@dataclass(frozen=True, slots=True)
class TimelineView:
    """The last changes of an entity, or of a team and what it owns."""

    moments: tuple[Moment, ...]
    feed: str
    """Path of the team's feed below the site's root; empty for other entities."""


@dataclass(frozen=True, slots=True)
class StaleView:
    """Why an entity is shown as it was."""

    since: str
    """ISO date in the portal's time zone."""
    at: str
    """The same in UTC, for machines."""
    repository: str
    cause: str


@dataclass(frozen=True, slots=True)
class LatestView:
    """What changed in the latest night that changed anything."""

    day: str
    """ISO date in the portal's time zone."""
    groups: tuple[EntityChanges, ...]
    more: int
    """Entities that are left out."""
    path: str
    """The page about that day."""


def timeline(past: ChangesContext, entity: Entity) -> Section | None:
    """The section at the end of an entity's page; None where nothing is known."""
    is_team = entity.ref.kind == "group"
    most = TEAM_MOMENTS if is_team else ENTITY_MOMENTS
    found = _moments(past.history.of_team(entity.ref, MOST) if is_team else past.history.of(entity.ref, MOST), most)
    if not found:
        return None
    view = TimelineView(past.moments(found, with_subject=is_team), team_feed_path(entity.ref) if is_team else "")
    return Section("history", past.labels["history"], "history", view)


def _moments(changes: Sequence[Change], most: int) -> Sequence[Change]:
    """The last ones; of those that come every day at most half as many, so that the others are seen."""
    often = [change for change in changes if change.kind in FREQUENT][most // 2 :]
    left_out = frozenset(often)
    return [change for change in changes if change not in left_out][:most]


def last_good_copy(past: ChangesContext, entity: Entity) -> Section | None:
    """The section at the top of an entity's page where it is shown as it was; None where it is fresh."""
    stale = past.stale.get(entity.ref)
    if stale is None or (stale.source, stale.tree) != (entity.origin.source, entity.origin.tree):
        return None
    view = StaleView(past.day(stale.since).isoformat(), stale.since.isoformat(), stale.repository, stale.cause)
    return Section("last-good-copy", past.labels["last_good_copy"], "stale", view)


def latest(past: ChangesContext) -> LatestView | None:
    """For home: the latest day that has changes; None where nothing ever changed since the first build."""
    changes = past.history.changes
    if not changes or changes[0].kind == "baseline":
        return None
    day = past.day(changes[0].at)
    found = tuple(takewhile(lambda change: past.day(change.at) == day, changes))
    entities, groups = len({change.ref for change in found}), past.by_entity(found, LATEST)
    return LatestView(day.isoformat(), groups, entities - len(groups), f"changes/{day:%Y-%m}/#d-{day}")


RECENT_DAYS = 14
"""Days with changes on the first page."""
ENTITIES = 200
"""Entities of one day that are shown."""


@dataclass(frozen=True, slots=True)
class DayView:
    """One day that has changes."""

    id: str
    """Anchor."""
    day: str
    """ISO date in the portal's time zone."""
    entities: int
    """That changed; what concerns the catalog as a whole is one more."""
    groups: tuple[EntityChanges, ...]
    more: int
    """Entities that are left out."""
    first_build: str
    """Said of the day on which the history begins; empty for others."""


@dataclass(frozen=True, slots=True)
class ChangesView:
    """Days, the newest first."""

    title: str
    month: str
    """``2026-11``; empty for the first page, which shows the last days of all."""
    days: tuple[DayView, ...]
    months: tuple[CountView, ...]
    """All months that have changes, each with the sum of its days' numbers."""
    newer: str
    """Path of the next month's page; empty for none."""
    older: str
    feed: str
    """Path of the feed."""


Days = Sequence[tuple[date, tuple[Change, ...]]]


def plan(past: ChangesContext) -> Iterator[Page]:
    """The first page, and one for each month that has changes."""
    days: Days = [(day, tuple(found)) for day, found in groupby(past.history.changes, key=lambda change: past.day(change.at))]
    months = {month: tuple(found) for month, found in groupby(days, key=lambda item: f"{item[0]:%Y-%m}")}
    counted = tuple(
        CountView(sum(_touched(found) for _, found in of), month, "calendar", month_path(month)) for month, of in months.items()
    )
    title = past.labels["changes"]
    recent = partial(_view, past, title, "", tuple(islice(days, RECENT_DAYS)), counted)
    yield Page("changes/", "changes.html", "wide", "changes/", title, recent, past.labels["changes_text"])
    for month, of in months.items():
        name = f"{title}, {month}"
        yield Page(month_path(month), "changes.html", "wide", "changes/", name, partial(_view, past, name, month, of, counted))


def month_path(month: str) -> str:
    """The page of a month."""
    return f"changes/{month}/"


def _view(past: ChangesContext, title: str, month: str, days: Days, months: tuple[CountView, ...]) -> ChangesView:
    paths = [count.path for count in months]
    at = paths.index(month_path(month)) if month else -1
    newer = paths[at - 1] if at > 0 else ""
    older = paths[at + 1] if month and at + 1 < len(paths) else ""
    return ChangesView(title, month, tuple(_day(past, day, found) for day, found in days), months, newer, older, FEED)


def _day(past: ChangesContext, day: date, found: Sequence[Change]) -> DayView:
    changes = [change for change in found if change.kind != "baseline"]
    first = next((label_for(past.labels, "first_build", int(c.after)) for c in found if c.kind == "baseline" and c.after.isdigit()), "")
    entities = _touched(changes)
    groups = past.by_entity(changes, ENTITIES)
    return DayView(f"d-{day}", day.isoformat(), entities, groups, entities - len(groups), first)


def _touched(found: Sequence[Change]) -> int:
    """What changed on a day: entities, and the catalog as a whole."""
    return len({change.ref for change in found if change.kind != "baseline"})
