"""Groups and users: place in the organisation, members, what they own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from callboard.catalog import organization, structure
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef
from callboard.pages.entities.context import EntityContext
from callboard.pages.entities.lists import counts_by_kind, more, numbered, table_view
from callboard.pages.entities.view import PeopleView, TeamCounts, TeamCountsView, TreeItem
from callboard.pages.safe_text import description_of, initials, mail_of, mapping_of, text_of
from callboard.pages.section import HeaderField, Section
from callboard.pages.shared_views import PersonView, catalog_path

SIBLING_LIMIT = 12
CHILD_LIMIT = 20
PEOPLE_LIMIT = 60
TEAM_LIMIT = 50
KINDS_LIMIT = 6
COUNTS_FROM = 5
"""From so many things on, numbers by kind stand above the table."""
_OWN = frozenset({"owner"})


def group_keys(context: EntityContext, entity: Entity) -> tuple[HeaderField, ...]:
    """How many members and things, directly and with sub-teams."""
    catalog, ref, labels = context.catalog, entity.ref, context.labels
    members, everybody = len(organization.members_of(catalog, ref)), len(organization.all_members(catalog, ref))
    direct = len(organization.owned(catalog, ref))
    below = sum(len(things) for things in organization.owned_below(catalog, ref).values())
    found = ((labels["members"], members, everybody), (labels["owns"], direct, direct + below))
    return tuple(HeaderField(label, text=_direct(context, few, many)) for label, few, many in found if many)


def _direct(context: EntityContext, direct: int, total: int) -> str:
    labels = context.labels
    return f"{direct:,}" if direct == total else labels["directly_and_below"].format(direct, total)


def organisation(context: EntityContext, entity: Entity) -> Section | None:
    """The group's place: the way down to it, its neighbours and its sub-teams; None for a group that stands alone."""
    catalog, ref = context.catalog, entity.ref
    chain = [r for r in structure.trail(catalog, ref)[-6:] if r in catalog.entities]
    children = organization.children_of(catalog, ref)
    if not chain and not children:
        return None
    kept = tuple(_item(context, child) for child in children[:CHILD_LIMIT])
    tree = _item(context, ref, here=True, children=kept, rest=more(context, len(children), len(kept)))
    if chain:
        neighbours = [r for r in organization.children_of(catalog, chain[-1]) if r != ref]
        near = tuple(_item(context, r) for r in neighbours[:SIBLING_LIMIT])
        tree = _item(context, chain[-1], children=(tree, *near), rest=more(context, len(neighbours), len(near)))
    for above in reversed(chain[:-1]):
        tree = _item(context, above, children=(tree,))
    return Section("organisation", context.labels["organisation"], "organisation", tree)


def _item(context: EntityContext, ref: EntityRef, *, here: bool = False, children: tuple[TreeItem, ...] = (), rest: str = "") -> TreeItem:
    below, owned = len(organization.children_of(context.catalog, ref)), len(organization.owned(context.catalog, ref))
    note = "" if here else numbered(context, "n_teams", below) if below else numbered(context, "owns_n", owned) if owned else ""
    return TreeItem(context.links.to(ref), note, here, children, rest)


def members(context: EntityContext, entity: Entity) -> Section | None:
    """The direct members."""
    refs = organization.members_of(context.catalog, entity.ref)
    if not refs:
        return None
    kept = sorted(refs, key=lambda r: (r not in context.catalog.entities, context.links.to(r).name.casefold(), r))[:PEOPLE_LIMIT]
    view = PeopleView(tuple(person(context, ref) for ref in kept), more(context, len(refs), len(kept)))
    return Section("members", context.labels["members"], "people", view, f"{len(refs):,}")


def person(context: EntityContext, ref: EntityRef) -> PersonView:
    """One person; the role is what the profile or the description says in a few words."""
    entity, link = context.catalog.get(ref), context.links.to(ref)
    profile = mapping_of(entity.spec.get("profile")) if entity else {}
    role = text_of(profile.get("role") or profile.get("title") or (description_of(entity) if entity else ""), 60)
    mail = "" if context.is_public else mail_of(profile.get("email"))
    return PersonView(link, initials(link.name), role, mail)


def owns(context: EntityContext, entity: Entity) -> Section | None:
    """What the group (or user) owns, directly as a table, through sub-teams as folded lists."""
    catalog, labels, ref = context.catalog, context.labels, entity.ref
    direct = organization.owned(catalog, ref)
    below = organization.owned_below(catalog, ref) if ref.kind == "group" else {}
    everything = (*direct, *(thing for things in below.values() for thing in things))
    if not everything:
        return None
    counts = counts_by_kind(context, dict.fromkeys(everything)) if len(everything) > COUNTS_FROM else ()
    table = table_view(context, labels["owned_directly"], [(r, "") for r in direct], counts, catalog_path(owner=str(ref)), _OWN)
    table = replace(table, teams=_teams(context, ref) if below else None)
    return Section("owns", labels["owns"], "table", table, f"{len(set(everything)):,}")


def _teams(context: EntityContext, group: EntityRef) -> TeamCountsView:
    """A row for each direct sub-team: what it owns together with the teams below it."""
    found = [(team, _everything(context, team)) for team in organization.children_of(context.catalog, group)]
    found = sorted((pair for pair in found if pair[1]), key=lambda pair: (-len(pair[1]), pair[0]))
    numbers = Counter(thing.kind for _, things in found for thing in things)
    kinds = sorted(numbers, key=lambda kind: (-numbers[kind], kind))[:KINDS_LIMIT]
    rows = tuple(_team_counts(context, team, things, kinds) for team, things in found[:TEAM_LIMIT])
    columns = tuple(context.kind_name(kind) for kind in kinds)
    return TeamCountsView(context.labels["through_teams"], columns, rows, more(context, len(found), len(rows)))


def _everything(context: EntityContext, team: EntityRef) -> frozenset[EntityRef]:
    catalog = context.catalog
    below = organization.owned_below(catalog, team).values()
    return frozenset((*organization.owned(catalog, team), *(thing for things in below for thing in things)))


def _team_counts(context: EntityContext, team: EntityRef, things: frozenset[EntityRef], kinds: list[str]) -> TeamCounts:
    numbers = Counter(thing.kind for thing in things)
    return TeamCounts(context.links.to(team), tuple(f"{numbers[kind]:,}" if numbers[kind] else "" for kind in kinds), f"{len(things):,}")


def memberships(context: EntityContext, entity: Entity) -> Section | None:
    """The groups of a user."""
    labels = context.labels
    groups = organization.memberships(context.catalog, entity.ref)
    if not groups:
        return None
    table = table_view(context, labels["member_of"], [(group, "") for group in groups])
    return Section("groups", labels["member_of"], "table", table, f"{len(groups):,}")


def owned_by_teams(context: EntityContext, entity: Entity) -> Section | None:
    """What a user's groups own."""
    catalog, labels = context.catalog, context.labels
    things = (thing for group in organization.memberships(catalog, entity.ref) for thing in organization.owned(catalog, group))
    found = [(thing, "") for thing in dict.fromkeys(things)]
    if not found:
        return None
    return Section("teams-own", labels["teams_own"], "table", table_view(context, labels["teams_own"], found), f"{len(found):,}")
