"""A shape → positions of its boxes in columns from left to right, with few crossings and short, straight lines.

The four steps are those of Sugiyama, Tagawa and Toda (1981): columns, bends where a line crosses a column, the order within each column,
and heights. All steps are bounded in number and depend on the shape alone, so that every machine draws the same diagram.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, islice, pairwise
from typing import Any, NamedTuple

from callboard.diagrams.columns import columns_of
from callboard.diagrams.shape import BOX_HEIGHT, GAP, Pair, Shape, column_gap, neighbours
from callboard.model.data_classes import dataclass

SWEEPS = 12
"""How often the columns are sorted by their neighbors while lines still cross."""
SWAPS = 10
"""How often the boxes of a column are exchanged with the next, at most."""
SETTLING = 6
"""How often the boxes are moved towards their neighbors, from each side."""
STRAIGHT = (1, 2, 8)
"""Weights of the parts of lines by the number of their ends that are bends: long lines are drawn straight."""


class Places(NamedTuple):
    """Positions of the boxes of a shape, in integer pixels; (0, 0) is the upper left corner."""

    width: int
    height: int
    corners: tuple[Pair, ...]
    """Upper left corner of each node's box."""
    routes: tuple[tuple[int, tuple[int, ...]], ...]
    """For edges that cross a column: the number of the edge and its Bézier points ``x0 y0 x1 y1 …``."""


@dataclass(slots=True)
class _Layers:
    """Boxes and bends in columns. The numbers of the bends follow those of the boxes."""

    boxes: int
    columns: list[list[int]]
    """The boxes and bends of each column, from the top."""
    before: list[list[int]]
    """For each box and bend, those of the column before that it has a line to."""
    after: list[list[int]]
    chains: dict[Pair, list[int]]
    """The bends of each edge that crosses a column."""


