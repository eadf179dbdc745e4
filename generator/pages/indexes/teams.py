"""The organisation: every team in its tree, with its people and what it owns."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator.catalog import questions
from generator.model.ref import EntityRef
from generator.pages.indexes.context import IndexContext
from generator.pages.parts import EntityLink, catalog_path, text_of

DEPTH = 12
TEAMS = 2_000


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


@dataclass(frozen=True, slots=True)
class TeamsView:
    """The page about all teams."""

    count: int
    people: int
    tree: tuple[TeamRow, ...]
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
    loose = [ref for ref in people if not any(team in catalog.entities for team in questions.memberships(catalog, ref))]
    seen: set[EntityRef] = set()
    tree = tuple(_subtree(context, ref, seen, 0) for ref in questions.roots(catalog) if ref in catalog.entities)
    return TeamsView(
        count=len(seen),
        people=len(people),
        tree=tree,
        loose=context.links.all(tuple(loose[:60])),
        loose_more=max(len(loose) - 60, 0),
        nobodys=sum(_has_no_owner(context, ref) for ref in catalog.entities),
        nobodys_path=catalog_path(owner="~none"),
        diagram=diagram,
    )


def _subtree(context: IndexContext, ref: EntityRef, seen: set[EntityRef], depth: int) -> TeamRow:
    seen.add(ref)
    children: list[TeamRow] = []
    for child in questions.children_of(context.catalog, ref):
        if child in context.catalog.entities and child not in seen and depth < DEPTH and len(seen) < TEAMS:
            children.append(_subtree(context, child, seen, depth + 1))  # noqa: PERF401 - `seen` grows while this goes on
    return team_row(context, ref, tuple(children))


def team_row(context: IndexContext, ref: EntityRef, children: tuple[TeamRow, ...] = ()) -> TeamRow:
    """A team with its numbers."""
    catalog = context.catalog
    entity, owned = catalog.entities[ref], questions.owned(catalog, ref)
    below = {thing for things in questions.owned_below(catalog, ref).values() for thing in things}
    return TeamRow(
        link=context.links.to(ref),
        type=text_of(questions.type_of(entity), 60),
        sentence=context.sentence(entity),
        members=len(questions.members_of(catalog, ref)),
        people=len(questions.all_members(catalog, ref)),
        owned=len(owned),
        owned_below=len(below | set(owned)),
        owned_path=catalog_path(owner=str(ref)),
        problems=sum(len(context.by_subject.get(thing, ())) for thing in {ref, *owned}),
        children=children,
    )


def _has_no_owner(context: IndexContext, ref: EntityRef) -> bool:
    owner = questions.owner(context.catalog, ref)
    return questions.needs_owner(context.catalog, ref) and (owner is None or owner not in context.catalog.entities)
