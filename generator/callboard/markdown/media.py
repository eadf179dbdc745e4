"""Names and contents of files next to pages → those that may be published, and drawings without anything that a browser executes."""

from __future__ import annotations

from pathlib import PurePosixPath
from xml.etree import ElementTree as ET
from xml.parsers import expat

IMAGES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico", ".svg"})
PUBLISHED = IMAGES | {".pdf", ".txt", ".csv", ".tsv", ".json", ".yaml", ".yml", ".toml", ".proto", ".graphql", ".zip", ".mp4", ".webm"}
"""Ends of names of files that browsers show or save without executing them, whichever of these types a server sends for them."""
EXECUTED = frozenset({
    ".asp", ".aspx", ".cgi", ".css", ".hta", ".htm", ".html", ".js", ".jsp", ".mht", ".mhtml", ".mjs", ".php", ".phtml", ".pl", ".shtm",
    ".shtml", ".svgz", ".xht", ".xhtml", ".xml", ".xsl", ".xslt",
})  # fmt: skip
"""Ends that may not stand inside a name either (``x.html.toml``): Apache takes the type of an inner one where the last has none."""
LARGEST_DRAWING = 2_000_000
"""Bytes."""
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_ELEMENTS = frozenset({
    "circle", "clipPath", "defs", "desc", "ellipse", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite",
    "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB",
    "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight", "feSpecularLighting",
    "feSpotLight", "feTile", "feTurbulence", "filter", "g", "image", "line", "linearGradient", "marker", "mask", "metadata", "path",
    "pattern", "polygon", "polyline", "radialGradient", "rect", "stop", "style", "svg", "switch", "symbol", "text", "textPath", "title",
    "tspan", "use", "view",
})  # fmt: skip
_IMAGE_DATA = ("data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp")


def published_end(path: str) -> str | None:
    """The end of the file's name in lower case, if files with it are published; else None."""
    ends = [part.lower() for part in PurePosixPath(path).suffixes]
    return ends[-1] if ends and ends[-1] in PUBLISHED and not EXECUTED.intersection(ends) else None


class DrawingError(Exception):
    """The file is not a drawing that can be published; the message says why."""


def safe_drawing(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of an SVG file without scripts, other documents and addresses of other hosts; and what was removed.

    Raises ``DrawingError``.
    """
    if len(content) > LARGEST_DRAWING:
        raise DrawingError(f"it has {len(content):,} bytes; the limit is {LARGEST_DRAWING:,}")
    root = _parsed(content)
    if root.tag != f"{{{_SVG}}}svg":
        raise DrawingError("its first element is not svg in the namespace of SVG")
    removed: dict[str, None] = {}
    _clean(root, removed)
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    try:
        return ET.tostring(root, encoding="unicode") + "\n", tuple(removed)
    except RecursionError:
        raise DrawingError("its elements are nested too deeply") from None


def _parsed(content: bytes) -> ET.Element:
    """The root element; a document type may name the DTD of SVG, but not declare entities."""
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, values: builder.start(_name(name), {_name(key): value for key, value in values.items()})
    parser.EndElementHandler = lambda name: builder.end(_name(name))
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(content, True)  # noqa: FBT003 - the parameter has no name
        return builder.close()
    except (expat.ExpatError, ValueError, LookupError, AssertionError) as error:
        raise DrawingError(f"it is not XML: {error}") from None


def _refuse_entity(*_: object) -> None:
    raise DrawingError("it declares entities")


def _name(name: str) -> str:
    return f"{{{name}" if "}" in name else name


def _clean(root: ET.Element, removed: dict[str, None]) -> None:
    """Remove what is not allowed below the element; iterative, since elements can be nested to any depth."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        _clean_values(element, removed)
        for child in list(element):
            if child.tag == f"{{{_SVG}}}a":
                _unlink(child)
                removed["<a>"] = None
            namespace, _, name = child.tag.rpartition("}")
            if namespace == f"{{{_SVG}" and name in _ELEMENTS and not (name == "style" and _is_risky_style("".join(child.itertext()))):
                waiting.append(child)
            else:
                removed[f"<{name}>"] = None
                element.remove(child)


def _unlink(element: ET.Element) -> None:
    """A link as a group: what it shows stays, and it leads nowhere."""
    element.tag = f"{{{_SVG}}}g"
    for key in list(element.attrib):
        if key.rpartition("}")[2] in {"href", "target", "title"}:
            del element.attrib[key]


def _clean_values(element: ET.Element, removed: dict[str, None]) -> None:
    for key, value in list(element.attrib.items()):
        name = key.rpartition("}")[2].lower()
        if name.startswith("on") or (name in {"href", "src"} and not _is_own(value)) or (name != "d" and _is_risky_style(value)):
            del element.attrib[key]
            removed[name] = None


def _is_own(address: str) -> bool:
    """Whether an address is a part of the same drawing, or the data of an image."""
    return address.strip().startswith(("#", *_IMAGE_DATA))


def _is_risky_style(text: str) -> bool:
    """Whether a style loads something, or hides that it does behind escapes."""
    plain = text.replace(" ", "").lower()
    loaded = (part.lstrip("\"'") for part in plain.split("url(")[1:])
    return "@import" in plain or "\\" in plain or not all(address.startswith(("#", *_IMAGE_DATA)) for address in loaded)
