"""A graph and its placement → SVG for inlining: colors are CSS classes, texts are escaped, numbers come from the layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from unicodedata import east_asian_width

from markupsafe import Markup

from callboard.diagrams.graph import WORDS, Graph, Node
from callboard.diagrams.layout import Layouts, Placement
from callboard.diagrams.shape import BOX_HEIGHT, COLUMN_GAP, LABELLED, Pair
from callboard.model.data_classes import dataclass
from callboard.model.fields import without_bidi

BOX_WIDTHS = (160, 192, 224)
"""Widths of boxes; few, so that many graphs have the same shape. The widest holds about 23 letters; four
of its columns fit on a page that is 1280 pixels wide."""
LONGEST_LABEL = 24
ICON_X, ICON_Y, ICON_SIZE = 11, 12, 20
"""Corner and size of the icon in a box."""
_NAME_Y, _SUB_Y = -7, 8
"""Lines of a name and of the text below it, from the middle line of the box at which ``diagrams.css`` puts texts."""
TEXT_MARGIN = 50
"""Width of a box without its text."""
LABEL_SIZE = 13.0
SUB_SIZE = 12.0
MARGIN = 2
TIP = 7
"""Length of an arrow head."""
_KINDS = ("depends", "api", "part", "owns", "member")
"""Kinds of lines, the most solid first."""
_WITHOUT_ARROW = {"owns", "member"}
_WIDTHS = {**dict.fromkeys("iljtfrI.,:;'|!()[] /-", 0.36), **dict.fromkeys("mwMW@%—…", 0.92)}
"""Widths of letters in a bold sans serif, in em: precise enough to decide whether a text fits."""
SHARED_LINES = 24
"""Lines of the largest graph whose drawn lines are kept: larger graphs are seldom equal."""
Lines = tuple[tuple[int, int, str], ...]
"""The lines of a graph: numbers of the nodes at their ends, and the kind."""
_SURE = 0.85
"""A text up to this part of its room also fits in the widest fonts that browsers fall back on."""


@dataclass(frozen=True, slots=True)
class Diagram:
    """A drawn graph with what its lines mean."""

    svg: Markup
    legend: tuple[tuple[str, str], ...]
    """Kinds of lines that it has, each with its meaning in words."""

    def __html__(self) -> str:
        """The drawing alone, for a template that shows the diagram as it is."""
        return self.svg


def diagram(graph: Graph, layouts: Layouts, up: str, words: Mapping[str, str] = WORDS, *, key: str = "graph") -> Diagram | None:
    """The graph as ``draw`` draws it, with its legend; None for a graph of one box. ``words`` are the portal's labels."""
    if not graph.is_worth_drawing:
        return None
    lines = _numbered(graph)
    kinds = {kind for _, _, kind in lines}
    legend = tuple((kind, words[f"diagram_line_{kind}"]) for kind in _KINDS if kind in kinds)
    return Diagram(_drawn(graph, lines, layouts, up, key, words), legend)


def draw(graph: Graph, layouts: Layouts, up: str, *, key: str = "graph", words: Mapping[str, str] = WORDS) -> Markup:
    """The graph as ``<div class="cb-graph-box"><svg class="cb-graph" …>``.

    ``up`` is the relative path from the page to the site's root. ``key`` makes ids unique where a page has several diagrams.
    Empty for a graph of one box.
    """
    return _drawn(graph, _numbered(graph), layouts, up, key, words) if graph.is_worth_drawing else Markup()


def _drawn(graph: Graph, lines: Lines, layouts: Layouts, up: str, key: str, words: Mapping[str, str]) -> Markup:
    width = box_width(graph.nodes)
    placement = layouts.place(graph, width)
    parts = [_head(graph, placement, width, key), _edges(lines, placement, width, words)]
    parts += [_node(node, corner, width, up) for node, corner in zip(graph.nodes, placement.corners, strict=True)]
    return Markup(f'<div class="cb-graph-box">{"".join(parts)}</svg>{_start(graph, placement)}</div>')  # noqa: S704  # all parts are escaped


def _numbered(graph: Graph) -> Lines:
    """The edges between nodes of the graph, with the numbers of the nodes in place of their ids."""
    number = {node.id: i for i, node in enumerate(graph.nodes)}
    return tuple([(number[tail], number[head], kind) for tail, head, kind in graph.edges if tail in number and head in number])


