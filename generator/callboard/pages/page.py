"""One planned page: address, template, and functions that make its view, contents, search text and files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from typing import Any

from callboard.incremental.key_digests import DependencyKey
from callboard.incremental.tracking import DependencyTracker
from callboard.model.data_classes import dataclass
from callboard.pages.section import Section


@dataclass(frozen=True, slots=True)
class TocEntry:
    """A heading in the contents of a page; ``id`` is its anchor."""

    id: str
    text: str
    children: tuple[TocEntry, ...] = ()
    is_code: bool = False
    """Whether the text is code, such as a method and a path."""


@dataclass(frozen=True, slots=True)
class SearchSection:
    """A section of a page that is a hit of its own."""

    anchor: str
    title: str
    text: str = ""
    """Plain text up to the next section."""
    kind: str = ""
    """``operation``, ``type`` or ``fact``; empty for a heading."""
    names: tuple[str, ...] = ()
    """What it is also called, such as name and summary of an operation: found like its title."""
    level: int = 2
    """Of the heading, from 1."""


@dataclass(frozen=True, slots=True)
class SearchText:
    """The text of a page for the search. Facts and relations are left out: they would outweigh the text that people wrote."""

    title: str
    body: str
    """Plain text before the first section, paragraphs separated by a blank line."""
    kind: str
    """Canonical kind of the entity, or ``docs``."""
    alias: str = ""
    """Other spellings of the name, separated by spaces."""
    meta: tuple[tuple[str, str], ...] = ()
    """Metadata of a search result: ``("owner", "team-checkout")``, ``("ref", "component:default/x")``."""
    sections: tuple[SearchSection, ...] = ()


PagePart = Callable[[], tuple[Section, ...]]
"""Makes the sections of one part of a page; none if there is nothing to show."""


@dataclass(frozen=True, slots=True)
class PageParts:
    """A page as an ordered list of parts, each of which is kept, and made again, on its own."""

    parts: tuple[PagePart, ...]
    """In the order of the page. Pages of the same template and frame that differ in the number of parts are made as a whole."""
    compose: Callable[[Sequence[tuple[Section, ...]]], Any]
    """Makes the page's view from the sections of all parts. It may read which sections there are and their titles, not their contents."""
    without_sections: Callable[[Any], Any]
    """The view without its sections: what the rest of the page is rendered from."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page to render. ``view`` is called when the page is rendered, so that never all views are in memory."""

    path: str
    """Below the site's root, with a final ``/`` (its file is ``index.html`` in there) or a file name (``404.html``)."""
    template: str
    """Name of the Jinja template, such as ``entity.html``."""
    frame: str
    """The frame around the content: ``entity`` (contents at the left) or ``wide`` (no side columns)."""
    tab: str
    """Path of the active navigation tab: ``catalog/``, ``teams/`` …; empty for home, ``-`` for none."""
    title: str
    """For ``<title>``: plain text, no HTML."""
    view: Callable[[], Any]
    """Makes the view: a frozen dataclass with all that the template shows."""
    description: str = ""
    toc: Callable[[Any], tuple[TocEntry, ...]] | None = field(default=None)
    """Makes the table of contents from the view; None for a page without one."""
    search: Callable[[], SearchText] | None = field(default=None)
    """Makes the text for the search; None leaves the page out."""
    search_facts: Callable[[], SearchText] | None = field(default=None)
    """Makes a text that changes more often than the page, such as who is on call; called by each build."""
    ref: str = ""
    """Canonical reference of the entity; empty for pages that are not about one entity."""
    files: Callable[[], Iterable[tuple[str, bytes]]] | None = field(default=None)
    """Makes the files that belong to the page (its content as data), with their paths below the site's root."""
    tracker: DependencyTracker | None = field(default=None)
    """Records what ``view``, ``toc``, ``search`` and ``files`` read; None for a page that is made in each build."""
    parts: Callable[[], PageParts] | None = field(default=None)
    """Returns the parts that ``view`` is composed of; None for a page that is always made as a whole."""
    moved_to: str = ""
    """Address, as seen from the page, that browsers open in its place; empty for a page that is read."""
    extra_keys: tuple[DependencyKey, ...] = ()
    """Dependencies in addition to those that the tracker records."""
