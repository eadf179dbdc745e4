"""``/status/``: how fresh each source is, and what serves from its last good copy. The one page that may change every night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from callboard.pages.changes import undescribed as bare_repositories
from callboard.pages.page import Page
from callboard.pages.shared_views import EntityLink, EntityLinks, StateView
from callboard.plugins.sources import Undescribed
from callboard.settings.settings import Portal, Settings
from callboard.state.serialization import collection_row, time_text
from callboard.state.values import CollectionTime, StaleCopy

FORMAT = 1
ENTITIES = 20
"""Entities of one repository that are named."""
ERRORS = 20
UTC_ZONE = ZoneInfo("UTC")
NOT_TOLD = "could not be read"
"""All that a public portal says of a failure."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source, or one family of facts from it."""

    name: str
    family: str
    """Empty for entities."""
    type: str
    """Of the source: ``git``, ``files`` …"""
    state: StateView
    at: str
    """Last success, ISO 8601; empty for never."""
    time: str
    """The same for people, in the portal's time zone and absolute."""
    count: int
    requests: str
    """Network requests of the last try; empty where nobody counted."""
    errors: tuple[str, ...]
    more: int
    """Errors that are left out."""


@dataclass(frozen=True, slots=True)
class StaleRow:
    """A repository or a file that serves from its last good copy."""

    source: str
    repository: str
    path: str
    """Of the file; empty where it is the whole repository."""
    at: str
    time: str
    cause: str
    entities: tuple[EntityLink, ...]
    more: int


@dataclass(frozen=True, slots=True)
class StatusView:
    """The whole page."""

    at: str
    """Time of the build, ISO 8601."""
    time: str
    utc: str
    rows: tuple[SourceRow, ...]
    has_requests: bool
    """Somebody counted them."""
    stale: tuple[StaleRow, ...]
    held: int
    """Entities that serve from their last good copy."""
    undescribed: int
    """Repositories without a descriptor; they have a page of their own where there are any."""
    undescribed_path: str


def plan(
    collections: Sequence[CollectionTime], stale: Sequence[StaleCopy], as_of: datetime, links: EntityLinks, settings: Settings,
    labels: Mapping[str, str], undescribed: Sequence[Undescribed] = (),
) -> Iterator[Page]:  # fmt: skip
    """The page, and that of the repositories without a descriptor."""
    bare = len(bare_repositories.for_audience(undescribed, settings.portal))
    view = partial(status_view, *for_audience(collections, stale, settings.portal), as_of, links, settings, labels, bare)
    yield Page("status/", "status.html", "wide", "problems/", labels["status"], view, labels["status_text"])
    yield from bare_repositories.plan(undescribed, settings.portal, labels)


def for_audience(
    collections: Sequence[CollectionTime], stale: Sequence[StaleCopy], portal: Portal
) -> tuple[tuple[CollectionTime, ...], tuple[StaleCopy, ...]]:
    """The same; on a public portal without the words of hosts and vendors, which may name what is inside."""
    if portal.audience != "public":
        return tuple(collections), tuple(stale)
    return tuple(replace(c, errors=(NOT_TOLD,) if c.errors else ()) for c in collections), tuple(replace(s, cause=NOT_TOLD) for s in stale)


def status_view(
    collections: Sequence[CollectionTime], stale: Sequence[StaleCopy], as_of: datetime, links: EntityLinks, settings: Settings,
    labels: Mapping[str, str], bare: int = 0,
) -> StatusView:  # fmt: skip
    """All that the page says."""
    zone = ZoneInfo(settings.portal.timezone)
    held = {one.source for one in stale}
    integrations = settings.sections.get("integrations") or ()
    types = {source.name: source.type for source in settings.sources} | {item["name"]: item["type"] for item in integrations}
    rows = tuple(_row(c, types.get(c.source, ""), held, zone, labels) for c in collections)
    copies = tuple(_stale(one, links, zone) for one in stale)
    refs = {ref for one in stale for ref in one.refs}
    counted = any(c.requests is not None for c in collections)
    times = time_text(as_of), _time(as_of, zone), _time(as_of, UTC_ZONE)
    return StatusView(*times, rows, counted, copies, len(refs), bare, bare_repositories.PATH)


def _row(collection: CollectionTime, kind: str, held: set[str], zone: ZoneInfo, labels: Mapping[str, str]) -> SourceRow:
    at, errors = collection.as_of, collection.errors
    requests = "" if collection.requests is None else f"{collection.requests:,}"
    return SourceRow(
        collection.source,
        "" if collection.family == "entities" else collection.family,
        kind,
        _state(collection, is_held=collection.source in held, labels=labels),
        time_text(at) if at else "",
        _time(at, zone) if at else labels["never"],
        collection.count,
        requests,
        errors[:ERRORS],
        max(len(errors) - ERRORS, 0),
    )


def _state(collection: CollectionTime, *, is_held: bool, labels: Mapping[str, str]) -> StateView:
    if collection.as_of is None or collection.as_of != collection.tried_at:
        return StateView(labels["status_failed"], "bad", "bad")
    if collection.errors or is_held:
        return StateView(labels["status_partly"], "warn", "warn")
    return StateView(labels["status_good"], "good", "good")


def _stale(one: StaleCopy, links: EntityLinks, zone: ZoneInfo) -> StaleRow:
    shown = links.all(one.refs[:ENTITIES])
    more = max(len(one.refs) - ENTITIES, 0)
    return StaleRow(one.source, one.repository, one.path, time_text(one.since), _time(one.since, zone), one.cause, shown, more)


def _time(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")


def collections_json(collections: Sequence[CollectionTime], stale: Sequence[StaleCopy], as_of: datetime) -> dict[str, Any]:
    """What ``/status/collections.json`` says: ``sources`` is what ``ages.js`` reads, ``collections`` has everything."""
    collected = {c.source: c.as_of for c in collections if c.as_of is not None}
    sources = [{"name": name, "collected_at": time_text(at)} for name, at in collected.items()]
    held = [{"source": s.source, "repository": s.repository, "since": time_text(s.since), "entities": len(s.refs)} for s in stale]
    return {
        "format": FORMAT,
        "as_of": time_text(as_of),
        "sources": sources,
        "collections": [collection_row(c) for c in collections],
        "last_good_copies": held,
    }
