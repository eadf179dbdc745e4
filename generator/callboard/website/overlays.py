"""Where templates, overrides of the theme, guides and labels are found, and how a portal's own are laid over ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import yaml

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class PortalFiles:
    """The folders that make a portal look as it does; in each tuple the first folder that has a file wins."""

    templates: tuple[Path, ...]
    """Jinja templates, strings and icons: the portal's own folder (if it has one), then ours."""
    overrides: tuple[Path, ...]
    """Overrides of the theme and assets: the portal's own folder (if it has one), then ours."""
    guides: Path | None = None
    """Folder of Markdown pages that people wrote for the portal, or None."""

    @property
    def folders(self) -> tuple[Path, ...]:
        """All of them."""
        return (*self.templates, *self.overrides, *([self.guides] if self.guides else []))

    def template(self, name: str) -> Path | None:
        """The file of that relative name in the first templates folder that has it."""
        return _first(self.templates, name)

    def override(self, name: str) -> Path | None:
        """The file of that relative name in the first overrides folder that has it."""
        return _first(self.overrides, name)


def find_portal_files(root: Path) -> PortalFiles:
    """The files of the portal whose ``sources.yaml`` lies in ``root``.

    Ours come from the checkout that this package lies in, else from inside the wheel. Single files in ``root/templates``
    and ``root/site_overrides`` take the place of ours. Guides are ``root/guides``, else ``root/docs``.
    """
    ours = _own_folder()
    guides = next((folder for folder in (root / "guides", root / "docs") if folder.is_dir()), None)
    return PortalFiles(_overlaid(root, ours, "templates"), _overlaid(root, ours, "site_overrides"), guides)


def _own_folder() -> Path:
    inside_wheel = _PACKAGE / "_portal"
    return inside_wheel if inside_wheel.is_dir() else _PACKAGE.parent.parent


def _overlaid(root: Path, ours: Path, name: str) -> tuple[Path, ...]:
    own = root / name
    return (own, ours / name) if own.is_dir() and own.resolve() != (ours / name).resolve() else (ours / name,)


def _first(folders: tuple[Path, ...], name: str) -> Path | None:
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def read_strings(files: PortalFiles, language: str) -> dict[str, str]:
    """Labels by key: ``strings/<language>.yaml`` over ``strings/<its first part>.yaml`` over ``strings/en.yaml``."""
    languages = ["en"]
    if _LANGUAGE.fullmatch(language):
        languages += [language.partition("-")[0].lower(), language.lower()]
    labels: dict[str, str] = {}
    for name in dict.fromkeys(languages):
        for folder in reversed(files.templates):
            path = folder / "strings" / f"{name}.yaml"
            table = yaml.load(path.read_bytes(), yaml.BaseLoader) if path.is_file() else None  # noqa: S506 - makes text only
            labels |= {str(key): str(text) for key, text in (table or {}).items()}
    return labels


def as_names(labels: dict[str, str]) -> SimpleNamespace:
    """For templates: ``t.items`` is a label there, and not the method of a dict."""
    return SimpleNamespace(**labels)