def box_width(nodes: Sequence[Node]) -> int:
    """The smallest of the widths that holds all texts, or the widest."""
    needed = max(map(_needed, nodes)) + TEXT_MARGIN
    return next((width for width in BOX_WIDTHS if width >= needed), BOX_WIDTHS[-1])


@lru_cache(20_000)
def _needed(node: Node) -> float:
    return max(_width(node.label, LABEL_SIZE), _width(node.sub, SUB_SIZE))


def _head(graph: Graph, placement: Placement, box: int, key: str) -> str:
    width, height = placement.width + 2 * MARGIN, placement.height + 2 * MARGIN
    classes = "cb-graph" + (f" cb-graph--{box}" if box != BOX_WIDTHS[-1] else "")
    return (
        f'<svg class="{classes}" viewBox="-{MARGIN} -{MARGIN} {width} {height}" width="{width}" height="{height}" role="group"'
        f' aria-labelledby="{escape(key)}-title"><title id="{escape(key)}-title">{escape(graph.title)}</title>'
    )


def _start(graph: Graph, placement: Placement) -> str:
    """A mark at the left of the root, in steps of five percent: on a phone the diagram begins there (``diagrams.css``)."""
    root = next((i for i, node in enumerate(graph.nodes) if node.state == "root"), None)
    if root is None:
        return ""
    percent = int(placement.corners[root][0] / max(placement.width, 1) * 20) * 5
    return f'<span class="cb-graph-start cb-graph-start--{percent}"></span>'


def _edges(lines: Lines, placement: Placement, width: int, words: Mapping[str, str]) -> str:
    """``_edges_of``, drawn once for all graphs of the same placement and lines: most of them are small."""
    if len(lines) > SHARED_LINES:
        return _edges_of(lines, placement, width, words)
    known = placement.drawn.get(lines)
    if known is None or known[0] is not words:
        known = placement.drawn[lines] = (words, _edges_of(lines, placement, width, words))
    return known[1]


def _edges_of(lines: Lines, placement: Placement, width: int, words: Mapping[str, str]) -> str:
    """One path for all lines of a kind, and one for all arrow heads; a few lines have labels."""
    ends = _ends(lines)
    drawn: dict[str, list[str]] = {}
    tips: list[str] = []
    labels: list[str] = []
    has_labels = len(placement.lines) <= LABELLED
    for left, right in placement.lines:
        kind, at_left, at_right = ends[left, right]
        points = placement.routes.get((left, right)) or _curve(placement.corners[left], placement.corners[right], width)
        drawn.setdefault(kind, []).append(_path(points, at_left=at_left, at_right=at_right))
        tips += _tips(points, at_left=at_left, at_right=at_right)
        if has_labels and kind not in _WITHOUT_ARROW and not _is_arc(points):
            labels.append(_label(points, words[f"diagram_line_{kind}"]))
    paths = [_kind(kind, drawn[kind], words[f"diagram_line_{kind}"]) for kind in sorted(drawn)]
    heads = [f'<path class="cb-graph__tip" d="{"".join(tips)}"/>'] if tips else []
    return "".join((*paths, *heads, *labels))


def _kind(kind: str, lines: Sequence[str], word: str) -> str:
    """All lines of a kind; a pointer on one of them shows its meaning, also where there are too many lines for labels."""
    return f'<path class="cb-graph__edge cb-graph__edge--{kind}" d="{"".join(lines)}"><title>{escape(word)}</title></path>'


def _label(points: Sequence[int], word: str) -> str:
    """The meaning of a line in its middle; the list next to the diagram says the same to screen readers."""
    x, y = (points[0] + points[-2]) // 2, (points[1] + points[-1]) // 2
    return f'<text class="cb-graph__label" x="{x}" y="{y + 4}">{escape(word)}</text>'


def _ends(lines: Lines) -> Mapping[Pair, tuple[str, bool, bool]]:
    """For every pair of nodes with an edge, in both orders: kind of the line, an arrow at the first, an arrow at the second.

    Where two edges share a line, the more solid kind is drawn.
    """
    ends: dict[Pair, tuple[str, bool, bool]] = {}
    for tail, head, edge in sorted(lines, key=_solidity):
        kind, first, second = ends.get((tail, head), (edge, False, False))
        second = second or edge not in _WITHOUT_ARROW
        ends[tail, head] = kind, first, second
        ends[head, tail] = kind, second, first
    return ends


