"""Settings → a committed site, in six steps: ``collect → ingest → resolve → enrich → plan → write``.

Build, preview, collect and lint run these steps, or some of them; they differ in where caches are (on disk, in memory, nowhere).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from callboard import __version__
from callboard.api_changes.portal_changes import with_api_changes
from callboard.build_caches import Caches, DiskCaches, NoCaches
from callboard.build_inputs import Queries
from callboard.build_record import record_build
from callboard.build_report import build_report
from callboard.build_request import BuildRequest, BuildResult, raise_if_blocked
from callboard.catalog.comparison import SameFile, comparison_problems
from callboard.catalog.linking import check_left_out, check_unidentified, link
from callboard.catalog.merging import assigned, merge
from callboard.catalog.targets import targets_of
from callboard.descriptors.kinds import Kinds
from callboard.descriptors.portal_kinds import portal_kinds
from callboard.diagrams.layout import Layouts
from callboard.documentation.building import portal_documentation
from callboard.documentation.health import DOCUMENTATION, documentation_health
from callboard.history.build_state import BuildState, ChangeSet, load_build_state
from callboard.incremental.fingerprint import code_digest
from callboard.ingestion.access import ConnectedTrees
from callboard.ingestion.archived import archived_problems
from callboard.ingestion.codeowners import with_derived_owners
from callboard.insights.delivery_facts import ENVIRONMENTS, DeliveryBuild, with_delivery_facts
from callboard.insights.drift.dismissals import dismissal_problems
from callboard.insights.drift.portal_drift import DriftBuild, portal_drift
from callboard.insights.drift.report import DRIFT
from callboard.io.clock import Meter
from callboard.io.garbage import gc_disabled
from callboard.io.store import Store
from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem, problem_order
from callboard.model.ref import EntityRef
from callboard.pages.site_data import ResolvedCatalog, SiteData
from callboard.plugins.guarded_tree import tree_failures
from callboard.plugins.integrations.base import IntegrationContext, IntegrationFailure
from callboard.plugins.integrations.collector import unusable_families
from callboard.plugins.run_integrations import connections_of, integration_items
from callboard.plugins.sources import Collected, SourceContext, SourceFailure
from callboard.scorecards.portal_scorecards import JudgedBuild, judged_catalog, with_record
from callboard.settings.settings import Settings
from callboard.software_templates.linting.template_lint import template_problems, with_skeleton_problems
from callboard.state.definition_facts import with_definition_facts
from callboard.state.facts import CollectedFacts, facts_of_state, with_last_good_facts, with_own_facts
from callboard.state.last_good_copy import BuildPolicy, collected_from_state, with_last_good_copy
from callboard.state.loss_guards import Guards, guards_of
from callboard.state.values import CollectedState, State
from callboard.website.assemble import Assembled, SiteBuild, assemble
from callboard.website.guide_references import with_references
from callboard.website.overlays import Overlays, read_overlays
from callboard.website.site_loss import OutputFolder
from callboard.website.site_plan import PageContexts, contexts_of, data_files, plan_pages, track_contexts
from callboard.website.theme_build import ThemeBuild, start_theme_build


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the steps of one run share."""

    settings: Settings
    environ: Mapping[str, str]
    kinds: Kinds
    caches: Caches = field(default_factory=NoCaches)
    meter: Meter = field(default_factory=Meter)

    @property
    def source_names(self) -> list[str]:
        """Names of all sources, in order of precedence."""
        return [source.name for source in self.settings.sources]

    @property
    def compared_sources(self) -> frozenset[str]:
        """Names of the sources whose entities are compared with those of the others."""
        return frozenset(source.name for source in self.settings.sources if source.options.get("compare") is True)


def collect(work: Workspace, names: Collection[str] | None = None) -> Collected:
    """Sources → trees and descriptor files. ``names``: the sources to query; None for all."""
    settings = work.settings
    queried = settings.sources if names is None else tuple(source for source in settings.sources if source.name in names)
    context = SourceContext(settings.root, Store.beside(settings.root).cache, work.environ)
    with work.meter.phase("sources"):
        return work.caches.collect(replace(settings, sources=queried), context)


