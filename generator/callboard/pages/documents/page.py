"""A page of a set → its view: the text with links filled in, the navigation next to it, and where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from urllib.parse import quote

from markupsafe import escape

from callboard.catalog import organization
from callboard.documentation.cross_links import LinkTarget
from callboard.documentation.files import SetFile, relative_url
from callboard.documentation.model import DocumentationSet, DocumentPage, SetKind
from callboard.documentation.open_links import ShownTarget, with_targets
from callboard.documentation.packs import MissingHtmlError
from callboard.documentation.page_details import Heading
from callboard.incremental.tracking import fingerprint_of
from callboard.markdown.images import without_lost_images
from callboard.model.data_classes import dataclass
from callboard.model.errors import WebsiteError
from callboard.model.urls import docs_path
from callboard.pages.blocks.view import BlockResult, TextPiece, pieces_of
from callboard.pages.documents.context import DocumentsContext
from callboard.pages.documents.decisions import DecisionRow, decision_of
from callboard.pages.documents.navigation import WHOLE_FOLDER, NavView, has_whole_page, up_of
from callboard.pages.documents.sections import page_sections
from callboard.pages.entities.addresses import issue_address
from callboard.pages.page import SearchText, TocEntry
from callboard.pages.safe_text import text_of, web_url
from callboard.pages.shared_views import EntityLink, TimeView

_TOC_LEVELS = 2
_LONGEST_NAME = 80
_CONTENTS_BYTES = 700
"""Of a page's contents: the anchor, the text and ``_ENTRY_BYTES`` of markup of each entry; a page with more shows the upper level only."""
_ENTRY_BYTES = 26
_IMAGE = re.compile(r'<img\b(?:[^<>"]|"[^"]*")*>')
_ATTRIBUTE = re.compile(r'\s([a-z-]+)="([^"]*)"')
_PIXELS = re.compile(r"[1-9][0-9]{0,4}")
_LONGEST_HEADING = 80
"""Characters of an entry of a page's contents."""


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One page of a documentation set."""

    digest: str
    """Stands for the text."""
    title: str
    set_title: str
    set_path: str
    """Below the site's root."""
    entity: EntityLink
    owner: EntityLink | None
    text: tuple[TextPiece, ...] = field(repr=False)
    targets: tuple[ShownTarget, ...] = ()
    blocks: tuple[BlockResult, ...] = ()
    """What the blocks in the text show."""
    navigation: tuple[NavView, ...] = ()
    previous: NavView | None = None
    next: NavView | None = None
    changed: TimeView | None = None
    author: str = ""
    """Who made the last change; empty if unknown, and on public portals."""
    edit: str = ""
    """Addresses at the file's host, checked; empty if unknown."""
    source: str = ""
    report: str = ""
    whole: str = ""
    """Address of the page with the whole set, from this page; empty for a large set."""
    as_text: str = ""
    """Why the page is shown as plain text; empty if it is not."""
    is_outside: bool = False
    """True for a page that the navigation does not name."""
    others: tuple[NavView, ...] = ()
    """Pages that the navigation does not name, on the start page."""
    headings: tuple[Heading, ...] = ()
    all_headings: tuple[TocEntry, ...] = ()
    """All entries of the page's contents, if they are too many to stand next to the text."""
    decision: DecisionRow | None = None
    """What a decision record says about itself; None for other pages."""
    has_heading: bool = True
    """Whether the text begins with a heading of the first level."""


def document_view(context: DocumentsContext, of: DocumentationSet, page: DocumentPage) -> DocumentView:
    """The view of a page. Raises ``WebsiteError`` if what was converted has been removed meanwhile."""
    targets = link_targets(context, of, page)
    navigation = context.navigation(of)
    before, behind = navigation.neighbours(page.path)
    tree = context.tree(of)
    there, headings = of.repository_path(page.path), page.details.headings
    view_url = web_url(tree.view_url(there)) if tree else ""
    changed = of.changed.get(page.path)
    return DocumentView(
        digest=text_digest(of, page),
        title=text_of(page.title),
        set_title=context.title(of),
        set_path=docs_path(of.ref),
        entity=context.links.to(of.ref),
        owner=context.owner_of(of.ref),
        text=tuple(page_pieces(context, of, page, targets)),
        targets=targets,
        blocks=page_blocks(context, page),
        navigation=navigation.next_to(page.path) if len(of.pages) > 1 else (),
        previous=_neighbour(of, page, before),
        next=_neighbour(of, page, behind),
        changed=_time(context, changed) if changed else None,
        author=text_of(of.authors.get(page.path, ""), _LONGEST_NAME),
        edit=web_url(tree.edit_url(there)) if tree else "",
        source=view_url,
        report=issue_address(view_url, f"Documentation: {text_of(page.title, 100)}", f"{there}\n{view_url}\n"),
        whole=up_of(page.url) + WHOLE_FOLDER if has_whole_page(of) else "",
        as_text=page.as_text,
        is_outside=page.path not in navigation.places and of.kind is not SetKind.README,
        others=_others(of) if page is of.start else (),
        headings=headings,
        all_headings=all_headings(headings),
        decision=decision_of(context, of, page.path),
        has_heading=bool(headings) and headings[0].level == 1,
    )


