"""Layouts, kept by shape: in memory for one build, in the cache folder for the next."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from callboard.diagrams.engines import Engine, Places, WasiGraphviz, columns, read_plain
from callboard.diagrams.graph import Graph
from callboard.diagrams.shape import BOX_HEIGHT, COLUMN_GAP, GAP, Pair, Shape, canonical, dot_text, forward, renumbered, spread

CACHE_FILE = "layouts.jsonl"
MAX_CACHE_BYTES = 64_000_000
"""A larger file is begun anew: it holds mostly shapes that no graph has any more."""
GRID_WIDTH = 1120
"""Pixels: boxes without any edge fill rows of this width."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where everything of one graph stands, in whole pixels."""

    width: int
    height: int
    corners: tuple[Pair, ...]
    """Upper left corner of each node's box, in the graph's order."""
    lines: tuple[Pair, ...]
    """Pairs of nodes that have a line, the left (or upper) one first, each once."""
    routes: dict[Pair, tuple[int, ...]]
    """Bézier points of the lines that pass a column, by the line."""


@dataclass(slots=True)
class Statistics:
    """What happened in one build."""

    graphs: int = 0
    read: int = 0
    """Shapes found in the cache folder."""
    placed: int = 0
    """Shapes that the engine was asked for."""
    failures: list[str] = field(default_factory=list)
    """Why the engine could not place a shape; it was drawn in columns."""


class Layouts:
    """Places graphs. One for a build; may be shared by threads."""

    def __init__(self, cache_folder: Path | None = None, engine: Engine | None = None) -> None:
        """``cache_folder`` may be missing and may be deleted at any time; None keeps nothing."""
        self.statistics = Statistics()
        self._file = cache_folder / CACHE_FILE if cache_folder else None
        self._engine = engine or WasiGraphviz()
        self._placements: dict[tuple[int, int, int, tuple[Pair, ...], tuple[int, ...]], Placement] = {}
        self._shapes: dict[Shape, Places] = {}
        self._stored: dict[str, str] | None = None
        self._lock = Lock()

    def place(self, graph: Graph, width: int) -> Placement:
        """The placement of the graph with boxes of that width. Never fails: at worst in plain columns."""
        number = {node.id: i for i, node in enumerate(graph.nodes)}
        pairs = {(number[e.tail], number[e.head]) for e in graph.edges if e.tail in number and e.head in number and e.tail != e.head}
        outside = tuple(i for i, node in enumerate(graph.nodes) if node.state == "outside")
        key = (width, graph.columns, len(graph.nodes), tuple(sorted(pairs)), outside)
        self.statistics.graphs += 1
        known = self._placements.get(key)
        if known:
            return known
        with self._lock:
            placement = self._placements[key] = self._place(*key)
        return placement

    def warm_up(self) -> None:
        """Have the engine ready before copies of this process are made, unless the cache folder most likely has all that they need."""
        if self._file is None or not self._file.is_file():
            with contextlib.suppress(Exception):  # said where a shape is placed
                self._engine.plain(["digraph { a -> b }"])

    def _place(self, width: int, columns: int, count: int, pairs: tuple[Pair, ...], outside: tuple[int, ...]) -> Placement:
        lines = sorted(set(forward(count, pairs)))
        first, last = ({*outside} - {pair[end] for pair in lines} for end in (1, 0))
        inner = [pair for pair in lines if pair[0] not in first and pair[1] not in last]
        column = spread(count, inner, columns and max(1, columns - bool(first) - bool(last)))
        column = [-1 if i in first else count if i in last else at for i, at in enumerate(column)]
        firm = [(a, b) if column[a] < column[b] else (b, a) for a, b in lines if column[a] != column[b]]
        joined = sorted({i for pair in firm for i in pair})
        number = {node: i for i, node in enumerate(joined)}
        ends = (tuple(i for i in joined if i in group) for group in (first, last))
        shape, order = canonical(renumbered(Shape(width, len(joined), tuple(firm), *ends), number))
        places = self._places(shape) if joined else Places(0, 0, (), ())
        corners = [places.corners[order[number[i]]] if i in number else (0, 0) for i in range(count)]
        edge_at = {edge: i for i, edge in enumerate(shape.edges)}
        found = dict(places.routes)
        routes = {(a, b): found[at] for a, b in firm if (at := edge_at[order[number[a]], order[number[b]]]) in found}
        corners, width, height = _with_grid(corners, places, set(range(count)) - set(joined), width)
        firmly = set(firm)
        turned = ((a, b) if (a, b) in firmly or ((b, a) not in firmly and corners[a] <= corners[b]) else (b, a) for a, b in lines)
        return _with_arcs(Placement(width, height, tuple(corners), tuple(turned), routes))

    def _places(self, shape: Shape) -> Places:
        known = self._shapes.get(shape)
        if known is None:
            dot = dot_text(shape)
            key = hashlib.sha256(f"{self._engine.name}\n{dot}".encode()).hexdigest()
            known = self._shapes[shape] = self._read(shape, key) or self._ask(shape, dot, key)
        return known

    def _read(self, shape: Shape, key: str) -> Places | None:
        """From the cache folder; whatever is broken there is as good as missing."""
        if self._stored is None:
            self._stored = _read_lines(self._file) if self._file else {}
        line = self._stored.get(key)
        places = _decode(line, shape) if line else None
        self.statistics.read += places is not None
        return places

    def _ask(self, shape: Shape, dot: str, key: str) -> Places:
        self.statistics.placed += 1
        try:
            places = read_plain(self._engine.plain([dot])[0], shape)
        except Exception as error:  # noqa: BLE001  # whatever goes wrong in an engine, a diagram stops no build
            self.statistics.failures.append(f"{type(error).__name__}: {error}"[:300])
            return columns(shape)
        self._write(key, places)
        return places

    def _write(self, key: str, places: Places) -> None:
        """One line is added at once, so that an interrupted build keeps what it has; a full disk costs the cache alone."""
        if self._file is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="ascii") as file:
                file.write(f"{key} {json.dumps(places, separators=(',', ':'))}\n")
        except OSError as error:
            self.statistics.failures.append(f"The cache cannot be written: {error}")


