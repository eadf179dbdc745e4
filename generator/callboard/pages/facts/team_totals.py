"""Findings of a family in their order → what the pages that list them share: the numbers of each team by kind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeVar

from callboard.catalog import organization
from callboard.model.data_classes import dataclass
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.formatting import page_count
from callboard.pages.shared_views import EntityLink

K = TypeVar("K", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class TeamFindings:
    """Numbers of findings in what one team owns."""

    team: EntityLink | None
    counts: tuple[str, ...]
    """By kind, in the order of the kinds that exist; empty strings for 0."""


@dataclass(frozen=True, slots=True)
class Totals(Generic[K]):
    """The numbers of all findings that count."""

    count: int
    kinds: tuple[K, ...]
    """Those that exist."""
    teams: tuple[TeamFindings, ...]
    """The team with the most first."""


class CountedListing(Generic[K]):
    """The findings of a family, the worst first, on one or more pages.

    Args:
        context: what pages are made from.
        family: the family.
        kinds: all kinds, in their order.
        kind_of: returns the kind of a fact; None for one that does not count.
    """

    def __init__(self, context: FactsContext, family: str, kinds: type[K], kind_of: Callable[[Fact], K | None]) -> None:
        self._context, self._kinds, self._kind_of = context, kinds, kind_of
        self.order = ranked(context.of_family(family))
        self.pages = page_count(len(self.order))

    @cached_property
    def totals(self) -> Totals[K]:
        """Counted once for all pages, and not if no page is made."""
        by_team: defaultdict[EntityRef | None, Counter[K]] = defaultdict(Counter)
        for fact in self.order:
            if (kind := self._kind_of(fact)) is not None:
                by_team[organization.owner(self._context.catalog, fact.subject)][kind] += 1
        found = {kind for counts in by_team.values() for kind in counts}
        kinds = tuple(kind for kind in self._kinds if kind in found)
        most = sorted(by_team.items(), key=lambda each: (-each[1].total(), str(each[0])))
        teams = tuple(
            TeamFindings(
                self._context.links.to(team) if team else None, tuple(f"{counts[kind]:,}" if counts[kind] else "" for kind in kinds)
            )
            for team, counts in most
        )
        return Totals(sum(counts.total() for counts in by_team.values()), kinds, teams)


def listing_pages(_: FactsContext, listing: CountedListing[K]) -> int:
    """Number of pages."""
    return listing.pages
