"""Frames fitted to pages: one for each frame, tab and depth, made once."""

from __future__ import annotations

from collections.abc import Mapping

from generator.errors import WebsiteError
from generator.pages.page import Page
from generator.settings.settings import Portal
from generator.website.frames import Frame, FrameTemplate
from generator.website.rendering import up_for


class Fitter:
    """Keeps the frames that were fitted."""

    def __init__(self, frames: Mapping[str, FrameTemplate], portal: Portal) -> None:
        self.frames = frames
        self._portal = portal
        self._fitted: dict[tuple[str, str, str], Frame] = {}

    def frame(self, page: Page) -> Frame:
        """The frame that the page is stamped into. Raises ``WebsiteError`` for a frame that there is not."""
        up = up_for(page.path, self._portal.url)
        at = (page.frame, page.tab, up)
        if at not in self._fitted:
            template = self.frames.get(page.frame)
            if template is None:
                raise WebsiteError(f"The page {page.path!r} asks for the frame {page.frame!r}, which there is not.")
            self._fitted[at] = template.fitted(page.tab, up, self._portal.name, self._portal.url)
        return self._fitted[at]
