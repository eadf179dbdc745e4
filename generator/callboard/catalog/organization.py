"""A catalog and an entity → teams, members and owners. Cycles of groups are followed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from callboard.catalog.graph import Catalog
from callboard.catalog.traversal import LEVELS, downwards, tops, upwards
from callboard.model.ref import EntityRef
from callboard.settings.schema_messages import mapping_at, resolved


def parent_of(catalog: Catalog, group: EntityRef) -> EntityRef | None:
    """The parent that the group declares, else a group that lists it as a child; it may be missing from the catalog."""
    parents = catalog.targets(group, "childOf")
    if len(parents) <= 1:
        return parents[0] if parents else None
    declared = (relation.target for relation in catalog.relations[group] if relation.type == "childOf" and relation.declared_by == group)
    return next(declared, parents[0])


def existing_parents(catalog: Catalog, group: EntityRef) -> tuple[EntityRef, ...]:
    """The groups that are a parent of the group by its own descriptor or theirs, sorted by reference. One is expected."""
    return tuple(_existing(catalog, "childOf", group))


def children_of(catalog: Catalog, group: EntityRef) -> tuple[EntityRef, ...]:
    """Direct sub-groups, existing or not, sorted by reference."""
    return catalog.targets(group, "parentOf")


def teams_below(catalog: Catalog, group: EntityRef) -> tuple[EntityRef, ...]:
    """All sub-groups that exist, each once, a parent before its children, without the group itself; ``LEVELS`` deep at most."""
    return tuple(downwards(group, partial(_existing, catalog, "parentOf")))


def ancestors_of(catalog: Catalog, group: EntityRef) -> tuple[EntityRef, ...]:
    """Parent, its parent and so on while they exist, outermost first; the nearest ``LEVELS`` of them."""

    def above(here: EntityRef) -> EntityRef | None:
        parent = parent_of(catalog, here)
        return parent if parent is not None and _is_group(catalog, parent) else None

    return upwards(group, above)


def roots(catalog: Catalog) -> tuple[EntityRef, ...]:
    """The roots of the team tree, sorted: groups without an existing parent, and the first group of each cycle without one."""
    groups = (entity.ref for entity in catalog.of_kind("group"))
    return tops(groups, partial(_existing, catalog, "childOf"), partial(_existing, catalog, "parentOf"))


def _existing(catalog: Catalog, relation: str, group: EntityRef) -> Iterator[EntityRef]:
    return (other for other in catalog.targets(group, relation) if _is_group(catalog, other))


def _is_group(catalog: Catalog, ref: EntityRef) -> bool:
    """Whether a group of that reference exists: descriptors may name anything as a parent or child."""
    return ref.kind == "group" and ref in catalog.entities


def members_of(catalog: Catalog, group: EntityRef) -> tuple[EntityRef, ...]:
    """Direct members, existing or not, sorted by reference."""
    return catalog.targets(group, "hasMember")


def all_members(catalog: Catalog, group: EntityRef) -> tuple[EntityRef, ...]:
    """Members of the group and of all teams below it, each once, sorted by reference."""
    members = {member for team in (group, *teams_below(catalog, group)) for member in members_of(catalog, team)}
    return tuple(sorted(members))


def memberships(catalog: Catalog, user: EntityRef) -> tuple[EntityRef, ...]:
    """The groups that the user is a direct member of, existing or not, sorted by reference."""
    return catalog.targets(user, "memberOf")


OWNERS = ("group", "user")
"""Kinds that can own entities (Backstage: ``isOwnerOf``)."""


def owner(catalog: Catalog, ref: EntityRef) -> EntityRef | None:
    """The first declared owner; it may be missing from the catalog."""
    owners = catalog.targets(ref, "ownedBy")
    return owners[0] if owners else None


def needs_owner(catalog: Catalog, ref: EntityRef) -> bool:
    """Whether the schema of its kind requires ``spec.owner``."""
    kind = catalog.kinds.get(ref.kind)
    spec = resolved(mapping_at(kind.schema, "properties").get("spec"), kind.schema) if kind else {}
    return "owner" in spec.get("required", ())


def responsible(catalog: Catalog, ref: EntityRef) -> EntityRef | None:
    """The team or user that can fix problems of this entity: a group itself, else its owner, else the owner of what it is part of.

    Owners that a source knows and leaves out count. None if none of them exists.
    """
    here: EntityRef | None = ref
    for _ in range(LEVELS):
        if here is None:
            break
        if here.kind == "group" and here in catalog.entities:
            return here
        for candidate in (*catalog.targets(here, "ownedBy"), *catalog.targets(here, "memberOf")):
            if candidate.kind in OWNERS and catalog.exists(candidate):
                return candidate
        here = next(iter(catalog.targets(here, "partOf")), None)
    return None


def owned(catalog: Catalog, group: EntityRef) -> tuple[EntityRef, ...]:
    """Entities that the group (or user) owns directly, sorted by reference."""
    return catalog.targets(group, "ownerOf")


def owned_below(catalog: Catalog, group: EntityRef) -> Mapping[EntityRef, tuple[EntityRef, ...]]:
    """Entities that each sub-team owns directly, without the group itself; teams that own nothing are left out."""
    by_team = ((team, owned(catalog, team)) for team in teams_below(catalog, group))
    return {team: entities for team, entities in by_team if entities}


def is_owner(catalog: Catalog, candidate: EntityRef, ref: EntityRef) -> bool:
    """Whether this user or group owns the entity, itself or as a direct member of an owning group."""
    owners = catalog.targets(ref, "ownedBy")
    return candidate in owners or any(group in owners for group in catalog.targets(candidate, "memberOf"))
