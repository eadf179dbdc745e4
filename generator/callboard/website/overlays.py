"""A portal's folder → its templates, theme overrides, guides and labels, each overlaid on the built-in ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import yaml

_PACKAGE = Path(__file__).resolve().parent.parent
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class PortalFiles:
    """The folders with a portal's files; in each tuple, the first folder that has a file takes precedence."""

    templates: tuple[Path, ...]
    """Jinja templates, strings and icons: the portal's folder (if it has one), then the built-in one."""
    overrides: tuple[Path, ...]
    """Overrides of the theme and assets: the portal's folder (if it has one), then the built-in one."""
    guides: Path | None = None
    """Folder of the portal's Markdown pages, or None."""

    @property
    def folders(self) -> tuple[Path, ...]:
        """All folders."""
        return (*self.templates, *self.overrides, *([self.guides] if self.guides else []))

    def template(self, name: str) -> Path | None:
        """The file of that relative name in the first templates folder that has it."""
        return _first(self.templates, name)

    def override(self, name: str) -> Path | None:
        """The file of that relative name in the first overrides folder that has it."""
        return _first(self.overrides, name)


def find_portal_files(root: Path) -> PortalFiles:
    """The files of the portal whose ``sources.yaml`` lies in ``root``.

    The built-in ones are in the wheel, or else in the checkout that contains this package. Single files in ``root/templates``
    and ``root/site_overrides`` replace built-in ones. Guides are in ``root/guides``, or else in ``root/docs``.
    """
    built_in = _built_in_folder()
    guides = next((folder for folder in (root / "guides", root / "docs") if folder.is_dir()), None)
    return PortalFiles(_overlaid(root, built_in, "templates"), _overlaid(root, built_in, "site_overrides"), guides)


def read_strings(files: PortalFiles, language: str) -> dict[str, str]:
    """Labels by key: ``strings/<language>.yaml`` overrides ``strings/<its first part>.yaml``, which overrides ``strings/en.yaml``."""
    languages = ["en"]
    if _LANGUAGE.fullmatch(language):
        languages += [language.partition("-")[0].lower(), language.lower()]
    labels: dict[str, str] = {}
    for name in dict.fromkeys(languages):
        for folder in reversed(files.templates):
            path = folder / "strings" / f"{name}.yaml"
            table = yaml.load(path.read_bytes(), yaml.CBaseLoader) if path.is_file() else None  # noqa: S506 - makes only strings
            labels |= {str(key): str(text) for key, text in (table or {}).items()}
    return labels


def as_names(labels: dict[str, str]) -> SimpleNamespace:
    """The labels as attributes for templates, where ``t.items`` must be a label and not the method of a dict."""
    return SimpleNamespace(**labels)


def _built_in_folder() -> Path:
    inside_wheel = _PACKAGE / "_portal"
    return inside_wheel if inside_wheel.is_dir() else _PACKAGE.parent.parent


def _overlaid(root: Path, built_in: Path, name: str) -> tuple[Path, ...]:
    folder, default = root / name, built_in / name
    return (folder, default) if folder.is_dir() and folder.resolve() != default.resolve() else (default,)


def _first(folders: tuple[Path, ...], name: str) -> Path | None:
    return next((folder / name for folder in folders if (folder / name).is_file()), None)