def ingest(work: Workspace, collected: Collected, previous: State | None = None, policy: BuildPolicy | None = None) -> CollectedState:
    """Trees and descriptor files → entities and problems.

    With a ``policy``, what could not be read comes from the last good copy in ``previous``, and the guards judge what was lost.
    """
    trees = {(source, tree.id): tree for source, tree in zip(collected.tree_sources, collected.trees, strict=True)}
    with work.meter.phase("descriptors"):
        connected = ConnectedTrees(trees, work.settings.sources)
        found = with_derived_owners(work.caches.discover(collected.files, connected, work.kinds, work.settings.limits), trees)
        collected = replace(collected, failures=(*collected.failures, *tree_failures(collected.trees)))
        if policy is not None:
            state = with_last_good_copy(collected, found, trees, previous, policy)
        else:
            problems = (*collected.problems, *found.problems)
            state = CollectedState(
                found.entities, problems, trees, files=found.files, skipped=found.skipped, skipped_files=found.skipped_files,
                unidentified=found.unidentified, documents=found.documents, failures=collected.failures,
            )  # fmt: skip
        return with_skeleton_problems(state, work.source_names, work.kinds)


def resolve(
    work: Workspace, state: CollectedState, *, is_complete: bool = True, external_refs: Collection[EntityRef] | None = None
) -> ResolvedCatalog:
    """Entities → the linked catalog, with all problems.

    ``is_complete=False`` leaves references unchecked that entities elsewhere might satisfy, unless ``external_refs`` lists those.
    """
    with work.meter.phase("catalog"):
        merged = merge(state.entities, work.source_names, work.kinds, state.problems, is_same_file := SameFile(state.trees))
        catalog, problems = link(merged.entities, work.kinds, is_complete=is_complete, external_refs=external_refs, cache=work.caches.links)
        compared = comparison_problems(merged, work.compared_sources, is_same_file)
        existing = {*catalog.entities, *(external_refs or ())} if state.unidentified or merged.duplicates else ()
        left_out = check_left_out(merged.left_out, work.kinds, existing)
        archived = archived_problems(merged.entities, state.repositories)
        own = assigned((*state.problems, *merged.problems(is_same_file), *left_out, *archived), merged, catalog)
        has_all_names = is_complete or external_refs is not None
        unidentified = check_unidentified(state.unidentified, work.kinds, existing, has_all_names=has_all_names)
    of_templates = template_problems(catalog)
    found = sorted((*own, *problems, *compared, *unidentified, *of_templates, *dismissal_problems(catalog)), key=problem_order)
    return ResolvedCatalog(catalog, tuple(found), state.trees, state.failures, state.files, state.skipped, state.documents, state.losses)


def enrich(work: Workspace, resolved: ResolvedCatalog, state: BuildState) -> CollectedFacts:
    """The catalog → facts that integrations report about its entities; where they fail, those of the last good copy."""
    settings, items = work.settings, integration_items(work.settings)
    if not items:
        return CollectedFacts()
    context = IntegrationContext(settings.root, state.now, state.store.cache, work.environ, settings.redactor)
    if state.from_state and state.previous is not None:
        return facts_of_state(state.previous, connections_of(items, context), items)
    with work.meter.phase("integrations"):
        reported = work.caches.collect_facts(items, targets_of(resolved.catalog, resolved.trees), context)
    return with_last_good_facts(reported, items, state.previous, state.now)


