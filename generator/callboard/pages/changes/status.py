"""``/status/``: times and failures of the last collection → how fresh each source is. The only page that changes in every build."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from callboard.history.audience import without_errors
from callboard.model.data_classes import dataclass
from callboard.model.skipped import SkippedFile
from callboard.model.times import local_time, time_text
from callboard.pages.changes import skipped, undescribed
from callboard.pages.changes.context import ChangesContext, stale_for_audience
from callboard.pages.facts.context import family_title
from callboard.pages.page import Page
from callboard.pages.shared_views import EntityLink, StateView
from callboard.plugins.sources import Undescribed
from callboard.state.loss_guards import left_out_text
from callboard.state.values import CollectionTime, StaleCopy

FORMAT = 1
ENTITIES = 20
"""Entities of one repository that are listed."""
ERRORS = 20
"""Error messages of one source that are listed."""
UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source, or one family of facts from it."""

    name: str
    family: str
    """Title of the family; empty for entities."""
    type: str
    """Of the source: ``git``, ``files`` …"""
    state: StateView
    at: str
    """Last success, ISO 8601; empty for never."""
    time: str
    """The same for people, in the portal's time zone."""
    count: int
    requests: str
    """Network requests of the last try; empty if they were not counted."""
    errors: tuple[str, ...]
    more: int
    """Number of errors that are left out."""
    left_out: str
    """Options of the source with the number of repositories that each leaves out: ``archived 12, topics 3``; empty if there are none."""


@dataclass(frozen=True, slots=True)
class StaleRow:
    """A repository or a file that is served from its last good copy."""

    source: str
    repository: str
    path: str
    """Of the file; empty for a whole repository."""
    at: str
    time: str
    cause: str
    entities: tuple[EntityLink, ...]
    more: int


