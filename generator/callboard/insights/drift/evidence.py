"""What differences of descriptors are found in, and one difference that was found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from functools import cached_property

from callboard.catalog.graph import Catalog
from callboard.descriptors.patching import PatchEdit
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.facts.drift import Confidence, DriftKind
from callboard.model.facts.fact import Fact
from callboard.model.ref import EntityRef
from callboard.model.tree import Trees
from callboard.plugins.sources import Repository
from callboard.state.event_history import EventHistory

IDLE = timedelta(days=180)


@dataclass(frozen=True)
class DriftEvidence:
    """The values of one build."""

    catalog: Catalog
    trees: Trees
    repositories: Sequence[Repository]
    facts: Mapping[EntityRef, Sequence[Fact]]
    histories: Sequence[EventHistory]
    tools: Mapping[str, str]
    """Titles of integrations by name."""
    hosts: frozenset[str]
    """Names of the integrations that know how the host of a repository calls it."""
    now: datetime
    is_complete: bool
    """Whether all sources were read: else people and teams that are not in the catalog prove nothing."""
    environments: Collection[str]
    """Names of environments that are production, in lower case."""
    gone_links: Mapping[str, str] = field(default_factory=dict)
    """What the hosts of links that do not exist answer, by URL."""
    link_times: Mapping[str, datetime] = field(default_factory=dict)
    """When each of them was found missing first."""
    has_packages: bool = True
    """Whether manifests of packages are read."""

    @cached_property
    def has_directory(self) -> bool:
        """Whether the catalog has all people and teams."""
        return self.is_complete and any(self.catalog.of_kind("user")) and any(self.catalog.of_kind("group"))

    def of_family(self, ref: EntityRef, family: str) -> list[Fact]:
        """Facts of one family about an entity."""
        return [fact for fact in self.facts.get(ref, ()) if fact.family == family]

    def tool(self, name: str) -> str:
        """The title of an integration, for people."""
        return self.tools.get(name, name)


@dataclass(frozen=True, slots=True)
class FoundDrift:
    """One difference, before it is a fact."""

    entity: Entity
    kind: DriftKind
    field: str
    """Dotted path of the value in the descriptor."""
    declared: str
    found: str
    evidence: str
    confidence: Confidence
    edit: PatchEdit | None = None
    known_at: datetime | None = None
