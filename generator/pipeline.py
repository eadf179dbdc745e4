"""The sentence of the house as code: sources bring descriptors, the catalog links them, pages say it, the website is committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from generator import __version__
from generator.diagrams.layout import Layouts
from generator.errors import SourceError
from generator.model.entity import Entity
from generator.outside.forking import calm
from generator.outside.metering import Meter, peak_memory
from generator.outside.store import Store
from generator.pages import entities
from generator.pages.changes import planning as changes
from generator.pages.changes import status, timeline
from generator.pages.changes.feeds import feed_files
from generator.pages.changes.past import Past, past_of
from generator.pages.entities.context import EntityContext
from generator.pages.entities.following import ASPECTS, follow
from generator.pages.facts import planning as facts
from generator.pages.facts.context import FactsContext, facts_context
from generator.pages.facts.duty import on_call_key
from generator.pages.indexes import context as index_pages
from generator.pages.indexes import planning as indexes
from generator.pages.indexes.context import IndexContext
from generator.pages.page import Page
from generator.pages.parts import Links
from generator.pages.reading import ALL, Key, Reading
from generator.problems import Problem, Severity
from generator.settings.settings import Settings
from generator.snapshot.facts import ServedFacts
from generator.snapshot.guarding import guards_of
from generator.snapshot.history import History
from generator.snapshot.merging import Night
from generator.snapshot.remembering import Memory, recall
from generator.snapshot.values import Served
from generator.surveying import Surveyed, know, say_failures, survey_from_state, survey_with_memory
from generator.website.assembling import Assembled, assemble
from generator.website.catalog_data import entity_files, list_files
from generator.website.data_files import DataFile, json_bytes
from generator.website.editor_schemas import schema_files_later
from generator.website.portal_files import find_portal_files
from generator.website.strings import read_strings

REPORT_FORMAT = 1
_INDEXES: Key = ("indexes", "rest")
"""What lists are made of beside the catalog; of that, they read everything."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a build is asked to do."""

    settings: Settings
    output: Path
    """Folder of the site."""
    now: datetime
    """Aware; stands for "as of" wherever data names a time."""
    environ: Mapping[str, str]
    allow_missing_sources: bool = False
    """Go on without the sources that failed and have no last good copy."""
    accept_loss: bool = False
    """Publish although more entities or repositories are gone than is believed."""
    from_state: bool = False
    """Ask nobody: make the site of what the last build knew, at its time."""
    not_asked: tuple[str, ...] = ()
    """Sources that another run collects: they serve what the state has of them."""
    remember: bool = True
    """Leave a state to the next build; a preview leaves none."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to."""

    surveyed: Surveyed
    problems: tuple[Problem, ...]
    """Those of the survey, then those of the website."""
    report: Mapping[str, Any]
    """Phases, counts and peak memory, ready for JSON."""


def build(request: Request, meter: Meter) -> Built:
    """Build the site.

    Raises:
        SourceError: too much failed or would be lost, and the request does not allow that; the old site stays.
        StateError: what the last build left cannot be used; the old site stays.
        WebsiteError: the site could not be made or committed.
        LockedError: another build of this portal is at work.
    """
    settings, store = request.settings, Store.beside(request.settings.root)
    with store.lock(), calm():
        memory = recall(store, request.now, __version__, settings.sections.get("history", {}), from_state=request.from_state)
        surveyed, served = _survey(request, memory, meter)
        known = know(settings, request.environ, meter, surveyed, memory)
        surveyed = replace(surveyed, problems=(*surveyed.problems, *known.problems))
        noticed = memory.notice(surveyed.catalog, surveyed.problems, known)
        shown = Shown(replace(surveyed, trees=memory.recorded(surveyed.trees)), served, memory.history(noticed), memory.now, known)
        with meter.phase("website"):
            site = _assembled(shown, request, store)
        if request.remember and not request.from_state:
            with meter.phase("state"):
                memory.keep(served, noticed, shown.surveyed.trees, known)
    problems = (*surveyed.problems, *site.problems)
    return Built(surveyed, problems, _report(surveyed, site, problems, meter, request))


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


def _survey(request: Request, memory: Memory, meter: Meter) -> tuple[Surveyed, Served]:
    settings = request.settings
    if request.from_state and memory.previous is not None:
        return survey_from_state(settings, meter, memory.previous)
    section = settings.sections.get("history", {})
    guards = guards_of(section, accept_loss=request.accept_loss, allow_missing=request.allow_missing_sources)
    names = [source.name for source in settings.sources]
    night = Night(names, memory.now, guards, memory.store.blob, [name for name in names if name not in request.not_asked])
    surveyed, served = survey_with_memory(settings, request.environ, meter, memory.previous, night)
    if not served.verdict.publish:
        raise SourceError(
            "\n".join((*say_failures(surveyed.failures), *served.verdict.reasons)),
            "The old site stays. --accept-loss believes what is gone; --allow-missing-sources leaves out what was never read.",
        )
    return surveyed, served


