"""Cycles in the graph, and ways up and down in it, bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from callboard.catalog.graph import Catalog
from callboard.model.problem import Problem, Related, Rule
from callboard.model.ref import EntityRef

LEVELS = 30
"""Followed from one entity, up and down. Real organisations have ten; without a bound a chain of ``n`` costs ``n`` times ``n`` steps."""

Near = Callable[[EntityRef], Iterable[EntityRef]]
"""What lies directly above or below an entity."""


def upwards(start: EntityRef, above: Callable[[EntityRef], EntityRef | None], levels: int = LEVELS) -> tuple[EntityRef, ...]:
    """The way up, outermost first and without ``start``; it ends where it would meet itself, and after so many levels."""
    chain: dict[EntityRef, None] = {}
    here = above(start)
    while here is not None and here != start and here not in chain and len(chain) < levels:
        chain[here] = None
        here = above(here)
    return tuple(reversed(chain))


def downwards(start: EntityRef, below: Near, levels: int = LEVELS) -> Iterator[EntityRef]:
    """What lies below, each once, level by level, without ``start``; so many levels at most."""
    seen, level = {start}, [start]
    for _ in range(levels):
        level = list(_fresh(level, below, seen))
        if not level:
            return
        yield from level


def tops(things: Iterable[EntityRef], above: Near, below: Near) -> tuple[EntityRef, ...]:
    """Where one has to begin to meet all, sorted: things with nothing above, and the first of each circle that nobody else leads to."""
    ordered = sorted(things)
    found = [thing for thing in ordered if not any(True for _ in above(thing))]
    seen = set(found)
    _meet(found, below, seen)
    for thing in ordered:
        if thing not in seen:
            found.append(thing)
            seen.add(thing)
            _meet([thing], below, seen)
    return tuple(sorted(found))


def _meet(level: Iterable[EntityRef], below: Near, seen: set[EntityRef]) -> None:
    """Adds everything below to ``seen``, at any depth."""
    while level:
        level = list(_fresh(level, below, seen))


def _fresh(level: Iterable[EntityRef], below: Near, seen: set[EntityRef]) -> Iterator[EntityRef]:
    for here in level:
        for thing in below(here):
            if thing not in seen:
                seen.add(thing)
                yield thing


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
        way = " → ".join(shown) + ("" if len(ring) <= SHOWN else f" → … ({len(ring)} in total)")
        relation = next(r for r in catalog.relations[ring[0]] if r.type == relation_type and r.target == ring[1 % len(ring)])
        yield rule.problem(
            f"{saying}: {way}.",
            origin=catalog.entities[relation.declared_by].origin,
            subject=ring[0],
            field=relation.field,
            hint=hint,
            related=tuple(Related(f"{ref} is part of the cycle", catalog.entities[ref].origin) for ref in ring[1:SHOWN]),
        )
