"""Site data → the plan of a site: which pages and data files it has. Nothing is rendered yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from callboard.catalog.facets import CatalogFacets
from callboard.catalog.names import names_index
from callboard.diagrams.layout import Layouts
from callboard.incremental.key_digests import ALL, DependencyKey
from callboard.incremental.tracking import DependencyTracker
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.facts.api_quality import ApiQuality
from callboard.model.published_json import published_json
from callboard.pages.announcements import plan as announcements
from callboard.pages.announcements.context import AnnouncementsContext, announcements_context
from callboard.pages.apis.provided import ProvidedOperations
from callboard.pages.apis.reference import reference_pages
from callboard.pages.badges import BadgeContext, BadgeSettings, badge_files
from callboard.pages.blocks.results import BlockResults
from callboard.pages.changes import changes, day_pages, skipped, status
from callboard.pages.changes.api_changelog import api_changelog
from callboard.pages.changes.context import ChangesContext, changes_context
from callboard.pages.changes.feeds import feed_files
from callboard.pages.changes.recent import RECENT, recent_changes
from callboard.pages.changes.status import Freshness
from callboard.pages.context import PageContext, page_context
from callboard.pages.create import plan as create
from callboard.pages.create import register
from callboard.pages.create.context import CreateContext, create_context
from callboard.pages.documents import plan as documents
from callboard.pages.documents.context import DocumentsContext, documents_context
from callboard.pages.documents.decisions import DecisionsSection
from callboard.pages.documents.entity_section import DocumentsSection
from callboard.pages.entities import plan as entity_pages
from callboard.pages.entities.context import EntityContext, entity_context
from callboard.pages.entities.tracking import ASPECTS, track
from callboard.pages.facts import index_pages as facts
from callboard.pages.facts.context import FactsContext, facts_context
from callboard.pages.facts.families import all_families
from callboard.pages.facts.health_column import health_column, health_families, team_numbers
from callboard.pages.facts.person import TrackedShiftField, TrackedShifts, schedules_by_person
from callboard.pages.facts.search_texts import facts_search_text, has_search_text
from callboard.pages.facts.tracking import tracked_facts
from callboard.pages.indexes import plan as indexes
from callboard.pages.indexes import problems as problem_lists
from callboard.pages.indexes.context import IndexContext, fingerprint_of_rest, index_context
from callboard.pages.insights import plan as insights
from callboard.pages.insights.context import InsightsContext, insights_context
from callboard.pages.insights.innersource_file import insights_files
from callboard.pages.page import Page
from callboard.pages.reports import plan as reports
from callboard.pages.reports.context import REPORTS, ReportContext, has_reports, report_context
from callboard.pages.scorecards import index_pages as scorecards
from callboard.pages.scorecards.context import ScorecardContext, scorecard_context
from callboard.pages.scorecards.entity_section import ScorecardField, TrackedScorecards
from callboard.pages.scorecards.level_column import level_column
from callboard.pages.site_data import SiteData
from callboard.settings.settings import Settings
from callboard.website.data_files import DataFile, DeferredFile, entity_files, list_files
from callboard.website.editor_schemas import schema_files_later
from callboard.website.scorecard_files import scorecard_files

_INDEXES: DependencyKey = ("indexes", "rest")
"""Dependency of index pages on what is not tracked key by key: changes, facts and problems about no entity."""
_SCORECARDS: DependencyKey = ("scorecards", "all")
"""Dependency of the pages about scorecards on all results."""


@dataclass(frozen=True, slots=True)
class PageContexts:
    """The site's data, and the context of each package of pages."""

    data: SiteData
    changes: ChangesContext
    facts: FactsContext
    indexes: IndexContext
    entities: EntityContext
    documents: DocumentsContext
    scorecards: ScorecardContext | None
    """None for a portal without scorecards."""
    create: CreateContext
    announcements: AnnouncementsContext
    reports: ReportContext | None
    """None for a portal without scorecards and tools."""
    insights: InsightsContext

    @property
    def is_public(self) -> bool:
        """True for a site that everybody may read."""
        return self.changes.is_public

    @property
    def freshness(self) -> Freshness:
        """When each source was read last; the number of a source's entities is that of the catalog, without duplicates left out."""
        collected, facts = self.data.collected, self.data.facts
        kept = Counter(entity.origin.source for entity in self.data.resolved.catalog.entities.values())
        return Freshness(
            (*(replace(each, count=kept[each.source]) for each in collected.collections), *facts.collections),
            (*collected.stale,),
            (*collected.undescribed,),
            self.data.now,
            collected.skipped_files,
        )


