"""Change log → ``/changes/`` by day and month, sections of entity pages about history, and the latest changes for home."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby, islice, takewhile

from callboard.model.counting import label_for
from callboard.model.entity import Entity
from callboard.pages.changes.context import ChangesContext, EntityChanges, TimelineEntry
from callboard.pages.changes.feeds import FEED, team_feed_path
from callboard.pages.page import Page
from callboard.pages.section import Section
from callboard.pages.shared_views import CountView
from callboard.state.change_log import FREQUENT
from callboard.state.values import Change

ENTITY_MOMENTS = 10
TEAM_MOMENTS = 20
CANDIDATES = 400
"""Changes among which the entries of a timeline are chosen."""
LATEST = 8
"""Entities that home shows."""
RECENT_DAYS = 14
"""Days with changes on the first page."""
ENTITIES = 200
"""Entities of one day that are shown."""
Days = Sequence[tuple[date, tuple[Change, ...]]]


@dataclass(frozen=True, slots=True)
class TimelineView:
    """The last changes of an entity, or of a team and what it owns."""

    moments: tuple[TimelineEntry, ...]
    feed: str
    """Path of the team's feed below the site's root; empty for other entities."""


@dataclass(frozen=True, slots=True)
class StaleView:
    """Since when and why an entity is served from its last good copy."""

    since: str
    """ISO date in the portal's time zone."""
    at: str
    """The same in UTC, for machines."""
    repository: str
    cause: str


@dataclass(frozen=True, slots=True)
class LatestView:
    """The changes of the latest day that has any."""

    day: str
    """ISO date in the portal's time zone."""
    groups: tuple[EntityChanges, ...]
    more: int
    """Number of entities that are left out."""
    path: str
    """The page about that day."""


def timeline(context: ChangesContext, entity: Entity) -> Section | None:
    """The section about an entity's history; None without changes."""
    is_team = entity.ref.kind == "group"
    limit = TEAM_MOMENTS if is_team else ENTITY_MOMENTS
    changes = _moments(context.history.of_team(entity.ref, CANDIDATES) if is_team else context.history.of(entity.ref, CANDIDATES), limit)
    if not changes:
        return None
    view = TimelineView(context.moments(changes, with_subject=is_team), team_feed_path(entity.ref) if is_team else "")
    return Section("history", context.labels["history"], "history", view)


def _moments(changes: Sequence[Change], limit: int) -> Sequence[Change]:
    """The last changes; at most half of them of frequent kinds, so that these do not displace all others."""
    left_out = frozenset([change for change in changes if change.kind in FREQUENT][limit // 2 :])
    return [change for change in changes if change not in left_out][:limit]


def last_good_copy(context: ChangesContext, entity: Entity) -> Section | None:
    """The section about the age of an entity that is served from its last good copy; None for others."""
    stale = context.stale.get(entity.ref)
    if stale is None or (stale.source, stale.tree) != (entity.origin.source, entity.origin.tree):
        return None
    view = StaleView(context.day(stale.since).isoformat(), stale.since.isoformat(), stale.repository, stale.cause)
    return Section("last-good-copy", context.labels["last_good_copy"], "stale", view)


def latest(context: ChangesContext) -> LatestView | None:
    """The latest day that has changes; None if nothing has changed since the first build."""
    changes = context.history.changes
    if not changes or changes[0].kind == "baseline":
        return None
    day = context.day(changes[0].at)
    of_day = tuple(takewhile(lambda change: context.day(change.at) == day, changes))
    entities, groups = len({change.ref for change in of_day}), context.by_entity(of_day, LATEST)
    return LatestView(day.isoformat(), groups, entities - len(groups), f"changes/{day:%Y-%m}/#d-{day}")


@dataclass(frozen=True, slots=True)
class DayView:
    """One day that has changes."""

    id: str
    """Anchor."""
    day: str
    """ISO date in the portal's time zone."""
    entities: int
    """Number of entities that changed; the catalog as a whole counts as one more."""
    groups: tuple[EntityChanges, ...]
    more: int
    """Number of entities that are left out."""
    first_build: str
    """Text about the first build, on the day of the first build; empty for others."""


@dataclass(frozen=True, slots=True)
class ChangesView:
    """Days, the newest first."""

    title: str
    month: str
    """``2026-11``; empty for the first page, which shows the last days."""
    days: tuple[DayView, ...]
    months: tuple[CountView, ...]
    """All months that have changes, each with the sum of its days' numbers."""
    newer: str
    """Path of the next month's page; empty for none."""
    older: str
    """Path of the previous month's page; empty for none."""
    feed: str
    """Path of the feed."""


def plan(context: ChangesContext) -> Iterator[Page]:
    """The first page, and one for each month that has changes."""
    days: Days = [(day, tuple(of_day)) for day, of_day in groupby(context.history.changes, key=lambda change: context.day(change.at))]
    months = {month: tuple(of_month) for month, of_month in groupby(days, key=lambda item: f"{item[0]:%Y-%m}")}
    counted = tuple(
        CountView(sum(_changed_entities(changes) for _, changes in of_month), month, "calendar", month_path(month))
        for month, of_month in months.items()
    )
    title = context.labels["changes"]
    recent = partial(_view, context, title, "", tuple(islice(days, RECENT_DAYS)), counted)
    yield Page("changes/", "changes.html", "wide", "changes/", title, recent, context.labels["changes_text"])
    for month, of_month in months.items():
        name = f"{title}, {month}"
        yield Page(month_path(month), "changes.html", "wide", "changes/", name, partial(_view, context, name, month, of_month, counted))


def month_path(month: str) -> str:
    """Path of the page of a month."""
    return f"changes/{month}/"


def _view(context: ChangesContext, title: str, month: str, days: Days, months: tuple[CountView, ...]) -> ChangesView:
    paths = [count.path for count in months]
    at = paths.index(month_path(month)) if month else -1
    newer = paths[at - 1] if at > 0 else ""
    older = paths[at + 1] if month and at + 1 < len(paths) else ""
    return ChangesView(title, month, tuple(_day(context, day, changes) for day, changes in days), months, newer, older, FEED)


def _day(context: ChangesContext, day: date, of_day: Sequence[Change]) -> DayView:
    changes = [change for change in of_day if change.kind != "baseline"]
    first = next((label_for(context.labels, "first_build", int(c.after)) for c in of_day if c.kind == "baseline" and c.after.isdigit()), "")
    entities = _changed_entities(changes)
    groups = context.by_entity(changes, ENTITIES)
    return DayView(f"d-{day}", day.isoformat(), entities, groups, entities - len(groups), first)


def _changed_entities(changes: Sequence[Change]) -> int:
    """Number of entities that changed; the catalog as a whole counts as one."""
    return len({change.ref for change in changes if change.kind != "baseline"})