def text_digest(of: DocumentationSet, page: DocumentPage) -> str:
    """Digest of the text of a page and of what is known of the files that it shows."""
    files = [(path, of.sizes[path] if path in of.sizes else of.left_out.get(path)) for path in page.details.files]
    return fingerprint_of([page.digest, repr(files)])


def page_text(context: DocumentsContext, of: DocumentationSet, page: DocumentPage, targets: Sequence[ShownTarget]) -> str:
    """The HTML of a page with its links. Raises ``WebsiteError`` if what was converted has been removed meanwhile."""
    try:
        html = context.documentation.html(of, page)
    except MissingHtmlError as error:
        raise WebsiteError(f"The converted page {page.path!r} was removed during the build.", "Build again.") from error
    return without_lost_images(with_sizes(_with_hosts(context, of, page, with_targets(html, targets)), image_sizes(of, page)))


def page_blocks(context: DocumentsContext, page: DocumentPage) -> tuple[BlockResult, ...]:
    """What the blocks of a page show; their text, if the portal shows none in documentation."""
    if context.settings.docs.blocks:
        return tuple(map(context.blocks.of, page.details.blocks))
    note = context.labels["block_off"]
    return tuple(BlockResult(block.kind, notes=(note,), source=block.text) for block in page.details.blocks)


def page_pieces(context: DocumentsContext, of: DocumentationSet, page: DocumentPage, targets: Sequence[ShownTarget]) -> Iterator[TextPiece]:
    """The HTML of a page with its links and blocks. Raises as ``page_text``."""
    up = up_of(docs_path(of.ref) + page.url)
    yield from pieces_of(page_text(context, of, page, targets), page_blocks(context, page), context, up)


def _with_hosts(context: DocumentsContext, of: DocumentationSet, page: DocumentPage, html: str) -> str:
    """The HTML whose links to files that are not published lead to their host; such images keep their text only."""
    tree, here = context.tree(of), SetFile(page.path, page.url, is_page=True)
    for path in page.details.files:
        if path in of.left_out:
            address = escape(relative_url(SetFile(path, quote(path), is_page=False), here))
            host = escape(web_url(tree.view_url(of.repository_path(path)))) if tree else ""
            html = html.replace(f'src="{address}"', 'src=""').replace(f'href="{address}"', f'href="{host}"' if host else "")
    return html


def image_sizes(of: DocumentationSet, page: DocumentPage) -> dict[str, tuple[int, int]]:
    """Width and height of the set's images on a page, by the address that the page has of each."""
    here = SetFile(page.path, page.url, is_page=True)
    found = ((path, of.sizes.get(path)) for path in page.details.files)
    return {escape(relative_url(SetFile(path, quote(path), is_page=False), here)): size for path, size in found if size}


def with_sizes(html: str, sizes: Mapping[str, tuple[int, int]]) -> str:
    """The HTML whose images have ``width`` and ``height``, so that text does not move when they are loaded.

    A width that the author wrote stays, and gets the height that belongs to it.
    """
    return _IMAGE.sub(lambda found: _sized(found[0], sizes), html) if sizes else html


def _sized(image: str, sizes: Mapping[str, tuple[int, int]]) -> str:
    attributes = dict(_ATTRIBUTE.findall(image))
    size = sizes.get(attributes.get("src", ""))
    if size is None or "height" in attributes:
        return image
    width, height = size
    if "width" not in attributes:
        return f'<img width="{width}" height="{height}"{image[len("<img") :]}'
    written = attributes["width"]
    return f'<img height="{max(1, round(int(written) * height / width))}"{image[len("<img") :]}' if _PIXELS.fullmatch(written) else image


def link_targets(context: DocumentsContext, of: DocumentationSet, page: DocumentPage) -> tuple[ShownTarget, ...]:
    """Addresses and titles of the page's open links, as seen from it."""
    up = up_of(docs_path(of.ref) + page.url)
    return tuple(_target(context, context.cross_links.target(of, link), up, link.address) for link in page.details.open_links)


