"""The steps of a run → what is kept of them: nothing, for lint, or results on the disk, so that unchanged input is not processed again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from callboard.build_inputs import Queries
from callboard.catalog.linking import LinkCache
from callboard.descriptors.kinds import Kinds
from callboard.documentation.memory import DocumentationMemory
from callboard.incremental.fingerprint import code_digest
from callboard.ingestion.access import ConnectedTrees
from callboard.ingestion.discovery import DiscoveryResult, discover
from callboard.ingestion.entity_cache import EntityCache
from callboard.io.clock import Meter
from callboard.model.tree import DescriptorFile
from callboard.plugins.integrations.base import IntegrationContext, IntegrationSettings, Target
from callboard.plugins.run_integrations import IntegrationResult, collect_facts, together
from callboard.plugins.run_sources import collect_all
from callboard.plugins.sources import Collected, SourceContext
from callboard.settings.settings import Limits, Settings


class Caches(Protocol):
    """What a run keeps of its steps, so that unchanged input is not processed again."""

    links: LinkCache | None
    """Links of the last ``resolve``; None where there is no next one."""
    documentation: DocumentationMemory | None
    """Documentation sets of the last run; None where there is no next one."""

    def collect(self, settings: Settings, context: SourceContext) -> Collected:
        """Trees and descriptor files of ``settings.sources``."""
        ...

    def discover(self, files: Sequence[DescriptorFile], connected: ConnectedTrees, kinds: Kinds, limits: Limits) -> DiscoveryResult:
        """Entities and problems of these files, and of those that their Locations name."""
        ...

    def collect_facts(
        self, items: Sequence[IntegrationSettings], targets: Sequence[Target], context: IntegrationContext
    ) -> IntegrationResult:
        """What the integrations report about the targets."""
        ...


class NoCaches:
    """Every step from scratch, for lint."""

    links: LinkCache | None = None
    documentation: DocumentationMemory | None = None

    def collect(self, settings: Settings, context: SourceContext) -> Collected:
        """Query all sources."""
        return collect_all(settings, context)

    def discover(self, files: Sequence[DescriptorFile], connected: ConnectedTrees, kinds: Kinds, limits: Limits) -> DiscoveryResult:
        """Read and check all files."""
        return discover(files, connected, kinds, limits)

    def collect_facts(
        self, items: Sequence[IntegrationSettings], targets: Sequence[Target], context: IntegrationContext
    ) -> IntegrationResult:
        """Query all integrations."""
        return collect_facts(items, targets, context)


class DiskCaches(NoCaches):
    """Entities of unchanged descriptors come from ``.callboard/cache``; sources and integrations have HTTP and git caches of their own."""

    def __init__(self, cache: Path, meter: Meter | None = None, queries: Queries | None = None) -> None:
        self._cache = cache
        self._meter = meter or Meter()
        self._queries = queries or Queries()

    def collect(self, settings: Settings, context: SourceContext) -> Collected:
        """Query all sources, or return what they returned in this build."""
        return self._queries.collect(settings, context)

    def collect_facts(
        self, items: Sequence[IntegrationSettings], targets: Sequence[Target], context: IntegrationContext
    ) -> IntegrationResult:
        """Query the integrations that were not queried in this build."""
        return together(self._queries.collect_each(items, targets, context))

    def discover(self, files: Sequence[DescriptorFile], connected: ConnectedTrees, kinds: Kinds, limits: Limits) -> DiscoveryResult:
        """Read the files that changed since the last build, on all processors where that pays."""
        entities = EntityCache(self._cache / "descriptors.jsonl", code_digest())
        entities.load(kinds, limits)
        entities.read_ahead(files, kinds, limits)
        found = discover(files, connected, kinds, limits, entities.read)
        entities.save()
        self._meter.counts["descriptors_parsed"] = entities.parsed
        return found
