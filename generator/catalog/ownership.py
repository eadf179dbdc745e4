"""Who owns what."""

from __future__ import annotations

from collections.abc import Mapping

from generator.catalog import organisation
from generator.catalog.graph import Catalog
from generator.catalog.levels import LEVELS
from generator.descriptors.kinds import mapping_at, resolved
from generator.model.ref import EntityRef

OWNERS = ("group", "user")
"""Kinds that can own something (Backstage: ``isOwnerOf``)."""


def owner(catalog: Catalog, ref: EntityRef) -> EntityRef | None:
    """The first owner that is stated; it may be missing from the catalog."""
    return next(iter(catalog.targets(ref, "ownedBy")), None)


def needs_owner(catalog: Catalog, ref: EntityRef) -> bool:
    """Whether the schema of its kind requires ``spec.owner``."""
    kind = catalog.kinds.get(ref.kind)
    spec = resolved(mapping_at(kind.schema, "properties").get("spec"), kind.schema) if kind else {}
    return "owner" in spec.get("required", ())


def responsible(catalog: Catalog, ref: EntityRef) -> EntityRef | None:
    """Who can mend a problem of this entity: a group itself, else the owner, else the owner of what it is part of; existing ones only."""
    here: EntityRef | None = ref
    for _ in range(LEVELS):
        if here is None:
            break
        if here.kind == "group" and here in catalog.entities:
            return here
        for candidate in (*catalog.targets(here, "ownedBy"), *catalog.targets(here, "memberOf")):
            if candidate.kind in OWNERS and candidate in catalog.entities:
                return candidate
        here = next(iter(catalog.targets(here, "partOf")), None)
    return None


def owned(catalog: Catalog, group: EntityRef) -> tuple[EntityRef, ...]:
    """What the group (or user) owns directly, sorted by reference."""
    return catalog.targets(group, "ownerOf")


def owned_below(catalog: Catalog, group: EntityRef) -> Mapping[EntityRef, tuple[EntityRef, ...]]:
    """What each team below the group owns directly; teams that own nothing are left out. Without the group itself."""
    found = ((team, owned(catalog, team)) for team in organisation.teams_below(catalog, group))
    return {team: things for team, things in found if things}


def is_owner(catalog: Catalog, who: EntityRef, ref: EntityRef) -> bool:
    """Whether this user or group owns the entity, itself or as a direct member of an owning group."""
    owners = catalog.targets(ref, "ownedBy")
    return who in owners or any(group in owners for group in catalog.targets(who, "memberOf"))