def prepare(work: Workspace, state: BuildState, guards: Guards, queried: Collection[str] | None = None) -> tuple[SiteData, ChangeSet]:
    """``collect → ingest → resolve → enrich``: everything that the site is made of, and what changed since the last build.

    ``queried``: the sources to query, None for all; the others keep what the state has of them.

    Raises ``SourceError`` where too much failed or would be lost.
    """
    collected = _collected(work, state, guards, queried)
    resolved = resolve(work, collected)
    facts = enrich(work, resolved, state)
    resolved = replace(resolved, problems=(*resolved.problems, *unusable_families(), *facts.problems))
    with work.meter.phase("history"):
        changes = with_api_changes(state.diff(resolved.catalog, resolved.problems, facts), state, resolved.catalog, work.settings)
        facts = state.accumulated(facts, changes)
    resolved = replace(resolved, trees=state.recorded(resolved.trees), problems=(*resolved.problems, *changes.failures))
    data = SiteData(resolved, collected, state.history(changes), state.now, _with_own_facts(work, facts, resolved, state))
    return judge(work, with_drift(work, document(work, data), state), state, changes), changes


def _with_own_facts(work: Workspace, facts: CollectedFacts, resolved: ResolvedCatalog, state: BuildState) -> CollectedFacts:
    with work.meter.phase("delivery"):
        environments = frozenset(map(str.lower, work.settings.sections.get("delivery", {}).get("environments", ENVIRONMENTS)))
        delivery = DeliveryBuild(resolved.catalog, resolved.trees, state.now, state.store.state, state.store.cache, environments)
        facts = with_delivery_facts(facts, delivery)
    with work.meter.phase("definitions"):
        return with_definition_facts(facts, resolved.catalog, state.now, state.store.cache, is_public=work.settings.portal.is_public)


def with_drift(work: Workspace, data: SiteData, state: BuildState) -> SiteData:
    """Site data → the same with differences between descriptors and what is known from elsewhere."""
    with work.meter.phase("drift"):
        catalog, trees = data.resolved.catalog, data.resolved.trees
        previous = state.previous.facts if state.previous else ()
        subject = DriftBuild(
            catalog, trees, data.collected, data.facts, previous, data.now, state.store.cache, work.environ,
            has_network=not state.from_state and state.is_saved,
        )  # fmt: skip
        found = portal_drift(work.settings, subject)
    facts = with_own_facts(data.facts, DRIFT, found.facts, found.measurements, data.now)
    return replace(data, drift=found, facts=facts)


def document(work: Workspace, data: SiteData) -> SiteData:
    """Site data → the same with the documentation of the entities, of which only what changed is converted, and its problems."""
    with work.meter.phase("documentation"):
        catalog, trees, memory = data.resolved.catalog, data.resolved.trees, work.caches.documentation
        found = portal_documentation(catalog, trees, work.settings, code_digest(), removes=not data.resolved.failures, memory=memory)
        health = documentation_health(found, catalog, trees, data.now, memory)
    facts = with_own_facts(data.facts, DOCUMENTATION, health.facts, health.measurements, data.now)
    work.meter.counts["documents_converted"] = found.converted
    return with_problems(replace(data, documentation=found, facts=facts), found.problems)


def judge(work: Workspace, data: SiteData, state: BuildState, changes: ChangeSet) -> SiteData:
    """Site data → the same with the results of the portal's scorecards, and the problems of their files."""
    if not work.settings.scorecards:
        return data
    with work.meter.phase("scorecards"):
        subject = JudgedBuild(
            data.resolved.catalog, data.facts, data.resolved.problems, data.resolved.trees, data.now, state.results, code_digest()
        )
        judged = with_record(judged_catalog(work.settings, subject), state, changes)
    return with_problems(replace(data, judged=judged), judged.problems)


def _collected(work: Workspace, state: BuildState, guards: Guards, queried: Collection[str] | None) -> CollectedState:
    if state.from_state and state.previous is not None:
        return collected_from_state(state.previous, state.store.blob, work.source_names)
    policy = BuildPolicy(work.source_names, state.now, guards, state.store.blob, queried)
    collected = ingest(work, collect(work, policy.queried_sources), state.previous, policy)
    raise_if_blocked(collected)
    return collected