@dataclass(frozen=True, slots=True)
class StatusView:
    """The page."""

    at: str
    """Time of the build, ISO 8601."""
    time: str
    utc: str
    rows: tuple[SourceRow, ...]
    is_fresh: bool
    """True if every source and integration could be read completely."""
    has_requests: bool
    """True if any source counted its requests."""
    stale: tuple[StaleRow, ...]
    held: int
    """Number of entities that are served from their last good copy."""
    undescribed: int
    """Number of repositories without a descriptor."""
    undescribed_path: str
    """The page that lists them."""
    skipped: int
    """Number of files with documents that are no descriptors."""
    skipped_path: str
    """The page that lists them."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """When each source was read last, and what could not be read."""

    collections: tuple[CollectionTime, ...]
    stale: tuple[StaleCopy, ...]
    """Repositories and files that are served from their last good copy."""
    undescribed: tuple[Undescribed, ...]
    """Repositories without a descriptor."""
    as_of: datetime
    """Time of the build."""
    skipped: tuple[SkippedFile, ...] = ()
    """Files with documents that are no descriptors."""

    def for_audience(self, *, is_public: bool) -> Freshness:
        """The same; on a public site without error messages, undescribed and skipped files, which may name internal systems."""
        if not is_public:
            return self
        collections = without_errors(self.collections)
        return replace(self, collections=collections, stale=stale_for_audience(self.stale, is_public=True), undescribed=(), skipped=())


def plan(context: ChangesContext, freshness: Freshness) -> Iterator[Page]:
    """The page, and those of the repositories without a descriptor and of the skipped files."""
    labels, visible = context.labels, freshness.for_audience(is_public=context.is_public)
    view = partial(status_view, context, visible)
    yield Page("status/", "status.html", "wide", "problems/", labels["status"], view, labels["status_text"])
    yield from undescribed.plan(visible.undescribed, skipped.PATH if visible.skipped else "", labels)
    yield from skipped.plan(visible.skipped, undescribed.PATH if visible.undescribed else "", labels)


def status_view(context: ChangesContext, freshness: Freshness) -> StatusView:
    """The view of the page; ``freshness`` is what the audience may see."""
    zone, settings, as_of = context.zone, context.settings, freshness.as_of
    partial_sources = {copy.source for copy in freshness.stale} | {each.source for each in freshness.collections if each.errors}
    integrations = settings.sections.get("integrations") or ()
    types = {source.name: source.type for source in settings.sources} | {item["name"]: item["type"] for item in integrations}
    rows = tuple(
        _row(context, each, types.get(each.source, ""), is_partial=each.source in partial_sources) for each in freshness.collections
    )
    return StatusView(
        at=time_text(as_of),
        time=local_time(as_of, zone),
        utc=local_time(as_of, UTC_ZONE),
        rows=rows,
        is_fresh=all(row.state.tone == "good" for row in rows),
        has_requests=any(each.requests is not None for each in freshness.collections),
        stale=tuple(_stale(context, copy) for copy in freshness.stale),
        held=len({ref for copy in freshness.stale for ref in copy.refs}),
        undescribed=len(freshness.undescribed),
        undescribed_path=undescribed.PATH,
        skipped=len(freshness.skipped),
        skipped_path=skipped.PATH,
    )


def _row(context: ChangesContext, collection: CollectionTime, kind: str, *, is_partial: bool) -> SourceRow:
    at, errors = collection.as_of, collection.errors
    return SourceRow(
        name=collection.source,
        family="" if collection.family == "entities" else family_title(context.families, context.labels, collection.family),
        type=kind,
        state=_state(context, collection, is_partial=is_partial),
        at=time_text(at) if at else "",
        time=local_time(at, context.zone) if at else context.labels["never"],
        count=collection.count,
        requests="" if collection.requests is None else f"{collection.requests:,}",
        errors=errors[:ERRORS],
        more=max(len(errors) - ERRORS, 0),
        left_out=left_out_text(collection.left_out),
    )


def _state(context: ChangesContext, collection: CollectionTime, *, is_partial: bool) -> StateView:
    """The state of a family; it is partial if its source had any error, since an error is recorded once for all families."""
    labels = context.labels
    if collection.as_of is None or collection.as_of != collection.tried_at:
        return StateView(labels["status_failed"], "bad", "bad")
    if is_partial:
        return StateView(labels["status_partly"], "warn", "warn")
    return StateView(labels["status_good"], "good", "good")


def _stale(context: ChangesContext, copy: StaleCopy) -> StaleRow:
    return StaleRow(
        source=copy.source,
        repository=copy.repository,
        path=copy.path,
        at=time_text(copy.since),
        time=local_time(copy.since, context.zone),
        cause=copy.cause,
        entities=context.links.all(copy.refs[:ENTITIES]),
        more=max(len(copy.refs) - ENTITIES, 0),
    )


def collections_json(freshness: Freshness) -> dict[str, Any]:
    """The content of ``/status/collections.json``: ``sources`` is for ``ages.js``, ``collections`` has all details."""
    dated = sorted((each.as_of, each.source) for each in freshness.collections if each.as_of is not None)
    times = {source: at for at, source in dated}
    collected = {each.source: times[each.source] for each in freshness.collections if each.source in times}
    copies = freshness.stale
    return {
        "format": FORMAT,
        "as_of": time_text(freshness.as_of),
        "sources": [{"name": name, "collected_at": time_text(at)} for name, at in collected.items()],
        "collections": [_collection(each) for each in freshness.collections],
        "last_good_copies": [
            {"source": copy.source, "repository": copy.repository, "since": time_text(copy.since), "entities": len(copy.refs)}
            for copy in copies
        ],
    }


def _collection(collection: CollectionTime) -> dict[str, Any]:
    """A collection time as JSON."""
    row = {
        "source": collection.source, "family": collection.family, "as_of": collection.as_of and time_text(collection.as_of),
        "tried_at": collection.tried_at and time_text(collection.tried_at), "errors": collection.errors,
    }  # fmt: skip
    counted = {} if collection.requests is None else {"requests": collection.requests}
    left_out = {"left_out": dict(collection.left_out)} if collection.left_out else {}
    return {key: value for key, value in row.items() if value} | {"count": collection.count} | counted | left_out
