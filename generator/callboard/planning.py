"""What the pages of a site are made from, and which pages and files there are; nothing of it is made yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain

from callboard.diagrams.layout import Layouts
from callboard.incremental.tracking import ALL, DependencyKey, DependencyTracker
from callboard.model.entity import Entity
from callboard.pages.changes import changes, status
from callboard.pages.changes.context import ChangesContext, changes_context
from callboard.pages.changes.feeds import feed_files
from callboard.pages.entities import plan as entity_pages
from callboard.pages.entities.context import EntityContext, entity_context
from callboard.pages.entities.tracking import ASPECTS, track
from callboard.pages.facts import index_pages as facts
from callboard.pages.facts.context import FactsContext, facts_context
from callboard.pages.facts.tracking import tracked_facts
from callboard.pages.indexes import context as index_pages
from callboard.pages.indexes import plan as indexes
from callboard.pages.indexes.context import IndexContext
from callboard.pages.page import Page
from callboard.pages.shared_views import EntityLinks
from callboard.settings.settings import Settings
from callboard.state.change_log import ChangeLog
from callboard.state.facts import CollectedFacts
from callboard.state.values import CollectedState
from callboard.surveying import ResolvedCatalog
from callboard.website.data_files import DataFile, entity_files, json_bytes, list_files
from callboard.website.editor_schemas import schema_files_later
from callboard.website.overlays import find_portal_files, read_strings

_INDEXES: DependencyKey = ("indexes", "rest")
"""What lists are made of beside the catalog; of that, they read everything."""


@dataclass(frozen=True, slots=True)
class SiteData:
    """All that the site is made of."""

    surveyed: ResolvedCatalog
    """With trees that remember what pages ask of them."""
    served: CollectedState
    history: ChangeLog
    now: datetime
    """The time that the site speaks of: the build's, or that of the state."""
    known: CollectedFacts
    """What integrations say."""


@dataclass(frozen=True, slots=True)
class PageContexts:
    """What each family of pages is made from."""

    shown: SiteData
    past: ChangesContext
    world: FactsContext
    indexed: IndexContext
    of_entities: EntityContext

    @property
    def is_public(self) -> bool:
        """The site is for everybody."""
        return self.past.settings.portal.audience == "public"


def contexts_of(shown: SiteData, settings: Settings, layouts: Layouts, labels: Mapping[str, str] | None = None) -> PageContexts:
    """Everything that pages need; ``labels`` are the portal's words, where they have been read already."""
    surveyed = shown.surveyed
    labels = labels or read_strings(find_portal_files(settings.root), settings.portal.language)
    links = EntityLinks(surveyed.catalog)
    tools = {one.name: one.title for one in shown.known.connections}
    past = changes_context(shown.history, shown.served.stale, links, surveyed.trees, settings, labels, tools)
    world = facts_context(surveyed.catalog, shown.known, links, settings, labels)
    return PageContexts(shown, past, world, _of_indexes(surveyed, past, layouts, world), _of_entities(surveyed, past, layouts, world))


def _of_entities(surveyed: ResolvedCatalog, past: ChangesContext, layouts: Layouts, world: FactsContext) -> EntityContext:
    section, key = tracked_facts(world)
    return replace(
        entity_context(surveyed.catalog, surveyed.problems, surveyed.trees, past.settings, layouts, past.labels, past.links),
        first=(partial(changes.last_good_copy, past),),
        last=(section, partial(changes.timeline, past)),
        keyed=(key,),
    )


def _of_indexes(surveyed: ResolvedCatalog, past: ChangesContext, layouts: Layouts, world: FactsContext) -> IndexContext:
    catalog, problems, trees, settings = surveyed.catalog, surveyed.problems, surveyed.trees, past.settings
    latest, now = changes.latest(past), facts.numbers(world)
    return index_pages.index_context(catalog, problems, trees, settings, layouts, past.labels, past.links, latest=latest, open_now=now)


def track_contexts(contexts: PageContexts) -> tuple[EntityContext, DependencyTracker]:
    """The context of entity pages whose readings are followed, and who follows them."""
    return track(contexts.of_entities, {_INDEXES: index_pages.fingerprint_of_rest(contexts.indexed)})


def plan(contexts: PageContexts, followed: EntityContext, reading: DependencyTracker) -> Iterator[Page]:
    """All pages, in their order."""
    own = (*((aspect, ALL) for aspect in ASPECTS), _INDEXES)
    lists = (replace(page, reading=reading, own=own) for page in indexes.plan(contexts.indexed))
    every = (entity_page(contexts, entity, followed, reading) for entity in followed.catalog.entities.values())
    return chain(lists, every, _rest(contexts))


def plan_without_entities(contexts: PageContexts) -> Iterator[Page]:
    """The pages that are about no single entity."""
    return chain(indexes.plan(contexts.indexed), _rest(contexts))


def entity_page(
    contexts: PageContexts, entity: Entity, followed: EntityContext | None = None, reading: DependencyTracker | None = None
) -> Page:
    """An entity's page, whose readings ``reading`` follows, if it is given."""
    files = partial(_files, is_public=contexts.is_public)
    return entity_pages.page_of(followed or contexts.of_entities, entity, reading, files)


def _files(context: EntityContext, entity: Entity, *, is_public: bool) -> Iterator[tuple[str, bytes]]:
    return entity_files(context.catalog, context.trees, entity, is_public=is_public)


def _rest(contexts: PageContexts) -> Iterator[Page]:
    shown, past = contexts.shown, contexts.past
    served = shown.served
    collections = (*served.collections, *shown.known.collections)
    fresh = status.plan(collections, served.stale, shown.now, past.links, past.settings, past.labels, served.undescribed)
    return chain(changes.plan(past), facts.plan(contexts.world), fresh)


def data_files(contexts: PageContexts, key: str) -> Iterator[DataFile]:
    """The files that belong to no single page; ``key`` is the digest of all that lists are made of."""
    shown, past = contexts.shown, contexts.past
    surveyed, served, portal = shown.surveyed, shown.served, past.settings.portal
    yield from list_files(surveyed.catalog, surveyed.problems, surveyed.trees, key, is_public=contexts.is_public)
    yield from schema_files_later(surveyed.catalog, portal, key)
    yield from feed_files(past)
    collections, stale = status.for_audience((*served.collections, *shown.known.collections), served.stale, portal)
    yield "status/collections.json", json_bytes(status.collections_json(collections, stale, shown.now))


def kind_icons(surveyed: ResolvedCatalog) -> Sequence[str]:
    """Names of the icons of all kinds."""
    return [kind.icon for kind in surveyed.catalog.kinds.by_name.values()]