def _solidity(line: tuple[int, int, str]) -> int:
    return _KINDS.index(line[2])


def _curve(left: Pair, right: Pair, width: int) -> tuple[int, ...]:
    """From the right side of one box to the left side of another, level at both ends; in one column from side to side."""
    if left[0] == right[0]:
        x, y0, y1 = left[0] + width, left[1] + BOX_HEIGHT // 2, right[1] + BOX_HEIGHT // 2
        return x, y0, x + COLUMN_GAP // 2, y0, x + COLUMN_GAP // 2, y1, x, y1
    x0, y0, x1, y1 = left[0] + width, left[1] + BOX_HEIGHT // 2, right[0], right[1] + BOX_HEIGHT // 2
    half = (x1 - x0) // 2
    return x0, y0, x0 + half, y0, x1 - half, y1, x1, y1


def _is_arc(points: Sequence[int]) -> bool:
    """Whether the line ends at the side of the boxes where it starts."""
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
    """A link, or a group of shapes for a box without a page."""
    opening, rest = _box(node, width, up)
    return f'{opening} transform="translate({corner[0]} {corner[1]})">{rest}'


@lru_cache(32_768)
def _box(node: Node, width: int, up: str) -> tuple[str, str]:
    """The markup before and after the position of a box, cached: an entity has the same box in the diagrams of all its neighbors."""
    room = width - TEXT_MARGIN
    state = f" cb-graph__node--{node.state}" if node.state else ""
    tag, href = ("a", f' href="{escape(up + node.path)}"') if node.path else ("g", "")
    label, sub = _cut(node.label, room, LABEL_SIZE), _cut(node.sub, room, SUB_SIZE)
    whole = f"<title>{escape(_full(node))}</title>" if "…" in label + sub else ""
    at = f' y="{_NAME_Y}"' if sub else ""
    first = f"<text{at}{_fitted(label, room, LABEL_SIZE)}>{escape(label)}</text>"
    second = f'<text class="cb-graph__sub" y="{_SUB_Y}"{_fitted(sub, room, SUB_SIZE)}>{escape(sub)}</text>' if sub else ""
    return f'<{tag}{href} class="cb-graph__node{state}"', (
        f'{whole}<rect/><use href="{escape(up)}assets/icons.svg#i-{escape(node.icon)}"/>{first}{second}</{tag}>'
    )


def _full(node: Node) -> str:
    return ", ".join(part for part in (f"{node.label} ({node.id})" if not isinstance(node.id, str) else node.label, node.sub) if part)


def _fitted(text: str, room: float, size: float) -> str:
    """The attributes with which a text that nearly fills its box stays in it, also in a font with wider letters; else nothing."""
    width = _width(text, size)
    return f' textLength="{min(width, room):.0f}" lengthAdjust="spacingAndGlyphs"' if width > _SURE * room else ""


@lru_cache(20_000)
def _width(text: str, size: float) -> float:
    """Approximate width of the text in pixels."""
    return sum(map(_LETTERS.__getitem__, text[: 2 * LONGEST_LABEL])) * size


class _Letters(dict[str, float]):
    """Widths of letters in em; those of ASCII are known."""

    def __missing__(self, char: str) -> float:
        return 1.05 if east_asian_width(char) in "WF" else 0.7


_LETTERS = _Letters({char: _WIDTHS.get(char) or (0.72 if char.isupper() else 0.6) for char in map(chr, range(0x7F))})


@lru_cache(20_000)
def _cut(text: str, room: float, size: float) -> str:
    """The text, shortened with an ellipsis to the room in pixels."""
    text = " ".join(without_bidi(text[:200]).split())
    limit = LONGEST_LABEL if size == LABEL_SIZE else 2 * LONGEST_LABEL
    if len(text) <= limit and _width(text, size) <= room:
        return text
    short = text[: limit - 1]
    while short and _width(f"{short}…", size) > room:
        short = short[:-1]
    return f"{short.rstrip()}…"
