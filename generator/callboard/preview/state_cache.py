"""What the last build left, kept: a preview compares with it after each change, and reads it again when another build has been here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from callboard.history.build_state import Memory, recall
from callboard.history.diff import difference
from callboard.io.store import Store
from callboard.settings.settings import Settings
from callboard.state.change_log import History, history_of, read_changes, shown
from callboard.state.facts import ServedFacts
from callboard.state.summaries import Known, concerns, portray
from callboard.state.values import Change
from callboard.surveying import Surveyed

Signature = tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class KeptPast:
    """The state of one portal. Used by one thread."""

    store: Store
    settings: Settings
    version: str
    _memory: Memory | None = None
    _signature: Signature = ()
    _changes: Sequence[Change] = ()
    _portraits: Known = field(default_factory=dict)

    def memory(self, now: datetime) -> Memory:
        """What the last build left, for one of that time. Raises ``StateError``."""
        signature = self._sign()
        if self._memory is None or signature != self._signature:
            self._memory = recall(self.store, now, self.version, self.settings.sections.get("history", {}))
            self._changes = read_changes(self.store.state, self._memory.months)
            self._signature = signature
        return replace(self._memory, now=now)

    def history(self, surveyed: Surveyed, known: ServedFacts, memory: Memory) -> History:
        """All that is shown of the past, what is new included."""
        previous = memory.previous
        portraits, found = portray(surveyed.catalog, self._portraits), concerns(surveyed.problems)
        new = difference(previous, portraits, found, memory.now, memory.version, known)
        return history_of(shown((*self._changes, *(previous.changes if previous else ()), *new), memory.months))

    def _sign(self) -> Signature:
        files = sorted(path for path in self.store.state.rglob("*") if path.is_file())
        return tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
