"""What pages look like: templates, and the frames and guides that MkDocs makes; made again when their files change."""

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
    """Templates and frames."""

    files: PortalFiles
    renderer: Renderer
    foundation: BuiltTheme


class ThemeCache:
    """Makes the look of one configuration. Used by one thread."""

    def __init__(self, settings: Settings, cache: Path, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._cache = cache
        self._environ = environ

    def mine(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the paths that decide about nothing but the look."""
        folders = [os.path.realpath(folder) for folder in find_portal_files(self._settings.root).folders]
        return frozenset(path for path in paths if _lies_in(path, folders))

    def look(self, before: Theme | None, paths: Iterable[str], kind_icons: Iterable[str]) -> Theme:
        """The look after a change at these paths; the very same where they have nothing to do with it."""
        settings, paths = self._settings, tuple(paths)
        files = find_portal_files(settings.root)
        if before is None or files != before.files:
            renderer = Renderer(files, settings.portal, kind_icons, self._cache)
            return Theme(files, renderer, self._foundation())
        is_new = any(_lies_in(path, map(os.path.realpath, files.templates)) for path in paths)
        renderer = Renderer(files, settings.portal, kind_icons, self._cache) if is_new else before.renderer
        if is_new and renderer.labels == before.renderer.labels and not self._is_of_frames(files, paths):
            return Theme(files, renderer, before.foundation)
        return Theme(files, renderer, self._foundation()) if is_new or self._is_of_frames(files, paths) else before

    def _is_of_frames(self, files: PortalFiles, paths: Iterable[str]) -> bool:
        folders = [os.path.realpath(folder) for folder in (*files.overrides, *([files.guides] if files.guides else []))]
        logo = os.path.realpath(self._settings.root / self._settings.portal.logo) if self._settings.portal.logo else ""
        return any(path == logo or _lies_in(path, folders) for path in paths)

    def _foundation(self) -> BuiltTheme:
        return build_theme(project_of(self._settings), self._cache / "frames", Path(sys.executable), self._environ)


def _lies_in(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
