"""The texts of a set's pages → safe pages, each within bounds of size and processor time; a page beyond them becomes plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from callboard.documentation.cleaning import safe_page
from callboard.documentation.configuration import SetConfiguration
from callboard.documentation.converter import Heading, converter_for
from callboard.documentation.files import SetFile, SetFiles
from callboard.documentation.navigation import SetNavigation, folder_title
from callboard.io.bounded import TimeUsedUpError, map_bounded

LARGEST_PAGE = 512 * 1024
"""Characters of a page's text."""
SECONDS = 10
"""Processor time of a page; an ordinary one takes a hundredth of a second."""
LONGEST_HTML = 5_000_000


@dataclass(frozen=True, slots=True)
class SafePage:
    """A page whose HTML can be published."""

    path: str
    url: str
    title: str
    html: str
    headings: tuple[Heading, ...] = ()
    missing: tuple[str, ...] = ()
    """Relative addresses, as written, of files that the set does not have."""
    as_text: str = ""
    """Why the page is shown as plain text; empty if it is not."""


@dataclass(frozen=True, slots=True)
class DocumentationSet:
    """What the pages of a set are made of."""

    configuration: SetConfiguration
    files: SetFiles
    navigation: SetNavigation
    texts: Mapping[str, str]
    """Texts of pages by path."""


def safe_pages(documentation: DocumentationSet, seconds: int = SECONDS) -> Iterator[SafePage]:
    """All pages of the set that have a text, in the order of its files."""
    pages = [page for page in documentation.files.pages if page.path in documentation.texts]
    titles = documentation.navigation.titles()
    converter = converter_for(documentation.configuration.extensions)

    def converted(page: SetFile) -> SafePage:
        text = documentation.texts[page.path]
        if len(text) > LARGEST_PAGE:
            return _plain(page, text[:LARGEST_PAGE], f"has more than {LARGEST_PAGE:,} characters")
        try:
            made = converter.convert(text, page, documentation.files, titles.get(page.path, ""))
        except Exception as error:  # noqa: BLE001 - extensions raise anything on text that they did not expect
            return _plain(page, text, f"cannot be converted ({type(error).__name__}: {str(error)[:200]})")
        if len(made.html) > LONGEST_HTML:
            return _plain(page, text, f"has more than {LONGEST_HTML:,} characters as HTML")
        return SafePage(page.path, page.url, made.title, safe_page(made.html), made.headings, made.missing)

    for page, result in zip(pages, map_bounded(converted, pages, seconds), strict=True):
        if isinstance(result, TimeUsedUpError):
            yield _plain(page, documentation.texts[page.path], f"takes {result} to convert")
        else:
            yield result


def _plain(page: SetFile, text: str, reason: str) -> SafePage:
    name = page.path.rpartition("/")[2].rpartition(".")[0]
    return SafePage(page.path, page.url, folder_title(name), f"<pre><code>{escape(text)}</code></pre>", as_text=reason)
