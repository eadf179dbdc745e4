"""The shape of a graph: all that a layout depends on. Ten thousand neighbourhoods have a few hundred shapes.

All boxes of a graph have one size, so that names do not matter: nodes are numbers, and two graphs that differ only in the
order of their nodes have one canonical shape.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def canonical(shape: Shape) -> tuple[Shape, list[int]]:
    """The shape with its nodes numbered by structure, and the new number of each node; equal structures keep their order.

    Colour refinement (Weisfeiler and Leman): graphs that differ in order alone nearly always meet, others never.
    """
    before: list[list[int]] = [[] for _ in range(shape.nodes)]
    after: list[list[int]] = [[] for _ in range(shape.nodes)]
    for tail, head in shape.edges:
        after[tail].append(head)
        before[head].append(tail)
    colours = [0] * shape.nodes
    classes = 0
    while True:
        signs = [(colours[i], sorted(colours[j] for j in before[i]), sorted(colours[j] for j in after[i])) for i in range(shape.nodes)]
        ranks = {repr(sign): rank for rank, sign in enumerate(sorted(signs))}
        colours = [ranks[repr(sign)] for sign in signs]
        if len(ranks) == classes:
            break
        classes = len(ranks)
    order = sorted(range(shape.nodes), key=lambda i: (colours[i], i))
    number = [0] * shape.nodes
    for new, old in enumerate(order):
        number[old] = new
    return Shape(shape.width, shape.nodes, tuple(sorted((number[a], number[b]) for a, b in shape.edges))), number


def dot_text(shape: Shape) -> str:
    """The shape in Graphviz' language: sizes in inches, edges from the right side of a box to the left side of the next."""
    dot = graphviz.Digraph(
        graph_attr={"rankdir": "LR", "nodesep": _inches(GAP), "ranksep": _inches(COLUMN_GAP)},
        node_attr={"shape": "box", "fixedsize": "true", "label": "", "width": _inches(shape.width), "height": _inches(BOX_HEIGHT)},
        edge_attr={"arrowhead": "none", "tailport": "e", "headport": "w"},
    )
    for i in range(shape.nodes):
        dot.node(f"n{i}")
    for tail, head in shape.edges:
        dot.edge(f"n{tail}", f"n{head}")
    return str(dot.source)


def _inches(pixels: int) -> str:
    return f"{pixels / 72:.4f}"
