"""Planned pages, and what is cached of them → staged HTML and link targets, for each page whose key has changed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from itertools import accumulate
from typing import Any

from jinja2 import TemplateError

from callboard.incremental.page_cache import CachedPage, layout_key, pack, page_key, text_key
from callboard.incremental.page_parts import KeptParts
from callboard.incremental.tracking import Dependencies
from callboard.io.site_folder.staging import StagedFile, Staging
from callboard.model.data_classes import dataclass
from callboard.model.errors import WebsiteError
from callboard.model.problem import Problem
from callboard.pages.facts.plugin_family import take_family_failures
from callboard.pages.page import Page, PageParts, TocEntry
from callboard.search.documents import SearchDocument
from callboard.search.index import SearchIndex
from callboard.settings.settings import Portal
from callboard.website.frames import Fitter, FrameTemplate, around_content, encoded
from callboard.website.index_links import with_index_links
from callboard.website.links import LinkFinder, PageLinks, page_links
from callboard.website.page_sections import (
    MadePart,
    NotSpliceableError,
    OldPage,
    PageTools,
    has_sections,
    kept_parts,
    made_parts,
    respliced,
    unchanged,
)  # fmt: skip
from callboard.website.rendering import Renderer, up_for


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """The result for one page."""

    path: str
    cached: CachedPage
    """What the next build needs to know about the page."""
    document: SearchDocument | None
    """Its document for the search; None if it has not changed."""
    rendered: bool
    targets: tuple[str, ...]
    """Link targets that no earlier page of the same process has, but for pages of the site and anchors of the page itself."""
    anchors_removed: tuple[str, ...] = ()
    """Link targets (``catalog/#top``): anchors that the page had and does not have any more."""
    may_lack_anchors: bool = False
    """True if it is not known which anchors the page had before."""
    problems: tuple[Problem, ...] = ()
    """Errors of the portal's templates, because of which built-in ones were used, and panels of plugins that could not be rendered;
    the page is made again by the next build."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The results for some pages, which a forked process sends to its parent."""

    pages: tuple[RenderedPage, ...]
    news: tuple[StagedFile, ...]
    laid_out: int
    """Number of diagrams that had to be laid out."""


class PageMaker:
    """Renders pages into ``staging``."""

    def __init__(
        self, renderer: Renderer, frames: Mapping[str, FrameTemplate], portal: Portal, staging: Staging, search: SearchIndex,
        laid_out: Callable[[], int],
    ) -> None:  # fmt: skip
        self._renderer = renderer
        self._fitter = Fitter(frames, portal)
        self._portal = portal
        self._staging = staging
        self._search = search
        self._laid_out = laid_out
        self._base = up_for("404.html", portal.url)
        self._shells: dict[tuple[str, str], str] = {}
        self._reported_targets: set[str] = set()
        self.changes: AbstractSet[int] | None = None
        """Ids of the dependencies that changed since the last build; None if every page has to be made as a whole."""
        self.paths: AbstractSet[str] = frozenset()
        """Paths of pages that the site will have: links to them are not reported."""

    def make_all(self, pages: Sequence[tuple[Page, CachedPage | None]]) -> Batch:
        """Render those of these pages that have changed compared with what is cached of them."""
        laid_out_before = self._laid_out()
        results = tuple(self._make(page, cached) for page, cached in pages)
        return Batch(results, tuple(self._staging.news()), self._laid_out() - laid_out_before)

    def prepare(self, pages: Iterable[Page]) -> None:
        """Load the frames and compile the templates of these pages, before the process is forked."""
        distinct = {(page.template, page.tab, page.path.count("/")): page for page in pages}
        for page in distinct.values():
            self.shell(page)
            with contextlib.suppress(WebsiteError, TemplateError):  # raised again when the page is rendered
                self._renderer.prepare(page)

    def shell(self, page: Page) -> str:
        """Digest of what the page shares with others: template, frame, version of Callboard."""
        frame = self._fitter.frame(page)
        key = (page.template, frame.digest)
        if key not in self._shells:
            self._shells[key] = layout_key(self._renderer.digest(page.template), frame.digest)
        return self._shells[key]

    def frame_links(self, base: str) -> dict[str, PageLinks]:
        """The links of the frames themselves, resolved from a page at the root."""
        links = {}
        for name, template in self._fitter.frames.items():
            html = "".join(template.fitted("", "./", self._portal.name, self._portal.url).parts[::2])
            targets = page_links(html, "", base).ours
            links[f"(frame {name})"] = PageLinks((), tuple(target for target in targets if not target.startswith("#")))
        return links

    def _make(self, page: Page, cached: CachedPage | None) -> RenderedPage:
        if cached and self.changes is not None and (made := self._respliced(page, cached, self.changes)):
            return made
        parts, planned = self._parts(page)
        if page.tracker:
            page.tracker.begin(*page.extra_keys)
        view = planned.compose([part.sections for part in parts]) if planned else page.view()
        of_families = take_family_failures()
        toc = page.toc(view) if page.toc else ()
        shell, file = self.shell(page), file_of(page.path)
        around = planned.without_sections(view) if planned else view
        values = (page.path, page.template, page.title, page.description, page.ref, page.moved_to, toc, around)
        key = page_key(shell, values, may_have_sets=planned is None)
        text = page.search() if page.search else None
        files = tuple((path, self._put(path, content)) for path, content in page.files()) if page.files else ()
        reads = page.tracker.end() if page.tracker else Dependencies()
        search = text_key(text)
        document = self._search.document(page.path, text) if text and (cached is None or cached.search_digest != search) else None
        all_reads = Dependencies.joined((reads, *(part.dependencies for part in parts)))
        old = unchanged(cached, parts, reads) if cached and cached.key == key and not of_families else None
        if cached and old and self._staging.keep(file, cached.digest):
            entry = CachedPage(shell, key, cached.digest, files, all_reads, search, cached.broken_links, pack(old))
            return RenderedPage(page.path, entry, document, rendered=False, targets=())
        content, kept = self._render(page, view, toc, parts, reads)
        problems = (*of_families, *self._renderer.take_problems())
        if problems:
            shell = key = ""  # so that the next build renders the page, and reports the problems, again
        links = PageLinks(*kept.links)
        entry = CachedPage(shell, key, self._put(file, content), files, all_reads, search, (), pack(kept))
        removed = _anchors_of(page, set(PageLinks(*cached.links).ids).difference(links.ids)) if cached else ()
        targets = self._new_targets({*links.ours, *links.prose}.difference(_anchors_of(page, links.ids)))
        return RenderedPage(
            page.path, entry, document, rendered=True, targets=targets, anchors_removed=removed,
            may_lack_anchors=cached is None and self._staging.had(file), problems=problems,
        )  # fmt: skip

    def _respliced(self, page: Page, cached: CachedPage, changes: AbstractSet[int]) -> RenderedPage | None:
        """The page with only its changed parts made again; None if it has to be made as a whole."""
        if not (page.parts and cached.key and cached.layout_digest == self.shell(page) and self._renderer.renders_sections(page)):
            return None
        file = file_of(page.path)
        tools = PageTools(partial(self._renderer.section_html, page), partial(self._encoded, page), LinkFinder(page.path, self._base))
        try:
            new = respliced(page, OldPage(cached, partial(self._staging.unchanged, file, cached.digest)), changes, tools)
        except NotSpliceableError:
            return None
        finally:
            failures = take_family_failures()
        kept_files = cached.files if new.content is not None else ((file, cached.digest), *cached.files)
        if failures or not self._staging.keep_all(*kept_files):
            return None
        digest = cached.digest if new.content is None else self._put(file, new.content)
        entry = replace(cached, digest=digest, dependencies=new.dependencies, packed=pack(new.kept))
        own = _anchors_of(page, (each for ids, _, _ in new.kept.all_links for each in ids)) if new.targets else ()
        rendered, targets = new.content is not None, self._new_targets({*new.targets}.difference(own))
        removed = _anchors_of(page, new.anchors_removed)
        return RenderedPage(page.path, entry, None, rendered=rendered, targets=targets, anchors_removed=removed)

    def _parts(self, page: Page) -> tuple[list[MadePart], PageParts | None]:
        planned = page.parts() if page.parts else None
        return (made_parts(planned, page.tracker) if planned else []), planned

    def _new_targets(self, targets: Iterable[str]) -> tuple[str, ...]:
        new = tuple({*targets} - self.paths - self._reported_targets)
        self._reported_targets.update(new)
        return new

    def _put(self, path: str, content: bytes) -> str:
        self._staging.put(path, content)
        return self._staging.digest(path)

    def _render(
        self, page: Page, view: Any, toc: tuple[TocEntry, ...], parts: Sequence[MadePart], reads: Dependencies
    ) -> tuple[bytes, KeptParts]:
        """The page's HTML, and what is kept of it; its links include those of the contents and of the theme's skip link."""
        pieces = self._renderer.render_pieces(page, view)
        frame = self._fitter.frame(page, pieces)
        around = [self._with_index_links(html) for html in around_content(frame, page, toc)]
        if len(around) > 2 or not has_sections(parts, pieces):  # noqa: PLR2004 - before the content and behind it
            pieces, reads, parts = ["".join(pieces)], Dependencies.joined((reads, *(part.dependencies for part in parts))), ()
        content = [self._encoded(page, piece) for piece in pieces]
        offsets = tuple(accumulate(map(len, content), initial=len(around[0])))
        kept = kept_parts(parts, pieces, offsets, reads, LinkFinder(page.path, self._base))
        # The theme's link that skips the header has the target #content, the id of each page's first heading.
        ids, ours, prose = kept.around
        ours = tuple(dict.fromkeys((*ours, *(f"{page.path}#{anchor}" for anchor in ("content", *_anchors(toc))))))
        return b"".join(content).join(around), kept._replace(around=(ids, ours, prose))

    def _encoded(self, page: Page, html: str) -> bytes:
        """HTML as it is written to a file, whose links to folders name the index of the folder if the portal says so."""
        return self._with_index_links(encoded(html, page.path))

    def _with_index_links(self, html: bytes) -> bytes:
        return with_index_links(html.decode()).encode() if self._portal.index_links else html


def not_found(labels: Mapping[str, str]) -> Page:
    """The page that servers return for unknown paths (404)."""
    return Page("404.html", "404.html", "wide", "none", labels["not_found"], lambda: None)


def file_of(path: str) -> str:
    """The file of a page: ``index.html`` in its folder, or its path if that ends in ``.html``."""
    return path if path.endswith(".html") else f"{path}index.html"


def _anchors_of(page: Page, ids: Iterable[str]) -> tuple[str, ...]:
    """Link targets; none for a path with ``#``, in which the anchor could not be told from the path."""
    return tuple(f"{page.path}#{each}" for each in ids) if "#" not in page.path else ()


def _anchors(toc: tuple[TocEntry, ...]) -> tuple[str, ...]:
    return tuple(anchor for entry in toc for anchor in (entry.id, *_anchors(entry.children)))
