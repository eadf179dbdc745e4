"""The last good copy: what could not be read serves from the build before, and *gone* is only what is known to be gone.

Gone is what a complete listing of its source lacks, or a file that a readable revision lacks. A failure, a listing that shrank beyond
belief and a file that nobody can parse tell nothing of what is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Collection as Group
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from generator.catalog.gathering import Gathered
from generator.catalog.rules import location_not_found, location_source_unknown
from generator.model.entity import Entity
from generator.model.ref import EntityRef
from generator.model.tree import Trees
from generator.problems import Problem
from generator.snapshot.guarding import Guards, verdict
from generator.snapshot.holding import Held, stale_order, with_last_good
from generator.snapshot.listing import Causes, File, broken_files, failed_sources, failing, shrunk_sources, shrunk_trees
from generator.snapshot.trees import SavedTree
from generator.snapshot.values import Collection, Served, State
from generator.sources.source import Collected, Repository, Undescribed

__all__ = ["Content", "Night", "apply", "served_from", "with_last_good"]

Content = Callable[[str], bytes | None]
"""Gives the content of a blob by its digest."""
OfSource = TypeVar("OfSource", Repository, Undescribed, Collection)
_UNBELIEVED = frozenset({location_not_found.RULE.code, location_source_unknown.RULE.code})
"""What a Location seems to lack while the source that has it cannot be read."""


@dataclass(frozen=True, slots=True)
class Night:
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


def apply(collected: Collected, gathered: Gathered, trees: Trees, previous: State | None, night: Night) -> Served:
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
    held = with_last_good(gathered.entities, broken, trees, previous, causes, night.sources, answered)
    entities = (*gathered.entities, *held.entities)
    kept = [tree for tree in (previous.trees if previous else ()) if tree.key in held.trees]
    failed = failed_sources(causes, trees, night.sources)
    collections = tuple(_collections(night, failed, causes, previous, entities, _requests(collected)))
    lost = _lost(previous, entities, night.sources)
    return Served(
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
    collected: Collected, gathered: Gathered, trees: Trees, previous: State | None, broken: Group[File], night: Night
) -> Causes:  # fmt: skip
    """Why answers are not believed: failures, then what shrank, unless the caller has looked."""
    answered, guards = night.answered, night.guards
    causes = failing(collected.failures, trees, previous, answered)
    if previous is not None and not guards.accept_loss:
        causes = causes.also(shrunk_sources(previous, trees, causes, answered, guards))
        causes = causes.also(shrunk_trees(previous, gathered.entities, trees, broken, guards))
    return causes


def served_from(state: State, content: Content, sources: Sequence[str]) -> Served:
    """The last build's copy as it is, without asking anybody: for ``--from-state``. Its order is the one that ``apply`` gives."""
    mine = frozenset(sources)
    collections = _ordered((c for c in state.collections if c.source in mine), sources)
    return Served(
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


def _believed(problems: Sequence[Problem], held: Held, previous: State | None) -> Iterator[Problem]:
    """While something serves from its last good copy, a Location that seems to lead nowhere is believed only if it did so before."""
    known = {problem.fingerprint for problem in previous.problems} if previous else set()
    return (p for p in problems if not held.trees or p.code not in _UNBELIEVED or p.fingerprint in known)


def _carried_repositories(previous: State | None, held: Held) -> Iterator[Repository]:
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
    night: Night,
    failed: Group[str],
    causes: Causes,
    previous: State | None,
    entities: Sequence[Entity],
    requests: Mapping[str, int],
) -> Iterator[Collection]:
    before = {c.source: c for c in previous.collections if c.family == "entities"} if previous else {}
    counts = Counter(entity.origin.source for entity in entities)
    answered = night.answered
    for source in night.sources:
        old = before.get(source, Collection(source))
        if source not in answered:
            yield replace(old, count=counts[source])
        else:
            at = old.as_of if source in failed else night.now
            yield Collection(source, "entities", at, night.now, counts[source], requests.get(source), causes.errors(source))
