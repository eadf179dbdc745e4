"""Settings and changed paths → the theme: templates, and the frames and guides that MkDocs renders; rebuilt only if their files changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from callboard.model.data_classes import dataclass
from callboard.model.errors import WebsiteError
from callboard.settings.settings import Settings
from callboard.website.overlays import Overlays, read_overlays
from callboard.website.portal_files import PortalFiles, find_portal_files
from callboard.website.rendering import Renderer
from callboard.website.rules import INVALID_TEMPLATE
from callboard.website.theme_build import BuiltTheme, build_theme, project_of


@dataclass(frozen=True, slots=True)
class Theme:
    """How pages are rendered."""

    files: PortalFiles
    overlays: Overlays
    renderer: Renderer
    """Templates, labels and icons."""
    built: BuiltTheme
    """Frames, guides and assets."""


class ThemeCache:
    """Builds the theme of one configuration. Not thread-safe."""

    def __init__(self, settings: Settings, cache: Path, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._cache = cache
        self._environ = environ

    def theme_paths(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths that affect the theme and nothing else."""
        folders = [os.path.realpath(folder) for folder in find_portal_files(self._settings.root).folders]
        return frozenset(path for path in paths if _is_in(path, folders))

    def theme(self, previous: Theme | None, paths: Iterable[str], kind_icons: Iterable[str]) -> Theme:
        """The theme after a change at these absolute paths; ``previous`` itself if they do not affect it.

        Raises:
            WebsiteError: MkDocs failed, or the change broke a template.
        """
        settings, paths = self._settings, tuple(paths)
        files = find_portal_files(settings.root)
        if previous is None or files != previous.files:
            return self._new_theme(previous, kind_icons)
        is_new = any(_is_in(path, map(os.path.realpath, files.templates)) for path in paths)
        if not is_new and not self._affects_frames(files, paths):
            return previous
        overlays = read_overlays(settings.root, settings.portal)
        _raise_for_templates(overlays, previous.overlays)
        renderer = self._renderer(overlays, kind_icons) if is_new or overlays.broken != previous.overlays.broken else previous.renderer
        if is_new and renderer.labels == previous.renderer.labels and not self._affects_frames(files, paths):
            return Theme(files, overlays, renderer, previous.built)
        return Theme(files, overlays, renderer, self._build(overlays))

    def _new_theme(self, previous: Theme | None, kind_icons: Iterable[str]) -> Theme:
        overlays = read_overlays(self._settings.root, self._settings.portal)
        if previous is not None:
            _raise_for_templates(overlays, previous.overlays)
        return Theme(overlays.files, overlays, self._renderer(overlays, kind_icons), self._build(overlays))

    def _renderer(self, overlays: Overlays, kind_icons: Iterable[str]) -> Renderer:
        """A renderer that raises the errors of the portal's templates, so that the last version of the site stays."""
        return Renderer(overlays, self._settings.portal, kind_icons, self._cache, fallback=False)

    def _affects_frames(self, files: PortalFiles, paths: Iterable[str]) -> bool:
        folders = [os.path.realpath(folder) for folder in (*files.overrides, *([files.guides] if files.guides else []))]
        logo = os.path.realpath(self._settings.root / self._settings.portal.logo) if self._settings.portal.logo else ""
        return any(path == logo or _is_in(path, folders) for path in paths)

    def _build(self, overlays: Overlays) -> BuiltTheme:
        return build_theme(project_of(self._settings, overlays), self._cache / "frames", Path(sys.executable), self._environ)


def _raise_for_templates(overlays: Overlays, previous: Overlays) -> None:
    """Raise ``WebsiteError`` for a template that the change broke, so that the last version of the site stays."""
    for problem in overlays.problems:
        if problem.code == INVALID_TEMPLATE.code and problem not in previous.problems and problem.origin and problem.span:
            raise WebsiteError(f"{problem.origin.path}:{problem.span.line}: {problem.message}", problem.hint)


def _is_in(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
