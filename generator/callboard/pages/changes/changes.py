"""Change log → sections of entity pages about history, and the latest changes for home."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.pages.changes.api_changelog import is_api_news
from callboard.pages.changes.context import ChangesContext, EntityChanges, TimelineEntry
from callboard.pages.changes.feeds import team_feed_path
from callboard.pages.section import Section
from callboard.state.change_log import FREQUENT
from callboard.state.values import Change

ENTITY_MOMENTS = 10
TEAM_MOMENTS = 20
OF_API = 2
"""Changes of one kind of an API's contract in one build; its changelog has all."""
CANDIDATES = 400
"""Changes among which the entries of a timeline are chosen."""
LATEST = 8
"""Entities that home shows."""


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
    found = context.history.of_team(entity.ref, CANDIDATES) if is_team else context.history.of(entity.ref, CANDIDATES)
    changes = _moments([each for each in found if is_team or not is_api_news(each)], limit)
    if not changes:
        return None
    view = TimelineView(context.moments(changes, with_subject=is_team), team_feed_path(entity.ref) if is_team else "")
    return Section("history", context.labels["history"], "history", view)


def _moments(changes: Sequence[Change], limit: int) -> Sequence[Change]:
    """The last changes; at most half of them of frequent kinds and a few of each API, so that these do not displace all others."""
    left_out = frozenset([change for change in changes if change.kind in FREQUENT][limit // 2 :])
    seen: Counter[tuple[object, ...]] = Counter()
    kept = []
    for change in changes:
        seen[change.at, change.ref, change.kind] += 1
        if change not in left_out and not (is_api_news(change) and seen[change.at, change.ref, change.kind] > OF_API):
            kept.append(change)
    return kept[:limit]


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
