"""A path → the bytes of that file of the site, made on request for a preview; the same bytes as ``assemble`` writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from callboard.model.data_classes import dataclass
from callboard.pages.documents.context import DocumentsContext
from callboard.pages.page import Page
from callboard.settings.settings import Portal
from callboard.website.data_files import DataFile, DeferredFile, robots, sitemap
from callboard.website.frames import Fitter, stamp
from callboard.website.guide_fill import GuideFill
from callboard.website.icons import SPRITE_PATH
from callboard.website.joined_scripts import joined_scripts
from callboard.website.mkdocs_project import DOCS_STYLES_PATH, PAGE_STYLES_PATH, STYLES_PATH
from callboard.website.page_maker import not_found
from callboard.website.rendering import Renderer
from callboard.website.style_sheets import classes_of_texts, page_styles
from callboard.website.theme_build import BuiltTheme

SITEMAP = "sitemap.xml"


def is_search_index(path: str) -> bool:
    """Whether the path is one of a file of the search index, which only a complete build makes."""
    return path.startswith("search/") and path.endswith(".json")


@dataclass(frozen=True, slots=True)
class Planned:
    """Functions that find what is planned at a path; nothing is rendered by them."""

    page: Callable[[str], Page | None]
    """Returns the page of a file (``catalog/index.html``)."""
    beside: Callable[[str], Page | None]
    """Returns the page that has the file as data."""
    data: Callable[[str], DataFile | None]
    """Returns the data file at a path."""
    paths: Callable[[], Iterable[str]]
    """Returns the paths of all pages."""


class OnDemand:
    """One state of a site. Not thread-safe: callers in several threads must hold a lock."""

    def __init__(
        self, planned: Planned, renderer: Renderer, theme: BuiltTheme, portal: Portal, documents: DocumentsContext | None = None
    ) -> None:
        self._fill = GuideFill(theme, renderer, documents)
        self._planned = planned
        self._renderer = renderer
        self._theme = theme
        self._portal = portal
        self._fitter = Fitter(theme.frames, portal)
        self._not_found = not_found(renderer.labels)

    def content(self, path: str) -> bytes | None:
        """The bytes of a file by its path relative to the site's root; None if there is no such file, and for the search index.

        Raises:
            WebsiteError: a template cannot be rendered; the message names it and its line.
        """
        if path.startswith("assets/") and path.endswith(".js") and (script := self._joined().get(path)):
            return script
        if path in self._theme.files:
            return self._fill.html(path).encode() if self._fill.is_guide(path) else self._theme.files[path].read_bytes()
        if page := self._not_found if path == self._not_found.path else self._planned.page(path):
            return self._page(page)
        if page := self._planned.beside(path):
            return next((content for name, content in (page.files() if page.files else ()) if name == path), None)
        return self._site_file(path) or self._data(path)

    def _joined(self) -> dict[str, bytes]:
        return joined_scripts(self._theme.files, self._renderer.overlays.files)

    def _page(self, page: Page) -> bytes:
        view = page.view()
        toc = page.toc(view) if page.toc else ()
        content = self._renderer.render(page, view)
        return stamp(self._fitter.frame(page, (content,)), page, content, toc)

    def _site_file(self, path: str) -> bytes | None:
        if path in {STYLES_PATH, PAGE_STYLES_PATH, DOCS_STYLES_PATH}:
            styles = page_styles(self._theme, self._renderer.overlays.files, self._renderer.icon_rules(), self._planned.paths())
            classes = classes_of_texts() if path == DOCS_STYLES_PATH else frozenset()
            return styles.of_guides() if path == STYLES_PATH else styles.of_pages(classes)
        if path == SPRITE_PATH:
            return self._renderer.sprite()
        if path == "robots.txt":
            return robots(self._portal)
        if path == SITEMAP and self._portal.url:
            paths = {*self._planned.paths(), *self._theme.guides} - {"404.html", "search/"}
            return sitemap(paths, self._portal)
        return None

    def _data(self, path: str) -> bytes | None:
        file = self._planned.data(path)
        if isinstance(file, DeferredFile):
            return file.make(lambda other: self.content(other) or b"")
        return file[1] if file else None
