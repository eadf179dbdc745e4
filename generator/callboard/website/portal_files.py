"""A portal's folder → the folders of its templates, theme overrides and guides, each with the built-in ones."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from callboard.model.data_classes import dataclass

_PACKAGE = Path(__file__).resolve().parent.parent


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
    def own_templates(self) -> Path | None:
        """The portal's folder of templates, if it has one."""
        return self.templates[0] if len(self.templates) > 1 else None

    @property
    def own_overrides(self) -> Path | None:
        """The portal's folder of overrides, if it has one."""
        return self.overrides[0] if len(self.overrides) > 1 else None

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
    built_in = built_in_folder()
    guides = next((folder for folder in (root / "guides", root / "docs") if folder.is_dir()), None)
    return PortalFiles(_overlaid(root, built_in, "templates"), _overlaid(root, built_in, "site_overrides"), guides)


def built_in_folder() -> Path:
    """The folder with Callboard's own templates and overrides."""
    inside_wheel = _PACKAGE / "_portal"
    return inside_wheel if inside_wheel.is_dir() else _PACKAGE.parent.parent


def _overlaid(root: Path, built_in: Path, name: str) -> tuple[Path, ...]:
    folder, default = root / name, built_in / name
    return (folder, default) if folder.is_dir() and folder.resolve() != default.resolve() else (default,)


def _first(folders: tuple[Path, ...], name: str) -> Path | None:
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


def theme_folders(files: PortalFiles) -> tuple[Path, ...]:
    """The folders of templates that MkDocs searches: overrides, then those of its theme and its own."""
    packages = (find_spec("material"), find_spec("mkdocs"))
    installed = (Path(path) / "templates" for spec in packages if spec for path in spec.submodule_search_locations or ())
    return (*files.overrides, *installed)


def guide_templates(files: PortalFiles) -> frozenset[str]:
    """The templates that the front matter of a guide can name; one of the theme sends readers to any address that the guide names."""
    return frozenset(path.name for folder in theme_folders(files) for path in folder.glob("*.html")) - {"redirect.html"}
