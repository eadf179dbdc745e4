"""What the pages of a site are made from, and which pages and files there are; nothing of it is made yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain

from callboard.diagrams.layout import Layouts
from callboard.incremental.tracking import ALL, Key, Reading
from callboard.model.entity import Entity
from callboard.pages.changes import changes, status
from callboard.pages.changes.context import Past, past_of
from callboard.pages.changes.feeds import feed_files
from callboard.pages.entities import plan as entity_pages
from callboard.pages.entities.context import EntityContext, entity_context
from callboard.pages.entities.tracking import ASPECTS, follow
from callboard.pages.facts import index_pages as facts
from callboard.pages.facts.context import FactsContext, facts_context
from callboard.pages.facts.tracking import followed_facts
from callboard.pages.indexes import context as index_pages
from callboard.pages.indexes import plan as indexes
from callboard.pages.indexes.context import IndexContext
from callboard.pages.page import Page
from callboard.pages.shared_views import Links
from callboard.settings.settings import Settings
from callboard.state.change_log import History
from callboard.state.facts import ServedFacts
from callboard.state.values import Served
from callboard.surveying import Surveyed
from callboard.website.data_files import DataFile, entity_files, json_bytes, list_files
from callboard.website.editor_schemas import schema_files_later
from callboard.website.overlays import find_portal_files, read_strings

_INDEXES: Key = ("indexes", "rest")
"""What lists are made of beside the catalog; of that, they read everything."""


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the site is made of."""

    surveyed: Surveyed
    """With trees that remember what pages ask of them."""
    served: Served
    history: History
    now: datetime
    """The time that the site speaks of: the build's, or that of the state."""
    known: ServedFacts
    """What integrations say."""


@dataclass(frozen=True, slots=True)
class Contexts:
    """What each family of pages is made from."""

    shown: Shown
    past: Past
    world: FactsContext
    indexed: IndexContext
    of_entities: EntityContext

    @property
    def is_public(self) -> bool:
        """The site is for everybody."""
        return self.past.settings.portal.audience == "public"


def contexts_of(shown: Shown, settings: Settings, layouts: Layouts, labels: Mapping[str, str] | None = None) -> Contexts:
    """Everything that pages need; ``labels`` are the portal's words, where they have been read already."""
    surveyed = shown.surveyed
    labels = labels or read_strings(find_portal_files(settings.root), settings.portal.language)
    links = Links(surveyed.catalog)
    tools = {one.name: one.title for one in shown.known.connections}
    past = past_of(shown.history, shown.served.stale, links, surveyed.trees, settings, labels, tools)
    world = facts_context(surveyed.catalog, shown.known, links, settings, labels)
    return Contexts(shown, past, world, _of_indexes(surveyed, past, layouts, world), _of_entities(surveyed, past, layouts, world))


def _of_entities(surveyed: Surveyed, past: Past, layouts: Layouts, world: FactsContext) -> EntityContext:
    section, key = followed_facts(world)
    return replace(
        entity_context(surveyed.catalog, surveyed.problems, surveyed.trees, past.settings, layouts, past.labels, past.links),
        first=(partial(changes.last_good_copy, past),),
        last=(section, partial(changes.timeline, past)),
        keyed=(key,),
    )


def _of_indexes(surveyed: Surveyed, past: Past, layouts: Layouts, world: FactsContext) -> IndexContext:
    catalog, problems, trees, settings = surveyed.catalog, surveyed.problems, surveyed.trees, past.settings
    latest, now = changes.latest(past), facts.numbers(world)
    return index_pages.index_context(catalog, problems, trees, settings, layouts, past.labels, past.links, latest=latest, open_now=now)


def follow_contexts(contexts: Contexts) -> tuple[EntityContext, Reading]:
    """The context of entity pages whose readings are followed, and who follows them."""
    return follow(contexts.of_entities, {_INDEXES: index_pages.print_of_rest(contexts.indexed)})


def plan(contexts: Contexts, followed: EntityContext, reading: Reading) -> Iterator[Page]:
    """All pages, in their order."""
    own = (*((aspect, ALL) for aspect in ASPECTS), _INDEXES)
    lists = (replace(page, reading=reading, own=own) for page in indexes.plan(contexts.indexed))
    every = (entity_page(contexts, entity, followed, reading) for entity in followed.catalog.entities.values())
    return chain(lists, every, _rest(contexts))


def plan_without_entities(contexts: Contexts) -> Iterator[Page]:
    """The pages that are about no single entity."""
    return chain(indexes.plan(contexts.indexed), _rest(contexts))


def entity_page(contexts: Contexts, entity: Entity, followed: EntityContext | None = None, reading: Reading | None = None) -> Page:
    """An entity's page, whose readings ``reading`` follows, if it is given."""
    files = partial(_files, is_public=contexts.is_public)
    return entity_pages.page_of(followed or contexts.of_entities, entity, reading, files)


def _files(context: EntityContext, entity: Entity, *, is_public: bool) -> Iterator[tuple[str, bytes]]:
    return entity_files(context.catalog, context.trees, entity, is_public=is_public)


def _rest(contexts: Contexts) -> Iterator[Page]:
    shown, past = contexts.shown, contexts.past
    served = shown.served
    collections = (*served.collections, *shown.known.collections)
    fresh = status.plan(collections, served.stale, shown.now, past.links, past.settings, past.labels, served.undescribed)
    return chain(changes.plan(past), facts.plan(contexts.world), fresh)


def data_files(contexts: Contexts, key: str) -> Iterator[DataFile]:
    """The files that belong to no single page; ``key`` is the digest of all that lists are made of."""
    shown, past = contexts.shown, contexts.past
    surveyed, served, portal = shown.surveyed, shown.served, past.settings.portal
    yield from list_files(surveyed.catalog, surveyed.problems, surveyed.trees, key, is_public=contexts.is_public)
    yield from schema_files_later(surveyed.catalog, portal, key)
    yield from feed_files(past)
    collections, stale = status.for_audience((*served.collections, *shown.known.collections), served.stale, portal)
    yield "status/collections.json", json_bytes(status.collections_json(collections, stale, shown.now))


def kind_icons(surveyed: Surveyed) -> Sequence[str]:
    """Names of the icons of all kinds."""
    return [kind.icon for kind in surveyed.catalog.kinds.by_name.values()]
