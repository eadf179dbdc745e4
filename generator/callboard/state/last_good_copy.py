"""The last good copy: what could not be read is served from the previous build."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Collection as Group
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from callboard.ingestion import rules
from callboard.ingestion.discovery import DiscoveryResult
from callboard.model.entity import Entity
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.tree import Trees
from callboard.plugins.sources import Collected, Repository, Undescribed
from callboard.state.loss_guards import Causes, FileId, Guards, broken_files, failed_sources, failing, shrunk_sources, shrunk_trees, verdict
from callboard.state.recorded_trees import SavedTree
from callboard.state.values import CollectedState, CollectionTime, StaleCopy, State, TreeKey

_Identity = tuple[str, str, str, EntityRef]
"""Source, tree, path and reference."""


@dataclass(frozen=True, slots=True)
class Retained:
    """Entities and problems of the build before that go on serving."""

    entities: tuple[Entity, ...] = ()
    problems: tuple[Problem, ...] = ()
    stale: tuple[StaleCopy, ...] = ()
    trees: frozenset[TreeKey] = frozenset()
    """Those that could not be read at all."""


def retain(
    entities: Iterable[Entity],
    broken: Mapping[FileId, str],
    trees: Trees,
    previous: State | None,
    causes: Causes,
    sources: Collection[str],
    answered: Collection[str],
) -> Retained:
    """What of the build before goes on serving, and why.

    ``entities`` and ``trees``: what was read now; ``broken``: files that cannot be parsed, with the reason; ``sources``: all that
    ``sources.yaml`` names; ``answered``: those that were asked.
    """
    if previous is None:
        return Retained()
    work = _Work(previous, frozenset(sources), _by_ref(entities), _by_ref(previous.entities))
    work.hold_files(broken)
    work.hold_trees(trees, causes, frozenset(answered))
    work.hold_what_locations_led_to()
    return work.held()


@dataclass(slots=True)
class _Work:
    """Holding step by step: each step sees what the earlier ones hold."""

    previous: State
    sources: frozenset[str]
    fresh: Mapping[EntityRef, set[_Identity]]
    """Where each reference is now."""
    old: Mapping[EntityRef, set[_Identity]]
    """Where it was in the last build."""
    found: dict[_Identity, tuple[Entity, str]] = field(default_factory=dict)
    """Held entities with the cause."""
    whole: set[TreeKey] = field(default_factory=set)

    def hold_files(self, broken: Mapping[FileId, str]) -> None:
        """A file that is there but cannot be read or parsed."""
        for entity in self.previous.entities:
            if (file := (*_tree(entity), entity.origin.path)) in broken:
                self._hold([entity], broken[file])

    def hold_trees(self, trees: Trees, causes: Causes, answered: frozenset[str]) -> None:
        """Of trees that nobody could read, or that nobody was asked about, everything serves on; of shrunk ones what is missing."""
        entities: defaultdict[TreeKey, list[Entity]] = defaultdict(list)
        for entity in self.previous.entities:
            entities[_tree(entity)].append(entity)
        for tree in self.previous.trees:
            cause = causes.of(tree, is_here=tree.key in trees)
            if tree.source in self.sources and (cause is not None or tree.source not in answered):
                if tree.key not in trees:
                    self.whole.add(tree.key)
                self._hold(entities[tree.key], cause or "")

    def hold_what_locations_led_to(self) -> None:
        """A file that only a held Location leads to was not looked for."""
        while True:
            held = {str(entity.ref): cause for entity, cause in self.found.values() if entity.ref.kind == "location"}
            before = len(self.found)
            for entity in self.previous.entities:
                cause = next((held[via] for via in entity.origin.via_locations if via in held), None)
                if cause is not None and entity.origin.source in self.sources:
                    self._hold([entity], cause)
            if len(self.found) == before:
                return

    def _hold(self, entities: Iterable[Entity], cause: str) -> None:
        """Unless it is here: in its own file, or moved to where it was not before."""
        for entity in entities:
            identity, here = _identity(entity), self.fresh.get(entity.ref, set())
            if identity not in here and here <= self.old[entity.ref]:
                self.found.setdefault(identity, (entity, cause))

    def held(self) -> Retained:
        """All that was held, in the order of the last build."""
        refs = {entity.ref for entity, _ in self.found.values()}
        problems = tuple(p for p in self.previous.problems if p.origin and self._carries(p, refs))
        return Retained(tuple(e for e, _ in self.found.values()), problems, tuple(self._stale()), frozenset(self.whole))

    def _carries(self, problem: Problem, refs: Collection[EntityRef]) -> bool:
        assert problem.origin  # noqa: S101 - asked before
        return (problem.origin.source, problem.origin.tree) in self.whole or (problem.subject in refs and self._is_held(problem))

    def _is_held(self, problem: Problem) -> bool:
        origin, subject = problem.origin, problem.subject
        return bool(origin and subject and (origin.source, origin.tree, origin.path, subject) in self.found)

    def _stale(self) -> Iterator[StaleCopy]:
        """One for each tree, or file of it, and cause. What was held before keeps its age."""
        since = {(stale.source, stale.tree, ref): stale.since for stale in self.previous.stale for ref in stale.refs}
        read = {tree.key: tree.as_of for tree in self.previous.trees}
        groups: dict[tuple[str, str, str, str, datetime, str], list[EntityRef]] = {}
        for entity, cause in self.found.values():
            if not cause:
                continue
            key, origin = _tree(entity), entity.origin
            at = since.get((*key, entity.ref)) or read.get(key, self.previous.as_of)
            path = "" if key in self.whole else origin.path
            groups.setdefault((*key, origin.repository, path, at, cause), []).append(entity.ref)
        made = (StaleCopy(*place, tuple(sorted(set(refs)))) for place, refs in groups.items())
        return iter(sorted(made, key=stale_order))


def stale_order(stale: StaleCopy) -> tuple[str, str, str, datetime, str]:
    """By place."""
    return stale.source, stale.tree, stale.path, stale.since, stale.cause


def _tree(entity: Entity) -> TreeKey:
    return entity.origin.source, entity.origin.tree


def _identity(entity: Entity) -> _Identity:
    return *_tree(entity), entity.origin.path, entity.ref


def _by_ref(entities: Iterable[Entity]) -> dict[EntityRef, set[_Identity]]:
    found: dict[EntityRef, set[_Identity]] = {}
    for entity in entities:
        found.setdefault(entity.ref, set()).add(_identity(entity))
    return found


Content = Callable[[str], bytes | None]
"""Gives the content of a blob by its digest."""
OfSource = TypeVar("OfSource", Repository, Undescribed, CollectionTime)
_UNBELIEVED = frozenset({rules.LOCATION_NOT_FOUND.code, rules.LOCATION_SOURCE_UNKNOWN.code})
"""What a Location seems to lack while the source that has it cannot be read."""


@dataclass(frozen=True, slots=True)
class BuildPolicy:
    """What one build goes by."""

    sources: Sequence[str]
    """Names of all sources in ``sources.yaml``."""
    now: datetime
    guards: Guards
    """What is believed, and what may be lost."""
    content: Content
    """Gives kept contents to the trees of the last good copy."""
    asked: Group[str] | None = None
    """The sources that were asked; the others serve what they had, which is no failure. None for all."""

    @property
    def answered(self) -> frozenset[str]:
        """Names of the sources that were asked."""
        return frozenset(self.sources if self.asked is None else self.asked)


def with_last_good_copy(
    collected: Collected, gathered: DiscoveryResult, trees: Trees, previous: State | None, night: BuildPolicy
) -> CollectedState:
    """What this build goes on with.

    Args:
        collected: what the sources answered.
        gathered: what was read of that.
        trees: those that could be read now.
        previous: what the last build left; None for the first one.
        night: what the build goes by.
    """
    answered = night.answered
    broken = broken_files(gathered.problems, collected.failures, trees)
    causes = _causes(collected, gathered, trees, previous, broken, night)
    held = retain(gathered.entities, broken, trees, previous, causes, night.sources, answered)
    entities = (*gathered.entities, *held.entities)
    kept = [tree for tree in (previous.trees if previous else ()) if tree.key in held.trees]
    failed = failed_sources(causes, trees, night.sources)
    collections = tuple(_collections(night, failed, causes, previous, entities, _requests(collected)))
    lost = _lost(previous, entities, night.sources)
    return CollectedState(
        entities,
        (*collected.problems, *_believed(gathered.problems, held, previous), *held.problems),
        {**trees, **{tree.key: SavedTree(tree, night.content) for tree in kept}},
        held.stale,
        lost,
        collections,
        verdict(previous, collections, failed, lost, night.guards),
        dict.fromkeys(trees, night.now) | {tree.key: tree.as_of for tree in kept},
        gathered.files,
        gathered.skipped,
        _ordered((*collected.repositories, *_carried_repositories(previous, held)), night.sources),
        _ordered((*collected.undescribed, *_carried_undescribed(previous, {*failed, *(set(night.sources) - answered)})), night.sources),
        collected.failures,
    )


def _causes(
    collected: Collected, gathered: DiscoveryResult, trees: Trees, previous: State | None, broken: Group[FileId], night: BuildPolicy
) -> Causes:  # fmt: skip
    """Why answers are not believed: failures, then what shrank, unless the caller has looked."""
    answered, guards = night.answered, night.guards
    causes = failing(collected.failures, trees, previous, answered)
    if previous is not None and not guards.accept_loss:
        causes = causes.also(shrunk_sources(previous, trees, causes, answered, guards))
        causes = causes.also(shrunk_trees(previous, gathered.entities, trees, broken, guards))
    return causes


def collected_from_state(state: State, content: Content, sources: Sequence[str]) -> CollectedState:
    """The last build's copy as it is, without network, for ``--from-state``, in the order of ``with_last_good_copy``."""
    mine = frozenset(sources)
    collections = _ordered((c for c in state.collections if c.source in mine), sources)
    return CollectedState(
        tuple(e for e in state.entities if e.origin.source in mine),
        tuple(p for p in state.problems if p.origin is None or p.origin.source in mine),
        {tree.key: SavedTree(tree, content) for tree in state.trees if tree.source in mine},
        tuple(sorted(state.stale, key=stale_order)),
        collections=collections,
        read_at={tree.key: tree.as_of for tree in state.trees},
        files=state.files,
        skipped=state.skipped,
        repositories=_ordered((r for r in state.repositories if r.source in mine), sources),
        undescribed=_ordered((u for u in state.undescribed if u.source in mine), sources),
    )


