"""What of the build before goes on serving: whole trees, files that nobody can parse, and what only those led to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from generator.model.entity import Entity
from generator.model.ref import EntityRef
from generator.model.tree import Trees
from generator.problems import Problem
from generator.snapshot.listing import Causes, File
from generator.snapshot.values import Stale, State, TreeKey

_Identity = tuple[str, str, str, EntityRef]
"""Source, tree, path and reference."""


@dataclass(frozen=True, slots=True)
class Held:
    """Entities and problems of the build before that go on serving."""

    entities: tuple[Entity, ...] = ()
    problems: tuple[Problem, ...] = ()
    stale: tuple[Stale, ...] = ()
    trees: frozenset[TreeKey] = frozenset()
    """Those that could not be read at all."""


def with_last_good(
    entities: Iterable[Entity],
    broken: Mapping[File, str],
    trees: Trees,
    previous: State | None,
    causes: Causes,
    sources: Collection[str],
    answered: Collection[str],
) -> Held:
    """What of the build before goes on serving, and why.

    ``entities`` and ``trees``: what was read now; ``broken``: files that cannot be parsed, with the reason; ``sources``: all that
    ``sources.yaml`` names; ``answered``: those that were asked.
    """
    if previous is None:
        return Held()
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

    def hold_files(self, broken: Mapping[File, str]) -> None:
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

    def held(self) -> Held:
        """All that was held, in the order of the last build."""
        refs = {entity.ref for entity, _ in self.found.values()}
        problems = tuple(p for p in self.previous.problems if p.origin and self._carries(p, refs))
        return Held(tuple(e for e, _ in self.found.values()), problems, tuple(self._stale()), frozenset(self.whole))

    def _carries(self, problem: Problem, refs: Collection[EntityRef]) -> bool:
        assert problem.origin  # noqa: S101 - asked before
        return (problem.origin.source, problem.origin.tree) in self.whole or (problem.subject in refs and self._is_held(problem))

    def _is_held(self, problem: Problem) -> bool:
        origin, subject = problem.origin, problem.subject
        return bool(origin and subject and (origin.source, origin.tree, origin.path, subject) in self.found)

    def _stale(self) -> Iterator[Stale]:
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
        made = (Stale(*place, tuple(sorted(set(refs)))) for place, refs in groups.items())
        return iter(sorted(made, key=stale_order))


def stale_order(stale: Stale) -> tuple[str, str, str, datetime, str]:
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
