"""The first half of the sentence: sources bring descriptors, the catalog links them. A build goes on from here; a check stops."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from callboard.catalog.graph import Catalog
from callboard.catalog.linking import LinkCache, link
from callboard.catalog.merging import merge
from callboard.catalog.targets import targets_of
from callboard.descriptors.kinds import Kinds
from callboard.descriptors.portal_kinds import portal_kinds
from callboard.history.build_state import BuildState
from callboard.incremental.fingerprint import code_digest
from callboard.ingestion.codeowners import with_derived_owners
from callboard.ingestion.discovery import discover
from callboard.ingestion.entity_cache import EntityCache
from callboard.integrations.collect import collect_facts, connections_of, integration_items
from callboard.io.clock import Meter
from callboard.io.store import Store
from callboard.model.errors import SourceError
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.tree import Trees
from callboard.plugins.integrations.base import IntegrationContext
from callboard.plugins.sources import Collected, SourceContext, SourceFailure
from callboard.settings.settings import Limits, Settings
from callboard.sources.collect import collect_all
from callboard.state.facts import CollectedFacts, facts_of_state, with_last_good_facts
from callboard.state.last_good_copy import BuildPolicy, collected_from_state, with_last_good_copy
from callboard.state.values import CollectedState, State


@dataclass(frozen=True, slots=True)
class ResolvedCatalog:
    """All that is known before anything is said: the linked catalog and what is wrong with it."""

    catalog: Catalog
    problems: tuple[Problem, ...]
    """In the order of their places."""
    trees: Trees
    failures: tuple[SourceFailure, ...]
    files: int
    """Descriptor files that were read."""
    skipped: Mapping[str, int]
    """Documents that are no descriptors, by reason."""


def survey(settings: Settings, environ: Mapping[str, str], meter: Meter) -> ResolvedCatalog:
    """Collect, read, merge and link all sources of a portal."""
    with meter.phase("sources"):
        collected = collect_all(settings, SourceContext(settings.root, Store.beside(settings.root).cache, environ))
    names = [source.name for source in settings.sources]
    return survey_collected(collected, names, portal_kinds(settings), settings.limits, meter)


def serve_sources(
    settings: Settings, environ: Mapping[str, str], meter: Meter, previous: State | None, night: BuildPolicy
) -> CollectedState:
    """Ask the sources that ``night`` names; what they do not answer serves from its last good copy."""
    asked = replace(settings, sources=tuple(source for source in settings.sources if source.name in night.answered))
    with meter.phase("sources"):
        collected = collect_all(asked, SourceContext(settings.root, Store.beside(settings.root).cache, environ))
    trees = {(source, tree.id): tree for source, tree in zip(collected.tree_sources, collected.trees, strict=True)}
    kinds, again = portal_kinds(settings), EntityCache(Store.beside(settings.root).cache / "descriptors.jsonl", code_digest())
    with meter.phase("descriptors"):
        again.load(kinds, settings.limits)
        again.read_ahead(collected.files, kinds, settings.limits)
        gathered = discover(collected.files, trees, kinds, settings.limits, again.read)
        again.save()
        gathered = with_derived_owners(gathered, trees)
        return with_last_good_copy(collected, gathered, trees, previous, night)


def survey_with_memory(
    settings: Settings, environ: Mapping[str, str], meter: Meter, previous: State | None, night: BuildPolicy
) -> tuple[ResolvedCatalog, CollectedState]:
    """As ``survey``; what cannot be read serves from its last good copy."""
    served = serve_sources(settings, environ, meter, previous, night)
    return resolve(served, night.sources, portal_kinds(settings), served.failures, meter), served


def survey_from_state(settings: Settings, meter: Meter, state: State) -> tuple[ResolvedCatalog, CollectedState]:
    """What the last build knew, without asking anybody."""
    names = [source.name for source in settings.sources]
    served = collected_from_state(state, Store.beside(settings.root).blob, names)
    return resolve(served, names, portal_kinds(settings), (), meter), served


def resolve(
    served: CollectedState,
    sources: Sequence[str],
    kinds: Kinds,
    failures: tuple[SourceFailure, ...],
    meter: Meter,
    before: LinkCache | None = None,
) -> ResolvedCatalog:
    """Merge and link what sources serve; ``before`` has what the last linking left, and keeps what this one leaves."""
    with meter.phase("catalog"):
        unique, duplicates = merge(served.entities, sources)
        catalog, problems = link(unique, kinds, before=before)
    found = _in_order((*served.problems, *duplicates, *problems))
    return ResolvedCatalog(catalog, found, served.trees, failures, served.files, served.skipped)


def survey_collected(
    collected: Collected,
    sources: Sequence[str],
    kinds: Kinds,
    limits: Limits,
    meter: Meter,
    *,
    whole: bool = True,
    elsewhere: Collection[EntityRef] | None = None,
) -> ResolvedCatalog:
    """Read, merge and link what sources found; ``sources`` are their names in order of precedence.

    ``whole=False`` judges no reference that something elsewhere might satisfy, unless ``elsewhere`` says what there is.
    """
    trees = {(source, tree.id): tree for source, tree in zip(collected.tree_sources, collected.trees, strict=True)}
    with meter.phase("descriptors"):
        gathered = with_derived_owners(discover(collected.files, trees, kinds, limits), trees)
    with meter.phase("catalog"):
        unique, duplicates = merge(gathered.entities, sources)
        catalog, problems = link(unique, kinds, whole=whole, elsewhere=elsewhere)
    found = _in_order((*collected.problems, *gathered.problems, *duplicates, *problems))
    return ResolvedCatalog(catalog, found, trees, collected.failures, gathered.files, gathered.skipped)


def know(settings: Settings, environ: Mapping[str, str], meter: Meter, surveyed: ResolvedCatalog, memory: BuildState) -> CollectedFacts:
    """What integrations say about the entities that were surveyed; where they cannot, what they said before."""
    items = integration_items(settings)
    if not items:
        return CollectedFacts()
    context = IntegrationContext(settings.root, memory.now, memory.store.cache, environ, settings.redactor)
    if memory.from_state and memory.previous is not None:
        return facts_of_state(memory.previous, connections_of(items, context), items)
    with meter.phase("integrations"):
        known = collect_facts(items, targets_of(surveyed.catalog, surveyed.trees), context)
    return with_last_good_facts(known, items, memory.previous, memory.now)


def raise_if_blocked(served: CollectedState) -> None:
    """Raise ``SourceError`` where too much failed or would be lost for a site to be made of it."""
    if not served.verdict.publish:
        raise SourceError(
            "\n".join((*say_failures(served.failures), *served.verdict.reasons)),
            "The old site stays. --accept-loss believes what is gone; --allow-missing-sources leaves out what was never read.",
        )


def say_failures(failures: Sequence[SourceFailure]) -> tuple[str, ...]:
    """One sentence or two for each source, or repository of it, that could not be read."""
    return tuple(_sentences(f"The source {_named(failure)} could not be read: {failure.message}", failure.hint) for failure in failures)


def _sentences(message: str, hint: str) -> str:
    """Both as sentences: messages come with a full stop or without."""
    return f"{message}{'' if message.endswith(('.', '!', '?', '…')) else '.'} {hint}".rstrip()


def _named(failure: SourceFailure) -> str:
    return f"{failure.source!r} ({failure.repository})" if failure.repository else repr(failure.source)


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """By place: source, tree, path, line, column, code; the same in whatever order they were found."""

    def place(problem: Problem) -> tuple[str, str, str, int, int, str, str, str]:
        origin, span = problem.origin, problem.span
        where = (origin.source, origin.tree, origin.path) if origin else ("", "", "")
        return *where, span.line if span else 0, span.column if span else 0, problem.code, problem.field, problem.message

    return tuple(sorted(problems, key=place))
