"""A small set → all of its pages as one.

Ids get the number of their page in front, links between pages become links to them, and headings are one level lower: the page has a
title of its own.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import field
from html import escape, unescape
from urllib.parse import unquote

from callboard.documentation.model import DocumentationSet, DocumentPage
from callboard.incremental.tracking import fingerprint_of
from callboard.model.data_classes import dataclass
from callboard.model.urls import docs_path
from callboard.pages.blocks.view import BlockResult, TextPiece, pieces_of
from callboard.pages.documents.context import DocumentsContext
from callboard.pages.documents.navigation import WHOLE_FOLDER, up_of
from callboard.pages.documents.page import link_targets, page_blocks, page_text, text_digest
from callboard.pages.page import TocEntry
from callboard.pages.safe_text import text_of
from callboard.pages.shared_views import EntityLink

_TAG = re.compile(r'<(?![a-z0-9]++(?: class="[^"]*+")?+>)[a-z][a-z0-9]*+(?:\s++[^\s=<>"]++(?:="[^"]*+")?+)*+\s*+/?>')
"""A tag that may have an attribute below: most have none, or a class, as all of highlighted code."""
_ATTRIBUTE = re.compile(r'(?<=\s)(?P<name>id|for|name|href|src)="(?P<value>[^"]*)"')
_HEADING = re.compile(r"(?<=<)(/?h)([1-5])(?=[\s>])")


@dataclass(frozen=True, slots=True)
class WholeSetView:
    """All pages of a set."""

    digest: str
    """Stands for the texts."""
    title: str
    set_path: str
    entity: EntityLink
    pages: tuple[tuple[str, str], ...]
    """Anchor and title of each page."""
    texts: tuple[tuple[TextPiece, ...], ...] = field(repr=False)
    blocks: tuple[BlockResult, ...] = ()


def whole_set_view(context: DocumentsContext, of: DocumentationSet) -> WholeSetView:
    """The view of the page with all pages, in reading order."""
    order = dict.fromkeys((*(path for path in of.navigation.order() if path in of.pages), *of.pages))
    numbers = {path: number for number, path in enumerate(order, 1)}
    by_url = {unquote(of.pages[path].url).rstrip("/"): number for path, number in numbers.items()}
    texts = tuple(tuple(_pieces(context, of, of.pages[path], number, by_url)) for path, number in numbers.items())
    pages = tuple((f"p{number}", text_of(of.pages[path].title)) for path, number in numbers.items())
    blocks = tuple(block for path in numbers for block in page_blocks(context, of.pages[path]))
    digest = fingerprint_of([text_digest(of, of.pages[path]) for path in numbers])
    return WholeSetView(digest, context.title(of), docs_path(of.ref), context.links.to(of.ref), pages, texts, blocks)


def whole_set_toc(view: WholeSetView) -> tuple[TocEntry, ...]:
    """The titles of the pages."""
    return tuple(TocEntry(anchor, title) for anchor, title in view.pages)


def _pieces(
    context: DocumentsContext, of: DocumentationSet, page: DocumentPage, number: int, by_url: dict[str, int]
) -> Iterator[TextPiece]:
    up = up_of(docs_path(of.ref) + WHOLE_FOLDER)
    yield from pieces_of(_text(context, of, page, number, by_url), page_blocks(context, page), context, up, f"p{number}-")


def _text(context: DocumentsContext, of: DocumentationSet, page: DocumentPage, number: int, by_url: dict[str, int]) -> str:
    html = page_text(context, of, page, link_targets(context, of, page))
    folder = page.url if page.url.endswith("/") else ""

    def attribute(found: re.Match[str]) -> str:
        name, value = found["name"], unescape(found["value"])
        if name in {"id", "for", "name"}:
            return f'{name}="p{number}-{escape(value)}"'
        return f'{name}="{escape(_address(value, folder, number, by_url))}"'

    lower = _HEADING.sub(lambda found: f"{found[1]}{int(found[2]) + 1}", html)
    return _TAG.sub(lambda tag: _ATTRIBUTE.sub(attribute, tag[0]), lower)


def _address(value: str, folder: str, number: int, by_url: dict[str, int]) -> str:
    """An address of a page of the set as seen from the page with all of them."""
    path, hash_, anchor = value.partition("#")
    if not path:
        return f"#p{number}-{anchor}" if anchor else "#"
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]", path):
        return value
    joined = posixpath.normpath(posixpath.join(folder, path))
    target = by_url.get("" if joined == "." else unquote(joined))
    if target is not None:
        return f"#p{target}-{anchor}" if anchor else f"#p{target}"
    return f"../{joined}{'/' if path.endswith('/') else ''}{hash_}{anchor}"
