"""Edges between entities → ancestors, descendants, roots and cycles, with bounded work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from callboard.catalog.graph import Catalog
from callboard.model.problem import Problem, Related, Rule
from callboard.model.ref import EntityRef

LEVELS = 30
"""Levels followed from one entity, up or down. Real organizations have ten; without a limit a chain of ``n`` costs ``n²`` steps."""
MOST_CYCLES = 100
"""Cycles that are reported; more would take long to find and longer to read."""
SHOWN = 10
"""Members of a cycle in a message."""

Neighbors = Callable[[EntityRef], Iterable[EntityRef]]
"""Gives the entities directly above or below an entity."""


def upwards(start: EntityRef, above: Callable[[EntityRef], EntityRef | None], levels: int = LEVELS) -> tuple[EntityRef, ...]:
    """The ancestors, outermost first and without ``start``: up to the first repetition and ``levels`` at most."""
    chain: dict[EntityRef, None] = {}
    ancestor = above(start)
    while ancestor is not None and ancestor != start and ancestor not in chain and len(chain) < levels:
        chain[ancestor] = None
        ancestor = above(ancestor)
    return tuple(reversed(chain))


def downwards(start: EntityRef, below: Neighbors, levels: int = LEVELS) -> Iterator[EntityRef]:
    """The descendants, each once, level by level and without ``start``; ``levels`` deep at most."""
    seen, level = {start}, [start]
    for _ in range(levels):
        level = list(_next_level(level, below, seen))
        if not level:
            return
        yield from level


def tops(refs: Iterable[EntityRef], above: Neighbors, below: Neighbors) -> tuple[EntityRef, ...]:
    """The roots from which all of ``refs`` are reached, sorted: those with nothing above, and the first of each cycle not reached else."""
    ordered = sorted(refs)
    roots = [ref for ref in ordered if not any(True for _ in above(ref))]
    seen = set(roots)
    _mark_descendants(roots, below, seen)
    for ref in ordered:
        if ref not in seen:
            roots.append(ref)
            seen.add(ref)
            _mark_descendants([ref], below, seen)
    return tuple(sorted(roots))


def _mark_descendants(level: Iterable[EntityRef], below: Neighbors, seen: set[EntityRef]) -> None:
    """Add all descendants to ``seen``, at any depth."""
    while level:
        level = list(_next_level(level, below, seen))


def _next_level(level: Iterable[EntityRef], below: Neighbors, seen: set[EntityRef]) -> Iterator[EntityRef]:
    """The entities below ``level`` that are not in ``seen``, which are added to it."""
    for ref in level:
        for child in below(ref):
            if child not in seen:
                seen.add(child)
                yield child


def cycles(edges: Mapping[EntityRef, Sequence[EntityRef]]) -> tuple[tuple[EntityRef, ...], ...]:
    """Cycles without a common member, each from its smallest member on; sorted, ``MOST_CYCLES`` at most.

    Each strongly connected component of more than one entity has at least one of them.
    """
    if _is_acyclic(edges):
        return ()
    import networkx as nx  # noqa: PLC0415 - its import takes longer than checking a catalog without cycles

    graph: nx.DiGraph[EntityRef] = nx.DiGraph({ref: sorted(targets) for ref, targets in sorted(edges.items())})
    found: list[tuple[EntityRef, ...]] = []
    while len(found) < MOST_CYCLES:
        try:
            cycle = tuple(tail for tail, _ in nx.find_cycle(graph))
        except nx.NetworkXNoCycle:
            break
        found.append(_from_smallest(cycle))
        graph.remove_nodes_from(cycle)
    return tuple(sorted(found))


def _is_acyclic(edges: Mapping[EntityRef, Sequence[EntityRef]]) -> bool:
    try:
        TopologicalSorter(edges).prepare()
    except CycleError:
        return False
    return True


def _from_smallest(cycle: Sequence[EntityRef]) -> tuple[EntityRef, ...]:
    first = cycle.index(min(cycle))
    return (*cycle[first:], *cycle[:first])


def cycle_problems(catalog: Catalog, relation_type: str, rule: Rule, message: str, hint: str) -> Iterator[Problem]:
    """A problem for each cycle of these relations, at the descriptor that declares the first of them."""
    existing = {ref: relations for ref, relations in catalog.relations.items() if ref in catalog.entities}
    edges = {ref: to for ref, relations in existing.items() if (to := tuple(r.target for r in relations if r.type == relation_type))}
    for cycle in cycles(edges):
        shown = [str(ref) for ref in (*cycle[:SHOWN], *(cycle[:1] if len(cycle) <= SHOWN else ()))]
        path = " → ".join(shown) + ("" if len(cycle) <= SHOWN else f" → … ({len(cycle)} in total)")
        relation = next(r for r in catalog.relations[cycle[0]] if r.type == relation_type and r.target == cycle[1 % len(cycle)])
        yield rule.problem(
            f"{message}: {path}.",
            origin=catalog.entities[relation.declared_by].origin,
            subject=cycle[0],
            field=relation.field,
            hint=hint,
            related=tuple(Related(f"{ref} is part of the cycle", catalog.entities[ref].origin) for ref in cycle[1:SHOWN]),
        )