def lay_out(shape: Shape) -> Places:
    """Positions of the boxes of a shape with at least one edge."""
    layers = _layers(shape, columns_of(shape))
    _order(layers)
    heights = _heights(layers)
    step = shape.width + column_gap(shape)
    left = {node: i * step for i, column in enumerate(layers.columns) for node in column}
    corners = [(left[i], heights[i] - BOX_HEIGHT // 2) for i in range(shape.nodes)]
    stops = {edge: [(left[i], heights[i]) for i in (edge[0], *bends, edge[1])] for edge, bends in layers.chains.items()}
    return _in_order(shape, corners, {edge: _route(points, shape.width) for edge, points in stops.items()})


def _layers(shape: Shape, at: Sequence[int]) -> _Layers:
    before, after = [list[int]() for _ in at], [list[int]() for _ in at]
    column, chains = [*at], dict[Pair, list[int]]()
    for tail, head in shape.edges:
        bends = range(len(column), len(column) + at[head] - at[tail] - 1)
        column += range(at[tail] + 1, at[head])
        before += ([] for _ in bends)
        after += ([] for _ in bends)
        if bends:
            chains[tail, head] = [*bends]
        for one, next_one in pairwise((tail, *bends, head)):
            after[one].append(next_one)
            before[next_one].append(one)
    layers = _Layers(shape.nodes, [[] for _ in range(max(column) + 1)], before, after, chains)
    for node in _from_neighbour_to_neighbour(layers):
        layers.columns[column[node]].append(node)
    return layers


def _from_neighbour_to_neighbour(layers: _Layers) -> Iterable[int]:
    """All boxes and bends, those behind a box next to each other: the lines of a tree do not cross in this order."""
    seen = dict[int, None]()
    for start in range(len(layers.before)):
        waiting = [start]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen[node] = None
                waiting += reversed((*layers.before[node], *layers.after[node]))
    return seen


def _order(layers: _Layers) -> None:
    """Sort each column by the middle of its neighbors, to and fro, and keep the order with the fewest crossings.

    An order that was there before is followed by the same ones as then: no later one is better.
    """
    best, fewest = layers.columns, _crossings(layers)
    seen = set[tuple[bool, tuple[int, ...]]]()
    for sweep in range(SWEEPS):
        if not fewest:
            return
        there = sweep % 2 == 0
        _sort(layers, layers.before if there else layers.after, there=there)
        _swap(layers)
        order = (there, tuple(chain.from_iterable(layers.columns)))
        if order in seen:
            break
        seen.add(order)
        count = _crossings(layers, fewest)
        if count < fewest:
            best, fewest = layers.columns, count
    layers.columns = best


def _sort(layers: _Layers, around: Sequence[Sequence[int]], *, there: bool) -> None:
    """Boxes without neighbors on that side keep their places."""
    columns = [[*column] for column in layers.columns]
    place = [0] * len(layers.before)
    for i in range(1, len(columns)) if there else range(len(columns) - 2, -1, -1):
        for k, node in enumerate(columns[i - 1 if there else i + 1]):
            place[node] = k
        middle = {node: sum([place[other] for other in around[node]]) / len(around[node]) for node in columns[i] if around[node]}
        ordered = iter(sorted(middle, key=middle.__getitem__))
        columns[i] = [next(ordered) if node in middle else node for node in columns[i]]
    layers.columns = columns


def _swap(layers: _Layers) -> None:
    """Exchange boxes that stand next to each other while fewer lines cross afterwards.

    A column is visited again if it, or one next to it, has changed since.
    """
    place = _places(layers)
    changed = [True] * (len(layers.columns) + 1)  # the last one, which is before the first too, stands for no column
    for _ in range(SWAPS):
        last, changed = changed, [False] * len(changed)
        for i, column in enumerate(layers.columns):
            if len(column) > 1 and (last[i] or last[i + 1] or last[i - 1] or changed[i - 1]):
                changed[i] = _swapped(layers, column, place)
        if not any(changed):
            return


def _places(layers: _Layers) -> list[int]:
    """The place of each box and bend in its column."""
    place = [0] * len(layers.before)
    for column in layers.columns:
        for k, node in enumerate(column):
            place[node] = k
    return place


def _swapped(layers: _Layers, column: list[int], place: list[int]) -> bool:
    has_gained = False
    ends = [[[place[i] for i in around[node]] for node in column] for around in (layers.before, layers.after)]  # of the lines of each
    for k in range(len(column) - 1):
        gain = 0
        for side in ends:
            theirs = side[k + 1]
            for our in side[k] if theirs else ():
                for other in theirs:
                    if our > other:
                        gain += 1
                    elif our < other:
                        gain -= 1
        if gain > 0:
            _exchange(k, column, *ends)
            place[column[k]], place[column[k + 1]] = k, k + 1
            has_gained = True
    return has_gained


def _exchange(k: int, *lists: list[Any]) -> None:
    for each in lists:
        each[k], each[k + 1] = each[k + 1], each[k]


def _crossings(layers: _Layers, most: int | None = None) -> int:
    """The number of crossings, or ``most`` or more if there are as many."""
    found, place = 0, _places(layers)
    for column in layers.columns[:-1]:
        if most is not None and found >= most:
            return found
        ends: list[int] = []
        lowest = -1
        for node in column:
            heads = [place[head] for head in layers.after[node]]
            for head in heads:
                if head < lowest:
                    found += len(ends) - bisect_right(ends, head)
            for head in heads:
                if head < lowest:
                    insort(ends, head)
                else:
                    ends.append(head)
                    lowest = head
    return found


def _heights(layers: _Layers) -> list[int]:
    """The height of the middle of each box and bend: near the mean of its neighbors, with a gap between boxes."""
    offsets = [[*accumulate((_room(layers, *pair) for pair in pairwise(column)), initial=0)] for column in layers.columns]
    at = [0.0] * len(layers.before)
    for column, offset in zip(layers.columns, offsets, strict=True):
        for node, below in zip(column, offset, strict=True):
            at[node] = below - offset[-1] / 2
    more = [_more(*sides) for sides in zip(layers.before, layers.after, strict=True)]
    before, after, of_more = ([*_pulled(layers, offsets, around)] for around in (layers.before, layers.after, more))
    for _ in range(SETTLING):
        settled = [*at]
        _settle_all((*before, *after[::-1]), at)
        if at == settled:  # as it would be after each further time
            break
    _settle_all((*of_more, *of_more[::-1]), at)
    heights = [0] * len(at)
    for column, offset in zip(layers.columns, offsets, strict=True):
        for node, below in zip(column, offset, strict=True):
            heights[node] = round(at[node] - below) + below
    return heights


class _Pulled(NamedTuple):
    """A box or bend, and what it is moved towards."""

    node: int
    below: int
    """Its distance from the top of its column, if all stand as close together as they may."""
    around: list[tuple[int, int]]
    """Weight and number of each neighbor."""
    weight: float
    """The sum of the weights."""


def _pulled(layers: _Layers, offsets: Sequence[Sequence[int]], around: Sequence[Sequence[int]]) -> Iterable[list[_Pulled]]:
    """The boxes and bends of each column with their neighbors, which do not change while they are moved."""
    boxes = layers.boxes
    for column, offset in zip(layers.columns, offsets, strict=True):
        found = []
        for node, below in zip(column, offset, strict=True):
            straight = STRAIGHT[node >= boxes :]
            weighed = [(straight[other >= boxes], other) for other in around[node]]
            found.append(_Pulled(node, below, weighed, float(sum([weight for weight, _ in weighed])) or 0.01))
        yield found


def _more(before: list[int], after: list[int]) -> list[int]:
    """The side with more neighbors, which looks best with its box in its middle; both if they are as many."""
    return before + after if len(before) == len(after) else max(before, after, key=len)


def _room(layers: _Layers, upper: int, lower: int) -> int:
    """The distance between the middles of two that stand next to each other in a column; a bend has no height."""
    return ((upper < layers.boxes) + (lower < layers.boxes)) * BOX_HEIGHT // 2 + GAP


def _settle_all(columns: Iterable[Sequence[_Pulled]], at: list[float]) -> None:
    for column in columns:
        _settle(column, at)


def _settle(column: Sequence[_Pulled], at: list[float]) -> None:
    """Move a column as near to its neighbors as the room allows: the least squares in a fixed order (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []  # height without offset, weight, number of boxes and bends
    for node, below, around, weight in column:
        if not around:
            height = at[node] - below
        elif len(around) == 1:
            height = at[around[0][1]] - below
        else:
            height = sum([w * at[other] for w, other in around]) / weight - below
        heavy, count = weight, 1
        while pools and pools[-1][0] >= height:
            above, weight_above, count_above = pools.pop()
            height = (above * weight_above + height * heavy) / (weight_above + heavy)
            heavy, count = weight_above + heavy, count_above + count
        pools.append((height, heavy, count))
    boxes = iter(column)
    for height, _, count in pools:
        for node, below, _, _ in islice(boxes, count):
            at[node] = height + below


def _route(stops: Sequence[Pair], width: int) -> tuple[int, ...]:
    """Curves between the columns, level where they cross one."""
    x, y = stops[0][0] + width, stops[0][1]
    points = [x, y]
    for next_x, next_y in stops[1:]:
        half = (next_x - x) // 2
        points += (x + half, y, next_x - half, next_y, next_x, next_y)
        if (next_x, next_y) != stops[-1]:
            points += (next_x + width // 3, next_y, next_x + 2 * width // 3, next_y, next_x + width, next_y)
        x, y = next_x + width, next_y
    return tuple(points)


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
    top = min([y for _, y in corners] + [y for points in long.values() for y in points[1::2]])
    bottom = max([y + BOX_HEIGHT for _, y in corners] + [y for points in long.values() for y in points[1::2]])
    placed = tuple((corners[i][0], corners[i][1] - top) for i in at)
    lowered = tuple((i, tuple(v - top * (n % 2) for n, v in enumerate(points))) for i, points in routes)
    return Places(max(x for x, _ in placed) + shape.width, bottom - top, placed, lowered)
