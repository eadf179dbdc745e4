"""A portal that follows its files: read once, then kept in memory, so that a change of one file costs what that file costs."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from callboard import __version__
from callboard.descriptors.portal_kinds import portal_kinds
from callboard.diagrams.layout import Layouts
from callboard.integrations.collect import integration_items
from callboard.io.store import Store
from callboard.model.errors import WebsiteError
from callboard.model.problem import Problem
from callboard.pages.site_data import SiteData
from callboard.pipeline import Workspace, plan, prepare
from callboard.plugins.option_schemas import read_settings
from callboard.plugins.sources import SourceContext
from callboard.preview.caches import LOCAL, MemoryCaches, StateCache
from callboard.preview.change_problems import ChangeReport, change_report, problems_of_change
from callboard.preview.routes import Routes
from callboard.preview.sources_cache import Touched
from callboard.preview.theme import Theme, ThemeCache
from callboard.settings.settings import Settings
from callboard.state.loss_guards import guards_of
from callboard.website.page_server import OnDemand

RECENT = 1
"""Pages that were asked for last: made before anybody is told of a new site, so that it is known that they can be. Each costs time."""
MOST_KEPT = 128
"""Files that are kept ready since the last change."""


@dataclass(frozen=True, slots=True)
class ServedPortal:
    """One configuration and all that is kept for it."""

    work: Workspace
    caches: MemoryCaches
    """The same as ``work.caches``."""
    state: StateCache
    themes: ThemeCache
    layouts: Layouts

    @property
    def settings(self) -> Settings:
        """The portal's settings."""
        return self.work.settings

    @property
    def has_local_facts(self) -> bool:
        """True if an integration reads files of this machine."""
        return any(item.type in LOCAL for item in integration_items(self.settings))


@dataclass(frozen=True, slots=True)
class _Site:
    """One state of the site."""

    portal: ServedPortal
    look: Theme
    shown: SiteData
    made: OnDemand
    kept: dict[str, bytes | None]
    """What was asked for since."""