def _target(context: DocumentsContext, target: LinkTarget, up: str, written: str) -> ShownTarget:
    address = web_url(target.url) or (up + target.path if target.path else "")
    name = context.links.to(target.ref).name if target.ref else ""
    return ShownTarget(address, text_of(target.title) or name or written)


def page_fingerprint(context: DocumentsContext, of: DocumentationSet, page: DocumentPage, shared: str) -> str:
    """Digest of everything that the view of a page is made of; ``shared`` is that of its set."""
    found = (context.cross_links.target(of, link) for link in page.details.open_links)
    targets = [[target.path, target.url, target.title] for target in found]
    at, blocks = of.changed.get(page.path), repr(page_blocks(context, page))
    changed = [at.isoformat() if at else "", of.authors.get(page.path, ""), repr(decision_of(context, of, page.path))]
    return fingerprint_of([shared, page.digest, page.title, page.as_text, changed, targets, blocks])


def set_fingerprint(context: DocumentsContext, of: DocumentationSet) -> str:
    """Digest of everything that all pages of a set share: their titles and order, and addresses at the host."""
    tree = context.tree(of)
    urls = [tree.view_url("x"), tree.edit_url("x")] if tree else []
    owner = organization.owner(context.catalog, of.ref)
    pages = [(page.path, page.url, page.title) for page in of.pages.values()]
    return fingerprint_of(
        [
            context.title(of),
            repr(of.navigation),
            pages,
            urls,
            str(owner),
            of.docs_folder,
            repr((of.repository_paths, of.left_out, of.sizes)),
        ]
    )


def page_toc(view: DocumentView) -> tuple[TocEntry, ...]:
    """The contents of a page: two levels below its title, else the first of the upper level; then ``all_headings`` has all."""
    if not view.all_headings:
        return tuple(_entry(heading, _TOC_LEVELS) for heading in _below_title(view.headings))
    entries: list[TocEntry] = []
    left = _CONTENTS_BYTES
    for entry in view.all_headings:
        left -= _size(entry, with_children=False)
        if left < 0 and entries:
            break
        entries.append(TocEntry(entry.id, entry.text))
    return tuple(entries)


def all_headings(headings: Sequence[Heading]) -> tuple[TocEntry, ...]:
    """The headings of the first two levels below the title of a page that has too many for its contents; empty for others."""
    entries = tuple(_entry(heading, _TOC_LEVELS) for heading in _below_title(headings))
    return entries if sum(map(_size, entries)) > _CONTENTS_BYTES else ()


def _size(entry: TocEntry, *, with_children: bool = True) -> int:
    own = _ENTRY_BYTES + len(f"{entry.id}{entry.text}".encode())
    return own + (sum(map(_size, entry.children)) if with_children else 0)


def _below_title(headings: Sequence[Heading]) -> Sequence[Heading]:
    if len(headings) == 1 and headings[0].level == 1:
        return headings[0].children
    return headings[1:] if headings and headings[0].level == 1 and not headings[0].children else headings


def _entry(heading: Heading, levels: int) -> TocEntry:
    children = tuple(_entry(child, levels - 1) for child in heading.children) if levels > 1 else ()
    return TocEntry(heading.id, text_of(heading.text, _LONGEST_HEADING), children)


def page_search_text(context: DocumentsContext, of: DocumentationSet, page: DocumentPage) -> SearchText:
    """Title, and heading and text of each section. Raises ``WebsiteError`` if what was converted has been removed meanwhile."""
    headings = page.details.headings
    lead, sections = page_sections(page_text(context, of, page, link_targets(context, of, page)), headings)
    in_text = text_of(headings[0].text) if headings and headings[0].level == 1 else ""
    title = context.title(of) if page is of.start else in_text or text_of(page.title)
    alias = f"{text_of(page.title)} {in_text}"
    owner = context.owner_of(of.ref)
    return SearchText(title, lead, "docs", alias, (("owner", owner.name),) if owner else (), sections)


def _neighbour(of: DocumentationSet, page: DocumentPage, path: str) -> NavView | None:
    found = of.pages.get(path)
    return NavView(text_of(found.title), (up_of(page.url) + found.url) or "./") if found else None


def _others(of: DocumentationSet) -> tuple[NavView, ...]:
    start = of.start
    up = up_of(start.url) if start else ""
    found = (of.pages[path] for path in of.navigation.outside)
    return tuple(NavView(text_of(page.title), up + page.url) for page in found if page is not start)


def _time(context: DocumentsContext, at: datetime) -> TimeView:
    return TimeView(at.astimezone(UTC).isoformat(timespec="seconds"), f"{context.local(at):%Y-%m-%d}")
