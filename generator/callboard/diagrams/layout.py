"""A graph → placement of its boxes and lines; layouts are cached by shape, in memory and in the cache folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from pathlib import Path
from threading import Lock
from typing import Any

from callboard.diagrams.graph import Graph
from callboard.diagrams.layered import Places, lay_out
from callboard.diagrams.shape import BOX_HEIGHT, COLUMN_GAP, GAP, Pair, Shape, canonical, forward, renumbered, spread
from callboard.io.checked_lines import HEAD, checked, with_digest
from callboard.model.data_classes import dataclass

CACHE_FILE = "layouts.jsonl"
KEY = 64
"""Characters of a key in that file."""
_PURPOSE = b"layouts 4"
"""With the version of the layouts: a line of another version is not read."""
MAX_CACHE_BYTES = 64_000_000
"""A larger file is deleted: it has mostly shapes that no graph has any more."""
GRID_WIDTH = 1120
"""Pixels: width of the rows of boxes without edges."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Positions of the boxes and lines of one graph, in integer pixels."""

    width: int
    height: int
    corners: tuple[Pair, ...]
    """Upper left corner of each node's box, in the graph's order."""
    lines: tuple[Pair, ...]
    """Pairs of nodes with a line, the left (or upper) one first, each once."""
    routes: dict[Pair, tuple[int, ...]]
    """Bézier points of the lines that cross a column, by the line."""
    drawn: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    """What is drawn of the lines once for all graphs with this placement."""


@dataclass(slots=True)
class Statistics:
    """Counts of one build."""

    read: int = 0
    """Shapes that were in the cache folder."""
    placed: int = 0
    """Shapes that were laid out."""
    failures: list[str] = field(default_factory=list)
    """Errors of the cache."""


class Layouts:
    """Lays out graphs. One for a build; may be shared by threads."""

    def __init__(self, cache_folder: Path | None = None) -> None:
        """``cache_folder`` may not exist and may be deleted at any time; without one, nothing is saved."""
        self.statistics = Statistics()
        self._file = cache_folder / CACHE_FILE if cache_folder else None
        self._placements: dict[tuple[int, int, int, tuple[Pair, ...], tuple[int, ...]], Placement] = {}
        self._shapes: dict[Shape, Places] = {}
        self._stored: dict[bytes, bytes] = {}
        self._read_to: int | None = None
        """Offset in the cache file of the last line that was read, which may have been incomplete; None before the first reading."""
        self._lock = Lock()

    def place(self, graph: Graph, width: int) -> Placement:
        """The placement of the graph with boxes of that width."""
        number = {node.id: i for i, node in enumerate(graph.nodes)}
        pairs = {(number[e.tail], number[e.head]) for e in graph.edges if e.tail in number and e.head in number and e.tail != e.head}
        outside = tuple(i for i, node in enumerate(graph.nodes) if node.state == "outside")
        key = (width, graph.columns, len(graph.nodes), tuple(sorted(pairs)), outside)
        placed = self._placements.get(key)
        if placed:
            return placed
        with self._lock:
            placement = self._placements[key] = self._place(*key)
        return placement

    def _place(self, width: int, columns: int, count: int, pairs: tuple[Pair, ...], outside: tuple[int, ...]) -> Placement:
        lines = sorted(set(forward(count, pairs)))
        first, last = ({*outside} - {pair[end] for pair in lines} for end in (1, 0))
        inner = [pair for pair in lines if pair[0] not in first and pair[1] not in last]
        column = spread(count, inner, columns and max(1, columns - bool(first) - bool(last)))
        column = [-1 if i in first else count if i in last else at for i, at in enumerate(column)]
        directed = [(a, b) if column[a] < column[b] else (b, a) for a, b in lines if column[a] != column[b]]
        joined = sorted({i for pair in directed for i in pair})
        number = {node: i for i, node in enumerate(joined)}
        ends = (tuple(i for i in joined if i in group) for group in (first, last))
        shape, order = canonical(renumbered(Shape(width, len(joined), tuple(directed), *ends), number))
        places = self._places(shape) if joined else Places(0, 0, (), ())
        corners = [places.corners[order[number[i]]] if i in number else (0, 0) for i in range(count)]
        edge_at = {edge: i for i, edge in enumerate(shape.edges)}
        route_at = dict(places.routes)
        routes = {(a, b): route_at[at] for a, b in directed if (at := edge_at[order[number[a]], order[number[b]]]) in route_at}
        corners, width, height = _with_grid(corners, places, set(range(count)) - set(joined), width)
        fixed = set(directed)
        oriented = ((a, b) if (a, b) in fixed or ((b, a) not in fixed and corners[a] <= corners[b]) else (b, a) for a, b in lines)
        return _with_arcs(Placement(width, height, tuple(corners), tuple(oriented), routes))

    def _places(self, shape: Shape) -> Places:
        places = self._shapes.get(shape)
        if places is None:
            key = hashlib.sha256(repr(tuple(shape)).encode()).hexdigest()
            places = self._shapes[shape] = self._read(shape, key) or self._lay_out(shape, key)
        return places

    def _read(self, shape: Shape, key: str) -> Places | None:
        """The layout in the cache folder; None if it is missing or damaged.

        The lines that other processes of the build have added since the last reading are read too: pages with the same shape are often
        made by different processes.
        """
        content = checked(self._stored.get(key.encode(), b""), _PURPOSE)
        if content is None:
            self._read_new_lines()
            content = checked(self._stored.get(key.encode(), b""), _PURPOSE)
        places = _decode(content[KEY + 1 :], shape) if content else None
        self.statistics.read += places is not None
        return places

    def _read_new_lines(self) -> None:
        """The lines of the cache by key, not parsed and not compared with their digests: most builds need few of them."""
        if self._file is None:
            return
        try:
            if self._read_to is None:
                self._read_to = 0
                if self._file.stat().st_size > MAX_CACHE_BYTES:
                    self._file.unlink()
            with self._file.open("rb", buffering=0) as file:
                file.seek(self._read_to)
                content = file.readall()  # with a limit, Python would first make room for as many bytes
        except OSError:
            return
        self._stored.update((line[HEAD : HEAD + KEY], line) for line in content.split(b"\n"))
        self._read_to += max(0, content.rfind(b"\n"))

    def _lay_out(self, shape: Shape, key: str) -> Places:
        self.statistics.placed += 1
        places = lay_out(shape)
        self._write(key, places)
        return places

    def _write(self, key: str, places: Places) -> None:
        """Append the layout to the cache file, which an interrupted build keeps. An error on disk is reported, not raised."""
        if self._file is None:
            return
        content = f"{key} {json.dumps(places, separators=(',', ':'))}".encode()
        line = b"\n" + with_digest(content, _PURPOSE)  # begins a line also after one that was cut off
        try:
            try:
                _append(self._file, line)
            except FileNotFoundError:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                _append(self._file, line)
        except OSError as error:
            self.statistics.failures.append(f"The cache cannot be written: {error}")


