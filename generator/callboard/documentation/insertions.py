"""Diagrams and formulas of a page → marks in its HTML while strangers' markup is cleaned, then images and MathML in their place."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from hashlib import sha256
from html import escape, unescape
from itertools import islice
from typing import TypeVar

from callboard.documentation.blocks import MOST_BLOCKS, PREFIX, DocumentBlock
from callboard.documentation.drawings import (
    GRAPHVIZ_COMMANDS,
    Drawing,
    Svg,
    UndrawableError,
    can_draw_mermaid,
    draw_graphviz,
    draw_mermaid,
    load_graphviz,
)
from callboard.documentation.formulas import FormulaError, as_mathml
from callboard.documentation.open_links import block_mark, without_block_marks
from callboard.documentation.page_details import DrawingNote
from callboard.documentation.text_blocks import replaced_blocks
from callboard.model.data_classes import dataclass

_T = TypeVar("_T")
DRAWINGS = "_diagrams"
"""Folder of the images below the address of their page."""
DRAWN = re.compile(rf"(?:^|/){DRAWINGS}/[0-9a-f]{{20}}\.svg")
"""The place of an image, which no file and no page of a set may have."""
_MOST_INSERTIONS = 500
"""Diagrams and formulas of a page."""
_WIDE = 1200
"""Pixels: a diagram that is wider would have unreadable text in the width of a page."""
_SECONDS = 4
"""Processor time for the drawings of a page."""
_MARK = f"callboard{secrets.token_hex(12)}x"
"""No text that was written before this process started has it."""
_MARKED = re.compile(rf"{_MARK}(\d{{1,4}})z")
_TAG_OR_MARK = re.compile(rf"<[a-zA-Z/][^<>\"]*+(?:\"[^\"]*+\"[^<>\"]*+)*+>|{_MARKED.pattern}")
_RAW = {tag: re.compile(rf"<{tag}\s++class=[\"']?mermaid\b[^<>]{{0,200}}+>") for tag in ("div", "pre")}
_FENCE = re.compile(r"[\s>]*+(?:```|~~~)")
_TAG = re.compile(r"</?(?:p|code|pre)>|<br\s*/?>", re.IGNORECASE)


@dataclass(slots=True)
class Insertions:
    """What the portal itself puts into one page.

    Args:
        text: of the page, in which lines are found.
        draws: False shows diagrams as text, for a page that took too long with them.
    """

    text: str = field(repr=False)
    draws: bool = True
    images: dict[str, str] = field(default_factory=dict)
    """SVG by file name, in the folder ``DRAWINGS``."""
    notes: list[DrawingNote] = field(default_factory=list)
    blocks: list[DocumentBlock] = field(default_factory=list)
    _html: list[str] = field(default_factory=list)
    _used: float = 0.0
    """Seconds of processor time."""

    def diagram(self, language: str, source: str, command: str = "dot") -> str:
        """The mark for a diagram of one of the languages."""
        if language in {"plantuml", "puml", "uml"}:
            return self._mark(
                _as_text(source, "A PlantUML diagram, shown as its text: drawing it needs a program that the portal does not run.")
            )
        return self._mark(self._drawn(language, source, command))

    def block(self, language: str, text: str) -> str:
        """The mark for a block about the catalog, whose content is put in when the page is shown."""
        if len(self.blocks) >= MOST_BLOCKS:
            note = f"The page has more than {MOST_BLOCKS} blocks"
            self._note(note, text)
            return self._mark(_as_text(text, f"{note}."))
        self.blocks.append(DocumentBlock(language.removeprefix(PREFIX), text, self._fence_line(language)))
        return self._mark(block_mark(len(self.blocks) - 1))

    def formula(self, latex: str, *, is_block: bool) -> str:
        """The mark for a formula; what cannot be shown as one is shown as it is written."""
        try:
            html = self._within_time(lambda: as_mathml(latex.strip(), is_block=is_block))
        except (FormulaError, UndrawableError) as error:
            self._note(f"The formula is shown as it is written: {error}", latex)
            html = f"<pre><code>{escape(latex)}</code></pre>" if is_block else f"<code>{escape(latex)}</code>"
        return self._mark(html)

    def with_marked_html(self, html: str) -> str:
        """The HTML of the page with marks in place of diagrams that are written as ``<div class="mermaid">``."""
        for tag in ("div", "pre"):
            html = replaced_blocks(
                html, _RAW[tag], f"</{tag}>", lambda _, inner: self.diagram("mermaid", unescape(_TAG.sub("", inner)).strip("\n"))
            )
        return html

    def finish(self, html: str) -> str:
        """The cleaned HTML with everything in its place: marks in attributes are removed."""
        html = without_block_marks(html)
        if not self._html:
            return html
        return _TAG_OR_MARK.sub(lambda found: self._html[int(found[1])] if found[1] else _MARKED.sub("", found[0]), html)

    def _mark(self, html: str) -> str:
        self._html.append(html)
        return f"{_MARK}{len(self._html) - 1}z"

    def _drawn(self, language: str, source: str, command: str) -> str:
        is_mermaid = language == "mermaid"
        if is_mermaid and not can_draw_mermaid():
            return _as_text(source, "A Mermaid diagram, shown as its text: this portal is built without callboard[mermaid].")
        try:
            if self.draws and not is_mermaid:
                load_graphviz()
            used = command if command in GRAPHVIZ_COMMANDS else "dot"
            drawing = self._within_time(lambda: draw_mermaid(source) if is_mermaid else draw_graphviz(source, used))
        except UndrawableError as error:
            self._note(f"The diagram is shown as its text: {error}", source)
            return _as_text(source, f"This diagram is shown as its text: {error}.")
        return self._figure(drawing, source)

    def _within_time(self, draw: Callable[[], _T]) -> _T:
        if not self.draws:
            raise UndrawableError("the diagrams and formulas of this page take too long")
        if self._used > _SECONDS:
            raise UndrawableError("the diagrams and formulas before it took too long")
        if len(self._html) >= _MOST_INSERTIONS:
            raise UndrawableError(f"the page has more than {_MOST_INSERTIONS} diagrams and formulas")
        started = time.process_time()
        try:
            return draw()
        finally:
            self._used += time.process_time() - started

    def _figure(self, drawing: Drawing, source: str) -> str:
        images = (
            [(drawing.light, "cb-drawing__light"), (drawing.dark, "cb-drawing__dark")]
            if drawing.dark
            else [(drawing.light, "cb-drawing__both")]
        )
        shown = "".join(self._image(svg, name, drawing.title) for svg, name in images)
        text = f'<details><summary lang="en">Text of the diagram</summary><pre><code>{escape(source)}</code></pre></details>'
        wide = " cb-drawing--wide" if drawing.light.width > _WIDE else ""
        return f'<figure class="cb-drawing{wide}">{shown}{text}</figure>'

    def _image(self, svg: Svg, class_name: str, title: str) -> str:
        name = f"{sha256(svg.text.encode()).hexdigest()[:20]}.svg"
        self.images[name] = svg.text
        size = f' width="{svg.width}" height="{svg.height}"' if svg.width and svg.height else ""
        address = f"{DRAWINGS}/{name}"
        return f'<img class="{class_name}" src="{address}" alt="{escape(title)}"{size} loading="lazy">'

    def _fence_line(self, language: str) -> int:
        """The line of the fence of the next block of this language: blocks come in the order in which they are written."""
        before = sum(1 for block in self.blocks if PREFIX + block.kind == language)
        lines = (number for number, line in enumerate(self.text.split("\n"), 1) if _FENCE.match(line) and language in line)
        return next(islice(lines, before, None), 0)

    def _note(self, message: str, source: str) -> None:
        first = next((line for line in source.split("\n") if line.strip()), "")
        at = self.text.find(source.strip("\n")) if source.strip() else -1
        at = at if at >= 0 else self.text.find(first.strip()) if first else -1
        self.notes.append(DrawingNote(message, self.text.count("\n", 0, at) + 1 if at >= 0 else 0))


def _as_text(source: str, note: str) -> str:
    return f'<figure class="cb-drawing"><pre><code>{escape(source)}</code></pre><figcaption lang="en">{escape(note)}</figcaption></figure>'


def with_images(html: bytes, images: Mapping[str, str]) -> bytes:
    """The HTML of a page followed by its images, as they are kept."""
    return b"\0".join((html, *(part.encode("utf-8", "replace") for image in images.items() for part in image)))


def without_images(kept: bytes) -> bytes:
    """The HTML alone."""
    return kept.partition(b"\0")[0]


def images_of(kept: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each image of a page."""
    _, *parts = kept.split(b"\0")
    for name, content in zip(parts[::2], parts[1::2], strict=False):
        yield name.decode(), content
