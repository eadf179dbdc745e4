"""A catalog and an entity → its system, domain, parts and APIs. Cycles are followed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from callboard.catalog import organization
from callboard.catalog.graph import Catalog
from callboard.catalog.traversal import downwards, tops, upwards
from callboard.model.ref import EntityRef


def parent_in(catalog: Catalog, ref: EntityRef, *kinds: str) -> EntityRef | None:
    """The first entity of these kinds that the entity is part of; it may be missing from the catalog."""
    return next((target for target in catalog.targets(ref, "partOf") if target.kind in kinds), None)


def system_of(catalog: Catalog, ref: EntityRef) -> EntityRef | None:
    """The declared system of the entity; it may be missing from the catalog."""
    return parent_in(catalog, ref, "system")


def domain_of(catalog: Catalog, ref: EntityRef) -> EntityRef | None:
    """The domain of a system or (sub)domain, or of anything else through its system; it may be missing from the catalog."""
    direct = parent_in(catalog, ref, "domain")
    system = None if direct else system_of(catalog, ref)
    return parent_in(catalog, system, "domain") if system else direct


def trail(catalog: Catalog, ref: EntityRef) -> tuple[EntityRef, ...]:
    """What contains the entity, outermost first and without itself: domains, system, parent component; groups for users and groups.

    The nearest ``LEVELS`` of them.
    """
    if ref.kind == "group":
        return organization.ancestors_of(catalog, ref)
    if ref.kind == "user":
        first = next((g for g in organization.memberships(catalog, ref) if g.kind == "group" and g in catalog.entities), None)
        return (*organization.ancestors_of(catalog, first), first) if first else ()
    return upwards(ref, partial(_container, catalog))


def _container(catalog: Catalog, ref: EntityRef) -> EntityRef | None:
    """The nearest existing entity that it is part of: a parent component before the system, because that has a system itself."""
    order = {"component": 0, "system": 1, "domain": 2}
    containers = [target for target in catalog.targets(ref, "partOf") if target in catalog.entities]
    parents = [target for target in containers if target.kind != "component" or system_of(catalog, target) == system_of(catalog, ref)]
    return min(parents or containers, key=lambda target: (order.get(target.kind, 3), target), default=None)


def parts(catalog: Catalog, ref: EntityRef, *kinds: str) -> tuple[EntityRef, ...]:
    """The entities that are part of this one (of these kinds, or of any), sorted by reference."""
    return tuple(target for target in catalog.targets(ref, "hasPart") if not kinds or target.kind in kinds)


def everything_in(catalog: Catalog, ref: EntityRef) -> tuple[EntityRef, ...]:
    """The parts, their parts and so on, existing or not, each once and without itself; ``LEVELS`` deep at most."""
    return tuple(downwards(ref, partial(parts, catalog)))


def outermost(catalog: Catalog, *kinds: str) -> tuple[EntityRef, ...]:
    """The entities of these kinds that are part of no other of them, and the first of each cycle; sorted."""

    def near(relation: str, here: EntityRef) -> Iterator[EntityRef]:
        return (other for other in catalog.targets(here, relation) if other.kind in kinds and other in catalog.entities)

    return tops((entity.ref for entity in catalog.of_kind(*kinds)), partial(near, "partOf"), partial(near, "hasPart"))


def contents(catalog: Catalog, ref: EntityRef) -> Mapping[str, tuple[EntityRef, ...]]:
    """The parts by canonical kind; kinds and parts are sorted."""
    by_kind: dict[str, list[EntityRef]] = {}
    for part in parts(catalog, ref):
        by_kind.setdefault(part.kind, []).append(part)
    return {kind: tuple(members) for kind, members in sorted(by_kind.items())}


def systems_of(catalog: Catalog, domain: EntityRef) -> tuple[EntityRef, ...]:
    """The systems of a domain, without those of its subdomains."""
    return parts(catalog, domain, "system")


def subdomains_of(catalog: Catalog, domain: EntityRef) -> tuple[EntityRef, ...]:
    """The domains directly below a domain."""
    return parts(catalog, domain, "domain")


def subcomponents_of(catalog: Catalog, component: EntityRef) -> tuple[EntityRef, ...]:
    """The components that are a subcomponent of this one."""
    return parts(catalog, component, "component")


def provided_apis(catalog: Catalog, ref: EntityRef) -> tuple[EntityRef, ...]:
    """The APIs that the entity provides, existing or not."""
    return catalog.targets(ref, "providesApi")


def consumed_apis(catalog: Catalog, ref: EntityRef) -> tuple[EntityRef, ...]:
    """The APIs that the entity consumes, existing or not."""
    return catalog.targets(ref, "consumesApi")


def providers(catalog: Catalog, api: EntityRef) -> tuple[EntityRef, ...]:
    """The entities that provide the API."""
    return catalog.targets(api, "apiProvidedBy")


def consumers(catalog: Catalog, api: EntityRef) -> tuple[EntityRef, ...]:
    """The entities that consume the API."""
    return catalog.targets(api, "apiConsumedBy")
