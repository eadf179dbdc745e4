"""Group or User → sections about its place in the organization, members, and what it owns."""

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

LEVEL_LIMIT = 6
"""Groups above a group; the nearest ones."""
SIBLING_LIMIT = 12
CHILD_LIMIT = 20
PEOPLE_LIMIT = 60
NAMES_LIMIT = 600
"""Members that are named, those after the first ones in a list that opens."""
TEAM_LIMIT = 50
KINDS_LIMIT = 6
COUNTS_FROM = 5
"""If more entities are owned, numbers by kind stand above the table."""
_OWNER_COLUMN = frozenset({"owner"})


def group_fields(context: EntityContext, entity: Entity) -> tuple[HeaderField, ...]:
    """Numbers of members and owned entities, direct and with sub-teams; without those that are 0."""
    catalog, ref, labels = context.catalog, entity.ref, context.labels
    members, all_members = len(organization.members_of(catalog, ref)), len(organization.all_members(catalog, ref))
    owned = len(organization.owned(catalog, ref))
    below = sum(len(refs) for refs in organization.owned_below(catalog, ref).values())
    numbers = ((labels["members"], members, all_members), (labels["owns"], owned, owned + below))
    return tuple(HeaderField(label, text=_direct(context, direct, total)) for label, direct, total in numbers if total)


def _direct(context: EntityContext, direct: int, total: int) -> str:
    labels = context.labels
    return f"{direct:,}" if direct == total else labels["directly_and_below"].format(direct, total)


def organisation(context: EntityContext, entity: Entity) -> Section | None:
    """The groups above a group, its siblings and its sub-teams; None for a group without any."""
    catalog, ref = context.catalog, entity.ref
    chain = [r for r in structure.trail(catalog, ref)[-LEVEL_LIMIT:] if r in catalog.entities]
    children = organization.children_of(catalog, ref)
    if not chain and not children:
        return None
    below = tuple(_item(context, child) for child in children[:CHILD_LIMIT])
    tree = _item(context, ref, is_current=True, children=below, rest=more(context, len(children), len(below)))
    if chain:
        siblings = [r for r in organization.children_of(catalog, chain[-1]) if r != ref]
        items = tuple(_item(context, r) for r in siblings[:SIBLING_LIMIT])
        tree = _item(context, chain[-1], children=(tree, *items), rest=more(context, len(siblings), len(items)))
    for above in reversed(chain[:-1]):
        tree = _item(context, above, children=(tree,))
    return Section("organisation", context.labels["organisation"], "organisation", tree)


def _item(
    context: EntityContext, ref: EntityRef, *, is_current: bool = False, children: tuple[TreeItem, ...] = (), rest: str = ""
) -> TreeItem:
    below, owned = len(organization.children_of(context.catalog, ref)), len(organization.owned(context.catalog, ref))
    note = "" if is_current else numbered(context, "n_teams", below) if below else numbered(context, "owns_n", owned) if owned else ""
    return TreeItem(context.links.to(ref), note, is_current, children, rest)


def members(context: EntityContext, entity: Entity) -> Section | None:
    """The direct members of a group; None for none."""
    refs = organization.members_of(context.catalog, entity.ref)
    if not refs:
        return None
    ordered = sorted(refs, key=lambda r: (r not in context.catalog.entities, context.links.to(r).name.casefold(), r))
    listed = ordered[:PEOPLE_LIMIT]
    count, people = len(refs), tuple(person(context, ref) for ref in listed)
    rest = context.links.all(tuple(ordered[PEOPLE_LIMIT:NAMES_LIMIT]))
    view = PeopleView(people, more(context, count, len(listed)), rest, more(context, count, NAMES_LIMIT))
    return Section("members", context.labels["members"], "people", view, f"{len(refs):,}")


