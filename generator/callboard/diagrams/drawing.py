"""A placed graph as SVG for inlining: every colour is a class, every text escaped, every number from a layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from unicodedata import east_asian_width

from markupsafe import Markup

from callboard.diagrams.graph import Edge, Graph, Node
from callboard.diagrams.layout import Layouts, Placement
from callboard.diagrams.shape import BOX_HEIGHT, COLUMN_GAP, Pair

BOX_WIDTHS = (160, 196, 232)
"""Few widths, so that shapes coincide; the widest holds 24 letters."""
LONGEST_LABEL = 24
LABEL_X = 40
"""Where texts begin in a box, behind the icon."""
TEXT_MARGIN = 50
"""What a box has beside its text."""
LABEL_SIZE = 13.0
SUB_SIZE = 11.0
MARGIN = 2
WIDE = 1500
"""Pixels: what is wider is scrolled and not shrunk, because nobody could read it."""
TIP = 7
"""Length of an arrow head."""
_WITHOUT_ARROW = {"owns", "member"}
_WIDTHS = {**dict.fromkeys("iljtfrI.,:;'|!()[] /-", 0.36), **dict.fromkeys("mwMW@%—…", 0.92)}
"""Of letters in a bold sans serif, in em: enough to see whether a text fits."""
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Marks that turn the direction of what follows: a name could pretend to be another."""


def draw(graph: Graph, layouts: Layouts, up: str, *, key: str = "graph") -> Markup:
    """The graph as ``<div class="cb-graph-box"><svg class="cb-graph" …>``.

    ``up`` is the way from the page to the site's root. ``key`` makes ids unique where a page has several diagrams.
    A graph of one box gives nothing.
    """
    if not graph.is_worth_drawing:
        return Markup()
    width = box_width(graph.nodes)
    placement = layouts.place(graph, width)
    parts = [_head(graph, placement, key), *_edges(graph, placement, width)]
    parts += (_node(node, corner, width, up) for node, corner in zip(graph.nodes, placement.corners, strict=True))
    return Markup(f'<div class="cb-graph-box">{"".join(parts)}</svg>{_start(graph, placement, width)}</div>')  # noqa: S704  # all parts are escaped


def box_width(nodes: Sequence[Node]) -> int:
    """The smallest of the widths that holds all texts, or the widest."""
    need = max(max(_width(node.label, LABEL_SIZE), _width(node.sub, SUB_SIZE)) for node in nodes) + TEXT_MARGIN
    return next((width for width in BOX_WIDTHS if width >= need), BOX_WIDTHS[-1])


def _head(graph: Graph, placement: Placement, key: str) -> str:
    width, height = placement.width + 2 * MARGIN, placement.height + 2 * MARGIN
    wide = " cb-graph--wide" if width > WIDE else ""
    return (
        f'<svg class="cb-graph{wide}" viewBox="-{MARGIN} -{MARGIN} {width} {height}" width="{width}" height="{height}" role="group"'
        f' aria-labelledby="{escape(key)}-title"><title id="{escape(key)}-title">{escape(graph.title)}</title>'
    )


def _start(graph: Graph, placement: Placement, width: int) -> str:
    """A mark on the root, in steps of five per cent: on a phone the diagram opens there (``diagrams.css``)."""
    root = next((i for i, node in enumerate(graph.nodes) if node.state == "root"), None)
    if root is None:
        return ""
    percent = round((placement.corners[root][0] + width / 2) / max(placement.width, 1) * 20) * 5
    return f'<span class="cb-graph-start cb-graph-start--{percent}"></span>'


def _edges(graph: Graph, placement: Placement, width: int) -> list[str]:
    """One path for all lines of a kind, and one for all arrow heads."""
    ends = _ends(graph)
    drawn: dict[str, list[str]] = {}
    tips: list[str] = []
    for left, right in placement.lines:
        kind, at_left, at_right = ends[left, right]
        points = placement.routes.get((left, right)) or _curve(placement.corners[left], placement.corners[right], width)
        drawn.setdefault(kind, []).append(_path(points, at_left=at_left, at_right=at_right))
        tips += _tips(points, at_left=at_left, at_right=at_right)
    paths = [f'<path class="cb-graph__edge cb-graph__edge--{kind}" d="{"".join(drawn[kind])}"/>' for kind in sorted(drawn)]
    return [*paths, f'<path class="cb-graph__tip" d="{"".join(tips)}"/>'] if tips else paths