class PreviewPortal:
    """The site of a portal, as it is now. ``refresh`` belongs to one thread; ``content`` may be asked by any.

    Args:
        config: ``sources.yaml``.
        environ: for secrets, git and MkDocs.
        now: gives the time of each new state.
        allow_missing: go on without sources that cannot be read.
        colour: the terminal has colours.
    """

    def __init__(
        self, config: Path, environ: Mapping[str, str], now: Callable[[], datetime], *, allow_missing: bool = False, colour: bool = False
    ) -> None:
        self._config = config
        self._environ = environ
        self._now = now
        self._allow_missing = allow_missing
        self._colour = colour
        self._site: _Site | None = None
        self._portal: ServedPortal | None = None
        self._waiting: set[str] = set()
        """Changes that could not be shown yet."""
        self._recent: deque[str] = deque(maxlen=RECENT)
        self._making = threading.RLock()

    @property
    def portal(self) -> ServedPortal | None:
        """The configuration that was read last."""
        return self._portal

    def summary(self) -> str:
        """What the site is about, in a sentence; empty where there is none."""
        if self._site is None:
            return ""
        surveyed = self._site.shown.resolved
        entities, problems = len(surveyed.catalog.entities), len(surveyed.problems)
        told = f", {problems:,} {'problem' if problems == 1 else 'problems'} (listed on the page /problems/)" if problems else ""
        return f"{entities:,} {'entity' if entities == 1 else 'entities'} read{told}."

    def content(self, path: str) -> bytes | None:
        """A file of the site by its path below the root; None where it has none.

        Raises:
            WebsiteError: a template is broken, or nothing could be shown so far.
        """
        with self._making:
            if self._site is None:
                raise WebsiteError(
                    "There is no site yet: the first build failed.", "Fix the error shown in the terminal; this page then reloads."
                )
            content = _made(self._site, path)
            if content is not None and path.endswith(".html") and path != "404.html":
                if path in self._recent:
                    self._recent.remove(path)
                self._recent.append(path)
        return content

    def refresh(self, changed: Iterable[str] = ()) -> ChangeReport | None:
        """Show what is other at these absolute paths, at first everything; None where it makes no difference to the site.

        Raises:
            CallboardError: the site stays as it was; the next change tries again.
        """
        self._waiting.update(f"{os.path.realpath(Path(path).parent)}/{Path(path).name}" for path in changed)
        before, paths = self._site, frozenset(self._waiting)
        portal, touched = self._portal, None
        if before is None or portal is None or self._is_configuration(portal, paths):
            portal = self._portal = self._opened()
        else:
            touched = portal.caches.touch(paths)
        site = self._next(portal, before, paths, touched)
        if site is not before:
            self._put(site)
        self._waiting.clear()
        return None if site is before else self._news(before, site, touched)

    def _is_configuration(self, portal: ServedPortal, paths: frozenset[str]) -> bool:
        """Another configuration, or another schema of a kind."""
        folders = {os.path.realpath((portal.settings.root / path).parent) for path in portal.settings.kinds}
        schemas = (path for path in paths if path.endswith((".json", ".yaml", ".yml")))
        return os.path.realpath(self._config) in paths or any(path.rpartition("/")[0] in folders for path in schemas)

    def _opened(self) -> ServedPortal:
        """Everything anew."""
        settings = read_settings(self._config, self._environ)
        store, kinds = Store.beside(settings.root), portal_kinds(settings)
        store.make()
        caches = MemoryCaches(settings, kinds, SourceContext(settings.root, store.cache, self._environ))
        caches.open()
        return ServedPortal(
            Workspace(settings, self._environ, kinds, caches),
            caches,
            StateCache(store, settings, __version__),
            ThemeCache(settings, store.cache, self._environ),
            Layouts(store.cache / "layouts"),
        )

    def _next(self, portal: ServedPortal, before: _Site | None, paths: frozenset[str], touched: Touched | None) -> _Site:
        """The site as it is now; the very same where nothing is other."""
        kept = before if before and before.portal is portal else None
        is_same = kept and touched and not touched.is_any and not (portal.has_local_facts and paths - portal.themes.mine(paths))
        shown = kept.shown if kept and is_same else self._shown(portal)
        look = portal.themes.look(kept.look if kept else None, paths, shown.kind_icons())
        if kept and is_same and look is kept.look:
            return kept
        planned = Routes(plan(portal.work, shown, portal.layouts, look.renderer.labels)).planned()
        return _Site(portal, look, shown, OnDemand(planned, look.renderer, look.foundation, portal.settings.portal), {})

    def _shown(self, portal: ServedPortal) -> SiteData:
        section = portal.settings.sections.get("history", {})
        guards = guards_of(section, accept_loss=True, allow_missing=self._allow_missing)
        return prepare(portal.work, portal.state.load(self._now()), guards)[0]

    def _put(self, site: _Site) -> None:
        """Let it be the site, if it can show what people look at."""
        for path in list(self._recent):
            with self._making:
                _made(site, path)
        with self._making:
            self._site = site

    def _news(self, before: _Site | None, site: _Site, touched: Touched | None) -> ChangeReport:
        now, trees = _problems(site), site.shown.resolved.trees
        found = problems_of_change(_problems(before) if before else now, now, touched.files if touched else ())
        return change_report(found, trees, site.portal.settings.limits.descriptor_bytes, colour=self._colour)


def _problems(site: _Site) -> tuple[Problem, ...]:
    return (*site.shown.resolved.problems, *site.look.foundation.problems)


def _made(site: _Site, path: str) -> bytes | None:
    if path in site.look.foundation.files:  # they lie on the disk, and are kept by the system
        return site.made.content(path)
    if path not in site.kept:
        while len(site.kept) >= MOST_KEPT:
            del site.kept[next(iter(site.kept))]
        site.kept[path] = site.made.content(path)
    return site.kept[path]