def _ordered(found: Iterable[OfSource], sources: Sequence[str]) -> tuple[OfSource, ...]:
    """In the order of ``sources.yaml``, then by what they say: the state on disk has an order of its own."""
    place = {name: index for index, name in enumerate(sources)}
    return tuple(sorted(found, key=lambda one: (place.get(one.source, len(place)), repr(one))))


def _believed(problems: Sequence[Problem], held: Retained, previous: State | None) -> Iterator[Problem]:
    """While something serves from its last good copy, a Location that seems to lead nowhere is believed only if it did so before."""
    known = {problem.fingerprint for problem in previous.problems} if previous else set()
    return (p for p in problems if not held.trees or p.code not in _UNBELIEVED or p.fingerprint in known)


def _carried_repositories(previous: State | None, held: Retained) -> Iterator[Repository]:
    return (r for r in (previous.repositories if previous else ()) if (r.source, r.tree) in held.trees)


def _carried_undescribed(previous: State | None, sources: Group[str]) -> Iterator[Undescribed]:
    return (u for u in (previous.undescribed if previous else ()) if u.source in sources)


def _requests(collected: Collected) -> Mapping[str, int]:
    """By source, where the source counts them."""
    counts: Counter[str] = Counter()
    for one in collected.traffic:
        counts[one.source] += one.traffic.counts.requests
    return counts


def _lost(previous: State | None, entities: Iterable[Entity], sources: Sequence[str]) -> tuple[EntityRef, ...]:
    """A source that left ``sources.yaml`` was meant to go."""
    if previous is None:
        return ()
    return tuple(sorted({e.ref for e in previous.entities if e.origin.source in sources} - {e.ref for e in entities}))


def _collections(
    night: BuildPolicy,
    failed: Group[str],
    causes: Causes,
    previous: State | None,
    entities: Sequence[Entity],
    requests: Mapping[str, int],
) -> Iterator[CollectionTime]:
    before = {c.source: c for c in previous.collections if c.family == "entities"} if previous else {}
    counts = Counter(entity.origin.source for entity in entities)
    answered = night.answered
    for source in night.sources:
        old = before.get(source, CollectionTime(source))
        if source not in answered:
            yield replace(old, count=counts[source])
        else:
            at = old.as_of if source in failed else night.now
            yield CollectionTime(source, "entities", at, night.now, counts[source], requests.get(source), causes.errors(source))
