"""Rings in the graph: found once each, told by one rule each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.catalog.graph import Catalog
from generator.model.ref import EntityRef
from generator.problems import Problem, Related, Rule

MOST = 100
"""Rings told of; more would take long to find and longer to read."""
SHOWN = 10
"""Members of a ring that a message names."""


def circles(edges: Mapping[EntityRef, Sequence[EntityRef]]) -> tuple[tuple[EntityRef, ...], ...]:
    """Rings that share no member, at least one in each knot of the graph, each from its smallest member on; sorted, ``MOST`` at most."""
    left = dict(edges)
    rings: list[tuple[EntityRef, ...]] = []
    for start in sorted(edges):
        while len(rings) < MOST and start in left and (ring := _walk(left, start)):
            rings.append(_from_smallest(ring))
            for ref in ring:
                del left[ref]
    return tuple(sorted(rings))


def _walk(left: dict[EntityRef, Sequence[EntityRef]], start: EntityRef) -> tuple[EntityRef, ...]:
    """Depth first from ``start`` until the path meets itself; what leads nowhere is taken out of ``left``."""
    path: dict[EntityRef, Iterator[EntityRef]] = {start: iter(left[start])}
    while path:
        here = next(reversed(path))
        target = next((t for t in path[here] if t in left), None)
        if target is None:
            del path[here], left[here]
        elif target in path:
            members = list(path)
            return tuple(members[members.index(target) :])
        else:
            path[target] = iter(left[target])
    return ()


def _from_smallest(ring: Sequence[EntityRef]) -> tuple[EntityRef, ...]:
    first = ring.index(min(ring))
    return (*ring[first:], *ring[:first])


def circle_problems(catalog: Catalog, relation_type: str, rule: Rule, saying: str, hint: str) -> Iterator[Problem]:
    """A problem for each ring of these relations, at the descriptor that states the first of them."""
    edges = {ref: targets for ref in catalog.entities if (targets := catalog.targets(ref, relation_type))}
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
