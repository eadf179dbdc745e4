"""The values that a site is made of: the resolved catalog, what was collected, the history and the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime

from callboard.catalog.graph import Catalog
from callboard.documentation.model import GuideMention
from callboard.documentation.portal import PortalDocumentation
from callboard.insights.drift.report import DriftReport
from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem
from callboard.model.tree import Trees
from callboard.plugins.installed_families import installed_families
from callboard.plugins.sources import SourceFailure
from callboard.scorecards.portal_scorecards import JudgedCatalog
from callboard.state.change_log import ChangeLog
from callboard.state.facts import CollectedFacts
from callboard.state.result_history import ResultHistory
from callboard.state.values import CollectedState


@dataclass(frozen=True, slots=True)
class ResolvedCatalog:
    """The linked catalog, and all problems of descriptors and references."""

    catalog: Catalog
    problems: tuple[Problem, ...]
    """Sorted by place: source, tree, path, line, column, code."""
    trees: Trees
    failures: tuple[SourceFailure, ...]
    files: int
    """Number of descriptor files that were read."""
    skipped: Mapping[str, int]
    """Number of documents that are not descriptors, by reason."""
    documents: int = 0
    """Number of documents that were checked."""
    losses: tuple[SourceFailure, ...] = ()
    """Sources that were read and lost more than the limit: their last good copy is used."""


@dataclass(frozen=True, slots=True)
class SiteData:
    """Everything that pages and data files are made from."""

    resolved: ResolvedCatalog
    """With trees that record what pages read, where a state is saved afterwards."""
    collected: CollectedState
    history: ChangeLog
    now: datetime
    """Aware; the time of the build, or that of the state for a build without network."""
    facts: CollectedFacts
    documentation: PortalDocumentation = field(default_factory=PortalDocumentation)
    guides: tuple[GuideMention, ...] = ()
    """The portal's own pages that link to entities."""
    judged: JudgedCatalog | None = None
    """The results of the portal's scorecards; None for a portal without any."""

    drift: DriftReport = field(default_factory=DriftReport)

    @property
    def results(self) -> ResultHistory | None:
        """What is recorded of scorecards after this build; None for a portal without any."""
        return self.judged.record if self.judged else None

    def kind_icons(self) -> Sequence[str]:
        """Names of the icons of all kinds, and of the families of plugins with their events."""
        families = installed_families().families.values()
        return [
            *(kind.icon for kind in self.resolved.catalog.kinds.by_name.values()),
            *(family.icon for family in families),
            *(kind.icon for family in families for kind in family.kinds.values()),
        ]
