"""What reports are made from: the shared context with scorecards and facts, and which teams have a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from callboard.catalog import organization
from callboard.catalog.graph import Catalog
from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.urls import segment
from callboard.pages.context import PageContext, shared_values
from callboard.pages.facts.context import FactsContext, has_health
from callboard.pages.scorecards.context import ScorecardContext
from callboard.settings.settings import Settings

REPORTS = "reports/"
"""Path of the report about everything."""


@dataclass(frozen=True, slots=True)
class ReportContext(PageContext):
    """The context of all reports."""

    facts: FactsContext
    fact_digests: Mapping[EntityRef, str]
    """Fingerprints of the facts about each entity."""
    scorecards: ScorecardContext | None
    """None for a portal without scorecards."""
    problems: Sequence[Problem]
    """All problems of the build, also those of files and sources."""

    def teams(self) -> Iterator[EntityRef]:
        """The teams with a report, in the order of the catalog."""
        return (entity.ref for entity in self.catalog.of_kind("group") if owns_anything(self.catalog, entity.ref))

    def members(self, team: EntityRef | None) -> tuple[EntityRef, ...]:
        """What a report is about: what the team and the teams below it own, or everything; each once, sorted."""
        if team is None:
            return tuple(self.catalog.entities)
        below = organization.owned_below(self.catalog, team).values()
        owned = {*organization.owned(self.catalog, team), *(ref for refs in below for ref in refs)}
        return tuple(sorted(ref for ref in owned if ref in self.catalog.entities))


def has_reports(settings: Settings) -> bool:
    """Whether the portal has anything to report: scorecards, or facts of tools."""
    return bool(settings.scorecards) or has_health(settings)


def owns_anything(catalog: Catalog, team: EntityRef) -> bool:
    """Whether a team or one of the teams below it owns an entity."""
    return bool(organization.owned(catalog, team) or organization.owned_below(catalog, team))


def report_path(team: EntityRef) -> str:
    """Path of the report of a team."""
    return f"{REPORTS}{segment(team.namespace)}/{segment(team.name)}/"


def report_context(
    page: PageContext,
    problems: Sequence[Problem],
    facts: FactsContext,
    digests: Mapping[EntityRef, str],
    scorecards: ScorecardContext | None,
) -> ReportContext | None:
    """The context; None for a portal without scorecards and tools."""
    if not has_reports(page.settings):
        return None
    return ReportContext(**shared_values(page), facts=facts, fact_digests=digests, scorecards=scorecards, problems=problems)
