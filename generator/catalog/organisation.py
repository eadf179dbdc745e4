"""The tree of groups and the people in it. Safe against groups that contain themselves."""

from __future__ import annotations

from generator.catalog.graph import Catalog
from generator.model.ref import EntityRef


def parent_of(catalog: Catalog, group: EntityRef) -> EntityRef | None:
    """The parent that is stated (by either end); it may be missing from the catalog."""
    return next(iter(catalog.targets(group, "childOf")), None)


def children_of(catalog: Catalog, group: EntityRef) -> tuple[EntityRef, ...]:
    """Direct sub-groups, existing or not, sorted by reference."""
    return catalog.targets(group, "parentOf")


def teams_below(catalog: Catalog, group: EntityRef) -> tuple[EntityRef, ...]:
    """All sub-groups that exist, each once, a parent before its children, without the group itself."""
    seen = {group}
    order: list[EntityRef] = []
    waiting = [group]
    while waiting:
        for child in children_of(catalog, waiting.pop(0)):
            if child not in seen and _is_group(catalog, child):
                seen.add(child)
                order.append(child)
                waiting.append(child)
    return tuple(order)


def ancestors_of(catalog: Catalog, group: EntityRef) -> tuple[EntityRef, ...]:
    """Parent, its parent and so on while they exist, outermost first."""
    chain: list[EntityRef] = []
    here = parent_of(catalog, group)
    while here is not None and _is_group(catalog, here) and here != group and here not in chain:
        chain.append(here)
        here = parent_of(catalog, here)
    return tuple(reversed(chain))


def roots(catalog: Catalog) -> tuple[EntityRef, ...]:
    """The tops of the tree, sorted: groups without an existing parent, and the first group of each circle nobody else leads to."""
    groups = [entity.ref for entity in catalog.of_kind("group")]
    tops = [group for group in groups if not any(_is_group(catalog, p) for p in catalog.targets(group, "childOf"))]
    reached = {below for top in tops for below in (top, *teams_below(catalog, top))}
    for group in groups:
        if group not in reached:
            tops.append(group)
            reached.update((group, *teams_below(catalog, group)))
    return tuple(sorted(tops))


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