def _ends(graph: Graph) -> Mapping[Pair, tuple[str, bool, bool]]:
    """For every pair of nodes with an edge, in both orders: kind of the line, an arrow at the first, an arrow at the second.

    Where two edges share a line, the more solid kind is drawn.
    """
    number = {node.id: i for i, node in enumerate(graph.nodes)}
    found: dict[Pair, tuple[str, bool, bool]] = {}
    for edge in sorted(graph.edges, key=_solidity):
        if edge.tail in number and edge.head in number:
            pair = number[edge.tail], number[edge.head]
            kind, first, second = found.get(pair, (edge.kind, False, False))
            second = second or edge.kind not in _WITHOUT_ARROW
            found[pair] = kind, first, second
            found[pair[::-1]] = kind, second, first
    return found


def _solidity(edge: Edge) -> int:
    return ("depends", "api", "part", "owns", "member").index(edge.kind)


def _curve(left: Pair, right: Pair, width: int) -> tuple[int, ...]:
    """From the right side of one box to the left side of another, level at both ends; in one column from side to side."""
    if left[0] == right[0]:
        x, y0, y1 = left[0] + width, left[1] + BOX_HEIGHT // 2, right[1] + BOX_HEIGHT // 2
        return x, y0, x + COLUMN_GAP // 2, y0, x + COLUMN_GAP // 2, y1, x, y1
    x0, y0, x1, y1 = left[0] + width, left[1] + BOX_HEIGHT // 2, right[0], right[1] + BOX_HEIGHT // 2
    half = (x1 - x0) // 2
    return x0, y0, x0 + half, y0, x1 - half, y1, x1, y1


def _is_arc(points: Sequence[int]) -> bool:
    """It comes back to the side where it began."""
    return points[0] == points[-2]


def _tips(points: Sequence[int], *, at_left: bool, at_right: bool) -> list[str]:
    """Arrow heads point into the boxes."""
    into_right = "" if _is_arc(points) else "-"
    tips = [f"M{points[-2]} {points[-1]}l{into_right}{TIP}-3.5v7z"] if at_right else []
    return [*tips, f"M{points[0]} {points[1]}l{TIP}-3.5v7z"] if at_left else tips


def _path(points: Sequence[int], *, at_left: bool, at_right: bool) -> str:
    """The line ends inside its arrow heads, so that no dash shows at their points."""
    p = list(points)
    p[0] += (TIP - 1) * at_left
    p[-2] += (TIP - 1) * at_right * (1 if _is_arc(points) else -1)
    if len({*p[1::2]}) == 1:
        return f"M{p[0]} {p[1]}H{p[-2]}"
    return f"M{p[0]} {p[1]}C{' '.join(map(str, p[2:]))}"


def _node(node: Node, corner: Pair, width: int, up: str) -> str:
    """A link, or a group of shapes where the box leads nowhere."""
    opening, rest = _box(node, width, up)
    return f'{opening} transform="translate({corner[0]} {corner[1]})">{rest}'


@lru_cache(32_768)
def _box(node: Node, width: int, up: str) -> tuple[str, str]:
    """What is before and behind the place of a box: an entity has the same box in the diagrams of all its neighbours."""
    room = width - TEXT_MARGIN
    state = f" cb-graph__node--{node.state}" if node.state else ""
    tag, href = ("a", f' href="{escape(up + node.path)}"') if node.path else ("g", "")
    label, sub = escape(_cut(node.label, room, LABEL_SIZE)), escape(_cut(node.sub, room, SUB_SIZE))
    second = f'<text class="cb-graph__sub" x="{LABEL_X}" y="34">{sub}</text>' if sub else ""
    return f'<{tag}{href} class="cb-graph__node{state}"', (
        f'<title>{escape(_full(node))}</title><rect width="{width}" height="{BOX_HEIGHT}" rx="6"/>'
        f'<use href="{escape(up)}assets/icons.svg#i-{escape(node.icon)}" x="11" y="12" width="20" height="20"/>'
        f'<text x="{LABEL_X}" y="{19 if sub else 26}">{label}</text>'
        f"{second}</{tag}>"
    )


def _full(node: Node) -> str:
    return ", ".join(part for part in (f"{node.label} ({node.id})" if not isinstance(node.id, str) else node.label, node.sub) if part)


@lru_cache(20_000)
def _width(text: str, size: float) -> float:
    """About how many pixels wide the text is."""
    return sum(map(_letter, text[: 2 * LONGEST_LABEL])) * size


def _letter(char: str) -> float:
    if char < "\x7f":
        return _WIDTHS.get(char) or (0.72 if char.isupper() else 0.6)
    return 1.05 if east_asian_width(char) in "WF" else 0.7


@lru_cache(20_000)
def _cut(text: str, room: float, size: float) -> str:
    """As much of the text as the box holds."""
    text = " ".join(text[:200].translate(_TURNING).split())
    limit = LONGEST_LABEL if size == LABEL_SIZE else 2 * LONGEST_LABEL
    if len(text) <= limit and _width(text, size) <= room:
        return text
    kept = text[: limit - 1]
    while kept and _width(f"{kept}…", size) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"
