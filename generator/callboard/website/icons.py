"""Logical icon names → one SVG sprite for the whole site, from the icon sets that the theme bundles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

import yaml
from callboard.model.problem import Problem
from callboard.website.overlay_tables import read_table
from callboard.website.portal_files import PortalFiles
from callboard.website.rules import INVALID_ICON

SPRITE_PATH = "assets/icons.svg"
_SHAPE = re.compile(r"<(path|circle|ellipse|rect|line|polyline|polygon)\b([^<>]*?)/?>")
_ATTRIBUTE = re.compile(r'\b(d|fill-rule|clip-rule|cx|cy|r|rx|ry|x|y|x1|x2|y1|y2|width|height|points)="([^"<>&]*)"')
_VIEW_BOX = re.compile(r'viewBox="([0-9. -]+)"')
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_FALLBACK = "material/help-rhombus-outline"


def read_icon_paths(files: PortalFiles) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Paths of icons by logical name: of ``icons.yaml``, built in and of the portal. An entry with an error is a problem."""
    paths = _builtin_paths(files.templates[-1])
    own = files.own_templates
    if own is None or not (own / "icons.yaml").is_file():
        return paths, ()
    table = read_table(own / "icons.yaml", own.parent, INVALID_ICON)
    for name, path in tuple(table.texts.items()):
        if not _NAME.fullmatch(name):
            table.reject(name, f'"{name[:60]}" is not a valid name of an icon.', "Use lower-case letters, digits and hyphens.", at_key=True)
        elif not _svg(files, path):
            table.reject(
                name, f'"{name}" names the icon "{path[:80]}", which the theme does not bundle.',
                "Choose one from material/… or simple/…, or add it to site_overrides/.icons/.",
            )  # fmt: skip
    return paths | table.texts, tuple(table.problems)


def read_icons(files: PortalFiles, paths: Mapping[str, str], kind_icons: Iterable[str]) -> dict[str, str]:
    """Symbols by logical name: those of ``paths``, and the icons of kinds."""
    symbols = {name: _symbol(name, _svg(files, path)) for name, path in sorted(paths.items())}
    for icon in sorted(set(kind_icons) - set(symbols)):
        symbols[icon] = _symbol(icon, _svg(files, f"material/{icon}") or _svg(files, _FALLBACK))
    return symbols


def is_bundled(files: PortalFiles, name: str) -> bool:
    """True for the name of an icon of the theme's largest set, which a kind can name."""
    return bool(_svg(files, f"material/{name}"))


def sprite(symbols: Mapping[str, str]) -> bytes:
    """The file to whose symbols all pages refer: ``assets/icons.svg#i-<name>``."""
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols[name] for name in sorted(symbols))}</svg>'.encode()


def favicon(files: PortalFiles, path: str) -> bytes:
    """The default logo as an image, in a medium blue with contrast on light and dark browser tabs."""
    symbol = _symbol("mark", _svg(files, path))
    shape = symbol.replace('<symbol id="i-mark"', '<svg xmlns="http://www.w3.org/2000/svg" fill="#3f6ad8"').replace("</symbol>", "</svg>")
    return shape.encode()


def _builtin_paths(folder: Path) -> dict[str, str]:
    table = yaml.load((folder / "icons.yaml").read_bytes(), yaml.CBaseLoader)  # noqa: S506 - makes only strings; `on:` stays "on"
    return {str(name): str(icon) for name, icon in table.items()}


def _svg(files: PortalFiles, path: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(/[a-z0-9-]+)+", path):
        return ""
    bundled = find_spec("material")
    folders = [*files.overrides, *(Path(p) / "templates" for p in (bundled.submodule_search_locations or () if bundled else ()))]
    found = next((f / ".icons" / f"{path}.svg" for f in folders if (f / ".icons" / f"{path}.svg").is_file()), None)
    return found.read_text(encoding="utf-8") if found else ""


def _symbol(name: str, svg: str) -> str:
    box = _VIEW_BOX.search(svg)
    shapes = "".join(_shape(tag, rest) for tag, rest in _SHAPE.findall(svg))
    view = box[1] if box else "0 0 24 24"
    return f'<symbol id="i-{name}" viewBox="{view}">{shapes}</symbol>'


def _shape(tag: str, attributes: str) -> str:
    kept = (f' {key}="{value}"' for key, value in _ATTRIBUTE.findall(attributes))
    return f"<{tag}{''.join(kept)}/>"
