"""The texts of sets → their pages as safe HTML, each within bounds of size and processor time; a page beyond them becomes plain text."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import field
from functools import partial
from hashlib import blake2b
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from callboard.documentation.cleaning import safe_page
from callboard.documentation.configuration import SetConfiguration
from callboard.documentation.drawings import has_graphs, load_graphviz
from callboard.documentation.files import SetFile, SetFiles
from callboard.documentation.foreign_elements import ForeignElements
from callboard.documentation.insertions import with_images
from callboard.documentation.links import LinkResolver
from callboard.documentation.model import DocumentPage
from callboard.documentation.navigation import SetNavigation, folder_title
from callboard.documentation.open_links import without_marks
from callboard.documentation.page_details import PageDetails, packed_details
from callboard.io.bounded import TimeUsedUpError, map_bounded
from callboard.model.data_classes import dataclass
from callboard.redaction.masking import masked

if TYPE_CHECKING:
    from callboard.documentation.converter import ConvertedPage, Converter

SECONDS = 10
"""Processor time of a page; an ordinary one takes a hundredth of a second."""
LONGEST_HTML = 5_000_000
_ID = re.compile(r'\sid="((?!__)[^"]*)"')
MOST_ANCHORS = 5_000
"""Anchors of a page that are kept: links to others of it are not checked."""
_MOST_NOTES = 20


@dataclass(frozen=True, slots=True)
class SetSource:
    """What the pages of a set are made of."""

    configuration: SetConfiguration
    files: SetFiles
    navigation: SetNavigation
    texts: Mapping[str, str]
    """Texts of pages by path, with snippets put in; secrets in them are masked by ``text``."""
    kinds: frozenset[str] = frozenset()
    """Kinds of entities, which are schemes of links."""
    written: Mapping[str, str] = field(default_factory=dict)
    """Texts as their authors wrote them, of pages into which snippets were put."""
    largest_page: int = 512 * 1024
    """Characters of a page that is converted."""
    is_public: bool = False
    """Whether e-mail addresses are masked like secrets."""

    def text(self, path: str) -> str:
        """The text of a page that may be shown."""
        return self._shown(self.texts[path])

    def as_written(self, path: str) -> str:
        """The text of a page as its author wrote it, as far as that may be shown."""
        return self._shown(self.written.get(path, self.texts[path]))

    def _shown(self, text: str) -> str:
        return masked(text, is_public=self.is_public).text


class PageWork(NamedTuple):
    """A page to convert."""

    source: SetSource
    path: str
    key: str
    """Digest of everything that it is converted from."""


class PageResult(NamedTuple):
    """A converted page with its safe HTML."""

    page: DocumentPage
    html: bytes
    """Followed by its drawings (``insertions.with_images``)."""


def converted_pages(pages: Sequence[PageWork], seconds: int = SECONDS) -> Generator[PageResult]:
    """The results in the order of ``pages``. They are computed by forked processes, which the kernel ends where a page takes too long."""
    for configuration in {id(each.source.configuration): each.source.configuration for each in pages}.values():
        _converter(configuration)  # forked processes have it then
    if any(has_graphs(work.source.texts[work.path]) for work in pages):
        load_graphviz()
    for work, result in zip(pages, map_bounded(_converted, pages, seconds), strict=True):
        yield _without_drawings(work, result, seconds) if isinstance(result, TimeUsedUpError) else result


def _without_drawings(work: PageWork, error: TimeUsedUpError, seconds: int) -> PageResult:
    """A page that took too long: once more with its diagrams as text, else as text as a whole."""
    if has_graphs(work.source.texts[work.path]) or "mermaid" in work.source.texts[work.path].lower():
        result = next(iter(map_bounded(partial(_converted, draws=False), [work], seconds)))
        if not isinstance(result, TimeUsedUpError):
            return result
    return _as_text(work, f"takes {error} to convert")


def _converted(work: PageWork, *, draws: bool = True) -> PageResult:
    source, file, text = work.source, work.source.files.by_path[work.path], work.source.text(work.path)
    if len(text) > source.largest_page:
        return _as_text(work, f"has more than {source.largest_page:,} characters")
    links = LinkResolver(source.files, file, source.as_written(work.path) if work.path in source.written else text, source.kinds)
    title = source.navigation.titles().get(work.path, "")
    try:
        made = _converter(source.configuration).convert(without_marks(text), file, links, title, draws=draws)
    except Exception as error:  # noqa: BLE001 - extensions raise anything on text that they did not expect
        return _as_text(work, f"cannot be converted ({type(error).__name__}: {str(error)[:200]})")
    if len(made.html) > LONGEST_HTML:
        return _as_text(work, f"has more than {LONGEST_HTML:,} characters as HTML")
    return _result(work, file, made, links)


def _converter(configuration: SetConfiguration) -> Converter:
    from callboard.documentation.converter import converter_for  # noqa: PLC0415 - takes a while, and most builds convert no page

    return converter_for(configuration.extensions)


def _result(work: PageWork, file: SetFile, made: ConvertedPage, links: LinkResolver) -> PageResult:
    foreign = ForeignElements(work.source.as_written(work.path))
    html = made.insertions.finish(safe_page(made.html, links.of_html, foreign))
    content = with_images(html.encode("utf-8", "replace"), made.insertions.images)
    by_path = work.source.files.by_path
    is_page = {path: path in by_path and by_path[path].is_page for path in links.linked}
    anchors = tuple(dict.fromkeys(_ID.findall(html)))
    details = PageDetails(
        made.headings, anchors[:MOST_ANCHORS], links.missing, links.jumps(frozenset(anchors)), links.open_links,
        tuple(path for path in links.linked if is_page[path]), tuple(path for path in links.linked if not is_page[path]),
        notes=tuple(made.insertions.notes[:_MOST_NOTES]), blocks=tuple(made.insertions.blocks),
        removed=foreign.removed,
    )  # fmt: skip
    head = (work.path, file.url, made.title[:500], work.key, _digest(content), len(content))
    return PageResult(DocumentPage(*head, packed=packed_details(details)), content)


def _as_text(work: PageWork, reason: str) -> PageResult:
    name = work.path.rpartition("/")[2].rpartition(".")[0]
    text = work.source.text(work.path)[: work.source.largest_page]
    content = f"<pre><code>{escape(text)}</code></pre>".encode("utf-8", "replace")
    url = work.source.files.by_path[work.path].url
    page = DocumentPage(work.path, url, folder_title(name), work.key, _digest(content), len(content), as_text=reason)
    return PageResult(page, content)


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=12).hexdigest()
