"""What a block shows, as plain values, and the text of a page with its blocks → the pieces of which a template makes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from callboard.diagrams.drawing import Diagram, diagram
from callboard.diagrams.graph import Graph
from callboard.documentation.open_links import around_blocks
from callboard.model.data_classes import dataclass
from callboard.pages.context import PageContext
from callboard.pages.shared_views import EntityLink, StateView


class BlockCell(NamedTuple):
    """A cell of a table."""

    text: str = ""
    link: EntityLink | None = None
    state: StateView | None = None
    is_unowned: bool = False


class BlockRow(NamedTuple):
    """An entity in a table."""

    link: EntityLink
    cells: tuple[BlockCell, ...]


class BlockBar(NamedTuple):
    """A choice of a divided figure."""

    label: str
    number: int
    share: int
    """Of the largest number, in percent."""
    path: str
    """The table with these entities, below the site's root; empty for the rest."""


@dataclass(frozen=True, slots=True)
class BlockResult:
    """What a block shows."""

    kind: str
    title: str = ""
    error: str = ""
    """Why it shows nothing, as a sentence; empty if it is right."""
    hint: str = ""
    line: int = 0
    """In the block, of the error; 0 for the block as a whole."""
    notes: tuple[str, ...] = ()
    """Values in its filter that no entity has."""
    source: str = ""
    """The text of a block that is not shown."""
    count: int = 0
    """Selected entities."""
    path: str = ""
    """The catalog's table with them, below the site's root."""
    columns: tuple[str, ...] = ()
    """Titles, after that of the name."""
    rows: tuple[BlockRow, ...] = ()
    bars: tuple[BlockBar, ...] = ()
    graph: Graph | None = None


class ShownBlock(NamedTuple):
    """A block on a page."""

    result: BlockResult
    diagram: Diagram | None
    """Of a graph; None for a single box."""


class TextPiece(NamedTuple):
    """A part of a page's text: its HTML, then a block."""

    html: Markup
    block: ShownBlock | None


def pieces_of(html: str, blocks: Sequence[BlockResult], context: PageContext, up: str, prefix: str = "") -> Iterator[TextPiece]:
    """The safe HTML of a text with its blocks. ``up``: path from the page to the site's root; ``prefix`` makes ids of diagrams unique."""
    parts = around_blocks(html)
    for number, part in enumerate(parts[::2]):
        at = int(parts[2 * number + 1]) if 2 * number + 1 < len(parts) else len(blocks)
        shown = shown_block(blocks[at], context, up, f"{prefix}block{at}") if at < len(blocks) else None
        yield TextPiece(Markup(part), shown)  # noqa: S704 - it was made safe when it was converted


def shown_block(result: BlockResult, context: PageContext, up: str, key: str) -> ShownBlock:
    """A block with its diagram; ``key`` makes the ids of the diagram unique on its page."""
    return ShownBlock(result, diagram(result.graph, context.layouts, up, context.labels, key=key) if result.graph else None)
