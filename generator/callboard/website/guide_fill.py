"""The pages of guides as MkDocs wrote them, with marks, and the catalog → the pages with their links to entities and their blocks."""

from __future__ import annotations

from dataclasses import field
from html import escape
from itertools import count

from callboard.documentation.blocks import DocumentBlock
from callboard.incremental.tracking import fingerprint_of
from callboard.model.data_classes import dataclass
from callboard.model.ref import DEFAULT_NAMESPACE
from callboard.model.urls import up_from
from callboard.pages.blocks.view import shown_block
from callboard.pages.documents.context import DocumentsContext
from callboard.pages.safe_text import text_of
from callboard.website.guide_marks import filled, has_marks, marked_blocks, marked_links
from callboard.website.index_links import with_index_links
from callboard.website.rendering import BLOCK_TEMPLATE, Renderer
from callboard.website.theme_build import BuiltTheme


@dataclass(frozen=True, slots=True)
class GuideFill:
    """Fills in the guides of one build."""

    theme: BuiltTheme
    renderer: Renderer
    context: DocumentsContext | None
    """None: guides have neither links to entities nor blocks."""
    _texts: dict[str, str] = field(default_factory=dict, repr=False)

    def html(self, file: str) -> str:
        """The page in a file of the theme (``guides/welcome/index.html``)."""
        if file not in self._texts:
            html = self.theme.files[file].read_text(encoding="utf-8")
            self._texts[file] = self._filled(file, html, self.context) if self.context and has_marks(html) else html
        return self._texts[file]

    def is_guide(self, file: str) -> bool:
        """Whether the file is the page of a guide."""
        return file.endswith("index.html") and file.removesuffix("index.html") in self.theme.guides

    def key(self, file: str) -> str:
        """Digest of everything that the page of a guide is made of."""
        html = self.theme.files[file].read_text(encoding="utf-8")
        if self.context is None or not has_marks(html):
            return self.theme.key
        targets = [[address, *_target(self.context, address)] for address in marked_links(html)]
        blocks = [repr(self.context.blocks.of(block)) for block in marked_blocks(html)]
        return fingerprint_of([self.theme.key, self.renderer.digest(BLOCK_TEMPLATE), targets, blocks])

    def _filled(self, file: str, html: str, context: DocumentsContext) -> str:
        path = file.removesuffix("index.html")
        up, numbers = up_from(path), count()

        def link(address: str) -> tuple[str, str]:
            target, title = _target(context, address)
            return escape(up + target) if target else "", escape(title)

        def block(each: DocumentBlock) -> str:
            shown = shown_block(context.blocks.of(each), context, up, f"block{next(numbers)}")
            return self.renderer.block_html(path, shown)

        html = filled(html, link, block)
        return with_index_links(html) if self.renderer.portal.index_links else html


def _target(context: DocumentsContext, address: str) -> tuple[str, str]:
    """Path below the site's root, empty where the link leads nowhere, and the title of what is linked."""
    target = context.cross_links.entity_target(DEFAULT_NAMESPACE, address)
    name = context.links.to(target.ref).name if target.ref else ""
    return target.path, text_of(target.title) or name or address
