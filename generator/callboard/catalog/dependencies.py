"""What needs what, directly and through others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from callboard.catalog import organization, structure
from callboard.catalog.graph import Catalog
from callboard.model.ref import EntityRef


class Dependency(NamedTuple):
    """One end of a dependency; which end depends on the question."""

    ref: EntityRef
    """May be missing from the catalog."""
    how: str
    """``dependsOn`` or ``consumesApi``, seen from the one that needs the other."""
    via: EntityRef | None = None
    """The API between the two, where the consumer of an API depends on its provider."""


@dataclass(frozen=True, slots=True)
class ImpactByTeam:
    """What one team would notice."""

    team: EntityRef | None
    """The owner; None gathers what nobody owns."""
    steps: int
    """The nearest of its entities is so many dependencies away."""
    entities: tuple[EntityRef, ...]
    """The nearest first."""


@dataclass(frozen=True, slots=True)
class Impact:
    """Who would notice if an entity went away."""

    total: int
    """Entities that need it, directly or through others."""
    teams: tuple[ImpactByTeam, ...]
    """The nearest team first, then the one with the most entities."""
    truncated: bool
    """More would be found behind the bounds."""


def dependencies(catalog: Catalog, ref: EntityRef) -> tuple[Dependency, ...]:
    """What the entity needs directly: what it depends on, then the APIs that it consumes."""
    needed = (Dependency(target, "dependsOn") for target in catalog.targets(ref, "dependsOn"))
    consumed = (Dependency(api, "consumesApi") for api in catalog.targets(ref, "consumesApi"))
    return _once((*needed, *consumed), ref)


def dependents(catalog: Catalog, ref: EntityRef) -> tuple[Dependency, ...]:
    """Who needs the entity directly: who depends on it, who consumes it (an API), who consumes an API that it provides."""
    needing = (Dependency(source, "dependsOn") for source in catalog.targets(ref, "dependencyOf"))
    consuming = (Dependency(source, "consumesApi") for source in structure.consumers(catalog, ref))
    through = (
        Dependency(source, "consumesApi", api)
        for api in structure.provided_apis(catalog, ref)
        for source in structure.consumers(catalog, api)
    )
    return _once((*needing, *consuming, *through), ref)


def _once(found: Iterable[Dependency], ref: EntityRef) -> tuple[Dependency, ...]:
    """The first mention of each; nothing depends on itself."""
    first: dict[EntityRef, Dependency] = {}
    for dependency in found:
        if dependency.ref != ref:
            first.setdefault(dependency.ref, dependency)
    return tuple(first.values())


def impact(catalog: Catalog, ref: EntityRef, max_steps: int = 5, max_entities: int = 500) -> Impact:
    """Everything that needs the entity, directly or through others, by owning team; bounded in both directions."""
    steps: dict[EntityRef, int] = {ref: 0}
    frontier = [ref]
    for step in range(1, max_steps + 1):
        found = (dependent for here in frontier for dependent in catalog.once(_dependents, here))
        frontier = sorted(set(found) - steps.keys())[: max_entities + 2 - len(steps)]
        steps.update(dict.fromkeys(frontier, step))
        if not frontier or len(steps) > max_entities + 1:
            break
    full = len(steps) > max_entities + 1
    deeper = full or any(dependent not in steps for here in frontier for dependent in catalog.once(_dependents, here))
    del steps[ref]
    kept = list(steps.items())[:max_entities]
    return Impact(len(kept), _by_team(catalog, kept), deeper)


def _dependents(catalog: Catalog, ref: EntityRef) -> tuple[EntityRef, ...]:
    return tuple(dependent.ref for dependent in dependents(catalog, ref))


def _by_team(catalog: Catalog, found: Iterable[tuple[EntityRef, int]]) -> tuple[ImpactByTeam, ...]:
    """``found`` is in order of steps, so that the first entity of a team is its nearest."""
    teams: dict[EntityRef | None, list[tuple[EntityRef, int]]] = {}
    for ref, step in found:
        teams.setdefault(organization.owner(catalog, ref), []).append((ref, step))
    impacts = (ImpactByTeam(team, things[0][1], tuple(ref for ref, _ in things)) for team, things in teams.items())
    return tuple(sorted(impacts, key=lambda i: (i.steps, -len(i.entities), i.team is None, i.team or ())))
