"""What entity pages and home say of the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from generator.model.entity import Entity
from generator.pages.changes.feeds import team_feed_path
from generator.pages.changes.past import EntityChanges, Moment, Past
from generator.pages.entities.view import Section
from generator.snapshot.history import FREQUENT
from generator.snapshot.values import Change

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


def timeline(past: Past, entity: Entity) -> Section | None:
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


def last_good_copy(past: Past, entity: Entity) -> Section | None:
    """The section at the top of an entity's page where it is shown as it was; None where it is fresh."""
    stale = past.stale.get(entity.ref)
    if stale is None or (stale.source, stale.tree) != (entity.origin.source, entity.origin.tree):
        return None
    view = StaleView(past.day(stale.since).isoformat(), stale.since.isoformat(), stale.repository, stale.cause)
    return Section("last-good-copy", past.labels["last_good_copy"], "stale", view)


def latest(past: Past) -> LatestView | None:
    """For home: the latest day that has changes; None where nothing ever changed since the first build."""
    changes = past.history.changes
    if not changes or changes[0].kind == "baseline":
        return None
    day = past.day(changes[0].at)
    found = tuple(takewhile(lambda change: past.day(change.at) == day, changes))
    entities, groups = len({change.ref for change in found}), past.by_entity(found, LATEST)
    return LatestView(day.isoformat(), groups, entities - len(groups), f"changes/{day:%Y-%m}/#d-{day}")
