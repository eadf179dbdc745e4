"""What the last build left, kept: a preview compares with it after each change, and reads it again when another build has been here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from callboard.history.build_state import BuildState, load_build_state
from callboard.history.diff import difference
from callboard.io.store import Store
from callboard.settings.settings import Settings
from callboard.state.change_log import ChangeLog, change_log, read_changes, shown
from callboard.state.facts import CollectedFacts
from callboard.state.summaries import KnownSummaries, problem_summaries, summarize
from callboard.state.values import Change
from callboard.surveying import ResolvedCatalog

Signature = tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class StateCache:
    """The state of one portal. Used by one thread."""

    store: Store
    settings: Settings
    version: str
    _memory: BuildState | None = None
    _signature: Signature = ()
    _changes: Sequence[Change] = ()
    _portraits: KnownSummaries = field(default_factory=dict)

    def memory(self, now: datetime) -> BuildState:
        """What the last build left, for one of that time. Raises ``StateError``."""
        signature = self._sign()
        if self._memory is None or signature != self._signature:
            self._memory = load_build_state(self.store, now, self.version, self.settings.sections.get("history", {}))
            self._changes = read_changes(self.store.state, self._memory.months)
            self._signature = signature
        return replace(self._memory, now=now)

    def history(self, surveyed: ResolvedCatalog, known: CollectedFacts, memory: BuildState) -> ChangeLog:
        """All that is shown of the past, what is new included."""
        previous = memory.previous
        portraits, found = summarize(surveyed.catalog, self._portraits), problem_summaries(surveyed.problems)
        new = difference(previous, portraits, found, memory.now, memory.version, known)
        return change_log(shown((*self._changes, *(previous.changes if previous else ()), *new), memory.months))

    def _sign(self) -> Signature:
        files = sorted(path for path in self.store.state.rglob("*") if path.is_file())
        return tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
