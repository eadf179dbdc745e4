"""One page after the other: its view, its key, and, if that is new, its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.errors import WebsiteError
from generator.pages.page import Page, TocEntry
from generator.settings.settings import Portal
from generator.website.frames import Frame, FrameTemplate
from generator.website.links import PageLinks, page_links
from generator.website.page_cache import page_key
from generator.website.rendering import Renderer, up_for
from generator.website.stamping import stamp


@dataclass(frozen=True, slots=True)
class Draft:
    """A page whose values are known, before it is rendered."""

    page: Page
    view: Any
    toc: tuple[TocEntry, ...]
    frame: Frame
    key: str
    """Digest of all that decides about its bytes."""


class PageMaker:
    """Makes pages; keeps the frames that were fitted to a tab and a depth."""

    def __init__(self, renderer: Renderer, frames: Mapping[str, FrameTemplate], portal: Portal) -> None:
        self._renderer = renderer
        self._frames = frames
        self._portal = portal
        self._base = up_for("404.html", portal.url)
        self._fitted: dict[tuple[str, str, str], Frame] = {}

    def draft(self, page: Page) -> Draft:
        """The page's values and its key."""
        view = page.view()
        toc = page.toc(view) if page.toc else ()
        frame = self._frame(page)
        return Draft(page, view, toc, frame, page_key(self._renderer.digest(page.template), frame.digest, page, view, toc))

    def make(self, draft: Draft) -> tuple[bytes, PageLinks]:
        """The page's bytes, and its links, among them those of its contents and of the way past the header."""
        content = self._renderer.render(draft.page, draft.view)
        found = page_links(content, draft.page.path, self._base)
        # The theme's own way past the header leads to #content: each page's first heading has that name.
        anchors = ("content", *_anchors(draft.toc))
        ours = dict.fromkeys((*found.ours, *(f"{draft.page.path}#{anchor}" for anchor in anchors)))
        return stamp(draft.frame, draft.page, content, draft.toc), PageLinks(found.ids, tuple(ours), found.prose)

    def frame_links(self, base: str) -> dict[str, PageLinks]:
        """What the frames themselves link to, as seen from a page at the root."""
        links = {}
        for name, template in self._frames.items():
            html = "".join(template.fitted("", "./", self._portal.name, self._portal.url).parts[::2])
            found = page_links(html, "", base)
            links[f"(frame {name})"] = PageLinks((), tuple(target for target in found.ours if not target.startswith("#")))
        return links

    def _frame(self, page: Page) -> Frame:
        up = up_for(page.path, self._portal.url)
        at = (page.frame, page.tab, up)
        if at not in self._fitted:
            template = self._frames.get(page.frame)
            if template is None:
                raise WebsiteError(f"The page {page.path!r} asks for the frame {page.frame!r}, which there is not.")
            self._fitted[at] = template.fitted(page.tab, up, self._portal.name, self._portal.url)
        return self._fitted[at]


def _anchors(toc: tuple[TocEntry, ...]) -> tuple[str, ...]:
    return tuple(anchor for entry in toc for anchor in (entry.id, *_anchors(entry.children)))
