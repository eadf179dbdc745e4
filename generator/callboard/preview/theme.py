"""Settings and changed paths → the theme: templates, and the frames and guides that MkDocs renders; rebuilt only if their files changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from callboard.settings.settings import Settings
from callboard.website.overlays import PortalFiles, find_portal_files
from callboard.website.rendering import Renderer
from callboard.website.theme_build import BuiltTheme, build_theme, project_of


@dataclass(frozen=True, slots=True)
class Theme:
    """How pages are rendered."""

    files: PortalFiles
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
            WebsiteError: MkDocs failed, or strings or icons of the portal cannot be used.
        """
        settings, paths = self._settings, tuple(paths)
        files = find_portal_files(settings.root)
        if previous is None or files != previous.files:
            renderer = Renderer(files, settings.portal, kind_icons, self._cache)
            return Theme(files, renderer, self._build())
        is_new = any(_is_in(path, map(os.path.realpath, files.templates)) for path in paths)
        renderer = Renderer(files, settings.portal, kind_icons, self._cache) if is_new else previous.renderer
        if is_new and renderer.labels == previous.renderer.labels and not self._affects_frames(files, paths):
            return Theme(files, renderer, previous.built)
        return Theme(files, renderer, self._build()) if is_new or self._affects_frames(files, paths) else previous

    def _affects_frames(self, files: PortalFiles, paths: Iterable[str]) -> bool:
        folders = [os.path.realpath(folder) for folder in (*files.overrides, *([files.guides] if files.guides else []))]
        logo = os.path.realpath(self._settings.root / self._settings.portal.logo) if self._settings.portal.logo else ""
        return any(path == logo or _is_in(path, folders) for path in paths)

    def _build(self) -> BuiltTheme:
        return build_theme(project_of(self._settings), self._cache / "frames", Path(sys.executable), self._environ)


def _is_in(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
