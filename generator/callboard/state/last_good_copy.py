"""Collected and discovered data and the previous state → data of this build, with the last good copy of what could not be read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import TypeVar

from callboard.ingestion import rules
from callboard.ingestion.discovery import DiscoveryResult
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.skipped import SkippedFile
from callboard.model.tree import Trees
from callboard.plugins.sources import Collected, Repository, SourceFailure, Undescribed
from callboard.state.loss_guards import (
    Causes,
    FileId,
    Guards,
    SourceListing,
    broken_files,
    failed_sources,
    failing,
    left_out_by_source,
    shrunk_sources,
    shrunk_trees,
    verdict,
)
from callboard.state.recorded_trees import SavedTree
from callboard.state.values import CollectedState, CollectionTime, StaleCopy, State, TreeKey

Content = Callable[[str], bytes | None]
"""Gives the content of a blob by its digest; None if it is missing."""
OfSource = TypeVar("OfSource", Repository, Undescribed, CollectionTime, SkippedFile)
_UNCERTAIN = frozenset({rules.LOCATION_NOT_FOUND.code, rules.LOCATION_SOURCE_UNKNOWN.code})
"""Codes of problems with Locations that may be caused by another source that cannot be read."""
LOSS_HINT = "If this was meant, run `callboard build --accept-loss` once."
_Identity = tuple[str, str, str, EntityRef]
"""Source, tree, path and reference."""


@dataclass(frozen=True, slots=True)
class BuildPolicy:
    """The settings of one build for sources, limits and last good copies."""

    sources: Sequence[str]
    """Names of all sources in ``sources.yaml``."""
    now: datetime
    """Time of the build."""
    guards: Guards
    """The limits for losses."""
    content: Content
    """Reads blobs for the trees of the last good copy."""
    queried: Collection[str] | None = None
    """The sources that are queried; for the others the saved copy is used, which is not a failure. None for all."""

    @property
    def queried_sources(self) -> frozenset[str]:
        """Names of the sources that are queried."""
        return frozenset(self.sources if self.queried is None else self.queried)


def with_last_good_copy(
    collected: Collected, discovered: DiscoveryResult, trees: Trees, previous: State | None, policy: BuildPolicy
) -> CollectedState:
    """The data of this build: fresh where it could be read, the last good copy elsewhere.

    Args:
        collected: the results of the sources.
        discovered: the entities and problems of their descriptor files.
        trees: the trees that could be read.
        previous: the state of the last build; None for the first one.
        policy: settings of this build.
    """
    broken = broken_files(discovered.problems, collected.failures, trees)
    causes = _causes(collected, discovered, trees, previous, broken, policy)
    retained = retain(discovered.entities, broken, trees, previous, causes, policy.sources, policy.queried_sources)
    entities = (*discovered.entities, *retained.entities)
    saved = [tree for tree in (previous.trees if previous else ()) if tree.key in retained.trees]
    failed = failed_sources(causes, trees, policy.sources)
    saved_sources = {*failed, *(set(policy.sources) - policy.queried_sources)}
    unread = (*failed, *_without_trusted_tree(causes, trees))
    collections = tuple(_collections(policy, unread, causes, previous, entities, collected))
    lost = _lost(previous, entities, policy.sources)
    return CollectedState(
        entities,
        (*collected.problems, *_certain(discovered.problems, retained, previous), *retained.problems),
        {**trees, **{tree.key: SavedTree(tree, policy.content) for tree in saved}},
        retained.stale,
        lost,
        collections,
        verdict(previous, collections, failed, lost, policy.guards),
        dict.fromkeys(trees, policy.now) | {tree.key: tree.as_of for tree in saved},
        discovered.files,
        discovered.skipped,
        *_saved_documents(discovered, previous, saved_sources),
        discovered.documents,
        _ordered((*collected.repositories, *_saved_repositories(previous, retained)), policy.sources),
        _ordered((*collected.undescribed, *_of_sources(previous.undescribed if previous else (), saved_sources)), policy.sources),
        collected.failures,
        tuple(SourceFailure(source, "", sentence, LOSS_HINT) for source, sentence in causes.losses),
    )


def _saved_documents(
    discovered: DiscoveryResult, previous: State | None, sources: Collection[str]
) -> tuple[tuple[SkippedFile, ...], tuple[Entity, ...]]:
    """The skipped files, and the descriptors that are no entities; also those of the last build of ``sources``."""
    if previous is None:
        return discovered.skipped_files, discovered.unidentified
    skipped = {*discovered.skipped_files, *_of_sources(previous.skipped_files, sources)}
    unidentified = (entity for entity in previous.unidentified if entity.origin.source in sources)
    return tuple(sorted(skipped)), (*discovered.unidentified, *unidentified)


def _causes(
    collected: Collected, discovered: DiscoveryResult, trees: Trees, previous: State | None, broken: Collection[FileId], policy: BuildPolicy
) -> Causes:  # fmt: skip
    """Why the last good copy is used: failures, then losses beyond the limits, unless the build accepts losses."""
    queried, guards = policy.queried_sources, policy.guards
    causes = failing(collected.failures, trees, previous, queried)
    if previous is not None and not guards.accept_loss:
        left_out = left_out_by_source(collected.left_out)
        causes = causes.also(shrunk_sources(previous, trees, causes, SourceListing(queried, left_out), guards))
        causes = causes.also(shrunk_trees(previous, discovered.entities, trees, broken, guards))
    return causes


def collected_from_state(state: State, content: Content, sources: Sequence[str]) -> CollectedState:
    """The data of the state, without network, for ``--from-state``; in the order of ``with_last_good_copy``."""
    configured = frozenset(sources)
    collections = _ordered((c for c in state.collections if c.source in configured), sources)
    return CollectedState(
        tuple(e for e in state.entities if e.origin.source in configured),
        tuple(p for p in state.problems if p.origin is None or p.origin.source in configured),
        {tree.key: SavedTree(tree, content) for tree in state.trees if tree.source in configured},
        tuple(sorted(state.stale, key=stale_order)),
        collections=collections,
        tree_times={tree.key: tree.as_of for tree in state.trees},
        files=state.files,
        skipped=state.skipped,
        skipped_files=tuple(sorted(file for file in state.skipped_files if file.source in configured)),
        unidentified=tuple(entity for entity in state.unidentified if entity.origin.source in configured),
        repositories=_ordered((r for r in state.repositories if r.source in configured), sources),
        undescribed=_ordered((u for u in state.undescribed if u.source in configured), sources),
    )


def _ordered(items: Iterable[OfSource], sources: Sequence[str]) -> tuple[OfSource, ...]:
    """Sorted by the order of ``sources.yaml``, then by all values; the state on disk has another order."""
    position = {name: index for index, name in enumerate(sources)}
    return tuple(sorted(items, key=lambda item: (position.get(item.source, len(position)), repr(item))))


def _certain(problems: Sequence[Problem], retained: Retained, previous: State | None) -> Iterator[Problem]:
    """The problems without those of Locations that a missing tree may have caused: new ones while a last good copy is used."""
    known = set(map(_about, previous.problems)) if previous else set()
    return (p for p in problems if not retained.trees or p.code not in _UNCERTAIN or _about(p) in known)


def _about(problem: Problem) -> tuple[str, str, str, str, EntityRef | None, str]:
    """Code, source, tree, path, entity and field: the same for the same problem of two builds."""
    origin = problem.origin
    place = (origin.source, origin.tree, origin.path) if origin else ("", "", "")
    return (problem.code, *place, problem.subject, problem.field)


def _saved_repositories(previous: State | None, retained: Retained) -> Iterator[Repository]:
    return (r for r in (previous.repositories if previous else ()) if (r.source, r.tree) in retained.trees)


def _of_sources(items: Iterable[OfSource], sources: Collection[str]) -> Iterator[OfSource]:
    return (item for item in items if item.source in sources)


def _requests(collected: Collected) -> Mapping[str, int]:
    """Network requests by source, for sources that count them."""
    counts: Counter[str] = Counter()
    for source in collected.traffic:
        counts[source.source] += source.traffic.counts.requests
    return counts


def _without_trusted_tree(causes: Causes, trees: Trees) -> set[str]:
    """The sources all of whose trees lost more than the limit."""
    return {source for source, _ in causes.shrunk} - {key[0] for key in trees if key not in causes.shrunk}


def _lost(previous: State | None, entities: Iterable[Entity], sources: Sequence[str]) -> tuple[EntityRef, ...]:
    """Entities of the last build that are gone, without those of sources that were removed from ``sources.yaml``."""
    if previous is None:
        return ()
    return tuple(sorted({e.ref for e in previous.entities if e.origin.source in sources} - {e.ref for e in entities}))


def _collections(
    policy: BuildPolicy,
    failed: Collection[str],
    causes: Causes,
    previous: State | None,
    entities: Sequence[Entity],
    collected: Collected,
) -> Iterator[CollectionTime]:
    requests, left_out = _requests(collected), left_out_by_source(collected.left_out)
    last = {c.source: c for c in previous.collections if c.family == "entities"} if previous else {}
    counts = Counter(entity.origin.source for entity in entities)
    queried = policy.queried_sources
    for source in policy.sources:
        old = last.get(source, CollectionTime(source))
        if source not in queried:
            yield replace(old, count=counts[source])
        else:
            as_of = old.as_of if source in failed else policy.now
            errors = causes.errors(source)
            yield CollectionTime(
                source, "entities", as_of, policy.now, counts[source], requests.get(source), errors, left_out.get(source, ())
            )


@dataclass(frozen=True, slots=True)
class Retained:
    """Entities and problems of the previous build that are still used."""

    entities: tuple[Entity, ...] = ()
    problems: tuple[Problem, ...] = ()
    stale: tuple[StaleCopy, ...] = ()
    trees: frozenset[TreeKey] = frozenset()
    """Trees that could not be read at all."""


def retain(
    entities: Iterable[Entity],
    broken: Mapping[FileId, str],
    trees: Trees,
    previous: State | None,
    causes: Causes,
    sources: Collection[str],
    queried: Collection[str],
) -> Retained:
    """The entities and problems of the previous build that are still used, and why.

    Args:
        entities: all that were read now.
        broken: files that cannot be read or parsed, with the reason.
        trees: all that were read now.
        previous: the state of the last build.
        causes: why trees are not read, or not trusted.
        sources: names of all sources in ``sources.yaml``.
        queried: names of the sources that were queried.
    """
    if previous is None:
        return Retained()
    retention = _Retention(previous, frozenset(sources), _by_ref(entities), _by_ref(previous.entities))
    retention.add_files(broken)
    retention.add_trees(trees, causes, frozenset(queried))
    retention.add_targets_of_locations()
    return retention.result()


@dataclass(slots=True)
class _Retention:
    """Collects the entities to retain step by step: each step uses the results of the earlier ones."""

    previous: State
    sources: frozenset[str]
    fresh: Mapping[EntityRef, set[_Identity]]
    """The identities of each reference in this build."""
    old: Mapping[EntityRef, set[_Identity]]
    """Those in the last build."""
    entities: dict[_Identity, tuple[Entity, str]] = field(default_factory=dict)
    """Retained entities with the cause; an empty cause for sources that were not queried."""
    missing_trees: set[TreeKey] = field(default_factory=set)
    """Trees that could not be read at all."""
    shrunk: dict[TreeKey, str] = field(default_factory=dict)
    """Why the trees that lost more than the limit are not used."""

    def add_files(self, broken: Mapping[FileId, str]) -> None:
        """Add the entities of files that exist but cannot be read or parsed."""
        for entity in self.previous.entities:
            if (file := (*_tree(entity), entity.origin.path)) in broken:
                self._add([entity], broken[file])

    def add_trees(self, trees: Trees, causes: Causes, queried: frozenset[str]) -> None:
        """Add all entities of trees that could not be read or were not queried, and the missing ones of trees that shrank."""
        by_tree: defaultdict[TreeKey, list[Entity]] = defaultdict(list)
        for entity in self.previous.entities:
            by_tree[_tree(entity)].append(entity)
        for tree in self.previous.trees:
            cause = causes.of(tree, is_here=tree.key in trees)
            if tree.source in self.sources and (cause is not None or tree.source not in queried):
                if tree.key not in trees:
                    self.missing_trees.add(tree.key)
                elif cause:
                    self.shrunk[tree.key] = cause
                self._add(by_tree[tree.key], cause or "")

    def add_targets_of_locations(self) -> None:
        """Add the entities of files that only retained Locations name: those files were not read."""
        while True:
            locations = {str(entity.ref): cause for entity, cause in self.entities.values() if entity.ref.kind == "location"}
            count = len(self.entities)
            for entity in self.previous.entities:
                cause = next((locations[via] for via in entity.origin.via_locations if via in locations), None)
                if cause is not None and entity.origin.source in self.sources:
                    self._add([entity], cause)
            if len(self.entities) == count:
                return

    def _add(self, entities: Iterable[Entity], cause: str) -> None:
        """Add entities, except those that were read now: in the same file, or moved to another one."""
        for entity in entities:
            identity, fresh = _identity(entity), self.fresh.get(entity.ref, set())
            if identity not in fresh and fresh <= self.old[entity.ref]:
                self.entities.setdefault(identity, (entity, cause))

    def result(self) -> Retained:
        """The retained entities with their problems, in the order of the last build."""
        problems = tuple(problem for problem in self.previous.problems if self._is_retained(problem))
        entities = tuple(entity for entity, _ in self.entities.values())
        return Retained(entities, problems, tuple(self._stale()), frozenset(self.missing_trees))

    def _is_retained(self, problem: Problem) -> bool:
        """Whether the problem is in a missing tree, or in the file of a retained entity that is its subject."""
        origin, subject = problem.origin, problem.subject
        if origin is None:
            return False
        identity = (origin.source, origin.tree, origin.path, subject)
        return (origin.source, origin.tree) in self.missing_trees or (subject is not None and identity in self.entities)

    def _stale(self) -> Iterator[StaleCopy]:
        """A value for each tree, or file of it, and cause. Entities that were stale before keep their time."""
        since = {(stale.source, stale.tree, ref): stale.since for stale in self.previous.stale for ref in stale.refs}
        read = {tree.key: tree.as_of for tree in self.previous.trees}
        groups: dict[tuple[str, str, str, str, datetime, str], list[EntityRef]] = {}
        for entity, cause in self.entities.values():
            if not cause:
                continue
            key, origin = _tree(entity), entity.origin
            time = since.get((*key, entity.ref)) or read.get(key, self.previous.as_of)
            path = "" if key in self.missing_trees or cause == self.shrunk.get(key) else origin.path
            groups.setdefault((*key, origin.repository, path, time, cause), []).append(entity.ref)
        copies = (StaleCopy(*group, tuple(sorted(set(refs)))) for group, refs in groups.items())
        return iter(sorted(copies, key=stale_order))


def stale_order(stale: StaleCopy) -> tuple[str, str, str, datetime, str]:
    """Sort key: source, tree, path, time, cause."""
    return stale.source, stale.tree, stale.path, stale.since, stale.cause


def _tree(entity: Entity) -> TreeKey:
    return entity.origin.source, entity.origin.tree


def _identity(entity: Entity) -> _Identity:
    return *_tree(entity), entity.origin.path, entity.ref


def _by_ref(entities: Iterable[Entity]) -> dict[EntityRef, set[_Identity]]:
    identities: dict[EntityRef, set[_Identity]] = {}
    for entity in entities:
        identities.setdefault(entity.ref, set()).add(_identity(entity))
    return identities
