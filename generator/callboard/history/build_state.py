"""The previous state and the data of this build → changes, and the state for the next build."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from operator import itemgetter
from pathlib import Path

from callboard.catalog.graph import Catalog
from callboard.history.audience import for_audience, masked_content, visible_facts
from callboard.history.diff import COLLECTED_ONLY, difference
from callboard.io.store import Store
from callboard.model.data_classes import dataclass
from callboard.model.errors import SettingsError
from callboard.model.problem import Problem
from callboard.model.ref import ref_of
from callboard.model.tree import Tree, Trees
from callboard.settings.settings import Portal, Settings
from callboard.state.accumulation import Recording, record
from callboard.state.blobs import write_blob
from callboard.state.change_log import ChangeLog, SavedChanges, change_log, read_changes, shown
from callboard.state.event_history import EVENT_DAYS, RecordedEvents
from callboard.state.event_names import read_recorded
from callboard.state.events import has_events
from callboard.state.facts import CollectedFacts
from callboard.state.files import read, save
from callboard.state.manifest import StateError
from callboard.state.recorded_trees import recorded, tree_record
from callboard.state.result_history import ResultHistory
from callboard.state.summaries import SummaryCache, problem_summaries, summarize
from callboard.state.values import Change, CollectedState, EntitySummary, ProblemSummary, State, TreeKey

_DAYS = re.compile(r"([1-9]\d{0,2}|[1-2]\d{3}|3[0-5]\d{2}|36[0-4]\d|3650)d")
MONTHS = 24
"""Default of ``history.months``: months of changes that the site shows."""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """The changes since the last build, and the summaries that the next build compares with."""

    summaries: tuple[EntitySummary, ...]
    problem_summaries: tuple[ProblemSummary, ...]
    changes: tuple[Change, ...]
    failures: tuple[Problem, ...] = ()
    """A problem for each family of facts whose plugin raised an error while its facts were compared."""

    @property
    def renamed(self) -> dict[str, str]:
        """References of entities that were renamed since the last build, old to new."""
        return {change.before: change.after for change in self.changes if change.kind == "renamed"}


@dataclass(frozen=True, slots=True)
class BuildState:
    """The state of the last build, and its use in this one."""

    store: Store
    previous: State | None
    """The state of the last build; None for the first one."""
    now: datetime
    """Time of the build; with ``--from-state`` that of the state."""
    version: str
    """Version of Callboard."""
    from_state: bool = False
    """True if the site is rebuilt from the state, without network."""
    months: int = MONTHS
    """Months of changes that the site shows."""
    event_days: int = EVENT_DAYS
    """Days for which single deployments, incidents and pipeline runs are kept."""
    portal: Portal = Portal()
    """Decides what may be saved: of a public portal, no more than its site shows."""
    is_saved: bool = True
    """False for a preview: trees need not record what pages read."""
    summaries: SummaryCache | None = None
    """Summaries of the catalog that was compared last, reused and updated; None if it is compared once."""
    log: SavedChanges | None = None
    """The saved changes, if they were read already."""

    def diff(self, catalog: Catalog, problems: Iterable[Problem], facts: CollectedFacts | None = None) -> ChangeSet:
        """The changes since the last build; with ``--from-state`` those that the last build saw.

        Args:
            catalog: the linked catalog.
            problems: all problems.
            facts: all facts; None if there are no integrations.
        """
        if self.from_state and self.previous is not None:
            return ChangeSet(self.previous.summaries, self.previous.problem_summaries, self.previous.changes)
        entities, compared = summarize(catalog, self.summaries), problem_summaries(problems)
        failures: list[Problem] = []
        changes = difference(self.previous, entities, compared, self.now, self.version, facts, failures)
        return ChangeSet(entities, compared, changes, tuple(failures))

    def accumulated(self, facts: CollectedFacts, changes: ChangeSet) -> CollectedFacts:
        """The facts with what is recorded over time; with ``--from-state`` what the last build recorded."""
        if self.from_state and self.previous is not None:
            saved = self.previous
            recorded = RecordedEvents(saved.event_histories, saved.kept_events, as_of=saved.as_of, days=self.event_days)
            return replace(facts, recorded=recorded)
        renamed = {ref_of(before): ref_of(after) for before, after in changes.renamed.items()}
        has_files = has_events(self.store.state)
        recording = Recording(self.now, partial(read_recorded, self.store.state), self.event_days, renamed, has_files)
        return replace(facts, recorded=record(self.previous, visible_facts(facts, self.portal), recording))

    def history(self, changes: ChangeSet) -> ChangeLog:
        """The log of changes that the site shows: the saved months, the changes of the last build, and those of this one."""
        saved = read_changes(self.store.state, self.months) if self.log is None else self.log
        last = self.previous.changes if self.previous else ()
        return change_log(shown((*saved.changes, *last, *changes.changes), self.months), saved.damaged)

    @property
    def results(self) -> ResultHistory:
        """What is recorded of scorecards up to the last build."""
        return ResultHistory(self.previous.card_trends, self.previous.standings) if self.previous else ResultHistory()

    @property
    def compared(self) -> BuildState:
        """The same without what only the steps before the plan compare with: entities, problems, facts. ``save`` needs trees."""
        before = self.previous
        return replace(self, previous=State(before.as_of, before.version, trees=before.trees)) if before else self

    def recorded(self, trees: Trees) -> Trees:
        """The trees as trees that record what pages read, for ``save``; unchanged if no state is saved."""
        before = {record.key: record for record in self.previous.trees} if self.previous else {}
        return recorded(trees, partial(_keep, self.store, self.portal), before) if self.is_saved else trees

    def save_collected(self, collected: CollectedState) -> tuple[Path, ...]:
        """Save only the collected data, for ``callboard collect``; what the next build compares with stays that of the last build.

        Returns damaged files of the history that were set aside.
        """
        state = next_state(collected, ChangeSet((), (), ()), self.recorded(collected.trees), self.previous, self.now, COLLECTED_ONLY)
        if self.previous is not None:
            fields = {
                "entities",
                "problems",
                "trees",
                "stale",
                "files",
                "skipped",
                "skipped_files",
                "unidentified",
                "repositories",
                "undescribed",
            }
            facts = tuple(c for c in self.previous.collections if c.family != "entities")
            values = {name: getattr(state, name) for name in fields}
            state = replace(self.previous, collections=(*state.collections, *facts), **values)
        return save(self.store, for_audience(state, self.portal))

    def save(
        self,
        collected: CollectedState,
        changes: ChangeSet,
        trees: Trees,
        facts: CollectedFacts | None = None,
        results: ResultHistory | None = None,
    ) -> tuple[Path, ...]:
        """Save the state for the next build; returns damaged files of the history that were set aside.

        Call it under the store's lock, after the site is committed. ``results``: what is recorded of scorecards.
        """
        state = next_state(collected, changes, trees, self.previous, self.now, self.version)
        if results is not None:
            state = replace(state, card_trends=results.trends, standings=results.standings)
        facts = facts or CollectedFacts()
        return save(self.store, for_audience(with_facts(state, facts), self.portal), recorded=facts.recorded)


def _keep(store: Store, portal: Portal, content: bytes) -> str:
    return write_blob(store, masked_content(content) if portal.is_public else content)


def load_build_state(store: Store, now: datetime, version: str, settings: Settings, *, from_state: bool = False) -> BuildState:
    """The state of the last build. ``settings``: the section ``history:`` and the audience.

    Raises:
        StateError: the state cannot be used, or there is none for ``from_state``.
        SettingsError: ``history.months`` or ``history.events`` is invalid.
    """
    section = settings.sections.get("history", {})
    months = section.get("months", MONTHS)
    if isinstance(months, bool) or not isinstance(months, int) or months < 1:
        raise SettingsError('"history.months" must be an integer of at least 1.')
    event_days = days_of_setting(section.get("events", f"{EVENT_DAYS}d"))
    previous = read(store)
    if from_state and previous is None:
        raise StateError(f"There is no state in {store.folder}.", "Build once without --from-state, or restore the folder from a backup.")
    as_of = previous.as_of if from_state and previous else now
    return BuildState(store, previous, as_of, version, from_state, months, event_days, settings.portal)


def days_of_setting(text: object) -> int:
    """The days in ``history.events``: ``90d``. Raises ``SettingsError``."""
    if not isinstance(text, str) or not (found := _DAYS.fullmatch(text)):
        raise SettingsError('"history.events" must be a number of days, such as "90d", from 1d to 3650d.')
    return int(found[1])


def next_state(collected: CollectedState, changes: ChangeSet, trees: Trees, previous: State | None, now: datetime, version: str) -> State:
    """The state for ``files.save``, without facts. ``trees``: those that pages read (``recorded_trees.recorded``)."""
    records = {tree.key: tree for tree in previous.trees} if previous else {}
    return State(
        now,
        version,
        collected.entities,
        collected.problems,
        tuple(tree_record(key[0], tree, collected.tree_times.get(key, now), records.get(key)) for key, tree in _sorted(trees)),
        collected.collections,
        collected.stale,
        changes.summaries,
        changes.problem_summaries,
        changes.changes,
        collected.files,
        collected.skipped,
        collected.skipped_files,
        collected.unidentified,
        collected.repositories,
        collected.undescribed,
    )


def with_facts(state: State, facts: CollectedFacts) -> State:
    """The state with the facts of integrations."""
    collections = (*state.collections, *facts.collections)
    histories, kept = facts.recorded.histories, facts.recorded.kept
    return replace(
        state, facts=facts.facts, measurements=facts.measurements, collections=collections, event_histories=histories, kept_events=kept
    )


def _sorted(trees: Trees) -> list[tuple[TreeKey, Tree]]:
    return sorted(trees.items(), key=itemgetter(0))
