"""A catalog and an entity → its dependencies, its dependents, and the impact if it fails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from callboard.catalog import organization, structure
from callboard.catalog.graph import Catalog
from callboard.model.ref import EntityRef


class Dependency(NamedTuple):
    """The entity at the other end of a dependency."""

    ref: EntityRef
    """May be missing from the catalog."""
    how: str
    """Relation type, in the direction from dependent to dependency: ``dependsOn`` or ``consumesApi``."""
    via: EntityRef | None = None
    """The API between the two, where the consumer of an API depends on its provider."""


@dataclass(frozen=True, slots=True)
class ImpactByTeam:
    """The dependents of one team."""

    team: EntityRef | None
    """The owner; None for entities without an owner."""
    steps: int
    """Number of dependencies to the nearest of its entities, from 1."""
    entities: tuple[EntityRef, ...]
    """Nearest first."""


@dataclass(frozen=True, slots=True)
class Impact:
    """The entities that would be affected if an entity failed."""

    total: int
    """Number of direct and indirect dependents."""
    teams: tuple[ImpactByTeam, ...]
    """Nearest team first, then by number of entities."""
    truncated: bool
    """True if there are more dependents beyond the limits."""


def dependencies(catalog: Catalog, ref: EntityRef) -> tuple[Dependency, ...]:
    """Direct dependencies: what the entity depends on, then the APIs that it consumes."""
    needed = (Dependency(target, "dependsOn") for target in catalog.targets(ref, "dependsOn"))
    consumed = (Dependency(api, "consumesApi") for api in catalog.targets(ref, "consumesApi"))
    return _once((*needed, *consumed), ref)


def dependents(catalog: Catalog, ref: EntityRef) -> tuple[Dependency, ...]:
    """Direct dependents: entities that depend on it, consumers of it (an API), consumers of an API that it provides."""
    dependent = (Dependency(source, "dependsOn") for source in catalog.targets(ref, "dependencyOf"))
    consumer = (Dependency(source, "consumesApi") for source in structure.consumers(catalog, ref))
    through_api = (
        Dependency(source, "consumesApi", api)
        for api in structure.provided_apis(catalog, ref)
        for source in structure.consumers(catalog, api)
    )
    return _once((*dependent, *consumer, *through_api), ref)


def _once(dependencies: Iterable[Dependency], ref: EntityRef) -> tuple[Dependency, ...]:
    """The first dependency on each entity, without ``ref`` itself."""
    first: dict[EntityRef, Dependency] = {}
    for dependency in dependencies:
        if dependency.ref != ref:
            first.setdefault(dependency.ref, dependency)
    return tuple(first.values())


def impact(catalog: Catalog, ref: EntityRef, max_steps: int = 5, max_entities: int = 500) -> Impact:
    """Direct and indirect dependents by owning team: at most ``max_steps`` dependencies away and ``max_entities`` of them."""
    steps: dict[EntityRef, int] = {ref: 0}
    frontier = [ref]
    for step in range(1, max_steps + 1):
        reached = (dependent for here in frontier for dependent in catalog.once(_dependents, here))
        frontier = sorted(set(reached) - steps.keys())[: max_entities + 2 - len(steps)]
        steps.update(dict.fromkeys(frontier, step))
        if not frontier or len(steps) > max_entities + 1:
            break
    is_full = len(steps) > max_entities + 1
    is_truncated = is_full or any(dependent not in steps for here in frontier for dependent in catalog.once(_dependents, here))
    del steps[ref]
    affected = list(steps.items())[:max_entities]
    return Impact(len(affected), _by_team(catalog, affected), is_truncated)


def _dependents(catalog: Catalog, ref: EntityRef) -> tuple[EntityRef, ...]:
    return tuple(dependent.ref for dependent in dependents(catalog, ref))


def _by_team(catalog: Catalog, affected: Iterable[tuple[EntityRef, int]]) -> tuple[ImpactByTeam, ...]:
    """``affected`` has entities with their number of steps, in order of steps: the first entity of a team is its nearest."""
    teams: dict[EntityRef | None, list[tuple[EntityRef, int]]] = {}
    for ref, step in affected:
        teams.setdefault(organization.owner(catalog, ref), []).append((ref, step))
    impacts = (ImpactByTeam(team, entities[0][1], tuple(ref for ref, _ in entities)) for team, entities in teams.items())
    return tuple(sorted(impacts, key=lambda i: (i.steps, -len(i.entities), i.team is None, i.team or ())))