def _append(path: Path, line: bytes) -> None:
    with path.open("ab", buffering=0) as file:
        file.write(line)


def _with_arcs(placement: Placement) -> Placement:
    """The placement with room at the right for lines within the last column."""
    edge = max(x for x, _ in placement.corners)
    arcs = any(placement.corners[a][0] == placement.corners[b][0] == edge for a, b in placement.lines)
    return replace(placement, width=placement.width + COLUMN_GAP // 2) if arcs else placement


def _with_grid(corners: list[Pair], places: Places, isolated: Iterable[int], width: int) -> tuple[list[Pair], int, int]:
    """The corners with isolated nodes in rows below the others, and the width and height of the diagram."""
    nodes = sorted(isolated)
    if not nodes:
        return corners, places.width, places.height
    step = width + 2 * GAP
    per_row = max(1, (max(places.width, GRID_WIDTH) + 2 * GAP) // step)
    top = places.height + 2 * GAP if places.height else 0
    for i, node in enumerate(nodes):
        corners[node] = (i % per_row * step, top + i // per_row * (BOX_HEIGHT + GAP))
    right = max(places.width, min(len(nodes), per_row) * step - 2 * GAP)
    return corners, right, top + ((len(nodes) - 1) // per_row + 1) * (BOX_HEIGHT + GAP) - GAP


def _decode(text: bytes, shape: Shape) -> Places | None:
    """A stored layout; None if it is invalid. Only numbers of the cache are used in pages."""
    try:
        width, height, corners, routes = json.loads(text)
        places = Places(
            int(width),
            int(height),
            tuple((int(x), int(y)) for x, y in corners),
            tuple((int(edge), _points(points)) for edge, points in routes),
        )
    except (ValueError, TypeError):
        return None
    fits = len(places.corners) == shape.nodes and all(0 <= edge < len(shape.edges) for edge, _ in places.routes)
    return places if fits else None


def _points(values: Sequence[object]) -> tuple[int, ...]:
    """Bézier points: 4, 7, 10 … pairs. Raises ``ValueError``."""
    points = tuple(int(str(value)) for value in values)
    if len(points) < 8 or len(points) % 6 != 2:  # noqa: PLR2004  # one start and three points for each curve
        raise ValueError("not a curve")
    return points
