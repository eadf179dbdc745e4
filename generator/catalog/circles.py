"""Rings in the graph: found once each, told by one rule each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from generator.catalog.graph import Catalog
from generator.model.ref import EntityRef
from generator.problems import Problem, Related, Rule

MOST = 100
"""Rings told of; more would take long to find and longer to read."""
SHOWN = 10
"""Members of a ring that a message names."""


def circles(edges: Mapping[EntityRef, Sequence[EntityRef]]) -> tuple[tuple[EntityRef, ...], ...]:
    """Rings that share no member, at least one in each knot of the graph, each from its smallest member on; sorted, ``MOST`` at most."""
    if _is_free_of_rings(edges):
        return ()
    import networkx as nx  # noqa: PLC0415 - takes longer to import than a catalog without rings to be looked through

    graph: nx.DiGraph[EntityRef] = nx.DiGraph({ref: sorted(targets) for ref, targets in sorted(edges.items())})
    rings: list[tuple[EntityRef, ...]] = []
    while len(rings) < MOST:
        try:
            ring = tuple(tail for tail, _ in nx.find_cycle(graph))
        except nx.NetworkXNoCycle:
            break
        rings.append(_from_smallest(ring))
        graph.remove_nodes_from(ring)
    return tuple(sorted(rings))


def _is_free_of_rings(edges: Mapping[EntityRef, Sequence[EntityRef]]) -> bool:
    try:
        TopologicalSorter(edges).prepare()
    except CycleError:
        return False
    return True


def _from_smallest(ring: Sequence[EntityRef]) -> tuple[EntityRef, ...]:
    first = ring.index(min(ring))
    return (*ring[first:], *ring[:first])


def circle_problems(catalog: Catalog, relation_type: str, rule: Rule, saying: str, hint: str) -> Iterator[Problem]:
    """A problem for each ring of these relations, at the descriptor that states the first of them."""
    stated = {ref: relations for ref, relations in catalog.relations.items() if ref in catalog.entities}
    edges = {ref: to for ref, relations in stated.items() if (to := tuple(r.target for r in relations if r.type == relation_type))}
    for ring in circles(edges):
        shown = [str(ref) for ref in (*ring[:SHOWN], *(ring[:1] if len(ring) <= SHOWN else ()))]
        way = " → ".join(shown) + ("" if len(ring) <= SHOWN else f" → … ({len(ring)} in all)")
        relation = next(r for r in catalog.relations[ring[0]] if r.type == relation_type and r.target == ring[1 % len(ring)])
        yield rule.problem(
            f"{saying}: {way}.",
            origin=catalog.entities[relation.declared_by].origin,
            subject=ring[0],
            field=relation.field,
            hint=hint,
            related=tuple(Related(f"{ref} is part of the ring", catalog.entities[ref].origin) for ref in ring[1:SHOWN]),
        )
