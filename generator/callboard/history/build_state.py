"""What a build notices against the one before, and what it leaves to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from callboard.catalog.graph import Catalog
from callboard.history.diff import COLLECTED_ONLY, difference
from callboard.io.store import Store
from callboard.model.errors import SettingsError
from callboard.model.problem import Problem
from callboard.model.tree import Tree, Trees
from callboard.state.change_log import ChangeLog, change_log, read_changes, shown
from callboard.state.facts import CollectedFacts
from callboard.state.files import StateError, keep, read, save
from callboard.state.recorded_trees import known_tree, recorded
from callboard.state.summaries import KnownSummaries, problem_summaries, summarize
from callboard.state.values import Change, CollectedState, EntitySummary, ProblemSummary, State

MONTHS = 24
"""Months of history that the site shows, unless ``history.months`` says otherwise."""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What is different, and what the next build compares with."""

    portraits: tuple[EntitySummary, ...]
    concerns: tuple[ProblemSummary, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class BuildState:
    """What one build remembers and leaves behind."""

    store: Store
    previous: State | None
    now: datetime
    """The build's time; that of the state for a build that asks nobody."""
    version: str
    """Callboard's own."""
    from_state: bool = False
    months: int = MONTHS
    """Of history that the site shows."""
    is_saved: bool = True
    """False for a preview: trees need not record what pages read."""
    summaries: KnownSummaries | None = None
    """Summaries of the catalog that was compared last, reused and updated; None if it is compared once."""
    log: Sequence[Change] | None = None
    """The saved changes, if they were read already."""

    def notice(self, catalog: Catalog, problems: Iterable[Problem], known: CollectedFacts | None = None) -> ChangeSet:
        """What is different, also in what integrations know; a build that asks nobody sees what the last one saw."""
        if self.from_state and self.previous is not None:
            return ChangeSet(self.previous.portraits, self.previous.concerns, self.previous.changes)
        portraits, found = summarize(catalog, self.summaries), problem_summaries(problems)
        return ChangeSet(portraits, found, difference(self.previous, portraits, found, self.now, self.version, known))

    def history(self, noticed: ChangeSet) -> ChangeLog:
        """All that is shown of the past."""
        saved = read_changes(self.store.state, self.months) if self.log is None else self.log
        last = self.previous.changes if self.previous else ()
        return change_log(shown((*saved, *last, *noticed.changes), self.months))

    def recorded(self, trees: Trees) -> Trees:
        """The trees, remembering what pages ask, so that ``keep`` can keep the answers."""
        return recorded(trees, partial(keep, self.store)) if self.is_saved else trees

    def keep_collected(self, served: CollectedState) -> None:
        """Leave only what was collected; all that the next build compares with stays that of the last build."""
        kept = next_state(served, ChangeSet((), (), ()), self.recorded(served.trees), self.previous, self.now, COLLECTED_ONLY)
        before = self.previous
        if before is not None:
            collected = {"entities", "problems", "trees", "stale", "files", "skipped", "repositories", "undescribed"}
            others = tuple(c for c in before.collections if c.family != "entities")
            kept = replace(before, collections=(*kept.collections, *others), **{name: getattr(kept, name) for name in collected})
        save(self.store, kept)

    def keep(self, served: CollectedState, noticed: ChangeSet, trees: Trees, known: CollectedFacts | None = None) -> None:
        """Leave the state to the next build. Call it under the store's lock, when the site is committed."""
        save(self.store, with_facts(next_state(served, noticed, trees, self.previous, self.now, self.version), known or CollectedFacts()))


def load_build_state(store: Store, now: datetime, version: str, section: Mapping[str, Any], *, from_state: bool = False) -> BuildState:
    """What the last build left. ``section``: ``history:`` of ``sources.yaml``.

    Raises:
        StateError: the state cannot be used, or there is none although the site is to be made of it.
        SettingsError: ``history.months`` is no number of months.
    """
    months = section.get("months", MONTHS)
    if isinstance(months, bool) or not isinstance(months, int) or months < 1:
        raise SettingsError('"history.months" must be an integer of at least 1.')
    previous = read(store)
    if from_state and previous is None:
        raise StateError(f"There is no state in {store.folder}.", "Build once without --from-state, or restore the folder from a backup.")
    return BuildState(store, previous, previous.as_of if from_state and previous else now, version, from_state, months)


def next_state(served: CollectedState, noticed: ChangeSet, trees: Trees, previous: State | None, now: datetime, version: str) -> State:
    """What ``state.save`` keeps. ``trees``: those that pages asked (``trees.recorded``), so that their answers are kept."""
    before = {tree.key: tree for tree in previous.trees} if previous else {}
    return State(
        now,
        version,
        served.entities,
        served.problems,
        tuple(known_tree(key[0], tree, served.read_at.get(key, now), before.get(key)) for key, tree in sorted(trees.items(), key=_key)),
        served.collections,
        served.stale,
        noticed.portraits,
        noticed.concerns,
        noticed.changes,
        served.files,
        served.skipped,
        served.repositories,
        served.undescribed,
    )


def with_facts(state: State, known: CollectedFacts) -> State:
    """The state with what integrations know."""
    collections = (*state.collections, *known.collections)
    return replace(state, facts=known.facts, measurements=known.measurements, collections=collections)


def _key(item: tuple[tuple[str, str], Tree]) -> tuple[str, str]:
    return item[0]
