"""The tree of groups and the people in it. Safe against groups that contain themselves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from generator.catalog.graph import Catalog
from generator.catalog.levels import downwards, tops, upwards
from generator.model.ref import EntityRef


def parent_of(catalog: Catalog, group: EntityRef) -> EntityRef | None:
    """The parent that is stated (by either end); it may be missing from the catalog."""
    return next(iter(catalog.targets(group, "childOf")), None)


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
    """The tops of the tree, sorted: groups without an existing parent, and the first group of each circle nobody else leads to."""
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
    found = {member for team in (group, *teams_below(catalog, group)) for member in members_of(catalog, team)}
    return tuple(sorted(found))


def memberships(catalog: Catalog, user: EntityRef) -> tuple[EntityRef, ...]:
    """The groups that the user is a direct member of, existing or not, sorted by reference."""
    return catalog.targets(user, "memberOf")
