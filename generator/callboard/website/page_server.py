"""The room's other entry, for a preview: each file is made when somebody asks for it, the same bytes as ``assemble`` writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from callboard.pages.page import Page
from callboard.settings.settings import Portal
from callboard.website.data_files import DataFile, DeferredFile, robots, sitemap
from callboard.website.frames import Fitter, stamp
from callboard.website.icons import SPRITE_PATH
from callboard.website.page_maker import not_found
from callboard.website.rendering import Renderer
from callboard.website.theme_build import BuiltTheme

SITEMAP = "sitemap.xml"
FULL_TEXT = "pagefind/"
"""Below it lies what only a whole build can make."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Where the plan of a site has what lies at a path; nothing of it is made yet."""

    page: Callable[[str], Page | None]
    """The page whose file this is (``catalog/index.html``)."""
    beside: Callable[[str], Page | None]
    """The page that the file belongs to as data."""
    data: Callable[[str], DataFile | None]
    paths: Callable[[], Iterable[str]]
    """Paths of all pages."""


class OnDemand:
    """One state of a site. For one thread at a time: whoever asks from several holds a lock."""

    def __init__(self, planned: Planned, renderer: Renderer, foundation: BuiltTheme, portal: Portal) -> None:
        self._planned = planned
        self._renderer = renderer
        self._foundation = foundation
        self._portal = portal
        self._fitter = Fitter(foundation.frames, portal)
        self._not_found = not_found(renderer.labels)

    def content(self, path: str) -> bytes | None:
        """The bytes of a file by its path below the site's root; None where the site has none, and for full-text search.

        Raises:
            WebsiteError: a template is broken; the message names it and its line.
        """
        if path in self._foundation.files:
            return self._foundation.files[path].read_bytes()
        if page := self._not_found if path == self._not_found.path else self._planned.page(path):
            return self._page(page)
        if page := self._planned.beside(path):
            return next((content for name, content in (page.files() if page.files else ()) if name == path), None)
        return self._own(path) or self._data(path)

    def _page(self, page: Page) -> bytes:
        view = page.view()
        toc = page.toc(view) if page.toc else ()
        return stamp(self._fitter.frame(page), page, self._renderer.render(page, view), toc)

    def _own(self, path: str) -> bytes | None:
        if path == SPRITE_PATH:
            return self._renderer.sprite()
        if path == "robots.txt":
            return robots(self._portal)
        if path == SITEMAP and self._portal.url:
            paths = {*self._planned.paths(), *self._foundation.guides} - {"404.html", "search/"}
            return sitemap(paths, self._portal, {})
        return None

    def _data(self, path: str) -> bytes | None:
        found = self._planned.data(path)
        if isinstance(found, DeferredFile):
            return found.make(lambda other: self.content(other) or b"")
        return found[1] if found else None
