"""A scorecard with a deadline and its results → how far the campaign is, by team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from callboard.catalog import organization
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef, ref_of
from callboard.pages.scorecards.context import ScorecardContext
from callboard.pages.shared_views import EntityLink
from callboard.scorecards.cards import Scorecard
from callboard.scorecards.results import CardResult


@dataclass(frozen=True, slots=True)
class CampaignTeam:
    """The part of a team."""

    team: EntityLink | None
    """None for entities without an owner."""
    done: int
    open: int
    """Entities with a rule that fails."""
    not_measured: int
    """Entities without a failing rule, of which a rule is not measured."""


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign: what is done, and what is left until its last day."""

    deadline: str
    has_ended: bool
    done: int
    open: int
    not_measured: int
    teams: tuple[CampaignTeam, ...] = ()
    """By name: it is no ranking."""

    @property
    def total(self) -> int:
        """The entities to which a rule applies."""
        return self.done + self.open + self.not_measured


def campaign(context: ScorecardContext, card: Scorecard, results: Sequence[CardResult]) -> CampaignView | None:
    """How far a campaign is; None for a scorecard without a deadline."""
    if card.deadline is None:
        return None
    groups: defaultdict[EntityRef | None, list[CardResult]] = defaultdict(list)
    for result in results:
        groups[organization.owner(context.catalog, ref_of(result.ref))].append(result)
    teams = tuple(
        CampaignTeam(context.links.to(team) if team else None, *_numbers(of_team))
        for team, of_team in sorted(groups.items(), key=lambda item: (item[0] is None, item[0] or ()))
    )
    return CampaignView(card.deadline.isoformat(), context.today > card.deadline, *_numbers(results), teams)


def _numbers(results: Sequence[CardResult]) -> tuple[int, int, int]:
    """How many are done, open, and not measured; an entity to which no rule applies is none of them."""
    outcomes = [[each.outcome.value for each in result.rules if each.counts] for result in results if result.reached.applies]
    failing = sum("fail" in found for found in outcomes)
    missing = sum("fail" not in found and "not measured" in found for found in outcomes)
    return len(outcomes) - failing - missing, failing, missing
