"""An SVG image of anybody → the same image without anything that runs, loads or leads elsewhere, with its size in pixels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from xml.parsers import expat

LARGEST_SVG = 2_000_000
"""Bytes of an image."""
_DEPTH = 200
_SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = frozenset({
    "a", "circle", "clipPath", "defs", "desc", "ellipse", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite",
    "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB",
    "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight", "feSpecularLighting",
    "feSpotLight", "feTile", "feTurbulence", "filter", "g", "image", "line", "linearGradient", "marker", "mask", "metadata", "path",
    "pattern", "polygon", "polyline", "radialGradient", "rect", "stop", "style", "svg", "switch", "symbol", "text", "textPath", "title",
    "tspan", "use",
})  # fmt: skip
_SILENT = frozenset({"metadata"})
"""Elements that are left out without a word: they show nothing."""
_PREFIXED = {"http://www.w3.org/1999/xlink href": "href", "http://www.w3.org/XML/1998/namespace space": "xml:space"}
_NAME = re.compile(r"(?!data-(?!look|color-id))[A-Za-z_][\w.-]*")
"""Names of attributes; of ``data-``, only those that a style of a diagram asks for."""
_REFERENCE = re.compile(r"\s*#[^\s\"'()<>]*\s*")
_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*+")
_ADDRESS = re.compile(r"url\(\s*+(?![\"']?#)", re.IGNORECASE)
"""An address in CSS that is not a part of the image."""
_LOADS = re.compile(r"@import|@font-face|expression\s*+\(|javascript:|\\|image-set|</", re.IGNORECASE)
_LENGTH = re.compile(r"\s*(\d{1,6}(?:\.\d{1,12})?)(px|pt|)\s*")
_LARGEST_SIDE = 20_000
_POINT = 4 / 3
"""Pixels of a point."""


class SvgError(Exception):
    """The image cannot be published; the message says why."""


@dataclass(frozen=True, slots=True)
class Svg:
    """An image that can be published."""

    text: str
    width: int = 0
    height: int = 0
    """In pixels; 0 where the image does not say it."""
    removed: tuple[str, ...] = ()
    """What was left out of it, such as ``<script>``."""


def cleaned_svg(data: bytes) -> Svg:
    """The image. Raises ``SvgError`` where it is too large, is no XML, or declares entities."""
    if len(data) > LARGEST_SVG:
        raise SvgError(f"it has more than {LARGEST_SVG:,} bytes")
    copy = _Copy()
    try:
        copy.parser.Parse(data, True)  # noqa: FBT003 - the signature of expat
    except expat.ExpatError as error:
        raise SvgError(f"it is not well-formed XML: {error}") from error
    except (ValueError, LookupError) as error:
        raise SvgError(f"its encoding cannot be read: {error}") from error
    if not copy.parts:
        raise SvgError("it has no element <svg>")
    return Svg("".join(copy.parts), *copy.size, tuple(dict.fromkeys(copy.removed)))


@dataclass(slots=True)
class _Copy:
    """Copies allowed elements and attributes while the parser reads; nothing is kept as a tree, so that depth costs nothing."""

    parts: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    size: tuple[int, int] = (0, 0)
    _open: list[str] = field(default_factory=list)
    _skipped: int = 0
    """How many elements are open inside of one that is left out, with it."""
    _css: list[str] | None = None
    parser: expat.XMLParserType = field(init=False)

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = _refuse_entities

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if self._skipped or space != _SVG or local not in _ELEMENTS or local in _SILENT or (not self._open and local != "svg"):
            if not self._skipped and space in {_SVG, ""} and local not in _SILENT:
                self.removed.append(f"<{local}>")
            self._skipped += 1
            return
        if len(self._open) >= _DEPTH:
            raise SvgError(f"its elements are nested more than {_DEPTH} deep")
        if not self._open:
            self.size = _size(attributes)
            self.parts.append(f'<svg xmlns="{_SVG}"')
        else:
            self.parts.append(f"<{'g' if local == 'a' else local}")
        self._open.append("g" if local == "a" else local)
        named = {_PREFIXED.get(key, key): value for key, value in attributes.items()}
        for key, value in named.items():
            self._attribute(local, key, value)
        self.parts.append(">")
        if local == "style":
            self._css = []

    def _attribute(self, element: str, name: str, value: str) -> None:
        if not _NAME.fullmatch(name.replace("xml:", "", 1)) or (element == "a" and name in {"href", "target"}):
            return
        if name.lower().startswith("on"):
            self.removed.append(name)
        elif name == "href" and not (_REFERENCE.fullmatch(value) or (element == "image" and _PICTURE.fullmatch(value))):
            self.removed.append(f"the address of <{element}>")
        elif name != "href" and _loads(value):
            self.removed.append(f"{name} with an address")
        else:
            self.parts.append(f' {name}="{escape(value)}"')

    def _end(self, _: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        if self._css is not None:
            css = "".join(self._css)
            self._css = None
            if _loads(css):
                self.removed.append("<style> with an address")
            else:
                self.parts.append(escape(css, quote=False))
        self.parts.append(f"</{self._open.pop()}>")

    def _text(self, text: str) -> None:
        if self._skipped or not self._open:
            return
        if self._css is not None:
            self._css.append(text)
        else:
            self.parts.append(escape(text, quote=False))


def _refuse_entities(_: str, __: str | None, ___: str | None, has_internal_subset: bool) -> None:  # noqa: FBT001 - the signature of expat
    if has_internal_subset:
        raise SvgError("it declares entities")


def _loads(css: str) -> bool:
    return bool(_ADDRESS.search(css) or _LOADS.search(css))


def _size(attributes: dict[str, str]) -> tuple[int, int]:
    """Width and height as written, else those of the view box."""
    width, height = _pixels(attributes.get("width", "")), _pixels(attributes.get("height", ""))
    if not (width and height):
        numbers = [_pixels(part) for part in attributes.get("viewBox", "").replace(",", " ").split()[2:4]]
        width, height = (numbers[0], numbers[1]) if len(numbers) == 2 else (0, 0)  # noqa: PLR2004 - width and height
    return (width, height) if max(width, height) <= _LARGEST_SIDE else (0, 0)


def _pixels(length: str) -> int:
    match = _LENGTH.fullmatch(length)
    return round(float(match[1]) * (_POINT if match[2] == "pt" else 1)) if match else 0
