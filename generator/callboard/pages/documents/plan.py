"""The documentation of a portal → its pages: those of each set, and stubs at addresses that pages had before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from urllib.parse import unquote

from callboard.documentation.model import DocumentationSet, DocumentPage
from callboard.documentation.published_files import UnpublishedError, published_content
from callboard.incremental.key_digests import DependencyKey
from callboard.incremental.tracking import DependencyTracker, fingerprint_of
from callboard.model.data_classes import dataclass
from callboard.model.errors import WebsiteError
from callboard.model.ref import EntityRef
from callboard.model.urls import docs_path
from callboard.pages.documents import index_pages
from callboard.pages.documents.context import DocumentsContext
from callboard.pages.documents.index_pages import DOCS
from callboard.pages.documents.navigation import WHOLE_FOLDER, has_whole_page
from callboard.pages.documents.page import DocumentView, document_view, page_fingerprint, page_search_text, page_toc, set_fingerprint
from callboard.pages.documents.stubs import missing_set_view, moved_address, moved_view, moves
from callboard.pages.documents.whole_set import whole_set_toc, whole_set_view
from callboard.pages.entities.context import EntityContext
from callboard.pages.page import Page, SearchText
from callboard.pages.safe_text import text_of

FRAME = "docs"


def plan(context: DocumentsContext, tracker: DependencyTracker | None = None) -> Iterator[Page]:
    """The pages that list all sets, then those of each set. ``tracker`` records what is read of ``context``; None for a preview."""
    yield from index_pages.plan(context, tracker)
    yield from _SetPages(context, tracker).plan()


@dataclass(frozen=True, slots=True)
class _SetPages:
    """The pages of all sets."""

    context: DocumentsContext
    tracker: DependencyTracker | None = None

    def plan(self) -> Iterator[Page]:
        """All pages, in the order of the catalog and of each set."""
        for made in self.context.documentation.sets.values():
            for page in made.pages.values():
                yield self._page(made, page)
            if made.start is None:
                yield self._missing(made)
            if has_whole_page(made):
                yield self._whole(made)
        for path, target in moves(self.context).items():
            yield self._moved(path, target)

    def _page(self, made: DocumentationSet, page: DocumentPage) -> Page:
        of = _SetPage(self.context, made, page)
        return Page(
            path=docs_path(made.ref) + unquote(page.url),  # servers decode addresses
            template="document.html",
            frame=FRAME,
            tab=DOCS,
            title=_title(self.context, made, page),
            view=of.view,
            toc=page_toc,
            search=of.search,
            tracker=self.tracker,
            extra_keys=(_key(made.ref, page.path),),
            files=of.images,
        )

    def _whole(self, made: DocumentationSet) -> Page:
        title = self.context.labels["docs_whole_of"].format(self.context.title(made))
        return Page(
            docs_path(made.ref) + WHOLE_FOLDER, "whole-documents.html", FRAME, DOCS, title,
            partial(whole_set_view, self.context, made), toc=whole_set_toc, tracker=self.tracker,
            extra_keys=(_key(made.ref, ""), *(_key(made.ref, path) for path in made.pages)),
        )  # fmt: skip

    def _moved(self, path: str, target: str) -> Page:
        return Page(
            path, "moved.html", "wide", DOCS, self.context.labels["docs_moved"], partial(moved_view, self.context, path, target),
            tracker=self.tracker, extra_keys=(("moved", path),), moved_to=moved_address(path, target),
        )  # fmt: skip

    def _missing(self, made: DocumentationSet) -> Page:
        return Page(
            docs_path(made.ref), "no-documents.html", "wide", DOCS, self.context.title(made), partial(missing_set_view, self.context, made),
            tracker=self.tracker, extra_keys=(_key(made.ref, ""),),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _SetPage:
    """One page of a set. Three methods of one value take a third of the memory of three partial functions."""

    context: DocumentsContext
    made: DocumentationSet
    page: DocumentPage

    def view(self) -> DocumentView:
        return document_view(self.context, self.made, self.page)

    def search(self) -> SearchText:
        return page_search_text(self.context, self.made, self.page)

    def images(self) -> Iterator[tuple[str, bytes]]:
        """The drawn diagrams, with their paths."""
        folder = docs_path(self.made.ref) + unquote(self.page.url)
        return ((folder + name, content) for name, content in self.context.documentation.images(self.made, self.page))


def addresses(context: DocumentsContext) -> Mapping[EntityRef, str]:
    """The path of the documentation of each entity that has some, its own or another entity's."""
    documentation = context.documentation
    own = {ref: docs_path(ref) for ref, made in documentation.sets.items() if made.start is not None}
    shared = {ref: _shared_path(documentation.sets[each.ref], each.path) for ref, each in documentation.shared.items()}
    return {**{ref: path for ref, path in shared.items() if path}, **own}


def _shared_path(made: DocumentationSet, path: str) -> str:
    page = made.find(path) or made.start
    return docs_path(made.ref) + page.url if page else ""


def files(context: DocumentsContext) -> Iterator[tuple[str, str, Callable[[object], bytes]]]:
    """Path on the site, digest, and a function that returns the content, of each image and other file of the sets."""
    for made in context.documentation.sets.values():
        tree = context.tree(made)
        for path, digest in made.files.items() if tree else ():
            yield docs_path(made.ref) + path, digest, partial(_content, context, made, path)


def _content(context: DocumentsContext, made: DocumentationSet, path: str, _: object) -> bytes:
    tree = context.tree(made)
    if tree is None:
        return b""
    try:
        return published_content(tree, path, made.repository_path(path), context.settings.docs.file_bytes)
    except UnpublishedError as error:
        raise WebsiteError(f"{made.repository_path(path)} was changed during the build: {error}.", "Build again.") from error


def tracked(context: DocumentsContext, entities: EntityContext) -> DocumentsContext:
    """The context with the catalog, the links and the trees of ``entities``, which record what is read of them."""
    return replace(context, catalog=entities.catalog, links=entities.links, trees=entities.trees)


def fingerprints(context: DocumentsContext) -> Mapping[DependencyKey, str]:
    """The fingerprint of everything that a page of a set is made of, by the key of the page."""
    found: dict[DependencyKey, str] = {}
    for made in context.documentation.sets.values():
        shared = set_fingerprint(context, made)
        found[_key(made.ref, "")] = fingerprint_of([shared, made.kind, str(made.place), context.tags.get(made.ref, ())])
        for page in made.pages.values():
            found[_key(made.ref, page.path)] = page_fingerprint(context, made, page, shared)
    return found | {("moved", path): fingerprint_of(target) for path, target in moves(context).items()}


def _key(ref: EntityRef, path: str) -> DependencyKey:
    return "document", f"{ref} {path}"


def _title(context: DocumentsContext, made: DocumentationSet, page: DocumentPage) -> str:
    title, name = text_of(page.title), context.title(made)
    return title if title == name else f"{title} · {name}"
