"""Logical icon names → one SVG sprite for the whole site, from the icon sets that the theme bundles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

import yaml
from callboard.model.errors import WebsiteError
from callboard.website.overlays import PortalFiles

SPRITE_PATH = "assets/icons.svg"
_SHAPE = re.compile(r"<(path|circle|ellipse|rect|line|polyline|polygon)\b([^<>]*?)/?>")
_ATTRIBUTE = re.compile(r'\b(d|fill-rule|clip-rule|cx|cy|r|rx|ry|x|y|x1|x2|y1|y2|width|height|points)="([^"<>&]*)"')
_VIEW_BOX = re.compile(r'viewBox="([0-9. -]+)"')
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_FALLBACK = "material/help-rhombus-outline"


def read_icons(files: PortalFiles, kind_icons: Iterable[str]) -> dict[str, str]:
    """Symbols by logical name: from ``icons.yaml`` (the portal's entries take precedence) and from the icons of kinds.

    Raises:
        WebsiteError: a name does not match ``[a-z0-9-]+``, or there is no bundled icon at a path.
    """
    paths: dict[str, str] = {}
    for folder in reversed(files.templates):
        paths |= _read_table(folder / "icons.yaml")
    symbols = {name: _symbol(name, path, _svg(files, path)) for name, path in sorted(paths.items())}
    for icon in sorted(set(kind_icons) - set(symbols)):
        path = f"material/{icon}"
        symbols[icon] = _symbol(icon, path, _svg(files, path) or _svg(files, _FALLBACK))
    return symbols


def sprite(symbols: Mapping[str, str]) -> bytes:
    """The file to whose symbols all pages refer: ``assets/icons.svg#i-<name>``."""
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols[name] for name in sorted(symbols))}</svg>'.encode()


def favicon(files: PortalFiles, path: str) -> bytes:
    """The default logo as an image, in a medium blue with contrast on light and dark browser tabs."""
    symbol = _symbol("mark", path, _svg(files, path))
    shape = symbol.replace('<symbol id="i-mark"', '<svg xmlns="http://www.w3.org/2000/svg" fill="#3f6ad8"').replace("</symbol>", "</svg>")
    return shape.encode()


def _read_table(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    table = yaml.load(path.read_bytes(), yaml.CBaseLoader)  # noqa: S506 - the base loader makes only strings; `on:` stays "on"
    return {str(name): str(icon) for name, icon in (table or {}).items()}


def _svg(files: PortalFiles, path: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(/[a-z0-9-]+)+", path):
        return ""
    bundled = find_spec("material")
    folders = [*files.overrides, *(Path(p) / "templates" for p in (bundled.submodule_search_locations or () if bundled else ()))]
    found = next((f / ".icons" / f"{path}.svg" for f in folders if (f / ".icons" / f"{path}.svg").is_file()), None)
    return found.read_text(encoding="utf-8") if found else ""


def _symbol(name: str, path: str, svg: str) -> str:
    if not _NAME.fullmatch(name):
        raise WebsiteError(f"icons.yaml: {name!r} is not a valid icon name.", "Use lowercase letters, digits and hyphens.")
    if not svg:
        raise WebsiteError(
            f"icons.yaml: {name!r} names the icon {path!r}, which the theme does not bundle.", "See material/… and simple/…."
        )
    box = _VIEW_BOX.search(svg)
    shapes = "".join(_shape(tag, rest) for tag, rest in _SHAPE.findall(svg))
    view = box[1] if box else "0 0 24 24"
    return f'<symbol id="i-{name}" viewBox="{view}">{shapes}</symbol>'


def _shape(tag: str, attributes: str) -> str:
    kept = (f' {key}="{value}"' for key, value in _ATTRIBUTE.findall(attributes))
    return f"<{tag}{''.join(kept)}/>"
