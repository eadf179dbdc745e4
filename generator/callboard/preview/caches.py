"""The caches of a preview, in memory: after a change, only what it affects is read, linked and queried again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime

from callboard.catalog.linking import LinkCache
from callboard.descriptors.kinds import Kinds
from callboard.history.build_state import BuildState, load_build_state
from callboard.ingestion.discovery import DiscoveryResult
from callboard.integrations.collect import AT_ONCE, IntegrationResult, collect_facts
from callboard.io.store import Store
from callboard.model.tree import DescriptorFile, Trees
from callboard.plugins.integrations.base import IntegrationContext, IntegrationSettings, Target, joined
from callboard.plugins.sources import Collected, SourceContext
from callboard.preview.files_cache import FilesCache
from callboard.preview.sources_cache import SourcesCache, Touched
from callboard.settings.settings import Limits, Settings
from callboard.state.change_log import read_changes
from callboard.state.summaries import SummaryCache
from callboard.state.values import Change

LOCAL = frozenset({"file", "reports", "git"})
"""Types of integrations that read files of the portal and of its repositories, and nothing else."""


class MemoryCaches:
    """The caches of one configuration (``pipeline.Caches``). Used by one thread."""

    def __init__(self, settings: Settings, kinds: Kinds, context: SourceContext) -> None:
        self.links: LinkCache | None = LinkCache()
        self._sources = SourcesCache(settings, context)
        self._files = FilesCache(kinds, settings.limits, context.cache / "descriptors.jsonl")
        self._facts: dict[str, IntegrationResult] = {}
        """By name of the integration."""

    def open(self) -> None:
        """Query all sources."""
        self._sources.collect()

    def touch(self, paths: Iterable[str]) -> Touched:
        """Absolute paths of changed files → what that affects; the affected is forgotten, and affected sources are queried again."""
        touched = self._sources.touch(paths)
        self._files.forget(touched.paths)
        return touched

    def collect(self, settings: Settings, context: SourceContext) -> Collected:  # noqa: ARG002 - as ``pipeline.Caches``
        """What all sources answered last."""
        return self._sources.collected

    def discover(self, files: Sequence[DescriptorFile], trees: Trees, kinds: Kinds, limits: Limits) -> DiscoveryResult:  # noqa: ARG002
        """Entities and problems; only files that a change affects are read again."""
        return self._files.discovered(files, trees)

    def collect_facts(
        self, items: Sequence[IntegrationSettings], targets: Sequence[Target], context: IntegrationContext
    ) -> IntegrationResult:
        """What the integrations report: those that read local files are queried each time, those that query hosts once."""
        queried = [item for item in items if item.name not in self._facts or item.type in LOCAL]
        if queried:
            with ThreadPoolExecutor(min(AT_ONCE, len(queried))) as pool:
                results = pool.map(lambda item: collect_facts((item,), targets, context), queried)
                self._facts |= zip((item.name for item in queried), results, strict=True)
        return _about(_joined([self._facts[item.name] for item in items]), targets)


def _joined(parts: Sequence[IntegrationResult]) -> IntegrationResult:
    declared = {family.name: family for part in parts for family in part.declared}
    return IntegrationResult(
        joined([part.gathered for part in parts]),
        tuple(connection for part in parts for connection in part.connections),
        tuple(declared[name] for name in sorted(declared)),
    )


def _about(result: IntegrationResult, targets: Sequence[Target]) -> IntegrationResult:
    """Only what is about entities that still exist."""
    refs, batch = {target.ref for target in targets}, result.gathered
    facts = tuple(fact for fact in batch.facts if fact.subject in refs)
    measurements = tuple(measurement for measurement in batch.measurements if measurement.subject in refs)
    return replace(result, gathered=replace(batch, facts=facts, measurements=measurements))


Signature = tuple[tuple[str, int, int], ...]
"""Path, time of change and size of each file of the state."""


@dataclass(slots=True)
class StateCache:
    """The state that the last build saved, read again when another build has saved one. Used by one thread."""

    store: Store
    settings: Settings
    version: str
    _state: BuildState | None = None
    _signature: Signature = ()
    _log: Sequence[Change] = ()
    _summaries: SummaryCache = field(default_factory=dict)

    def load(self, now: datetime) -> BuildState:
        """The saved state, to be compared with a catalog of that time. Raises ``StateError``."""
        signature = self._sign()
        if self._state is None or signature != self._signature:
            self._state = load_build_state(self.store, now, self.version, self.settings.sections.get("history", {}))
            self._log = read_changes(self.store.state, self._state.months)
            self._signature = signature
        return replace(self._state, now=now, is_saved=False, summaries=self._summaries, log=self._log)

    def _sign(self) -> Signature:
        files = sorted(path for path in self.store.state.rglob("*") if path.is_file())
        return tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
