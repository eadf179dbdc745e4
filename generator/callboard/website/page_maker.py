"""One page after the other: its view, its key, and, if that is new, its bytes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from callboard.incremental.page_cache import CachedPage, layout_key, pack, page_key, text_key
from callboard.incremental.tracking import Dependencies
from callboard.model.errors import WebsiteError
from callboard.pages.page import Page, TocEntry
from callboard.settings.settings import Portal
from callboard.website.frames import Fitter, FrameTemplate, stamp
from callboard.website.links import PageLinks, page_links
from callboard.website.rendering import Renderer, up_for
from callboard.website.search import FullText
from callboard.website.staging import StagedFile, Staging


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """A page that was looked at."""

    path: str
    known: CachedPage
    document: str
    """What full text is to know of it; empty where that is what it was."""
    rendered: bool
    targets: tuple[str, ...]
    """Addresses that no page before it, made by the same process, has linked to."""
    lost: bool
    """An anchor that it had is gone."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of some pages, as one process tells it to another."""

    pages: tuple[RenderedPage, ...]
    news: tuple[StagedFile, ...]
    laid_out: int
    """Diagrams that had to be laid out for them."""


class PageMaker:
    """Makes pages into ``staging``."""

    def __init__(
        self, renderer: Renderer, frames: Mapping[str, FrameTemplate], portal: Portal, staging: Staging, full_text: FullText,
        laid_out: Callable[[], int],
    ) -> None:  # fmt: skip
        self._renderer = renderer
        self._fitter = Fitter(frames, portal)
        self._portal = portal
        self._staging = staging
        self._full_text = full_text
        self._laid_out = laid_out
        self._base = up_for("404.html", portal.url)
        self._shells: dict[tuple[str, str], str] = {}
        self._told: set[str] = set()

    def make_all(self, pages: Sequence[tuple[Page, CachedPage | None]]) -> Batch:
        """Look at these pages, each with what is known of it, and make those that are not what they were."""
        before = self._laid_out()
        made = tuple(self._make(page, known) for page, known in pages)
        return Batch(made, tuple(self._staging.news()), self._laid_out() - before)

    def prepare(self, pages: Iterable[Page]) -> None:
        """Have frames and templates of these pages ready."""
        alike = {(page.template, page.tab, page.path.count("/")): page for page in pages}
        for page in alike.values():
            self.shell(page)
            with contextlib.suppress(WebsiteError, TemplateError):  # said where the page is made
                self._renderer.prepare(page)

    def shell(self, page: Page) -> str:
        """Digest of what the page has in common with others: template, frame, program."""
        frame = self._fitter.frame(page)
        at = (page.template, frame.digest)
        if at not in self._shells:
            self._shells[at] = layout_key(self._renderer.digest(page.template), frame.digest)
        return self._shells[at]

    def frame_links(self, base: str) -> dict[str, PageLinks]:
        """What the frames themselves link to, as seen from a page at the root."""
        links = {}
        for name, template in self._fitter.frames.items():
            html = "".join(template.fitted("", "./", self._portal.name, self._portal.url).parts[::2])
            found = page_links(html, "", base)
            links[f"(frame {name})"] = PageLinks((), tuple(target for target in found.ours if not target.startswith("#")))
        return links

    def _make(self, page: Page, known: CachedPage | None) -> RenderedPage:
        if page.tracker:
            page.tracker.begin(*page.extra_keys)
        view = page.view()
        toc = page.toc(view) if page.toc else ()
        shell, file = self.shell(page), file_of(page.path)
        key = page_key(shell, (page.path, page.template, page.title, page.description, page.ref, toc, view))
        text = page.search() if page.search else None
        files = tuple((path, self._put(path, content)) for path, content in page.files()) if page.files else ()
        reads = page.tracker.end() if page.tracker else Dependencies()
        search = text_key(text)
        document = self._full_text.document(text) if text and (known is None or known.search_digest != search) else ""
        if known and known.key == key and self._staging.keep(file, known.digest):
            kept = CachedPage(shell, key, known.digest, files, reads, search, known.broken_links, known.packed_links)
            return RenderedPage(page.path, kept, document, rendered=False, targets=(), lost=False)
        content, links = self._render(page, view, toc)
        made = CachedPage(shell, key, self._put(file, content), files, reads, search, (), pack(links))
        fresh = tuple({*links.ours, *links.prose} - self._told)
        self._told.update(fresh)
        lost = bool(known and set(PageLinks(*known.links).ids) - set(links.ids))
        return RenderedPage(page.path, made, document, rendered=True, targets=fresh, lost=lost)

    def _put(self, path: str, content: bytes) -> str:
        self._staging.put(path, content)
        return self._staging.digest(path)

    def _render(self, page: Page, view: Any, toc: tuple[TocEntry, ...]) -> tuple[bytes, PageLinks]:
        """The page's bytes, and its links, among them those of its contents and of the way past the header."""
        content = self._renderer.render(page, view)
        found = page_links(content, page.path, self._base)
        # The theme's own way past the header leads to #content: each page's first heading has that name.
        anchors = ("content", *_anchors(toc))
        ours = dict.fromkeys((*found.ours, *(f"{page.path}#{anchor}" for anchor in anchors)))
        return stamp(self._fitter.frame(page), page, content, toc), PageLinks(found.ids, tuple(ours), found.prose)


def not_found(labels: Mapping[str, str]) -> Page:
    """What servers show at addresses that lead nowhere."""
    return Page("404.html", "404.html", "wide", "none", labels["not_found"], lambda: None)


def file_of(path: str) -> str:
    """The file of a page: ``index.html`` in its folder, or the path itself."""
    return path if path.endswith(".html") else f"{path}index.html"


def _anchors(toc: tuple[TocEntry, ...]) -> tuple[str, ...]:
    return tuple(anchor for entry in toc for anchor in (entry.id, *_anchors(entry.children)))
