"""A portal → a served site that is updated after each change, with problems reported, and background builds between changes."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from callboard.io.store import Store
from callboard.model.errors import CallboardError
from callboard.plugins.portal_settings import read_settings
from callboard.preview.background_build import BackgroundBuild
from callboard.preview.change_problems import ChangeReport
from callboard.preview.portal import PreviewPortal
from callboard.preview.responses import base_of, folder
from callboard.preview.server import PreviewServer
from callboard.preview.sources_cache import source_folders
from callboard.preview.watcher import WatchedFolders, Watcher, watched_folders
from callboard.settings.settings import Settings
from callboard.website.page_server import is_search_index
from callboard.website.portal_files import find_portal_files

QUIET = 2.0
"""Seconds without a change after which garbage is collected."""


class PreviewLoop:
    """Watches a portal's files, updates the served site, and reports problems in the terminal.

    Args:
        portal: the portal to serve.
        config: its ``sources.yaml``.
        output: folder of the site that the background build writes.
        build_command: the program of the background build, and its arguments.
        environ: environment for the settings and for that program.
        write_line: writes a line to the terminal; called from two threads.
        quiet: write problems and errors only.
    """

    def __init__(
        self,
        portal: PreviewPortal,
        config: Path,
        output: Path,
        build_command: Sequence[str | Path],
        environ: Mapping[str, str],
        write_line: Callable[[str], None],
        *,
        quiet: bool = False,
    ) -> None:
        self._portal = portal
        self._config = config
        self._output = output
        self._write_line = write_line
        self._quiet = quiet
        self._last_error = ""
        """The error that was written last and still holds. If the terminal's output goes to a watched file, writing is a change."""
        self._environ = environ
        self._watcher = Watcher(self._watched_folders)
        self._background_build = BackgroundBuild(build_command, environ, self._report_build)
        self._server: PreviewServer | None = None
        self._settings: Settings | None = None
        self._build_is_due = False
        """True if the output is older than the served site, and no background build is scheduled."""

    def open(self, port: int, host: str = "127.0.0.1") -> PreviewServer:
        """Read the portal, and start the server and the background build.

        Raises:
            SettingsError: the configuration cannot be read, so that the folders to watch are unknown.
            CallboardError: the port is in use.
        """
        self._settings = read_settings(self._config, self._environ)
        self._server = PreviewServer(self._reader(), base_of(self._settings.portal.url), port, host)
        self._watcher.update()
        self._update(frozenset())
        gc.collect()
        gc.freeze()  # later collections need not traverse the data of 10,000 descriptors
        self._server.start()
        self._background_build.start()
        return self._server

    def run(self) -> None:
        """Process changes until ``close`` or an interruption."""
        for changed in self._watcher.changes(QUIET):
            if changed:
                self._update(changed)
            else:
                gc.collect()

    def close(self) -> None:
        """Stop the watcher, the background build and the server."""
        self._watcher.stop()
        self._background_build.stop()
        if self._server:
            self._server.stop()

    def _update(self, changed: frozenset[str]) -> None:
        """Update the site after changes at these absolute paths, and report problems or the error."""
        assert self._server  # noqa: S101 - set by ``open``
        started, previous = time.perf_counter(), self._portal.current
        self._build_is_due |= self._background_build.pause()  # it would compete for processor and disk
        try:
            report = self._portal.refresh(changed)
        except CallboardError as error:
            self._report_error("\n".join(part for part in (str(error), error.hint) if part))
            return
        except Exception as error:  # noqa: BLE001 - a bug that one change triggers must not stop the preview
            self._report_error(f"{type(error).__name__}: {error}")
            return
        if self._portal.current is not previous and self._portal.current:
            self._settings = self._portal.current.settings
            self._server.base = base_of(self._settings.portal.url)
            self._watcher.update()
        self._last_error = ""
        if report or self._build_is_due:
            self._background_build.schedule()
            self._build_is_due = False
        if report is None:
            self._server.clear_error()
            return
        self._report_update(report, changed, time.perf_counter() - started)

    def _report_update(self, report: ChangeReport, changed: frozenset[str], seconds: float) -> None:
        """Make open pages reload, and write the summary or the number of changes, and the problems, to the terminal."""
        assert self._server  # noqa: S101 - set by ``open``
        if self._quiet:
            pass
        elif not changed:
            self._write_line(self._portal.summary())
        else:
            paths = "path" if len(changed) == 1 else "paths"
            self._write_line(f"{len(changed)} {paths} changed; updated in {seconds:.2f} s.")
        self._server.show_new_site(report.notes, report.more)
        if report.text:
            self._write_line(report.text.rstrip())

    def _report_error(self, message: str) -> None:
        if self._server:
            self._server.show_error(message)
        if message == self._last_error:
            return
        self._last_error = message
        if self._portal.has_site:
            self._write_line(f"Could not render this change; the last good version of the site is still served.\n{message}")
        else:
            self._write_line(f"Could not render the site; it is rendered again after the next change.\n{message}")

    def _reader(self) -> Callable[[str], bytes | None]:
        """A function that reads files of the served site, and of full-text search from the last background build."""
        read_output = folder(self._output)

        def read(path: str) -> bytes | None:
            return read_output(path) if is_search_index(path) else self._portal.content(path)

        return read

    def _watched_folders(self) -> WatchedFolders:
        root, settings = Path(os.path.realpath(self._config)).parent, self._settings
        folders = [root, *(source_folders(settings) if settings else ()), *find_portal_files(root).folders]
        return watched_folders(folders, [self._output, Store.beside(root).folder])

    def _report_build(self, is_success: bool, stderr: str) -> None:  # noqa: FBT001 - called with both results of a run
        if not is_success:
            self._write_line(f"The background build into {self._output}/ failed; the preview continues.\n{stderr.strip()}")
