"""What the pages of a site are made from, and which pages and files there are; nothing of it is made yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain

from generator.diagrams.layout import Layouts
from generator.model.entity import Entity
from generator.pages import entities
from generator.pages.changes import planning as changes
from generator.pages.changes import status, timeline
from generator.pages.changes.feeds import feed_files
from generator.pages.changes.past import Past, past_of
from generator.pages.entities.context import EntityContext
from generator.pages.entities.following import ASPECTS, follow
from generator.pages.facts import planning as facts
from generator.pages.facts.context import FactsContext, facts_context
from generator.pages.facts.following import followed_facts
from generator.pages.indexes import context as index_pages
from generator.pages.indexes import planning as indexes
from generator.pages.indexes.context import IndexContext
from generator.pages.page import Page
from generator.pages.parts import Links
from generator.pages.reading import ALL, Key, Reading
from generator.settings.settings import Settings
from generator.snapshot.facts import ServedFacts
from generator.snapshot.history import History
from generator.snapshot.values import Served
from generator.surveying import Surveyed
from generator.website.catalog_data import entity_files, list_files
from generator.website.data_files import DataFile, json_bytes
from generator.website.editor_schemas import schema_files_later
from generator.website.portal_files import find_portal_files
from generator.website.strings import read_strings

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
        entities.entity_context(surveyed.catalog, surveyed.problems, surveyed.trees, past.settings, layouts, past.labels, past.links),
        first=(partial(timeline.last_good_copy, past),),
        last=(section, partial(timeline.timeline, past)),
        keyed=(key,),
    )


def _of_indexes(surveyed: Surveyed, past: Past, layouts: Layouts, world: FactsContext) -> IndexContext:
    catalog, problems, trees, settings = surveyed.catalog, surveyed.problems, surveyed.trees, past.settings
    latest, now = timeline.latest(past), facts.numbers(world)
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
    return entities.page_of(followed or contexts.of_entities, entity, reading, files)


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
