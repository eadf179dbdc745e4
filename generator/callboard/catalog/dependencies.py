"""A catalog and an entity → its direct dependencies and its direct dependents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from callboard.catalog import structure
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
