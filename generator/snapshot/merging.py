"""The last good copy: what could not be read serves from the build before, and *gone* is only what is known to be gone.

Gone is what a complete listing of its source lacks, or a file that a readable revision lacks. A failure, a listing that shrank beyond
belief and a file that nobody can parse tell nothing of what is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Collection as Group
from dataclasses import replace
from datetime import datetime

from generator.catalog.gathering import Gathered
from generator.catalog.rules import location_not_found, location_source_unknown
from generator.model.entity import Entity
from generator.model.ref import EntityRef
from generator.model.tree import Trees
from generator.problems import Problem
from generator.snapshot.guarding import Guards, verdict
from generator.snapshot.holding import Held, with_last_good
from generator.snapshot.listing import Causes, broken_files, failed_sources, failing, shrunk_sources, shrunk_trees
from generator.snapshot.trees import SavedTree
from generator.snapshot.values import Collection, Served, State
from generator.sources.source import Collected, Repository, Undescribed

__all__ = ["Content", "apply", "served_from", "with_last_good"]

Content = Callable[[str], bytes | None]
"""Gives the content of a blob by its digest."""
_UNBELIEVED = frozenset({location_not_found.RULE.code, location_source_unknown.RULE.code})
"""What a Location seems to lack while the source that has it cannot be read."""


def apply(  # noqa: PLR0913 - the room's one entry: all that a build knows comes in here
    collected: Collected,
    gathered: Gathered,
    trees: Trees,
    previous: State | None,
    *,
    sources: Sequence[str],
    now: datetime,
    guards: Guards,
    content: Content,
    asked: Group[str] | None = None,
) -> Served:
    """What this build goes on with.

    Args:
        collected: what the sources answered.
        gathered: what was read of that.
        trees: those that could be read now.
        previous: what the last build left; None for the first one.
        sources: names of all sources in ``sources.yaml``.
        now: the build's time.
        guards: what is believed, and what may be lost.
        content: gives kept contents to the trees of the last good copy.
        asked: the sources that were asked; the others serve what they had, which is no failure. None for all.
    """
    answered = frozenset(sources if asked is None else asked)
    broken = broken_files(gathered.problems)
    causes = failing(collected.failures, trees, previous, answered)
    if previous is not None and not guards.accept_loss:
        causes = causes.also(shrunk_sources(previous, trees, causes, answered, guards))
        causes = causes.also(shrunk_trees(previous, gathered.entities, trees, broken, guards))
    held = with_last_good(gathered.entities, broken, trees, previous, causes, sources, answered)
    entities = (*gathered.entities, *held.entities)
    kept = {} if previous is None else {tree.key: SavedTree(tree, content) for tree in previous.trees if tree.key in held.trees}
    as_of = {} if previous is None else {tree.key: tree.as_of for tree in previous.trees if tree.key in held.trees}
    failed = failed_sources(causes, trees, sources)
    collections = tuple(_collections(sources, answered, failed, causes, previous, entities, now, _requests(collected)))
    lost = _lost(previous, entities, sources)
    return Served(
        entities,
        (*collected.problems, *_believed(gathered.problems, held, previous), *held.problems),
        {**trees, **kept},
        held.stale,
        lost,
        collections,
        verdict(previous, collections, failed, lost, guards),
        dict.fromkeys(trees, now) | as_of,
        gathered.files,
        gathered.skipped,
        (*collected.repositories, *_carried_repositories(previous, held)),
        (*collected.undescribed, *_carried_undescribed(previous, {*failed, *(set(sources) - answered)})),
    )


def served_from(state: State, content: Content, sources: Sequence[str]) -> Served:
    """The last build's copy as it is, without asking anybody: for ``--from-state``."""
    mine = frozenset(sources)
    return Served(
        tuple(e for e in state.entities if e.origin.source in mine),
        tuple(p for p in state.problems if p.origin is None or p.origin.source in mine),
        {tree.key: SavedTree(tree, content) for tree in state.trees if tree.source in mine},
        state.stale,
        collections=tuple(c for c in state.collections if c.source in mine),
        read_at={tree.key: tree.as_of for tree in state.trees},
        files=state.files,
        skipped=state.skipped,
        repositories=tuple(r for r in state.repositories if r.source in mine),
        undescribed=tuple(u for u in state.undescribed if u.source in mine),
    )


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
    sources: Sequence[str],
    answered: Group[str],
    failed: Group[str],
    causes: Causes,
    previous: State | None,
    entities: Sequence[Entity],
    now: datetime,
    requests: Mapping[str, int],
) -> Iterator[Collection]:
    before = {c.source: c for c in previous.collections if c.family == "entities"} if previous else {}
    counts = Counter(entity.origin.source for entity in entities)
    for source in sources:
        old = before.get(source, Collection(source))
        if source not in answered:
            yield replace(old, count=counts[source])
        else:
            at = old.as_of if source in failed else now
            yield Collection(source, "entities", at, now, counts[source], requests.get(source), causes.errors(source))