def plan(work: Workspace, data: SiteData, layouts: Layouts, labels: Mapping[str, str]) -> PageContexts:
    """Site data → the contexts of which pages and data files are planned."""
    with work.meter.phase("plan"):
        return contexts_of(data, work.settings, layouts, labels)


def build(request: BuildRequest, meter: Meter) -> BuildResult:
    """Build the site: all steps, with caches on disk.

    Raises:
        SourceError: too much failed or would be lost, and the request does not allow that; the old site stays.
        StateError: the saved state cannot be used; the old site stays.
        WebsiteError: the site could not be rendered or committed.
        LockedError: another build of this portal is running.
    """
    lock = Store.beside(request.settings.root).lock(request.lock_wait, request.command)
    with lock, gc_disabled():
        return complete_build(request, meter, Queries())


def complete_build(request: BuildRequest, meter: Meter, queries: Queries) -> BuildResult:
    """As ``build``, under the store's lock. ``queries``: what was collected before."""
    settings, store = request.settings, Store.beside(request.settings.root)
    work = Workspace(settings, request.environ, portal_kinds(settings), DiskCaches(store.cache, meter, queries), meter)
    section = settings.sections.get("history", {})
    overlays = read_overlays(settings.root, settings.portal)
    with start_theme_build(settings, overlays, store, request.environ) as theme:  # MkDocs runs meanwhile
        with meter.phase("memory"):
            state = load_build_state(store, request.now, __version__, settings, from_state=request.from_state)
        guards = guards_of(section, accept_loss=request.accept_loss, allow_missing=request.allow_missing_sources)
        data, changes = prepare(work, state, guards, [name for name in work.source_names if name not in request.skipped])
        data = with_references(data, overlays, settings)
        known = {each.ref for each in state.previous.entities} - data.resolved.catalog.entities.keys() if state.previous else ()
        state = state.compared
        site = write(work, data, OutputFolder(request.output, request.verify, guards, known), overlays, theme)
        set_aside: tuple[Path, ...] = ()
        if request.remember and not request.from_state:
            with meter.phase("state"):
                set_aside = state.save(data.collected, changes, data.resolved.trees, data.facts, data.results)
    problems = (*data.resolved.problems, *site.problems)
    late = (failure for failure in tree_failures(data.collected.trees.values()) if failure not in data.resolved.failures)
    failures: tuple[SourceFailure | IntegrationFailure, ...] = (*data.resolved.failures, *late, *data.facts.failures)
    meter.counts |= {"sources": len(settings.sources), "nothing_changed": 0}
    report = build_report(data, site, problems, meter, request.now)
    result = BuildResult(
        data.resolved.problems, problems, failures, report, data.history.damaged, set_aside, losses=data.resolved.losses
    )  # fmt: skip
    if request.remember and not request.from_state:
        with meter.phase("record"):
            record_build(request, queries, data, result)
    return result


def with_problems(data: SiteData, problems: Sequence[Problem]) -> SiteData:
    """Site data with further problems, which the site shows and the change history does not."""
    return replace(data, resolved=replace(data.resolved, problems=(*data.resolved.problems, *problems))) if problems else data


def write(work: Workspace, data: SiteData, output: OutputFolder, overlays: Overlays, theme: ThemeBuild) -> Assembled:
    """Site data → the planned pages and data files, rendered and committed to ``output``. Raises ``WebsiteError``."""
    settings, layouts = work.settings, Layouts(Store.beside(work.settings.root).cache / "layouts")
    contexts = plan(work, data, layouts, overlays.labels)
    tracked, tracker = track_contexts(contexts)
    site_build = SiteBuild(
        settings, overlays, Store.beside(settings.root), output, theme, work.environ, frozenset(data.kind_icons()), work.meter, layouts,
        contexts.documents,
    )  # fmt: skip
    return assemble(plan_pages(contexts, tracked, tracker), data_files(contexts, tracker), site_build)
