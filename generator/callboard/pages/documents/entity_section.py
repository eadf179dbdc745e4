"""An entity → the section about its documentation: its own set, those of its parts, its change log, and pages that mention it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import starmap
from typing import NamedTuple

from callboard.documentation.model import DocumentationSet, GuideMention
from callboard.documentation.page_details import Heading
from callboard.incremental.fingerprint import content_digest
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef
from callboard.model.urls import docs_path
from callboard.pages.documents.context import DocumentsContext
from callboard.pages.documents.index_pages import SetRow, set_row
from callboard.pages.facts.members import ROLLUP_KINDS, members
from callboard.pages.safe_text import text_of
from callboard.pages.section import Section

_MOST_PAGES = 5
"""Pages of a set that are named."""
_MOST_SETS = 8
_MOST_MENTIONS = 8


class PageLink(NamedTuple):
    """A page of a set."""

    title: str
    path: str
    """Below the site's root."""
    of: str = ""
    """Name of its set; empty for pages of the entity's own set."""


_VERSION_LEVEL = 2
_VERSION = re.compile(r"\d\.\d|\d{4}-\d\d")
_BRACKETS = re.compile(r"\[([^\[\]]{1,100})\]")


@dataclass(frozen=True, slots=True)
class DocsCardView:
    """What an entity's page says about its documentation."""

    own: SetRow | None
    """None if it has none."""
    pages: tuple[PageLink, ...]
    """The first pages of its own set."""
    sets: tuple[SetRow, ...]
    """Sets of the parts of a system, or of what a team owns."""
    sets_more: int
    change_log: PageLink | None
    """The change log of its own set."""
    mentions: tuple[PageLink, ...]
    """Guides, and pages of other sets, that link to the entity."""
    mentions_more: int
    called: str
    """The words that find the other pages in the search."""


@dataclass(frozen=True, slots=True)
class DocumentsSection:
    """Makes the section of each entity; its fingerprint is that of the sets that it names."""

    context: DocumentsContext

    @property
    def base(self) -> str:
        """All that is shared is part of the contexts of pages."""
        return ""

    def fingerprint(self, entity: Entity) -> str:
        """Fingerprint of titles, pages and times of the sets; empty for none."""
        view = self._view(entity)
        return content_digest(view) if view else ""

    def __call__(self, entity: Entity) -> Section | None:
        """The section; None for an entity without documentation."""
        view = self._view(entity)
        if view is None:
            return None
        count = len(view.sets) + view.sets_more
        return Section("documentation", self.context.labels["documentation"], "documents", view, f"{count:,}" if count else "")

    def _view(self, entity: Entity) -> DocsCardView | None:
        made = self.context.documentation.of(entity.ref)
        own = made if made is not None and made.start is not None else None
        sets = [each for each in self._sets_of_parts(entity) if each is not own]
        guides = (PageLink(text_of(guide.title, 80), guide.path, self.context.labels["guides"]) for guide in self._guides(entity))
        found = (*guides, *starmap(self._mention, self.context.mentions.get(entity.ref, ())))
        if own is None and not sets and not found:
            return None
        return DocsCardView(
            set_row(self.context, own) if own else None,
            tuple(self._pages(own)) if own else (),
            tuple(set_row(self.context, each) for each in sets[:_MOST_SETS]),
            max(0, len(sets) - _MOST_SETS),
            self._change_log(own) if own else None,
            found[:_MOST_MENTIONS],
            max(0, len(found) - _MOST_MENTIONS),
            entity.ref.name,
        )

    def _pages(self, made: DocumentationSet) -> Iterator[PageLink]:
        start = made.start
        paths = [path for path in made.navigation.order() if path in made.pages and made.pages[path] is not start]
        titles = made.navigation.titles()
        for path in paths[:_MOST_PAGES]:
            yield PageLink(text_of(titles.get(path) or made.pages[path].title, 80), docs_path(made.ref) + made.pages[path].url)

    def _change_log(self, made: DocumentationSet) -> PageLink | None:
        """The change log, with its newest version as the title."""
        page = next((page for path, page in made.pages.items() if path.lower().endswith("changelog.md")), None)
        if page is None:
            return None
        return PageLink(text_of(newest_version(page.details.headings), 80) or text_of(page.title, 80), docs_path(made.ref) + page.url)

    def _sets_of_parts(self, entity: Entity) -> Iterator[DocumentationSet]:
        """The sets of what a team, system or domain has, each once."""
        if entity.ref.kind not in ROLLUP_KINDS:
            return
        seen: set[EntityRef] = set()
        for ref in members(self.context.catalog, entity.ref):
            made = self.context.documentation.of(ref)
            if made is not None and made.start is not None and made.ref not in seen:
                seen.add(made.ref)
                yield made

    def _guides(self, entity: Entity) -> Sequence[GuideMention]:
        return self.context.guides.get(entity.ref, ())

    def _mention(self, ref: EntityRef, path: str) -> PageLink:
        made = self.context.documentation.sets[ref]
        page = made.pages[path]
        return PageLink(text_of(page.title, 80), docs_path(ref) + page.url, self.context.title(made))


def newest_version(headings: Sequence[Heading]) -> str:
    """The first heading of a change log that has a version, else the first one of the second level but "Unreleased"; empty for none.

    Versions are headings of the first level in some formats (semantic-release) and of the second in others (Keep a Changelog, git-cliff).
    """
    upper = [each for heading in headings for each in (heading, *heading.children) if each.level <= _VERSION_LEVEL]
    texts = [(each.level, _BRACKETS.sub(r"\1", each.text).strip()) for each in upper]
    versions = [text for _, text in texts if _VERSION.search(text)]
    others = [text for level, text in texts if level == _VERSION_LEVEL and text.lower() != "unreleased"]
    return next(iter((*versions, *others)), "")
