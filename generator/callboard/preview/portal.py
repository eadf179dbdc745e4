"""A portal that follows its files: read once, then kept in memory, so that a change of one file costs what that file costs."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from callboard import __version__
from callboard.catalog.linking import LinkCache
from callboard.descriptors.kinds import Kinds
from callboard.descriptors.portal_kinds import portal_kinds
from callboard.diagrams.layout import Layouts
from callboard.io.clock import Meter
from callboard.io.store import Store
from callboard.model.errors import WebsiteError
from callboard.model.problem import Problem
from callboard.planning import SiteData, contexts_of, kind_icons
from callboard.plugins.option_schemas import read_settings
from callboard.plugins.sources import SourceContext
from callboard.preview.change_problems import ChangeReport, change_report, problems_of_change
from callboard.preview.facts_cache import FactsCache
from callboard.preview.files_cache import FilesCache
from callboard.preview.routes import Routes
from callboard.preview.sources_cache import SourcesCache, Touched
from callboard.preview.state_cache import StateCache
from callboard.preview.theme import Theme, ThemeCache
from callboard.settings.settings import Settings
from callboard.state.last_good_copy import BuildPolicy, with_last_good_copy
from callboard.state.loss_guards import guards_of
from callboard.surveying import raise_if_blocked, resolve
from callboard.website.page_server import OnDemand

RECENT = 1
"""Pages that were asked for last: made before anybody is told of a new site, so that it is known that they can be. Each costs time."""
MOST_KEPT = 128
"""Files that are kept ready since the last change."""


@dataclass(frozen=True, slots=True)
class ServedPortal:
    """One configuration and all that is kept for it."""

    settings: Settings
    kinds: Kinds
    sources: SourcesCache
    files: FilesCache
    facts: FactsCache
    past: StateCache
    looks: ThemeCache
    links: LinkCache
    layouts: Layouts


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
        surveyed = self._site.shown.surveyed
        entities, problems = len(surveyed.catalog.entities), len(surveyed.problems)
        told = f", {problems:,} {'problem' if problems == 1 else 'problems'} (they stand on the page /problems/)" if problems else ""
        return f"{entities:,} {'entity' if entities == 1 else 'entities'} read{told}."

    def content(self, path: str) -> bytes | None:
        """A file of the site by its path below the root; None where it has none.

        Raises:
            WebsiteError: a template is broken, or nothing could be shown so far.
        """
        with self._making:
            if self._site is None:
                raise WebsiteError("There is no site to be shown yet.", "What is in the way stands in the terminal.")
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
            touched = portal.sources.touch(paths)
            portal.files.forget(touched.paths)
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
        sources = SourcesCache(settings, SourceContext(settings.root, store.cache, self._environ))
        sources.collect()
        return ServedPortal(
            settings,
            kinds,
            sources,
            FilesCache(kinds, settings.limits, store.cache / "descriptors.jsonl"),
            FactsCache(settings, self._environ),
            StateCache(store, settings, __version__),
            ThemeCache(settings, store.cache, self._environ),
            LinkCache(),
            Layouts(store.cache / "layouts"),
        )

    def _next(self, portal: ServedPortal, before: _Site | None, paths: frozenset[str], touched: Touched | None) -> _Site:
        """The site as it is now; the very same where nothing is other."""
        kept = before if before and before.portal is portal else None
        is_same = kept and touched and not touched.is_any and not (portal.facts.are_local and paths - portal.looks.mine(paths))
        shown = kept.shown if kept and is_same else self._shown(portal)
        look = portal.looks.look(kept.look if kept else None, paths, kind_icons(shown.surveyed))
        if kept and is_same and look is kept.look:
            return kept
        planned = Routes(contexts_of(shown, portal.settings, portal.layouts, look.renderer.labels)).planned()
        return _Site(portal, look, shown, OnDemand(planned, look.renderer, look.foundation, portal.settings.portal), {})

    def _shown(self, portal: ServedPortal) -> SiteData:
        """As ``pipeline.build`` comes to it."""
        settings, memory = portal.settings, portal.past.memory(self._now())
        collected, trees = portal.sources.collected, portal.sources.trees
        gathered = portal.files.gathered(collected.files, trees)
        names = [source.name for source in settings.sources]
        guards = guards_of(settings.sections.get("history", {}), accept_loss=True, allow_missing=self._allow_missing)
        served = with_last_good_copy(
            collected, gathered, trees, memory.previous, BuildPolicy(names, memory.now, guards, memory.store.blob, names)
        )
        raise_if_blocked(served)
        surveyed = resolve(served, names, portal.kinds, served.failures, Meter(), portal.links)
        known = portal.facts.served(surveyed, memory)
        surveyed = replace(surveyed, problems=(*surveyed.problems, *known.problems))
        return SiteData(surveyed, served, portal.past.history(surveyed, known, memory), memory.now, known)

    def _put(self, site: _Site) -> None:
        """Let it be the site, if it can show what people look at."""
        for path in list(self._recent):
            with self._making:
                _made(site, path)
        with self._making:
            self._site = site

    def _news(self, before: _Site | None, site: _Site, touched: Touched | None) -> ChangeReport:
        now, trees = _problems(site), site.shown.surveyed.trees
        found = problems_of_change(_problems(before) if before else now, now, touched.files if touched else ())
        return change_report(found, trees, site.portal.settings.limits.descriptor_bytes, colour=self._colour)


def _problems(site: _Site) -> tuple[Problem, ...]:
    return (*site.shown.surveyed.problems, *site.look.foundation.problems)


def _made(site: _Site, path: str) -> bytes | None:
    if path in site.look.foundation.files:  # they lie on the disk, and are kept by the system
        return site.made.content(path)
    if path not in site.kept:
        while len(site.kept) >= MOST_KEPT:
            del site.kept[next(iter(site.kept))]
        site.kept[path] = site.made.content(path)
    return site.kept[path]
