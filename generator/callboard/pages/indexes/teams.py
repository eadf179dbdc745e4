"""The organisation: every team in its tree, with its people and what it owns."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from callboard.catalog import organization, presentation
from callboard.catalog.graph import Catalog
from callboard.model.ref import EntityRef
from callboard.pages.indexes.context import IndexContext
from callboard.pages.safe_text import text_of
from callboard.pages.shared_views import EntityLink, catalog_path

DEPTH = 12
FEW = 20
"""Teams that are too few to say something about an organisation."""
TEAMS = 80
"""Teams written out on the page: whole levels from the top. The others stand on the pages of the teams above them, and in the table."""


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One team in the tree."""

    link: EntityLink
    type: str
    sentence: str
    members: int
    """Direct ones."""
    people: int
    """With those of all teams below."""
    owned: int
    """Directly."""
    owned_below: int
    """By the team and all teams below."""
    owned_path: str
    """The table with what it owns directly."""
    problems: int
    """Of what it owns directly, and of its own descriptor."""
    children: tuple[TeamRow, ...] = ()
    hidden: int = 0
    """Teams below that the page leaves out; the team's own page leads to them."""


@dataclass(frozen=True, slots=True)
class TeamsView:
    """The page about all teams."""

    count: int
    people: int
    tree: tuple[TeamRow, ...]
    more: int
    """Teams without a parent that the page leaves out."""
    all_path: str
    """All teams in the table; empty where the page leaves none out."""
    loose: tuple[EntityLink, ...]
    """People who are in no team."""
    loose_more: int
    nobodys: int
    """Entities that need an owner and name none, or one that does not exist."""
    nobodys_path: str
    diagram: Markup | None
    """The organisation as SVG; None where a list says it better."""


def teams_view(context: IndexContext, diagram: Markup | None = None) -> TeamsView:
    """All that the page about teams says."""
    catalog = context.catalog
    people = [entity.ref for entity in catalog.of_kind("user")]
    loose = [ref for ref in people if not any(team in catalog.entities for team in organization.memberships(catalog, ref))]
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
        loose=context.links.all(tuple(loose[:60])),
        loose_more=max(len(loose) - 60, 0),
        nobodys=sum(_has_no_owner(context, ref) for ref in catalog.entities),
        nobodys_path=catalog_path(owner="~none"),
        diagram=diagram,
    )


Levels = dict[EntityRef, tuple[tuple[EntityRef, ...], int]]
"""For each team on the page: those right below it that are shown, and how many teams below are left out."""


def _levels(catalog: Catalog, roots: tuple[EntityRef, ...]) -> Levels:
    """Level by level from the top, as long as a whole one has room; a level under few teams is shown in part rather than not at all."""
    found: Levels = {}
    seen, level, left = set(roots), list(roots), TEAMS - len(roots)
    for depth in range(DEPTH + 1):
        below = {ref: _children(catalog, ref, seen) for ref in level}
        is_few = TEAMS - left <= FEW
        each = None if sum(map(len, below.values())) <= left else max(left // len(level), 1) if is_few else 0
        for ref, children in below.items():
            shown = children[:each] if depth < DEPTH else ()
            found[ref] = (shown, _number_below(catalog, children[len(shown) :], seen))
        level = [child for ref in level for child in found[ref][0]]
        left -= len(level)
        if not level:
            break
    return found


def _children(catalog: Catalog, ref: EntityRef, seen: set[EntityRef]) -> tuple[EntityRef, ...]:
    """Those that have no place yet; they have one now."""
    children = tuple(child for child in organization.children_of(catalog, ref) if child in catalog.entities and child not in seen)
    seen.update(children)
    return children


def _number_below(catalog: Catalog, teams: tuple[EntityRef, ...], seen: set[EntityRef]) -> int:
    """These, and all teams below them that have no place yet."""
    found, todo = set(teams), list(teams)
    while todo:
        new = {child for child in organization.children_of(catalog, todo.pop()) if child in catalog.entities} - found - seen
        found |= new
        todo += new
    return len(found)


def _subtree(context: IndexContext, ref: EntityRef, levels: Levels) -> TeamRow:
    children, hidden = levels[ref]
    return team_row(context, ref, tuple(_subtree(context, child, levels) for child in children), hidden)


def team_row(context: IndexContext, ref: EntityRef, children: tuple[TeamRow, ...] = (), hidden: int = 0) -> TeamRow:
    """A team with its numbers."""
    catalog = context.catalog
    entity, owned = catalog.entities[ref], organization.owned(catalog, ref)
    below = {thing for things in organization.owned_below(catalog, ref).values() for thing in things}
    return TeamRow(
        link=context.links.to(ref),
        type=text_of(presentation.type_of(entity), 60),
        sentence=context.sentence(entity),
        members=len(organization.members_of(catalog, ref)),
        people=len(organization.all_members(catalog, ref)),
        owned=len(owned),
        owned_below=len(below | set(owned)),
        owned_path=catalog_path(owner=str(ref)),
        problems=context.problem_count(*{ref, *owned}),
        children=children,
        hidden=hidden,
    )


def _has_no_owner(context: IndexContext, ref: EntityRef) -> bool:
    owner = organization.owner(context.catalog, ref)
    return organization.needs_owner(context.catalog, ref) and (owner is None or owner not in context.catalog.entities)
