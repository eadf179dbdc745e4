"""A graph → its shape: all that its layout depends on. Diagrams of ten thousand entities have a few hundred shapes.

All boxes of a graph have the same size, so that names do not matter: nodes are numbers, and graphs that differ only in the
order of their nodes have one canonical shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

Pair = tuple[int, int]


class Shape(NamedTuple):
    """Numbered nodes without names. Every node has an edge; the edges are acyclic."""

    width: int
    """Width of a box in pixels."""
    nodes: int
    """Number of nodes."""
    edges: tuple[Pair, ...]
    """Sorted, each once."""
    first: tuple[int, ...] = ()
    """Nodes of the first column, without incoming edges. Sorted."""
    last: tuple[int, ...] = ()
    """Nodes of the last column, without outgoing edges. Sorted."""


BOX_HEIGHT = 44
"""Pixels."""
GAP = 12
"""Pixels between boxes of one column."""
COLUMN_GAP = 48
"""Pixels between columns, for curves and arrow heads."""
LABELLED = 8
"""A graph with at most so many lines has a label at each of them."""
LABELLED_GAP = 88
"""Pixels between columns with labels."""


def forward(count: int, edges: Sequence[Pair]) -> list[Pair]:
    """The edges, with those that would close a cycle reversed, so that a layout from left to right exists."""
    outgoing: list[list[int]] = [[] for _ in range(count)]
    for tail, head in edges:
        outgoing[tail].append(head)
    back: set[Pair] = set()
    state = bytearray(count)  # 0 not visited, 1 on the current path, 2 done
    for start in range(count):
        stack = [(start, iter(outgoing[start]))] if not state[start] else []
        state[start] = state[start] or 1
        while stack:
            node, remaining = stack[-1]
            head = next(remaining, -1)
            if head < 0:
                state[node] = 2
                stack.pop()
            elif state[head] == 1:
                back.add((node, head))
            elif not state[head]:
                state[head] = 1
                stack.append((head, iter(outgoing[head])))
    return [(head, tail) if (tail, head) in back else (tail, head) for tail, head in edges]


def spread(count: int, edges: Sequence[Pair], columns: int) -> list[int]:
    """A column for each node, at most ``columns`` of them: by the longest path from the left, scaled down if it is longer.

    ``edges`` are acyclic.
    """
    level = [0] * count
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for tail, head in edges:
        after[tail].append(head)
        before[head].append(tail)
    missing = [len(tails) for tails in before]
    ready = [i for i in range(count) if not missing[i]]
    for node in ready:
        for head in after[node]:
            level[head] = max(level[head], level[node] + 1)
            missing[head] -= 1
            if not missing[head]:
                ready.append(head)
    levels = max(level, default=0) + 1
    if not columns or levels <= columns:
        return level
    return _without_isolated([at * columns // levels for at in level], before, after, columns)


def _without_isolated(column: list[int], before: Sequence[Sequence[int]], after: Sequence[Sequence[int]], columns: int) -> list[int]:
    """The columns, with nodes moved whose neighbors are all in their own column: no line would determine their position."""
    for i, at in enumerate(column):
        around = {column[j] for j in (*before[i], *after[i])}
        if around == {at}:
            column[i] = at + 1 if (before[i] or not at) and at + 1 < columns else at - 1
    return column


def canonical(shape: Shape) -> tuple[Shape, list[int]]:
    """The shape with its nodes numbered by structure, and the new number of each node; equivalent nodes keep their order.

    Color refinement (Weisfeiler and Leman), with ties broken one by one where the order in a tie matters: trees that differ only in
    order always have the same canonical shape, other graphs nearly always; different graphs never.
    """
    before, after = neighbours(shape)
    colors = _refined([(i in shape.first) + 2 * (i in shape.last) for i in range(shape.nodes)], before, after)
    while (tied := _tie(colors, before, after)) is not None:
        split = [2 * color for color in colors]
        split[tied] -= 1
        colors = _refined(split, before, after)
    order = sorted(range(shape.nodes), key=lambda i: (colors[i], i))
    number = [0] * shape.nodes
    for new, old in enumerate(order):
        number[old] = new
    return renumbered(shape, number), number


def neighbours(shape: Shape) -> tuple[list[list[int]], list[list[int]]]:
    """For each node its predecessors, and its successors; sorted."""
    before: list[list[int]] = [[] for _ in range(shape.nodes)]
    after: list[list[int]] = [[] for _ in range(shape.nodes)]
    for tail, head in shape.edges:
        after[tail].append(head)
        before[head].append(tail)
    return before, after


def _refined(colors: list[int], before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> list[int]:
    """Colors refined until nodes of one color have neighbors of the same colors."""
    classes = len(set(colors))
    while True:
        signatures = [
            (color, tuple(sorted([colors[j] for j in before[i]])), tuple(sorted([colors[j] for j in after[i]])))
            for i, color in enumerate(colors)
        ]
        ranks = {signature: rank for rank, signature in enumerate(sorted(set(signatures)))}
        colors = [ranks[signature] for signature in signatures]
        if len(ranks) == classes:
            return colors
        classes = len(ranks)


def _tie(colors: Sequence[int], before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> int | None:
    """The first node with the color of a node with other neighbors; None if all ties are twins, whose order does not matter."""
    first_of: dict[int, int] = {}
    tied = [first for i, color in enumerate(colors) if not _twins(first := first_of.setdefault(color, i), i, before, after)]
    return min(tied, key=lambda i: (colors[i], i), default=None)


def _twins(a: int, b: int, before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> bool:
    return before[a] == before[b] and after[a] == after[b]


def renumbered(shape: Shape, number: Sequence[int] | Mapping[int, int]) -> Shape:
    """The shape with new numbers of its nodes."""
    edges = tuple(sorted((number[a], number[b]) for a, b in shape.edges))
    return Shape(shape.width, shape.nodes, edges, *(tuple(sorted(number[i] for i in group)) for group in (shape.first, shape.last)))


def column_gap(shape: Shape) -> int:
    """Pixels between the columns of a graph."""
    return LABELLED_GAP if len(shape.edges) <= LABELLED else COLUMN_GAP
