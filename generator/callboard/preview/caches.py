"""The steps of the pipeline with results cached in memory: after a change, only what it affects is read, linked and queried again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from datetime import datetime

from callboard.catalog.linking import LinkCache
from callboard.descriptors.kinds import Kinds
from callboard.documentation.memory import DocumentationMemory
from callboard.history.build_state import BuildState, load_build_state
from callboard.ingestion.access import ConnectedTrees
from callboard.ingestion.discovery import DiscoveryResult
from callboard.io.store import Store
from callboard.io.threads import InterruptibleThreads
from callboard.model.data_classes import dataclass
from callboard.model.tree import DescriptorFile
from callboard.plugins.containment.plugin_process import interruptible
from callboard.plugins.integrations.base import IntegrationContext, IntegrationSettings, Target, merge_batches
from callboard.plugins.run_integrations import AT_ONCE, IntegrationResult, collect_facts
from callboard.plugins.sources import Collected, SourceContext
from callboard.preview.files_cache import FilesCache
from callboard.preview.sources_cache import SourceChanges, SourcesCache
from callboard.settings.settings import Limits, Settings
from callboard.state.change_log import SavedChanges, read_changes
from callboard.state.summaries import SummaryCache

LOCAL = frozenset({"file", "reports", "git"})
"""Types of integrations that read only files on this machine."""


class MemoryCaches:
    """The caches of one configuration; implements ``build_caches.Caches``. Not thread-safe."""

    def __init__(self, settings: Settings, kinds: Kinds, context: SourceContext) -> None:
        self.links: LinkCache | None = LinkCache()
        self.documentation: DocumentationMemory | None = DocumentationMemory()
        self._sources = SourcesCache(settings, context)
        self._files = FilesCache(kinds, settings.limits, context.cache / "descriptors.jsonl")
        self._facts: dict[str, IntegrationResult] = {}
        """Result of each integration, by its name."""

    def fill(self) -> None:
        """Query all sources."""
        self._sources.collect()

    def update(self, paths: Iterable[str]) -> SourceChanges:
        """Drop the results that changed paths (absolute) affect, and query affected sources again; returns what was affected."""
        changes = self._sources.update(paths)
        self._files.forget(changes.paths)
        if self.documentation is not None:
            self.documentation.forget({(source, tree) for source, tree, _ in changes.files})
        return changes

    def collect(self, settings: Settings, context: SourceContext) -> Collected:  # noqa: ARG002 - as ``build_caches.Caches``
        """The cached results of all sources."""
        return self._sources.collected

    def discover(self, files: Sequence[DescriptorFile], connected: ConnectedTrees, kinds: Kinds, limits: Limits) -> DiscoveryResult:  # noqa: ARG002
        """Entities and problems; only files that a change affected are read again."""
        return self._files.discover(files, connected)

    def collect_facts(
        self, items: Sequence[IntegrationSettings], targets: Sequence[Target], context: IntegrationContext
    ) -> IntegrationResult:
        """The facts of the integrations: those that read local files are queried each time, the others once."""
        queried = [item for item in items if item.name not in self._facts or item.type in LOCAL]
        if queried:
            with InterruptibleThreads(min(AT_ONCE, len(queried))) as pool, interruptible():
                results = pool.map(lambda item: collect_facts((item,), targets, context), queried)
                self._facts |= zip((item.name for item in queried), results, strict=True)
        return _limited_to(_joined([self._facts[item.name] for item in items]), targets)


def _joined(parts: Sequence[IntegrationResult]) -> IntegrationResult:
    return IntegrationResult(
        merge_batches([part.gathered for part in parts]),
        tuple(connection for part in parts for connection in part.connections),
    )


def _limited_to(result: IntegrationResult, targets: Sequence[Target]) -> IntegrationResult:
    """The result without facts about entities that do not exist any more."""
    refs, batch = {target.ref for target in targets}, result.gathered
    facts = tuple(fact for fact in batch.facts if fact.subject in refs)
    measurements = tuple(measurement for measurement in batch.measurements if measurement.subject in refs)
    return replace(result, gathered=replace(batch, facts=facts, measurements=measurements))


Signature = tuple[tuple[str, int, int], ...]
"""Path, time of change in nanoseconds, and size in bytes of each file of the state."""


@dataclass(slots=True)
class StateCache:
    """The state that the last build saved; read again when a build has saved another one. Not thread-safe."""

    store: Store
    settings: Settings
    version: str
    """Version of Callboard."""
    _state: BuildState | None = None
    _signature: Signature = ()
    _log: SavedChanges = field(default_factory=SavedChanges)
    _summaries: SummaryCache = field(default_factory=dict)

    def load(self, now: datetime) -> BuildState:
        """The saved state, for comparison with the catalog at time ``now`` (aware). Raises ``StateError`` if it cannot be used."""
        signature = self._current_signature()
        if self._state is None or signature != self._signature:
            self._state = load_build_state(self.store, now, self.version, self.settings)
            self._log = read_changes(self.store.state, self._state.months)
            self._signature = signature
        return replace(self._state, now=now, is_saved=False, summaries=self._summaries, log=self._log)

    def _current_signature(self) -> Signature:
        files = sorted(path for path in self.store.state.rglob("*") if path.is_file())
        return tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
