"""A portal's configuration and changed paths → the site in memory, of which only what a change affects is processed again."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from callboard import __version__
from callboard.descriptors.portal_kinds import portal_kinds
from callboard.diagrams.layout import Layouts
from callboard.io.store import Store
from callboard.model.data_classes import dataclass
from callboard.model.errors import WebsiteError
from callboard.model.problem import Problem
from callboard.pages.site_data import SiteData
from callboard.pipeline import Workspace, plan, prepare
from callboard.plugins.portal_settings import read_settings
from callboard.plugins.run_integrations import integration_items
from callboard.plugins.sources import SourceContext
from callboard.preview.caches import LOCAL, MemoryCaches, StateCache
from callboard.preview.change_problems import ChangeReport, change_report, problems_of_change
from callboard.preview.routes import Routes
from callboard.preview.sources_cache import SourceChanges
from callboard.preview.theme import Theme, ThemeCache
from callboard.settings.settings import Settings
from callboard.state.loss_guards import guards_of
from callboard.website.guide_references import with_references
from callboard.website.page_server import OnDemand

MAX_RECENT = 1
"""Number of recently requested pages that are rendered before a new version of the site is served, so that a broken template is an
error of the change. Each delays the new version."""
MAX_CACHED = 128
"""Number of files of the current version of the site that are cached."""


@dataclass(frozen=True, slots=True)
class ServedPortal:
    """One configuration, and the caches for it."""

    work: Workspace
    caches: MemoryCaches
    """The same as ``work.caches``."""
    state: StateCache
    themes: ThemeCache
    layouts: Layouts
    """Layouts of diagrams, cached on disk."""

    @property
    def settings(self) -> Settings:
        """The portal's settings."""
        return self.work.settings

    @property
    def has_local_facts(self) -> bool:
        """True if an integration reads files on this machine."""
        return any(item.type in LOCAL for item in integration_items(self.settings))


@dataclass(frozen=True, slots=True)
class _Site:
    """One version of the site."""

    portal: ServedPortal
    theme: Theme
    data: SiteData
    pages: OnDemand
    """Renders files on request."""
    problems: tuple[Problem, ...]
    """Of descriptors, documentation and the portal's own files."""
    cache: dict[str, bytes | None]
    """The files that were requested since the last change, by path; None for those that do not exist."""


