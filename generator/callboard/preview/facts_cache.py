"""What integrations know, kept: those that read this machine's files are asked after a change, those that ask hosts are not."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from callboard.catalog.targets import targets_of
from callboard.history.build_state import BuildState
from callboard.integrations.collect import AT_ONCE, IntegrationResult, collect_facts, integration_items
from callboard.io.store import Store
from callboard.plugins.integrations.base import IntegrationContext, joined
from callboard.settings.settings import Settings
from callboard.state.facts import CollectedFacts, with_last_good_facts
from callboard.surveying import ResolvedCatalog

LOCAL = frozenset({"file", "reports", "git"})
"""Types that read files of the portal and of its repositories, and nothing else."""


class FactsCache:
    """What all integrations of one configuration said last. Used by one thread."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = environ
        self._items = integration_items(settings)
        self._known: dict[str, IntegrationResult] = {}

    @property
    def are_local(self) -> bool:
        """Some of them read files of this machine."""
        return any(item.type in LOCAL for item in self._items)

    def served(self, surveyed: ResolvedCatalog, memory: BuildState) -> CollectedFacts:
        """As ``surveying.know``; hosts are asked the first time only."""
        if not self._items:
            return CollectedFacts()
        settings = self._settings
        cache = Store.beside(settings.root).cache
        context = IntegrationContext(settings.root, memory.now, cache, self._environ, settings.redactor)
        subjects = targets_of(surveyed.catalog, surveyed.trees)
        asked = [item for item in self._items if item.name not in self._known or item.type in LOCAL]
        if asked:
            with ThreadPoolExecutor(min(AT_ONCE, len(asked))) as pool:
                found = pool.map(lambda item: collect_facts((item,), subjects, context), asked)
                self._known |= zip((item.name for item in asked), found, strict=True)
        known = _together([self._known[item.name] for item in self._items])
        return with_last_good_facts(_about(known, surveyed), self._items, memory.previous, memory.now)


def _together(parts: list[IntegrationResult]) -> IntegrationResult:
    declared = {family.name: family for part in parts for family in part.declared}
    return IntegrationResult(
        joined([part.gathered for part in parts]),
        tuple(connection for part in parts for connection in part.connections),
        tuple(declared[name] for name in sorted(declared)),
    )


def _about(known: IntegrationResult, surveyed: ResolvedCatalog) -> IntegrationResult:
    """Only what is known about entities that there still are."""
    there, found = surveyed.catalog.entities, known.gathered
    facts = tuple(fact for fact in found.facts if fact.subject in there)
    measured = tuple(one for one in found.measurements if one.subject in there)
    return replace(known, gathered=replace(found, facts=facts, measurements=measured))