def _assembled(shown: Shown, request: Request, store: Store) -> Assembled:
    settings, surveyed = request.settings, shown.surveyed
    labels = read_strings(find_portal_files(settings.root), settings.portal.language)
    links = Links(surveyed.catalog)
    tools = {one.name: one.title for one in shown.known.connections}
    past = past_of(shown.history, shown.served.stale, links, surveyed.trees, settings, labels, tools)
    layouts = Layouts(store.cache / "layouts")
    world = facts_context(surveyed.catalog, shown.known, links, settings, labels)
    indexed = _of_indexes(shown, past, layouts, world)
    context, reading = follow(_of_entities(shown, past, layouts, world), {_INDEXES: index_pages.print_of_rest(indexed)})
    return assemble(
        _plan(shown, past, context, indexed, reading, world), _data(shown, past, reading.whole()), settings, store, request.output,
        environ=request.environ, kind_icons=[kind.icon for kind in surveyed.catalog.kinds.by_name.values()],
        laid_out=lambda: layouts.statistics.placed,
    )  # fmt: skip


def _of_entities(shown: Shown, past: Past, layouts: Layouts, world: FactsContext) -> EntityContext:
    surveyed = shown.surveyed
    return replace(
        entities.entity_context(surveyed.catalog, surveyed.problems, surveyed.trees, past.settings, layouts, past.labels, past.links),
        first=(partial(timeline.last_good_copy, past),),
        last=(partial(facts.of_entity, world), partial(timeline.timeline, past)),
        keyed=(partial(on_call_key, world),),
    )


def _of_indexes(shown: Shown, past: Past, layouts: Layouts, world: FactsContext) -> IndexContext:
    surveyed, settings = shown.surveyed, past.settings
    catalog, problems, trees = surveyed.catalog, surveyed.problems, surveyed.trees
    latest, now = timeline.latest(past), facts.numbers(world)
    return index_pages.index_context(catalog, problems, trees, settings, layouts, past.labels, past.links, latest=latest, open_now=now)


def _plan(shown: Shown, past: Past, context: EntityContext, indexed: IndexContext, reading: Reading, world: FactsContext) -> Iterator[Page]:
    served, settings, labels, links = shown.served, past.settings, past.labels, past.links
    collections = (*served.collections, *shown.known.collections)
    fresh = status.plan(collections, served.stale, shown.now, links, settings, labels, served.undescribed)
    is_public = settings.portal.audience == "public"

    def files(context: EntityContext, entity: Entity) -> Iterator[tuple[str, bytes]]:
        return entity_files(context.catalog, context.trees, entity, is_public=is_public)

    own = (*((aspect, ALL) for aspect in ASPECTS), _INDEXES)
    lists = (replace(page, reading=reading, own=own) for page in indexes.plan(indexed))
    return chain(lists, entities.plan(context, reading, files), changes.plan(past), facts.plan(world), fresh)


def _data(shown: Shown, past: Past, key: str) -> Iterator[DataFile]:
    surveyed, served = shown.surveyed, shown.served
    is_public = past.settings.portal.audience == "public"
    yield from list_files(surveyed.catalog, surveyed.problems, surveyed.trees, key, is_public=is_public)
    yield from schema_files_later(surveyed.catalog, past.settings.portal, key)
    yield from feed_files(past)
    collections, stale = status.for_audience((*served.collections, *shown.known.collections), served.stale, past.settings.portal)
    yield "status/collections.json", json_bytes(status.collections_json(collections, stale, shown.now))


def _report(surveyed: Surveyed, site: Assembled, problems: Sequence[Problem], meter: Meter, request: Request) -> Mapping[str, Any]:
    severities = Counter(problem.severity for problem in problems)
    committed = site.committed
    return {
        "format": REPORT_FORMAT,
        "as_of": request.now.isoformat(),
        "phases": [{"name": p.name, "seconds": round(p.seconds, 3), "cpu": round(p.cpu, 3)} for p in meter.phases],
        "seconds": round(sum(p.seconds for p in meter.phases), 3),
        "peak_memory_mb": peak_memory(),
        "counts": {
            "sources": len(request.settings.sources),
            "sources_failed": len(surveyed.failures),
            "trees": len(surveyed.trees),
            "files": surveyed.files,
            "skipped": dict(surveyed.skipped),
            "entities": len(surveyed.catalog.entities),
            "entities_by_kind": dict(sorted(Counter(ref.kind for ref in surveyed.catalog.entities).items())),
            "problems": {severity.value: severities[severity] for severity in Severity},
            "problems_by_code": dict(sorted(Counter(problem.code for problem in problems).items())),
            "pages": site.pages,
            "pages_rendered": site.rendered,
            "diagrams_laid_out": site.laid_out,
            "files_written": committed.written,
            "files_unchanged": committed.unchanged,
            "files_removed": committed.removed,
            "bytes": committed.bytes,
        },
    }
