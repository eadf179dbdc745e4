"""The navigation of a set → what stands next to one of its pages: all of it, or of a large set the top and the open branch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from callboard.documentation.model import DocumentationSet
from callboard.documentation.navigation import NavItem
from callboard.model.data_classes import dataclass
from callboard.pages.safe_text import text_of, web_url

WHOLE = 100
"""Pages of a set whose navigation stands complete next to each page; it would be most of each page of a larger set."""


_MOST_PAGES = 100
_MOST_BYTES = 1024 * 1024
"""Of the texts of all pages."""
WHOLE_FOLDER = "~all/"
"""Address of the page below that of its set; no file of a set is hidden behind it, because names are published as they are."""


class NavView(NamedTuple):
    """An entry of the navigation."""

    title: str
    href: str
    """From the page; empty for a section."""
    is_current: bool = False
    children: tuple[NavView, ...] = ()
    is_cut: bool = False
    """True for a section whose entries are left out."""


@dataclass(frozen=True, slots=True)
class SetTree:
    """A set's navigation with what its pages need of it."""

    items: tuple[NavItem, ...]
    urls: Mapping[str, str]
    """Addresses of pages by path."""
    order: tuple[str, ...]
    """Paths in reading order."""
    places: Mapping[str, int]
    """Position of each page in ``order``."""
    branches: Mapping[str, frozenset[int]]
    """By page, the identities of the sections that it is in."""
    around: Mapping[str, tuple[str, str]]
    """By page, the paths of those before and behind it; empty for none."""

    @classmethod
    def of(cls, of: DocumentationSet) -> SetTree:
        """The navigation of a set; pages that it does not name follow in ``order``."""
        order = tuple(path for path in of.navigation.order() if path in of.pages)
        branches: dict[str, frozenset[int]] = {}
        for path, sections in _branches(of.navigation.items, frozenset()):
            branches.setdefault(path, sections)
        urls = {path: page.url for path, page in of.pages.items()}
        places = {path: number for number, path in enumerate(order)}
        return cls(of.navigation.items, urls, order, places, branches, of.navigation.neighbours())

    def next_to(self, path: str) -> tuple[NavView, ...]:
        """The navigation as seen from a page."""
        up = up_of(self.urls.get(path, ""))
        is_open = None if len(self.urls) <= WHOLE else self.branches.get(path, frozenset())
        return tuple(self._views(self.items, path, up, is_open))

    def neighbours(self, path: str) -> tuple[str, str]:
        """Paths of the pages before and behind a page; empty for none."""
        return self.around.get(path, ("", ""))

    def _views(self, items: Sequence[NavItem], path: str, up: str, is_open: frozenset[int] | None) -> Iterator[NavView]:
        for item in items:
            if item.path:
                yield NavView(text_of(item.title), (up + self.urls[item.path]) or "./", item.path == path)
            elif item.url:
                if url := web_url(item.url):
                    yield NavView(text_of(item.title), url)
            elif is_open is None or id(item) in is_open:
                yield NavView(text_of(item.title), "", children=tuple(self._views(item.children, path, up, is_open)))
            else:
                first = next(_paths(item), "")
                yield NavView(text_of(item.title), (up + self.urls[first]) or "./" if first else "", is_cut=True)


def has_whole_page(of: DocumentationSet) -> bool:
    """Whether a set is small enough for one page, and has more than one."""
    return 1 < len(of.pages) <= _MOST_PAGES and of.bytes <= _MOST_BYTES and not any(page.url == WHOLE_FOLDER for page in of.pages.values())


def up_of(url: str) -> str:
    """From a page of a set to the address of the set."""
    return "../" * url.count("/")


def _branches(items: Sequence[NavItem], sections: frozenset[int]) -> Iterator[tuple[str, frozenset[int]]]:
    for item in items:
        if item.path:
            yield item.path, sections
        yield from _branches(item.children, sections | {id(item)})


def _paths(item: NavItem) -> Iterator[str]:
    """Paths of the pages of an entry, in their order."""
    if item.path:
        yield item.path
    for child in item.children:
        yield from _paths(child)