def contexts_of(data: SiteData, settings: Settings, layouts: Layouts, labels: Mapping[str, str]) -> PageContexts:
    """The contexts of all pages; ``labels`` are those of the portal's language."""
    resolved = data.resolved
    page = page_context(resolved, settings, layouts, labels)
    families = all_families()
    tools = {each.name: each.title for each in data.facts.connections}
    of_changes = changes_context(page, data.history, data.collected.stale, tools, families)
    of_facts = facts_context(page, data.facts, families)
    skipped_path = skipped.PATH if data.collected.skipped_files and not of_changes.is_public else ""
    of_announcements = announcements_context(page, data.documentation.announcements, data.now)
    of_insights = insights_context(page, of_facts, frozenset(data.documentation.sets))
    of_indexes = index_context(
        page, resolved.problems, latest=changes.latest(of_changes), urgent=facts.urgent_counts(of_facts), skipped_path=skipped_path,
        has_health=bool(health_families(of_facts)), announcements=of_announcements, places=places_of(settings, of_insights),
        api_qualities={fact.subject: fact.value for fact in of_facts.of_family("api-quality") if isinstance(fact.value, ApiQuality)},
    )  # fmt: skip
    of_scorecards = scorecard_context(page, data.judged, tools)
    of_documents = documents_context(page, data.documentation, block_results(page, data), data.guides)
    facts_section, on_call, status_of_tools = tracked_facts(of_facts)
    schedules = schedules_by_person(of_facts)
    of_entities = entity_context(
        page,
        first_sections=(partial(changes.last_good_copy, of_changes), TrackedShifts(of_facts, schedules)),
        last_sections=(
            DocumentsSection(of_documents),
            DecisionsSection(of_documents),
            ProvidedOperations(resolved.catalog, page.labels, is_public=page.is_public),
            facts_section,
            *((TrackedScorecards(of_scorecards),) if of_scorecards else ()),
            partial(api_changelog, of_changes),
            partial(changes.timeline, of_changes),
        ),
        last_fields=(on_call, TrackedShiftField(of_facts, schedules), *((ScorecardField(of_scorecards),) if of_scorecards else ())),
        status=(status_of_tools,),
        documented=documents.addresses(of_documents),
    )
    return PageContexts(
        data, of_changes, of_facts, of_indexes, of_entities, of_documents, of_scorecards, create_context(page), of_announcements,
        report_context(page, resolved.problems, of_facts, facts_section.fingerprints, of_scorecards), of_insights,
    )  # fmt: skip


def places_of(settings: Settings, insights: InsightsContext) -> tuple[str, ...]:
    """Paths of further pages that there are: reports, and pages about whom to ask."""
    return (*((REPORTS,) if has_reports(settings) else ()), *insights.paths)


def track_contexts(contexts: PageContexts) -> tuple[EntityContext, DependencyTracker]:
    """The context of entity pages in a form that records what is read of it, and the recorder."""
    judged = {_SCORECARDS: scorecards.fingerprint(contexts.scorecards)} if contexts.scorecards else {}
    rest = {
        _INDEXES: fingerprint_of_rest(contexts.indexes),
        **documents.fingerprints(contexts.documents),
        **dict(problem_lists.fingerprints(contexts.indexes)),
        **dict(reports.fingerprints(contexts.reports)),
        **dict(insights.fingerprints(contexts.insights)),
    }
    return track(contexts.entities, {**rest, **judged})


def plan_pages(contexts: PageContexts, tracked: EntityContext, tracker: DependencyTracker) -> Iterator[Page]:
    """All pages in their order; ``tracked`` is the context of entity pages, whose reads ``tracker`` records."""
    keys = (*((aspect, ALL) for aspect in ASPECTS if aspect != "added"), _INDEXES)  # lists show no sections of entities
    lists = (replace(page, tracker=tracker, extra_keys=page.extra_keys or keys) for page in indexes.plan(contexts.indexes))
    every = (page for entity in tracked.entities.values() for page in _of_entity(contexts, entity, tracked, tracker))
    results = (replace(page, tracker=tracker, extra_keys=(_SCORECARDS,)) for page in _scorecard_pages(contexts))
    of_sets = documents.plan(documents.tracked(contexts.documents, tracked), tracker)
    return chain(
        lists, every, results, of_sets, reports.plan(contexts.reports, tracker),
        insights.plan(contexts.insights, tracker), _rest(contexts),
    )  # fmt: skip


def _of_entity(contexts: PageContexts, entity: Entity, tracked: EntityContext, tracker: DependencyTracker) -> Iterator[Page]:
    """Its page, then those of its reference: the process that makes both reads the definition once."""
    yield entity_page(contexts, entity, tracked, tracker)
    yield from reference_pages(tracked, entity, tracker)


def plan_without_entities(contexts: PageContexts) -> Iterator[Page]:
    """The pages that are about no single entity."""
    entities = contexts.entities
    references = (page for entity in entities.entities.values() for page in reference_pages(entities, entity))
    of_sets = documents.plan(contexts.documents)
    others = chain(reports.plan(contexts.reports), insights.plan(contexts.insights))
    return chain(indexes.plan(contexts.indexes), references, _scorecard_pages(contexts), of_sets, others, _rest(contexts))