def _with_arcs(placement: Placement) -> Placement:
    """Room at the right for lines within the last column."""
    edge = max(x for x, _ in placement.corners)
    arcs = any(placement.corners[a][0] == placement.corners[b][0] == edge for a, b in placement.lines)
    return replace(placement, width=placement.width + COLUMN_GAP // 2) if arcs else placement


def _with_grid(corners: list[Pair], places: Places, lonely: Iterable[int], width: int) -> tuple[list[Pair], int, int]:
    """The corners with boxes that have no place yet in rows below the others, and the size of it all."""
    nodes = sorted(lonely)
    if not nodes:
        return corners, places.width, places.height
    step = width + 2 * GAP
    per_row = max(1, (max(places.width, GRID_WIDTH) + 2 * GAP) // step)
    top = places.height + 2 * GAP if places.height else 0
    for i, node in enumerate(nodes):
        corners[node] = (i % per_row * step, top + i // per_row * (BOX_HEIGHT + GAP))
    right = max(places.width, min(len(nodes), per_row) * step - 2 * GAP)
    return corners, right, top + ((len(nodes) - 1) // per_row + 1) * (BOX_HEIGHT + GAP) - GAP


def _read_lines(file: Path) -> dict[str, str]:
    """The lines by key, not parsed yet: most builds need few of them."""
    try:
        if file.stat().st_size > MAX_CACHE_BYTES:
            file.unlink()
            return {}
        lines = file.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return {}
    return {line[:64]: line[65:] for line in lines}


def _decode(text: str, shape: Shape) -> Places | None:
    """A stored layout, if it is one: numbers alone may enter a page from here."""
    try:
        width, height, corners, routes = json.loads(text)
        found = Places(
            int(width),
            int(height),
            tuple((int(x), int(y)) for x, y in corners),
            tuple((int(edge), _points(points)) for edge, points in routes),
        )
    except (ValueError, TypeError):
        return None
    fits = len(found.corners) == shape.nodes and all(0 <= edge < len(shape.edges) for edge, _ in found.routes)
    return found if fits else None


def _points(values: Sequence[object]) -> tuple[int, ...]:
    """Bézier points come as 4, 7, 10 … pairs."""
    points = tuple(int(str(value)) for value in values)
    if len(points) < 8 or len(points) % 6 != 2:  # noqa: PLR2004  # one start and three points for each curve
        raise ValueError("no curve")
    return points
