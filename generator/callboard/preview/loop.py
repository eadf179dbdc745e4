"""A preview that follows: changes become another site, their problems are told, and the whole site is built when it is quiet."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from callboard.io.store import Store
from callboard.model.errors import CallboardError
from callboard.plugins.option_schemas import read_settings
from callboard.preview.answers import base_of, folder
from callboard.preview.background_build import WholeBuild
from callboard.preview.portal import PreviewPortal
from callboard.preview.server import Preview
from callboard.preview.sources_cache import source_folders
from callboard.preview.watcher import Watched, Watcher, watched
from callboard.settings.settings import Settings
from callboard.website.overlays import find_portal_files
from callboard.website.page_server import FULL_TEXT

QUIET = 2.0
"""Seconds after which memory is cleared up."""


class PreviewLoop:
    """One preview.

    Args:
        live: the portal.
        config: its ``sources.yaml``.
        output: where the whole site is built.
        whole: the command that does so.
        environ: for that command.
        say: writes a line for the person at the terminal.
    """

    def __init__(
        self,
        live: PreviewPortal,
        config: Path,
        output: Path,
        whole: Sequence[str | Path],
        environ: Mapping[str, str],
        say: Callable[[str], None],
    ) -> None:
        self._live = live
        self._config = config
        self._output = output
        self._say = say
        self._environ = environ
        self._watcher = Watcher(self._watched)
        self._whole = WholeBuild(whole, environ, self._built)
        self._preview: Preview | None = None
        self._settings: Settings | None = None
        self._owed = False
        """The whole site is not what it should be."""

    def open(self, port: int) -> Preview:
        """Show the portal as it is.

        Raises:
            SettingsError: the configuration cannot be read, so that nobody knows what to follow.
            CallboardError: the port is taken.
        """
        self._settings = read_settings(self._config, self._environ)
        self._preview = Preview(self._reader(), base_of(self._settings.portal.url), port)
        self._watcher.follow()
        self._show(frozenset())
        gc.collect()
        gc.freeze()  # what is known of 10,000 descriptors need not be looked through each time
        self._preview.start()
        self._whole.start()
        return self._preview

    def run(self) -> None:
        """Follow changes, until ``close`` or an interruption."""
        for changed in self._watcher.changes(QUIET):
            if changed:
                self._show(changed)
            else:
                gc.collect()

    def close(self) -> None:
        """End everything."""
        self._watcher.stop()
        self._whole.stop()
        if self._preview:
            self._preview.stop()

    def _show(self, changed: frozenset[str]) -> None:
        """Another site, or why there is none."""
        assert self._preview  # noqa: S101 - opened before
        began, portal = time.perf_counter(), self._live.portal
        self._owed |= self._whole.pause()  # it would be in the way, on the disk too
        try:
            news = self._live.refresh(changed)
        except CallboardError as error:
            self._fail("\n".join(part for part in (str(error), error.hint) if part))
            return
        except Exception as error:  # noqa: BLE001 - a fault of ours in one change must not end an afternoon's preview
            self._fail(f"{type(error).__name__}: {error}")
            return
        if self._live.portal is not portal and self._live.portal:
            self._settings = self._live.portal.settings
            self._preview.base = base_of(self._settings.portal.url)
            self._watcher.follow()
        if news or self._owed:
            self._whole.wish()
            self._owed = False
        if news is None:
            self._preview.show_no_error()
            return
        if not changed:
            self._say(self._live.summary())
        else:
            paths = "path" if len(changed) == 1 else "paths"
            self._say(f"{len(changed)} {paths} changed; updated in {time.perf_counter() - began:.2f} s.")
        self._preview.show_new_site(news.notes, news.more)
        if news.text:
            self._say(news.text.rstrip())

    def _fail(self, message: str) -> None:
        if self._preview:
            self._preview.show_error(message)
        self._say(f"Could not render this change; the last good version of the site is still served.\n{message}")

    def _reader(self) -> Callable[[str], bytes | None]:
        """The live portal, and full-text search from the last whole build."""
        built = folder(self._output)

        def read(path: str) -> bytes | None:
            return built(path) if path.startswith(FULL_TEXT) else self._live.content(path)

        return read

    def _watched(self) -> Watched:
        root, settings = Path(os.path.realpath(self._config)).parent, self._settings
        folders = [root, *(source_folders(settings) if settings else ()), *find_portal_files(root).folders]
        return watched(folders, [self._output, Store.beside(root).folder])

    def _built(self, is_good: bool, said: str) -> None:  # noqa: FBT001 - the outcome
        if not is_good:
            self._say(f"The background build into {self._output}/ failed; the preview continues.\n{said.strip()}")
