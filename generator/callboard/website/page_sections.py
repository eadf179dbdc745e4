"""A page that was rendered, and what changed since → the page with only its changed parts made and rendered again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from typing import NamedTuple

from callboard.incremental.page_cache import CachedPage
from callboard.incremental.page_parts import KeptPart, KeptParts, KeptSection, part_key
from callboard.incremental.tracking import Dependencies, DependencyTracker
from callboard.model.data_classes import dataclass
from callboard.pages.page import Page, PageParts
from callboard.pages.section import Section
from callboard.website.links import PageLinks

Links = Callable[[str], PageLinks]
"""The links of a piece of a page's HTML."""
_NO_LINKS = PageLinks()


class MadePart(NamedTuple):
    """The sections of a part, and what they were made from."""

    sections: tuple[Section, ...]
    key: str
    dependencies: Dependencies

    @property
    def headings(self) -> tuple[tuple[str, str], ...]:
        """Anchor and title of each section."""
        return tuple((section.id, section.title) for section in self.sections)


def made_parts(planned: PageParts, tracker: DependencyTracker | None) -> list[MadePart]:
    """All parts of a page."""
    return [_made(part, tracker) for part in planned.parts]


def _made(part: Callable[[], tuple[Section, ...]], tracker: DependencyTracker | None) -> MadePart:
    if tracker:
        tracker.begin()
    sections = part()
    return MadePart(sections, part_key(sections), tracker.end() if tracker else Dependencies())


@dataclass(frozen=True, slots=True)
class OldPage:
    """A page of the last build, whose template and frame are today's."""

    cached: CachedPage
    read: Callable[[], bytes | None]
    """Gives the page's file; None if it is not as it was written."""


@dataclass(frozen=True, slots=True)
class PageTools:
    """What renders the sections of one page."""

    html: Callable[[Section], str | None]
    """The HTML of a section; None if it cannot be rendered."""
    encoded: Callable[[str], bytes]
    """HTML as it is written to the page's file."""
    links: Links


@dataclass(frozen=True, slots=True)
class Respliced:
    """A page whose changed parts were made again."""

    kept: KeptParts
    dependencies: Dependencies
    content: bytes | None
    """The page's file; None if nothing in it has changed."""
    targets: tuple[str, ...]
    """Link targets of the parts that were rendered again."""
    anchors_removed: frozenset[str]
    """Anchors that a part had before and does not have any more."""


class NotSpliceableError(Exception):
    """The page has to be made as a whole."""


def respliced(page: Page, old: OldPage, changes: AbstractSet[int], tools: PageTools) -> Respliced:
    """The page with only those of its parts made again whose dependencies are among ``changes``.

    Raises:
        NotSpliceableError: the page has changed around its parts, it has other sections than before, its file is damaged, or a section
            cannot be rendered.
    """
    kept, planned = old.cached.kept, page.parts() if page.parts else None
    around, *reads = old.cached.dependencies.split(kept.counts)
    if planned is None or around.include_any(changes) or len(planned.parts) != len(kept.parts):
        raise NotSpliceableError
    made = {index: _made(planned.parts[index], page.tracker) for index, part in enumerate(reads) if part.include_any(changes)}
    if any(part.headings != kept.parts[index].headings for index, part in made.items()):
        raise NotSpliceableError
    html = {index: _rendered(part, tools) for index, part in made.items() if part.key != kept.parts[index].key}
    links = {index: tools.links("".join(pieces)) for index, pieces in html.items()}
    parts = [_updated(part, made.get(index), links.get(index)) for index, part in enumerate(kept.parts)]
    content = None
    if html:
        content, parts = _joined(old.read(), parts, {index: [*map(tools.encoded, pieces)] for index, pieces in html.items()})
    all_reads = [made[index].dependencies if index in made else part for index, part in enumerate(reads)]
    removed = frozenset(chain.from_iterable({*kept.parts[index].links[0]}.difference(found.ids) for index, found in links.items()))
    targets = tuple(dict.fromkeys(chain.from_iterable((*found.ours, *found.prose) for found in links.values())))
    return Respliced(kept._replace(parts=tuple(parts)), Dependencies.joined((around, *all_reads)), content, targets, removed)


def _updated(part: KeptPart, made: MadePart | None, links: PageLinks | None) -> KeptPart:
    if made is None:
        return part
    return part._replace(key=made.key, reads=made.dependencies.size, links=part.links if links is None else links)


def _rendered(part: MadePart, tools: PageTools) -> list[str]:
    pieces = []
    for section in part.sections:
        html = tools.html(section)
        if html is None:
            raise NotSpliceableError
        pieces.append(html)
    return pieces


def _joined(file: bytes | None, parts: Sequence[KeptPart], html: Mapping[int, Sequence[bytes]]) -> tuple[bytes, list[KeptPart]]:
    """The file with this HTML of some parts' sections, and the parts with the places of their sections in it."""
    if file is None:
        raise NotSpliceableError
    output, placed, done, shift = list[bytes](), list[KeptPart](), 0, 0
    for index, part in enumerate(parts):
        sections = []
        for number, old in enumerate(part.sections):
            new = html[index][number] if index in html else None
            size = old.size if new is None else len(new)
            sections.append(old._replace(start=old.start + shift, size=size))
            if new is not None:
                output += (file[done : old.start], new)
                done, shift = old.start + old.size, shift + size - old.size
        placed.append(part._replace(sections=tuple(sections)))
    return b"".join((*output, file[done:])), placed


def kept_parts(made: Sequence[MadePart], pieces: Sequence[str], offsets: Sequence[int], around: Dependencies, links: Links) -> KeptParts:
    """What is kept of a page that was rendered as a whole.

    Args:
        made: the parts of the page.
        pieces: its content, of which every second piece is a section.
        offsets: where each piece, and what follows the content, begins in the page's file.
        around: the dependencies of the page around its parts.
        links: finds the links.
    """
    parts, index = [], 1
    for part in made:
        if not part.sections:  # most parts of most pages
            parts.append(KeptPart(part.key, part.dependencies.size, (), _NO_LINKS))
            continue
        end = index + 2 * len(part.sections)
        places = [(offsets[each], offsets[each + 1]) for each in range(index, end, 2)]
        sections = tuple([KeptSection(each.id, each.title, at, to - at) for each, (at, to) in zip(part.sections, places, strict=True)])
        parts.append(KeptPart(part.key, part.dependencies.size, sections, links("".join(pieces[index:end:2]))))
        index = end
    return KeptParts(around.size, links("".join(pieces[::2])), tuple(parts))


def unchanged(cached: CachedPage, made: Sequence[MadePart], around: Dependencies) -> KeptParts | None:
    """What is kept of a page whose parts are the same as before, with today's dependencies; None if a part has changed."""
    kept = cached.kept
    if [part.key for part in kept.parts] != [part.key for part in made]:
        return None
    parts = (part._replace(reads=new.dependencies.size) for part, new in zip(kept.parts, made, strict=True))
    return kept._replace(reads=around.size, parts=tuple(parts))


def has_sections(made: Sequence[MadePart], pieces: Sequence[str]) -> bool:
    """Whether the pieces have one section for each of those that were made."""
    return len(pieces) == 1 + 2 * sum(len(part.sections) for part in made)