def entity_page(
    contexts: PageContexts, entity: Entity, tracked: EntityContext | None = None, tracker: DependencyTracker | None = None
) -> Page:
    """An entity's page, whose dependencies ``tracker`` records, if it is given."""
    files = partial(_files, is_public=contexts.is_public, by_name=contexts.entities.settings.data.by_name)
    page = entity_pages.page_of(tracked or contexts.entities, entity, tracker, files)
    facts_text = partial(facts_search_text, contexts.facts, entity.ref)
    return replace(page, search_facts=facts_text) if has_search_text(contexts.facts, entity.ref) else page


def _files(context: EntityContext, entity: Entity, *, is_public: bool, by_name: bool) -> Iterator[tuple[str, bytes]]:
    return entity_files(context.catalog, context.trees, entity, is_public=is_public, by_name=by_name)


def _rest(contexts: PageContexts) -> Iterator[Page]:
    visible = contexts.freshness.for_audience(is_public=contexts.is_public)
    fresh = status.plan(contexts.changes, contexts.freshness)
    return chain(
        day_pages.plan(contexts.changes),
        facts.plan(contexts.facts),
        fresh,
        create.plan(contexts.create),
        register.plan(contexts.create, visible.undescribed, contexts.data.collected.repositories, contexts.data.resolved.problems),
        announcements.plan(contexts.announcements),
    )


def _scorecard_pages(contexts: PageContexts) -> Iterator[Page]:
    return scorecards.plan(contexts.scorecards) if contexts.scorecards else iter(())


_OF_CATALOG = ("entity", "outline", "link", "relations", "problems", "tree")
"""Aspects of what lists of all entities and schemas for editors are made from."""


def data_files(contexts: PageContexts, tracker: DependencyTracker | None = None) -> Iterator[DataFile]:
    """The data files that belong to no single page. ``tracker`` has the fingerprints of what they are made from; None without a cache."""
    key, catalog_key = (tracker.digest(), tracker.digest(*_OF_CATALOG)) if tracker else ("", "")
    resolved, settings = contexts.data.resolved, contexts.changes.settings
    columns, lines = partial(_columns, contexts), settings.data.lines
    yield from list_files(resolved, columns, (catalog_key, key), is_public=contexts.is_public, lines=lines)
    levels = {card.name: card.levels for card in contexts.scorecards.cards if card.levels} if contexts.scorecards else {}
    yield from schema_files_later(resolved.catalog, settings.portal, f"{catalog_key} {levels}", levels)
    yield from feed_files(contexts.changes)
    yield from announcements.feed_files(contexts.announcements)
    yield from insights_files(contexts.insights)
    badges = BadgeSettings.of(settings.sections.get("badges"))
    page, documented = contexts.changes, frozenset(contexts.data.documentation.sets)
    yield from badge_files(BadgeContext(badges, page.links, page.labels, contexts.scorecards, documented))
    yield RECENT, recent_changes(contexts.changes, contexts.scorecards)
    yield from (DeferredFile(path, digest, make, is_copy=True) for path, digest, make in documents.files(contexts.documents))
    if contexts.scorecards:
        yield from scorecards.data_files(contexts.scorecards)
        yield from scorecard_files(contexts.scorecards)
    yield from create.engine_files(contexts.create)
    yield from ((f"drift/{each.name}", published_json(each.as_json())) for each in contexts.data.drift.proposals)
    visible = contexts.freshness.for_audience(is_public=contexts.is_public)
    yield "status/collections.json", published_json(status.collections_json(visible))


def block_results(page: PageContext, data: SiteData) -> BlockResults:
    """What blocks in Markdown show; nothing is computed before one is asked for."""
    return BlockResults(page, partial(_facets, page, data))


def _facets(page: PageContext, data: SiteData) -> CatalogFacets:
    """The choices of each field of a filter, with those that the browser takes from ``columns.json``."""
    judged = scorecard_context(page, data.judged, {})
    columns = {"health": health_column(facts_context(page, data.facts, all_families())), "levels": level_column(judged) if judged else None}
    return CatalogFacets(page.catalog, names_index(page.catalog, data.resolved.problems), columns, page.labels)


def _columns(contexts: PageContexts) -> Mapping[str, Any]:
    """The columns of ``columns.json`` beside those of the catalog itself, by key; a column without values is left out."""
    found = {
        "health": health_column(contexts.facts),
        "teams": team_numbers(contexts.facts, contexts.indexes.team_problems),
        "levels": level_column(contexts.scorecards) if contexts.scorecards else None,
    }
    return {key: column for key, column in found.items() if column}
