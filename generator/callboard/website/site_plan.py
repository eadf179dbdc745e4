"""Site data → the plan of a site: which pages and data files it has. Nothing is rendered yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
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
from callboard.pages.site_data import ResolvedCatalog, SiteData
from callboard.settings.settings import Settings
from callboard.website.data_files import DataFile, entity_files, json_bytes, list_files
from callboard.website.editor_schemas import schema_files_later
from callboard.website.overlays import find_portal_files, read_strings

_INDEXES: DependencyKey = ("indexes", "rest")
"""What lists are made of beside the catalog; of that, they read everything."""


@dataclass(frozen=True, slots=True)
class PageContexts:
    """What each family of pages is made from."""

    data: SiteData
    past: ChangesContext
    world: FactsContext
    indexed: IndexContext
    of_entities: EntityContext

    @property
    def is_public(self) -> bool:
        """The site is for everybody."""
        return self.past.settings.portal.audience == "public"


def contexts_of(data: SiteData, settings: Settings, layouts: Layouts, labels: Mapping[str, str] | None = None) -> PageContexts:
    """Everything that pages need; ``labels`` are the portal's words, where they have been read already."""
    resolved = data.resolved
    labels = labels or read_strings(find_portal_files(settings.root), settings.portal.language)
    links = EntityLinks(resolved.catalog)
    tools = {one.name: one.title for one in data.facts.connections}
    past = changes_context(data.history, data.collected.stale, links, resolved.trees, settings, labels, tools)
    world = facts_context(resolved.catalog, data.facts, links, settings, labels)
    return PageContexts(data, past, world, _of_indexes(resolved, past, layouts, world), _of_entities(resolved, past, layouts, world))


def _of_entities(resolved: ResolvedCatalog, past: ChangesContext, layouts: Layouts, world: FactsContext) -> EntityContext:
    section, key = tracked_facts(world)
    return replace(
        entity_context(resolved.catalog, resolved.problems, resolved.trees, past.settings, layouts, past.labels, past.links),
        first=(partial(changes.last_good_copy, past),),
        last=(section, partial(changes.timeline, past)),
        keyed=(key,),
    )


def _of_indexes(resolved: ResolvedCatalog, past: ChangesContext, layouts: Layouts, world: FactsContext) -> IndexContext:
    catalog, problems, trees, settings = resolved.catalog, resolved.problems, resolved.trees, past.settings
    latest, now = changes.latest(past), facts.numbers(world)
    return index_pages.index_context(catalog, problems, trees, settings, layouts, past.labels, past.links, latest=latest, open_now=now)


def track_contexts(contexts: PageContexts) -> tuple[EntityContext, DependencyTracker]:
    """The context of entity pages whose readings are followed, and who follows them."""
    return track(contexts.of_entities, {_INDEXES: index_pages.fingerprint_of_rest(contexts.indexed)})


def plan_pages(contexts: PageContexts, followed: EntityContext, reading: DependencyTracker) -> Iterator[Page]:
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
    data, past = contexts.data, contexts.past
    collected = data.collected
    collections = (*collected.collections, *data.facts.collections)
    fresh = status.plan(collections, collected.stale, data.now, past.links, past.settings, past.labels, collected.undescribed)
    return chain(changes.plan(past), facts.plan(contexts.world), fresh)


def data_files(contexts: PageContexts, key: str) -> Iterator[DataFile]:
    """The files that belong to no single page; ``key`` is the digest of all that lists are made of."""
    data, past = contexts.data, contexts.past
    resolved, collected, portal = data.resolved, data.collected, past.settings.portal
    yield from list_files(resolved.catalog, resolved.problems, resolved.trees, key, is_public=contexts.is_public)
    yield from schema_files_later(resolved.catalog, portal, key)
    yield from feed_files(past)
    collections, stale = status.for_audience((*collected.collections, *data.facts.collections), collected.stale, portal)
    yield "status/collections.json", json_bytes(status.collections_json(collections, stale, data.now))
