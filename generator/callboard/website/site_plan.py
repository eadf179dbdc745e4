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
from callboard.pages.changes.status import Freshness
from callboard.pages.context import page_context
from callboard.pages.entities import plan as entity_pages
from callboard.pages.entities.context import EntityContext, entity_context
from callboard.pages.entities.tracking import ASPECTS, track
from callboard.pages.facts import index_pages as facts
from callboard.pages.facts.context import FactsContext, facts_context
from callboard.pages.facts.tracking import tracked_facts
from callboard.pages.indexes import plan as indexes
from callboard.pages.indexes.context import IndexContext, fingerprint_of_rest, index_context
from callboard.pages.page import Page
from callboard.pages.site_data import SiteData
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
        """True for a site that everybody may read."""
        return self.past.is_public

    @property
    def freshness(self) -> Freshness:
        """When each source was read last."""
        collected, facts = self.data.collected, self.data.facts
        return Freshness((*collected.collections, *facts.collections), (*collected.stale,), (*collected.undescribed,), self.data.now)


def contexts_of(data: SiteData, settings: Settings, layouts: Layouts, labels: Mapping[str, str] | None = None) -> PageContexts:
    """Everything that pages need; ``labels`` are the portal's words, where they have been read already."""
    resolved = data.resolved
    labels = labels or read_strings(find_portal_files(settings.root), settings.portal.language)
    page = page_context(resolved.catalog, resolved.problems, resolved.trees, settings, layouts, labels)
    past = changes_context(page, data.history, data.collected.stale, {each.name: each.title for each in data.facts.connections})
    world = facts_context(page, data.facts)
    indexed = index_context(page, resolved.problems, latest=changes.latest(past), urgent=facts.urgent_counts(world))
    facts_section, on_call = tracked_facts(world)
    of_entities = entity_context(
        page,
        first_sections=(partial(changes.last_good_copy, past),),
        last_sections=(facts_section, partial(changes.timeline, past)),
        last_fields=(on_call,),
    )
    return PageContexts(data, past, world, indexed, of_entities)


def track_contexts(contexts: PageContexts) -> tuple[EntityContext, DependencyTracker]:
    """The context of entity pages in a form that records what is read of it, and the recorder."""
    return track(contexts.of_entities, {_INDEXES: fingerprint_of_rest(contexts.indexed)})


def plan_pages(contexts: PageContexts, tracked: EntityContext, tracker: DependencyTracker) -> Iterator[Page]:
    """All pages, in their order."""
    keys = (*((aspect, ALL) for aspect in ASPECTS), _INDEXES)
    lists = (replace(page, tracker=tracker, extra_keys=keys) for page in indexes.plan(contexts.indexed))
    every = (entity_page(contexts, entity, tracked, tracker) for entity in tracked.catalog.entities.values())
    return chain(lists, every, _rest(contexts))


def plan_without_entities(contexts: PageContexts) -> Iterator[Page]:
    """The pages that are about no single entity."""
    return chain(indexes.plan(contexts.indexed), _rest(contexts))


def entity_page(
    contexts: PageContexts, entity: Entity, tracked: EntityContext | None = None, tracker: DependencyTracker | None = None
) -> Page:
    """An entity's page, whose dependencies ``tracker`` records, if it is given."""
    files = partial(_files, is_public=contexts.is_public)
    return entity_pages.page_of(tracked or contexts.of_entities, entity, tracker, files)


def _files(context: EntityContext, entity: Entity, *, is_public: bool) -> Iterator[tuple[str, bytes]]:
    return entity_files(context.catalog, context.trees, entity, is_public=is_public)


def _rest(contexts: PageContexts) -> Iterator[Page]:
    fresh = status.plan(contexts.past, contexts.freshness)
    return chain(changes.plan(contexts.past), facts.plan(contexts.world), fresh)


def data_files(contexts: PageContexts, key: str) -> Iterator[DataFile]:
    """The files that belong to no single page; ``key`` is the digest of all that lists are made of."""
    resolved, past = contexts.data.resolved, contexts.past
    yield from list_files(resolved.catalog, resolved.problems, resolved.trees, key, is_public=contexts.is_public)
    yield from schema_files_later(resolved.catalog, past.settings.portal, key)
    yield from feed_files(past)
    visible = contexts.freshness.for_audience(is_public=contexts.is_public)
    yield "status/collections.json", json_bytes(status.collections_json(visible))
