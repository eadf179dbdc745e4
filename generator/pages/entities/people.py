"""Groups and users: place in the organisation, members, what they own."""

from __future__ import annotations

from dataclasses import replace

from generator.catalog import questions
from generator.model.entity import Entity
from generator.model.ref import EntityRef
from generator.pages.entities.context import LIST_LIMIT, EntityContext
from generator.pages.entities.lists import counts_by_kind, list_view, more, table_view
from generator.pages.entities.view import Key, ListView, PeopleView, Section, TreeItem
from generator.pages.parts import PersonView, catalog_path, initials, mail_of, mapping_of, text_of

SIBLING_LIMIT = 12
CHILD_LIMIT = 20
PEOPLE_LIMIT = 60
TEAM_LIMIT = 20
LIST_IN_TEAM = 12


def group_keys(context: EntityContext, entity: Entity) -> tuple[Key, ...]:
    """How many members and things, directly and with sub-teams."""
    catalog, ref, labels = context.catalog, entity.ref, context.labels
    members, everybody = len(questions.members_of(catalog, ref)), len(questions.all_members(catalog, ref))
    direct = len(questions.owned(catalog, ref))
    below = sum(len(things) for things in questions.owned_below(catalog, ref).values())
    found = ((labels["members"], members, everybody), (labels["owns"], direct, direct + below))
    return tuple(Key(label, text=_direct(context, few, many)) for label, few, many in found if many)


def _direct(context: EntityContext, direct: int, total: int) -> str:
    labels = context.labels
    return f"{direct:,}" if direct == total else labels["directly_and_below"].format(direct, total)


def organisation(context: EntityContext, entity: Entity) -> Section | None:
    """The group's place: the way down to it, its neighbours and its sub-teams; None for a group that stands alone."""
    catalog, ref = context.catalog, entity.ref
    chain = [r for r in questions.trail(catalog, ref)[-6:] if r in catalog.entities]
    children = questions.children_of(catalog, ref)
    if not chain and not children:
        return None
    kept = tuple(_item(context, child) for child in children[:CHILD_LIMIT])
    tree = _item(context, ref, here=True, children=kept, rest=more(context, len(children), len(kept)))
    if chain:
        neighbours = [r for r in questions.children_of(catalog, chain[-1]) if r != ref]
        near = tuple(_item(context, r) for r in neighbours[:SIBLING_LIMIT])
        tree = _item(context, chain[-1], children=(tree, *near), rest=more(context, len(neighbours), len(near)))
    for above in reversed(chain[:-1]):
        tree = _item(context, above, children=(tree,))
    return Section("organisation", context.labels["organisation"], "organisation", tree)


def _item(context: EntityContext, ref: EntityRef, *, here: bool = False, children: tuple[TreeItem, ...] = (), rest: str = "") -> TreeItem:
    owned = len(questions.owned(context.catalog, ref))
    note = context.labels["owns_n"].format(owned) if owned and not here else ""
    return TreeItem(context.links.to(ref), note, here, children, rest)


def members(context: EntityContext, entity: Entity) -> Section | None:
    """The direct members."""
    refs = questions.members_of(context.catalog, entity.ref)
    if not refs:
        return None
    kept = sorted(refs, key=lambda r: (r not in context.catalog.entities, context.links.to(r).name.casefold(), r))[:PEOPLE_LIMIT]
    view = PeopleView(tuple(person(context, ref) for ref in kept), more(context, len(refs), len(kept)))
    return Section("members", context.labels["members"], "people", view, f"{len(refs):,}")


def person(context: EntityContext, ref: EntityRef) -> PersonView:
    """One person; the role is what the profile or the description says in a few words."""
    entity, link = context.catalog.get(ref), context.links.to(ref)
    profile = mapping_of(entity.spec.get("profile")) if entity else {}
    role = text_of(profile.get("role") or profile.get("title") or (questions.description(entity) if entity else ""), 60)
    mail = "" if context.is_public else mail_of(profile.get("email"))
    return PersonView(link, initials(link.name), role, mail)


def owns(context: EntityContext, entity: Entity) -> Section | None:
    """What the group (or user) owns, directly as a table, through sub-teams as folded lists."""
    catalog, labels, ref = context.catalog, context.labels, entity.ref
    direct = questions.owned(catalog, ref)
    below = questions.owned_below(catalog, ref) if ref.kind == "group" else {}
    everything = (*direct, *(thing for things in below.values() for thing in things))
    if not everything:
        return None
    counts = counts_by_kind(context, dict.fromkeys(everything)) if len(everything) > LIST_LIMIT // 10 else ()
    table = table_view(context, labels["owned_directly"], [(r, "") for r in direct], counts, catalog_path(owner=str(ref)))
    also = tuple(_team_list(context, team, things) for team, things in list(below.items())[:TEAM_LIMIT])
    return Section("owns", labels["owns"], "table", replace(table, also=also), f"{len(set(everything)):,}")


def _team_list(context: EntityContext, team: EntityRef, things: tuple[EntityRef, ...]) -> ListView:
    title = context.labels["through"] % context.links.to(team).name
    found = list_view(context, title, "group", [(ref, "") for ref in things], catalog_path(owner=str(team)), LIST_IN_TEAM)
    assert found is not None  # noqa: S101 - owned_below leaves out teams without things
    return found


def memberships(context: EntityContext, entity: Entity) -> Section | None:
    """The groups of a user."""
    labels = context.labels
    groups = questions.memberships(context.catalog, entity.ref)
    if not groups:
        return None
    table = table_view(context, labels["member_of"], [(group, "") for group in groups])
    return Section("groups", labels["member_of"], "table", table, f"{len(groups):,}")


def owned_by_teams(context: EntityContext, entity: Entity) -> Section | None:
    """What a user's groups own."""
    catalog, labels = context.catalog, context.labels
    teams = [(group, questions.owned(catalog, group)) for group in questions.memberships(catalog, entity.ref)]
    found = [(thing, context.links.to(team).name) for team, things in teams for thing in things]
    if not found:
        return None
    return Section("teams-own", labels["teams_own"], "table", table_view(context, labels["teams_own"], found), f"{len(found):,}")
