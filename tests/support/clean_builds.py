"""Builds in this process, and clean ones to compare them with: of the same input and memory, but without cache and site.

A clean build has what costs most and says nothing about pages from the build that it is compared with: the frames that MkDocs made, the
compiled templates, and the renderer that read the same templates. All of them have tests of their own.
"""

import os
import shutil

from callboard.io.clock import Meter
from callboard.pipeline import BuildRequest, build
from callboard.plugins.portal_settings import read_settings
from callboard.scorecards import portal_scorecards
from callboard.scorecards.judging import KeptResults
from callboard.website import assemble
from callboard.website.rendering import Renderer
from support import shared_caches

CACHE = ".callboard/cache"
KEPT_RESULTS = portal_scorecards.kept_results
NOT_COPIED = ("site", "cache", "lock", "website.lock")


def made(folder, now, make=build, **more):
    """Build the portal in ``folder``; gives the counts. ``make``: ``builds.build``, where a build may find nothing changed."""
    settings = read_settings(folder / "sources.yaml", {})
    return make(BuildRequest(settings, folder / "site", now, os.environ, **more), Meter()).report["counts"]


class Pair:
    """The portal in ``folder``, and in ``other`` the same one built clean.

    Args:
        folder: a portal.
        other: a folder that is emptied for each clean build.
        patch: pytest's ``monkeypatch``.
    """

    def __init__(self, folder, other, patch):
        self.folder, self.other = folder, other
        self._renderer = None
        self._is_clean = False
        patch.setattr(assemble, "Renderer", self._renderer_of)
        patch.setattr(portal_scorecards, "kept_results", self._kept_results)

    def build(self, now, **more):
        """Build the portal upon its last build; gives the counts."""
        self._is_clean, self._renderer = False, None
        return made(self.folder, now, **more)

    def copy(self):
        """Copy the portal before it is built: its input and its memory."""
        shutil.rmtree(self.other, ignore_errors=True)
        shutil.copytree(self.folder, self.other, ignore=shutil.ignore_patterns(*NOT_COPIED))

    def build_clean(self, now, *, own_frames=False, **more):
        """Build the copy. ``own_frames``: MkDocs makes its frames again."""
        self._is_clean = True
        shared_caches.leave(self.folder / CACHE)
        shared_caches.borrow(self.other / CACHE, shared_caches.KINDS[own_frames:])
        made(self.other, now, **more)

    def _kept_results(self, *arguments):
        """No result is kept in a clean build: all are judged."""
        return KeptResults({}, {}) if self._is_clean else KEPT_RESULTS(*arguments)

    def _renderer_of(self, *arguments):
        if not self._is_clean or self._renderer is None:
            self._renderer = Renderer(*arguments)
        return self._renderer
