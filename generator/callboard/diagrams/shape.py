"""The shape of a graph: all that a layout depends on. Ten thousand neighbourhoods have a few hundred shapes.

All boxes of a graph have one size, so that names do not matter: nodes are numbers, and two graphs that differ only in the
order of their nodes have one canonical shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import graphviz

Pair = tuple[int, int]


class Shape(NamedTuple):
    """Numbered nodes without names. Every node has an edge; edges lead forward (there is no circle)."""

    width: int
    """Of a box, in pixels."""
    nodes: int
    """How many."""
    edges: tuple[Pair, ...]
    """Sorted, each once."""
    first: tuple[int, ...] = ()
    """Nodes that must stand in the first column; nothing leads to them. Sorted."""
    last: tuple[int, ...] = ()
    """Nodes that must stand in the last column; they lead nowhere. Sorted."""


BOX_HEIGHT = 44
"""Pixels; one pixel is one of Graphviz' points."""
GAP = 12
"""Between boxes of one column."""
COLUMN_GAP = 56
"""Between columns: room for curves and their arrow heads."""


def forward(count: int, edges: Sequence[Pair]) -> list[Pair]:
    """The edges with those turned round that would close a circle, so that a layout from left to right exists."""
    outgoing: list[list[int]] = [[] for _ in range(count)]
    for tail, head in edges:
        outgoing[tail].append(head)
    back: set[Pair] = set()
    state = bytearray(count)  # 0 not seen, 1 on the way, 2 done
    for start in range(count):
        stack = [(start, iter(outgoing[start]))] if not state[start] else []
        state[start] = state[start] or 1
        while stack:
            here, rest = stack[-1]
            head = next(rest, -1)
            if head < 0:
                state[here] = 2
                stack.pop()
            elif state[head] == 1:
                back.add((here, head))
            elif not state[head]:
                state[head] = 1
                stack.append((head, iter(outgoing[head])))
    return [(head, tail) if (tail, head) in back else (tail, head) for tail, head in edges]


def spread(count: int, edges: Sequence[Pair], columns: int) -> list[int]:
    """A column for each node, of at most ``columns``: the longest way from the left, pressed together evenly where it is longer.

    ``edges`` lead forward.
    """
    level = [0] * count
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for tail, head in edges:
        after[tail].append(head)
        before[head].append(tail)
    missing = [len(tails) for tails in before]
    ready = [i for i in range(count) if not missing[i]]
    for here in ready:
        for head in after[here]:
            level[head] = max(level[head], level[here] + 1)
            missing[head] -= 1
            if not missing[head]:
                ready.append(head)
    levels = max(level, default=0) + 1
    if not columns or levels <= columns:
        return level
    return _without_lonely([at * columns // levels for at in level], before, after, columns)


def _without_lonely(column: list[int], before: Sequence[Sequence[int]], after: Sequence[Sequence[int]], columns: int) -> list[int]:
    """The columns, where whoever has all its neighbours in its own column steps aside: else no line would place it."""
    for i, at in enumerate(column):
        around = {column[j] for j in (*before[i], *after[i])}
        if around == {at}:
            column[i] = at + 1 if (before[i] or not at) and at + 1 < columns else at - 1
    return column


def canonical(shape: Shape) -> tuple[Shape, list[int]]:
    """The shape with its nodes numbered by structure, and the new number of each node; equal structures keep their order.

    Colour refinement (Weisfeiler and Leman), with ties broken one by one where it matters which end of a tie is which:
    trees that differ in order alone always meet, other graphs nearly always; different ones never.
    """
    before, after = neighbours(shape)
    colours = _refined([(i in shape.first) + 2 * (i in shape.last) for i in range(shape.nodes)], before, after)
    while (tied := _tie(colours, before, after)) is not None:
        split = [2 * colour for colour in colours]
        split[tied] -= 1
        colours = _refined(split, before, after)
    order = sorted(range(shape.nodes), key=lambda i: (colours[i], i))
    number = [0] * shape.nodes
    for new, old in enumerate(order):
        number[old] = new
    return renumbered(shape, number), number


def neighbours(shape: Shape) -> tuple[list[list[int]], list[list[int]]]:
    """For each node those that lead to it, and those that it leads to; sorted."""
    before: list[list[int]] = [[] for _ in range(shape.nodes)]
    after: list[list[int]] = [[] for _ in range(shape.nodes)]
    for tail, head in shape.edges:
        after[tail].append(head)
        before[head].append(tail)
    return before, after


def _refined(colours: list[int], before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> list[int]:
    """Colours that tell apart whoever has neighbours of other colours."""
    classes = len(set(colours))
    while True:
        signs = [
            (colour, tuple(sorted([colours[j] for j in before[i]])), tuple(sorted([colours[j] for j in after[i]])))
            for i, colour in enumerate(colours)
        ]
        ranks = {sign: rank for rank, sign in enumerate(sorted(set(signs)))}
        colours = [ranks[sign] for sign in signs]
        if len(ranks) == classes:
            return colours
        classes = len(ranks)


def _tie(colours: Sequence[int], before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> int | None:
    """The first node that shares its colour with one of other neighbours; twins may stay tied, for they change nothing."""
    seen: dict[int, int] = {}
    tied = [first for i, colour in enumerate(colours) if not _twins(first := seen.setdefault(colour, i), i, before, after)]
    return min(tied, key=lambda i: (colours[i], i), default=None)


def _twins(a: int, b: int, before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> bool:
    return before[a] == before[b] and after[a] == after[b]


def renumbered(shape: Shape, number: Sequence[int] | Mapping[int, int]) -> Shape:
    """The same shape with other numbers."""
    edges = tuple(sorted((number[a], number[b]) for a, b in shape.edges))
    return Shape(shape.width, shape.nodes, edges, *(tuple(sorted(number[i] for i in group)) for group in (shape.first, shape.last)))


def dot_text(shape: Shape) -> str:
    """The shape in Graphviz' language: sizes in inches, edges from the right side of a box to the left side of the next."""
    dot = graphviz.Digraph(
        graph_attr={"rankdir": "LR", "nodesep": _inches(GAP), "ranksep": _inches(COLUMN_GAP)},
        node_attr={"shape": "box", "fixedsize": "true", "label": "", "width": _inches(shape.width), "height": _inches(BOX_HEIGHT)},
        edge_attr={"arrowhead": "none", "tailport": "e", "headport": "w"},
    )
    for i in range(shape.nodes):
        dot.node(f"n{i}")
    for rank, group in (("source", shape.first), ("sink", shape.last)):
        if group:
            with dot.subgraph(graph_attr={"rank": rank}) as column:
                for i in group:
                    column.node(f"n{i}")
    for tail, head in shape.edges:
        dot.edge(f"n{tail}", f"n{head}")
    return str(dot.source)


def _inches(pixels: int) -> str:
    return f"{pixels / 72:.4f}"