class PreviewPortal:
    """The current site of a portal. ``refresh`` must be called from one thread, ``content`` may be called from any.

    Args:
        config: path of ``sources.yaml``.
        environ: environment for secrets, git and MkDocs.
        now: returns the time of a new version of the site (aware).
        allow_missing: continue without sources that cannot be read.
        colour: use ANSI colors in reports.
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
        self._pending: set[str] = set()
        """Changed paths, with those of changes that could not be rendered."""
        self._recent: deque[str] = deque(maxlen=MAX_RECENT)
        self._lock = threading.RLock()
        """Held while a file is rendered, and while ``_site`` is replaced."""

    @property
    def current(self) -> ServedPortal | None:
        """The last configuration that was read, and its caches; None before the first."""
        return self._portal

    @property
    def has_site(self) -> bool:
        """True once a version of the site can be served."""
        return self._site is not None

    def summary(self) -> str:
        """The numbers of entities and problems, as a sentence; empty before the first site."""
        if self._site is None:
            return ""
        resolved = self._site.data.resolved
        entities, problems = len(resolved.catalog.entities), len(resolved.problems)
        and_problems = f", {problems:,} {'problem' if problems == 1 else 'problems'} (listed on the page /problems/)" if problems else ""
        return f"{entities:,} {'entity' if entities == 1 else 'entities'} read{and_problems}."

    def content(self, path: str) -> bytes | None:
        """The bytes of a file by its path relative to the site's root; None if there is no such file.

        Raises:
            WebsiteError: a template cannot be rendered, or there is no site yet.
        """
        with self._lock:
            if self._site is None:
                raise WebsiteError(
                    "There is no site yet: the first build failed.", "Fix the error shown in the terminal; this page then reloads."
                )
            content = _content(self._site, path)
            if content is not None and path.endswith(".html") and path != "404.html":
                if path in self._recent:
                    self._recent.remove(path)
                self._recent.append(path)
        return content

    def refresh(self, changed: Iterable[str] = ()) -> ChangeReport | None:
        """Update the site after changes at these absolute paths; the first call reads everything.

        Returns the problems of the change, or None if it does not affect the site.

        Raises:
            CallboardError: the change could not be rendered. The site stays as it was, and the next call processes the paths again.
        """
        self._pending.update(f"{os.path.realpath(Path(path).parent)}/{Path(path).name}" for path in changed)
        previous, paths = self._site, frozenset(self._pending)
        portal, changes = self._portal, None
        if previous is None or portal is None or self._has_new_configuration(portal, paths):
            portal = self._portal = self._read_portal()
        else:
            changes = portal.caches.update(paths)
        site = self._next_site(portal, previous, paths, changes)
        if site is not previous:
            self._replace_site(site)
        self._pending.clear()
        return None if site is previous else self._report(previous, site, changes)

    def _has_new_configuration(self, portal: ServedPortal, paths: frozenset[str]) -> bool:
        """True if ``sources.yaml`` or the schema of a kind is among the changed paths."""
        folders = {os.path.realpath((portal.settings.root / path).parent) for path in portal.settings.kinds}
        schemas = (path for path in paths if path.endswith((".json", ".yaml", ".yml")))
        return os.path.realpath(self._config) in paths or any(path.rpartition("/")[0] in folders for path in schemas)

    def _read_portal(self) -> ServedPortal:
        """Read the configuration, and query all sources."""
        settings = read_settings(self._config, self._environ)
        store, kinds = Store.beside(settings.root), portal_kinds(settings)
        store.make()
        caches = MemoryCaches(settings, kinds, SourceContext(settings.root, store.cache, self._environ))
        caches.fill()
        return ServedPortal(
            Workspace(settings, self._environ, kinds, caches),
            caches,
            StateCache(store, settings, __version__),
            ThemeCache(settings, store.cache, self._environ),
            Layouts(store.cache / "layouts"),
        )

    def _next_site(self, portal: ServedPortal, previous: _Site | None, paths: frozenset[str], changes: SourceChanges | None) -> _Site:
        """The site after the change; ``previous`` itself if the change does not affect it."""
        reusable = previous if previous and previous.portal is portal else None
        has_new_facts = portal.has_local_facts and bool(paths - portal.themes.theme_paths(paths))
        announcements = os.path.realpath(portal.settings.root / portal.settings.announcements)
        has_new_announcements = any(announcements in {path, path.rpartition("/")[0]} for path in paths)
        has_same_data = reusable and changes and changes.is_empty and not has_new_facts and not has_new_announcements
        data = reusable.data if reusable and has_same_data else self._site_data(portal)
        theme = portal.themes.theme(reusable.theme if reusable else None, paths, data.kind_icons())
        if reusable and has_same_data and theme is reusable.theme:
            return reusable
        shown = with_references(data, theme.overlays, portal.settings)
        contexts = plan(portal.work, shown, portal.layouts, theme.renderer.labels)
        pages = OnDemand(Routes(contexts).planned(), theme.renderer, theme.built, portal.settings.portal, contexts.documents)
        return _Site(portal, theme, data, pages, shown.resolved.problems, {})

    def _site_data(self, portal: ServedPortal) -> SiteData:
        section = portal.settings.sections.get("history", {})
        guards = guards_of(section, accept_loss=True, allow_missing=self._allow_missing)
        return prepare(portal.work, portal.state.load(self._now()), guards)[0]

    def _replace_site(self, site: _Site) -> None:
        """Serve this version of the site, after recently requested pages have been rendered without an error."""
        for path in list(self._recent):
            with self._lock:
                _content(site, path)
        with self._lock:
            self._site = site

    def _report(self, previous: _Site | None, site: _Site, changes: SourceChanges | None) -> ChangeReport:
        current, trees = _problems(site), site.data.resolved.trees
        problems = problems_of_change(_problems(previous) if previous else current, current, changes.files if changes else ())
        settings = site.portal.settings
        return change_report(problems, trees, settings.limits.descriptor_bytes, settings.root, colour=self._colour)


def _problems(site: _Site) -> tuple[Problem, ...]:
    return (*site.problems, *site.theme.built.problems)


def _content(site: _Site, path: str) -> bytes | None:
    if path in site.theme.built.files:  # files on disk, which the operating system caches
        return site.pages.content(path)
    if path not in site.cache:
        while len(site.cache) >= MAX_CACHED:
            del site.cache[next(iter(site.cache))]
        site.cache[path] = site.pages.content(path)
    return site.cache[path]
