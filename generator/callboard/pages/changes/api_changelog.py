"""Recorded changes of an API → the section with its changelog: what each version broke, added and deprecated, and whom it affects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from callboard.catalog import organization, structure
from callboard.history import api_news
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.times import time_text
from callboard.pages.changes.context import ChangeLine, ChangesContext
from callboard.pages.changes.linked_places import ApiPlaces, api_places
from callboard.pages.section import Section
from callboard.pages.shared_views import EntityLink, catalog_path
from callboard.state.values import Change

BUILDS = 20
"""Builds with changes that are shown."""
LINES = 15
"""Changes of each; the others are in a list that opens."""
CONSUMERS = 30
"""Consumers that are named."""
_CANDIDATES = 1_000
_OF_API = frozenset(api_news.NAMES) - frozenset(api_news.CONSUMED.values())
_BREAKING = frozenset({"api-breaking", "api-may-break"})
_ORDER = tuple(api_news.NAMES)


@dataclass(frozen=True, slots=True)
class ApiVersionView:
    """What changed in one build."""

    day: str
    """ISO date in the portal's time zone."""
    at: str
    """Time of the build in UTC, for machines."""
    versions: str
    """``1.2.0 → 1.3.0``; empty if none is stated."""
    lines: tuple[ChangeLine, ...]
    more: str
    """How many further ones there are; empty for none."""
    rest: tuple[ChangeLine, ...]


@dataclass(frozen=True, slots=True)
class AffectedConsumer:
    """A consumer of the API, with who can be asked."""

    consumer: EntityLink
    owner: EntityLink | None


@dataclass(frozen=True, slots=True)
class ApiChangelogView:
    """The changelog, and the consumers that the last breaking change affects."""

    builds: tuple[ApiVersionView, ...]
    affected: tuple[AffectedConsumer, ...]
    """All consumers of the API: which operations each uses is not known."""
    more: str
    more_path: str
    """Path of the table that lists all."""


def is_api_news(change: Change) -> bool:
    """Whether a change is one of an API's contract, which the changelog shows."""
    return change.kind in _OF_API


def api_changelog(context: ChangesContext, entity: Entity) -> Section | None:
    """The section; None for entities other than APIs, and for an API in which nothing changed."""
    if entity.ref.kind != "api":
        return None
    changes = [each for each in context.history.of(entity.ref, _CANDIDATES) if is_api_news(each)]
    if not changes:
        return None
    builds = tuple(_builds(context, changes, api_places(entity, is_public=context.is_public)))
    consumers = structure.consumers(context.links.catalog, entity.ref) if any(each.kind in _BREAKING for each in changes) else ()
    affected = tuple(AffectedConsumer(context.links.to(each), _owner(context, each)) for each in consumers[:CONSUMERS])
    more = context.labels["n_more_entities"].format(len(consumers) - CONSUMERS) if len(consumers) > CONSUMERS else ""
    path = catalog_path(**{"affected-by": str(entity.ref)})
    return Section("api-changes", context.labels["api_changes"], "api_changes", ApiChangelogView(builds, affected, more, path))


def _builds(context: ChangesContext, changes: Sequence[Change], places: ApiPlaces) -> Iterator[ApiVersionView]:
    for number, (at, of_build) in enumerate(groupby(changes, key=lambda change: change.at)):
        if number == BUILDS:
            return
        found = sorted(of_build, key=lambda change: (_ORDER.index(change.kind), not change.code))
        lines = tuple(places.linked(context.line(each), each) for each in found[:LINES])
        more = context.labels["n_more_entities"].format(len(found) - LINES) if len(found) > LINES else ""
        rest = tuple(places.linked(context.line(each), each) for each in found[LINES:])
        yield ApiVersionView(context.day(at).isoformat(), time_text(at), api_news.versions(found[0]), lines, more, rest)


def _owner(context: ChangesContext, ref: object) -> EntityLink | None:
    owner = organization.owner(context.links.catalog, ref)  # type: ignore[arg-type]
    return context.links.to(owner) if owner else None
