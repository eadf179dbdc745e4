"""Catalog → the view of ``/teams/``: the tree of teams with numbers of members and owned entities."""

from __future__ import annotations

from callboard.catalog import organization, presentation
from callboard.catalog.graph import Catalog
from callboard.diagrams.drawing import Diagram
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef
from callboard.pages.indexes.context import IndexContext
from callboard.pages.safe_text import text_of
from callboard.pages.shared_views import EntityLink, catalog_path

DEPTH = 12
"""Levels of the tree."""
FEW = 20
"""While so few teams are listed, a level is listed in part rather than not at all."""
TEAMS = 80
"""Teams that are listed: whole levels from the top. The pages of the teams above list the others, and the table lists all."""
PEOPLE = 60
"""People without a team that are listed."""


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One team in the tree."""

    link: EntityLink
    type: str
    sentence: str
    members: int
    """Number of direct members."""
    people: int
    """Number of members, with those of all teams below."""
    owned: int
    """Number of entities that it owns directly."""
    owned_below: int
    """Number of entities that it and all teams below own."""
    owned_path: str
    """The table of what it owns directly."""
    problems: int
    """Number of problems that it can fix, as on ``/problems/``."""
    problems_below: int
    """Number of problems that it and all teams below can fix."""
    children: tuple[TeamRow, ...] = ()
    hidden: int = 0
    """Number of teams below that are not listed; the team's page links to them."""


@dataclass(frozen=True, slots=True)
class TeamsView:
    """``/teams/``."""

    count: int
    """Number of teams."""
    people: int
    """Number of users."""
    tree: tuple[TeamRow, ...]
    more: int
    """Number of teams without a parent that are not listed."""
    all_path: str
    """The table of all teams; empty if all are listed."""
    without_team: tuple[EntityLink, ...]
    """People who are not on a team."""
    without_team_more: int
    """Number of those that are not listed."""
    unowned: int
    """Number of entities that need an owner and declare none, or one that does not exist."""
    unowned_path: str
    """The table of these."""
    diagram: Diagram | None
    """The organization as SVG; None if it is too small or too large to draw."""
    places: tuple[str, ...] = ()
    """Paths of reports, and of pages about whom to ask, if there are any."""


def teams_view(context: IndexContext, diagram: Diagram | None = None) -> TeamsView:
    """The view of ``/teams/``."""
    catalog = context.catalog
    people = [entity.ref for entity in catalog.of_kind("user")]
    without_team = [ref for ref in people if not any(team in catalog.entities for team in organization.memberships(catalog, ref))]
    roots = tuple(ref for ref in organization.roots(catalog) if ref in catalog.entities)
    levels = _levels(catalog, roots[:TEAMS])
    tree = tuple(_subtree(context, ref, levels) for ref in roots[:TEAMS])
    count = sum(1 for _ in catalog.of_kind("group"))
    return TeamsView(
        count=count,
        people=len(people),
        tree=tree,
        more=len(roots) - len(tree),
        all_path=catalog_path(kind="group") if count > len(levels) else "",
        without_team=context.links.all(tuple(without_team[:PEOPLE])),
        without_team_more=max(len(without_team) - PEOPLE, 0),
        unowned=sum(_has_no_owner(context, ref) for ref in catalog.entities),
        unowned_path=catalog_path(owner="~none"),
        diagram=diagram,
        places=context.places,
    )


Levels = dict[EntityRef, tuple[tuple[EntityRef, ...], int]]
"""For each listed team: its listed children, and the number of teams below that are not listed."""


def _levels(catalog: Catalog, roots: tuple[EntityRef, ...]) -> Levels:
    """Level by level from the top while ``TEAMS`` allows a whole level; a level under few teams is listed in part."""
    levels: Levels = {}
    seen, level, left = set(roots), list(roots), TEAMS - len(roots)
    for depth in range(DEPTH + 1):
        below = {ref: _children(catalog, ref, seen) for ref in level}
        is_few = TEAMS - left <= FEW
        each = None if sum(map(len, below.values())) <= left else max(left // len(level), 1) if is_few else 0
        for ref, children in below.items():
            shown = children[:each] if depth < DEPTH else ()
            levels[ref] = (shown, _number_below(catalog, children[len(shown) :], seen))
        level = [child for ref in level for child in levels[ref][0]]
        left -= len(level)
        if not level:
            break
    return levels


def _children(catalog: Catalog, ref: EntityRef, seen: set[EntityRef]) -> tuple[EntityRef, ...]:
    """The children that are not in ``seen``; adds them to it."""
    children = tuple(child for child in organization.children_of(catalog, ref) if child in catalog.entities and child not in seen)
    seen.update(children)
    return children


def _number_below(catalog: Catalog, teams: tuple[EntityRef, ...], seen: set[EntityRef]) -> int:
    """Number of these teams and of all teams below them that are not in ``seen``."""
    counted, todo = set(teams), list(teams)
    while todo:
        new = {child for child in organization.children_of(catalog, todo.pop()) if child in catalog.entities} - counted - seen
        counted |= new
        todo += new
    return len(counted)


def _subtree(context: IndexContext, ref: EntityRef, levels: Levels) -> TeamRow:
    children, hidden = levels[ref]
    return team_row(context, ref, tuple(_subtree(context, child, levels) for child in children), hidden)


def team_row(context: IndexContext, ref: EntityRef, children: tuple[TeamRow, ...] = (), hidden: int = 0) -> TeamRow:
    """A team with its numbers."""
    catalog = context.catalog
    entity, owned = catalog.entities[ref], organization.owned(catalog, ref)
    below = {owned_ref for refs in organization.owned_below(catalog, ref).values() for owned_ref in refs}
    return TeamRow(
        link=context.links.to(ref),
        type=text_of(presentation.type_of(entity), 60),
        sentence=context.sentence(entity),
        members=len(organization.members_of(catalog, ref)),
        people=len(organization.all_members(catalog, ref)),
        owned=len(owned),
        owned_below=len(below | set(owned)),
        owned_path=catalog_path(owner=str(ref)),
        problems=context.team_problems.get(ref, 0),
        problems_below=sum(context.team_problems.get(team, 0) for team in {ref, *organization.teams_below(catalog, ref)}),
        children=children,
        hidden=hidden,
    )


def _has_no_owner(context: IndexContext, ref: EntityRef) -> bool:
    owner = organization.owner(context.catalog, ref)
    return organization.needs_owner(context.catalog, ref) and not context.catalog.exists(owner)
