"""A shape → the column of each of its nodes, so that every edge leads to the right and edges are short."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.diagrams.shape import Shape, neighbours

TIGHTENING = 8
"""How often all nodes are moved towards their neighbors, at most."""


def columns_of(shape: Shape) -> list[int]:
    """A column for each node, from 0; all columns have nodes.

    The nodes ``first`` stand alone in the first column, the nodes ``last`` alone in the last.
    """
    before, after = neighbours(shape)
    order = _topological(before, after)
    fixed = {*shape.first, *shape.last}
    column = [0] * shape.nodes
    start = 1 if shape.first else 0
    for node in order:
        column[node] = 0 if node in shape.first else max((column[tail] + 1 for tail in before[node]), default=start)
    end = max((column[i] for i in range(shape.nodes) if i not in shape.last), default=-1) + 1
    for node in shape.last:
        column[node] = end
    for _ in range(TIGHTENING):
        moved = [_moved(node, column, before, after) for node in reversed(order) if node not in fixed]
        if not any(moved):
            break
    used = {at: i for i, at in enumerate(sorted({*column}))}
    return [used[at] for at in column]


def _moved(node: int, column: list[int], before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> bool:
    """Move a node that has more edges on one side as far to that side as these edges allow; returns whether it was moved."""
    old, tails, heads = column[node], before[node], after[node]
    if len(heads) > len(tails):
        column[node] = min(column[head] for head in heads) - 1
    elif len(tails) > len(heads):
        column[node] = max(column[tail] for tail in tails) + 1
    return column[node] != old


def _topological(before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> list[int]:
    missing = [len(tails) for tails in before]
    order = [i for i, count in enumerate(missing) if not count]
    for node in order:
        for head in after[node]:
            missing[head] -= 1
            if not missing[head]:
                order.append(head)
    return order
