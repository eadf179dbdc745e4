"""Logical icon names → rules of the style sheet, and shapes for diagrams, from the icon sets that the theme bundles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import yaml
from callboard.diagrams.drawing import ICON_SIZE, ICON_X, ICON_Y
from callboard.model.data_classes import dataclass
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
_USUAL_BOX = (0.0, 0.0, 24.0, 24.0)


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


@dataclass(frozen=True, slots=True)
class Icon:
    """The shape of an icon."""

    box: tuple[float, float, float, float]
    """Left, top, width and height of its view box."""
    shapes: str
    """SVG elements without colors."""

    def image(self, attributes: str = "") -> str:
        """The icon as an SVG document."""
        box = " ".join(map(_number, self.box))
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"{attributes}>{self.shapes}</svg>'

    def placed(self, name: str, x: float, y: float, size: float) -> str:
        """The icon as a group of a sprite, with its corner at ``x`` and ``y``, so that ``<use>`` needs only its id."""
        left, top, width, height = self.box
        scale = size / max(width, height)
        move = f"translate({_number(x - left * scale)} {_number(y - top * scale)}) scale({scale:.5g})"
        return f'<g id="i-{name}" transform="{move}">{self.shapes}</g>'


def read_icons(files: PortalFiles, paths: Mapping[str, str], kind_icons: Iterable[str]) -> dict[str, Icon]:
    """Icons by logical name: those of ``paths``, and those of kinds."""
    icons = {name: _icon(_svg(files, path)) for name, path in sorted(paths.items())}
    for name in sorted(set(kind_icons) - set(icons)):
        icons[name] = _icon(_svg(files, f"material/{name}") or _svg(files, _FALLBACK))
    return icons


def is_bundled(files: PortalFiles, name: str) -> bool:
    """True for the name of an icon of the theme's largest set, which a kind can name."""
    return bool(_svg(files, f"material/{name}"))


def icon_rules(icons: Mapping[str, Icon]) -> str:
    """A rule of the style sheet for each shape, ``.i-<name>`` of the icons that have it: elements of these classes are masked with it."""
    names: dict[Icon, list[str]] = {}
    for name in sorted(icons):
        names.setdefault(icons[name], []).append(name)
    selectors = ((",".join(f".i-{name}" for name in same), icon) for icon, same in names.items())
    return "".join(f'{selector}{{--cb-icon:url("data:image/svg+xml,{_data(icon)}")}}\n' for selector, icon in selectors)


def _data(icon: Icon) -> str:
    return quote(icon.image().replace('"', "'"), safe=" '=:/,()")


def sprite(icons: Mapping[str, Icon], names: Iterable[str]) -> bytes:
    """The file with the icons of diagrams, to which pages refer: ``assets/icons.svg#i-<name>``."""
    placed = (icons[name].placed(name, ICON_X, ICON_Y, ICON_SIZE) for name in sorted(set(names) & icons.keys()))
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(placed)}</svg>'.encode()


def favicon(files: PortalFiles, path: str) -> bytes:
    """The default logo as an image, in a medium blue with contrast on light and dark browser tabs."""
    return _icon(_svg(files, path)).image(' fill="#3f6ad8"').encode()


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


def _icon(svg: str) -> Icon:
    return Icon(_box(svg), "".join(_shape(tag, rest) for tag, rest in _SHAPE.findall(svg)))


def _box(svg: str) -> tuple[float, float, float, float]:
    """The view box of an SVG document; that of most icons where it has no valid one."""
    found = _VIEW_BOX.search(svg)
    try:
        left, top, width, height = (float(part) for part in found[1].split()) if found else _USUAL_BOX
    except ValueError:
        return _USUAL_BOX
    return (left, top, width, height) if width > 0 and height > 0 else _USUAL_BOX


def _number(value: float) -> str:
    return f"{value:.6g}"


def _shape(tag: str, attributes: str) -> str:
    kept = (f' {key}="{value}"' for key, value in _ATTRIBUTE.findall(attributes) if "'" not in value)
    return f"<{tag}{''.join(kept)}/>"
