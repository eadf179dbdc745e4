"""Owners of what a page lists → the teams that a script filters the list by: the owners and the groups above them, each with a number."""

from __future__ import annotations

from collections.abc import Iterable

from callboard.catalog import organization
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef
from callboard.pages.context import PageContext


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """A value that a list can be filtered by."""

    value: str
    """As it stands in the address: the reference of a team, the name of a kind."""
    label: str


class TeamFilter:
    """The teams of a list by name. A team stands for itself and for all teams below it."""

    def __init__(self, context: PageContext, owners: Iterable[EntityRef]) -> None:
        self._above = {owner: _with_groups_above(context, owner) for owner in {*owners}}
        named = {team: context.links.to(team).name for teams in self._above.values() for team in teams}
        order = sorted(named, key=lambda team: (named[team].casefold(), team))
        self._numbers = {team: number for number, team in enumerate(order)}
        self.choices = tuple(FilterChoice(str(team), named[team]) for team in order)
        """In the order of their numbers."""

    def numbers(self, owners: Iterable[EntityRef]) -> str:
        """The numbers of the teams that these owners belong to, separated by spaces."""
        found = {self._numbers[team] for owner in owners for team in self._above[owner]}
        return " ".join(map(str, sorted(found)))


def _with_groups_above(context: PageContext, owner: EntityRef) -> tuple[EntityRef, ...]:
    return (*organization.ancestors_of(context.catalog, owner), owner) if owner.kind == "group" else (owner,)