def person(context: EntityContext, ref: EntityRef) -> PersonView:
    """One person; the role is taken from the profile, else from the description."""
    entity, link = context.catalog.get(ref), context.links.to(ref)
    profile = mapping_of(entity.spec.get("profile")) if entity else {}
    role = text_of(profile.get("role") or profile.get("title") or (description_of(entity) if entity else ""), 60)
    mail = "" if context.is_public else mail_of(profile.get("email"))
    return PersonView(link, initials(link.name), role, mail)


def owns(context: EntityContext, entity: Entity) -> Section | None:
    """What a group or user owns: directly as a table, through sub-teams as numbers; None for nothing."""
    catalog, labels, ref = context.catalog, context.labels, entity.ref
    direct = organization.owned(catalog, ref)
    below = organization.owned_below(catalog, ref) if ref.kind == "group" else {}
    everything = (*direct, *(owned for refs in below.values() for owned in refs))
    if not everything:
        return None
    counts = counts_by_kind(context, dict.fromkeys(everything)) if len(everything) > COUNTS_FROM else ()
    table = table_view(context, labels["owned_directly"], [(r, "") for r in direct], counts, catalog_path(owner=str(ref)), _OWNER_COLUMN)
    table = replace(table, teams=_teams(context, ref) if below else None)
    return Section("owns", labels["owns"], "table", table, f"{len(set(everything)):,}")


def _teams(context: EntityContext, group: EntityRef) -> TeamCountsView:
    """A row for each direct sub-team with the number of entities that it and the teams below it own."""
    every = [(team, _everything(context, team)) for team in organization.children_of(context.catalog, group)]
    owning = sorted((pair for pair in every if pair[1]), key=lambda pair: (-len(pair[1]), pair[0]))
    numbers = Counter(ref.kind for _, refs in owning for ref in refs)
    kinds = sorted(numbers, key=lambda kind: (-numbers[kind], kind))[:KINDS_LIMIT]
    rows = tuple(_team_counts(context, team, refs, kinds) for team, refs in owning[:TEAM_LIMIT])
    columns = tuple(context.kind_name(kind) for kind in kinds)
    return TeamCountsView(
        context.labels["through_teams"], columns, rows, more(context, len(owning), len(rows)), catalog_path(team=str(group))
    )


def _everything(context: EntityContext, team: EntityRef) -> frozenset[EntityRef]:
    catalog = context.catalog
    below = organization.owned_below(catalog, team).values()
    return frozenset((*organization.owned(catalog, team), *(ref for refs in below for ref in refs)))


def _team_counts(context: EntityContext, team: EntityRef, refs: frozenset[EntityRef], kinds: list[str]) -> TeamCounts:
    numbers = Counter(ref.kind for ref in refs)
    return TeamCounts(context.links.to(team), tuple(f"{numbers[kind]:,}" if numbers[kind] else "" for kind in kinds), f"{len(refs):,}")


def memberships(context: EntityContext, entity: Entity) -> Section | None:
    """The groups of a user; None for none."""
    labels = context.labels
    groups = organization.memberships(context.catalog, entity.ref)
    if not groups:
        return None
    table = table_view(context, labels["member_of"], [(group, "") for group in groups], more_path="teams/")
    return Section("groups", labels["member_of"], "table", table, f"{len(groups):,}")


def owned_by_teams(context: EntityContext, entity: Entity) -> Section | None:
    """What a user's groups own; None for nothing."""
    catalog, labels = context.catalog, context.labels
    refs = (ref for group in organization.memberships(catalog, entity.ref) for ref in organization.owned(catalog, group))
    owned = [(ref, "") for ref in dict.fromkeys(refs)]
    if not owned:
        return None
    owners = (catalog_path(owner=str(group)).partition("?")[2] for group in organization.memberships(catalog, entity.ref))
    path = f"catalog/?{'&'.join(owners)}"
    table = table_view(context, labels["teams_own"], owned, more_path=path)
    return Section("teams-own", labels["teams_own"], "table", table, f"{len(owned):,}")
