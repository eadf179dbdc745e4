"""Paths of pages → their numbers in the index, which do not change when other pages change; ``search-index.js`` computes the same ones.

The first part of a number is for the page's entity, by a digest of the entity's path, the second for the page among those of the entity.
The entity's own page, the first pages of its documentation and of its reference, and its facts have fixed numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

ENTITY_BITS, SMALL_BITS, PAGE_BITS = 30, 10, 14
FIXED = 8
"""Numbers of an entity's pages that are kept for certain pages."""
FEW = 128
"""With more pages than this an entity's pages are spread over ``PAGE_BITS`` instead of ``SMALL_BITS``, so that few of them meet."""
MOST = 8_000
"""Most documents of an entity with numbers, and most pages of its reference: there are 8,192 of each. The rest is not in the index."""
FACTS = "#facts"
"""Behind the path of an entity's page: the document of its facts."""
_IN_PATH = 4
"""Parts of a path that name an entity: ``catalog/default/component/x``."""
_FOLDERS = ("catalog", "docs")
_OFFSET, _PRIME, _32 = 0x811C9DC5, 0x01000193, 0xFFFFFFFF


class PagePlace(NamedTuple):
    """The number of a page."""

    entity: int
    page: int


def fnv(text: str) -> int:
    """The 32-bit FNV-1a digest of a text in UTF-8."""
    value = _OFFSET
    for byte in text.encode("utf-8", "replace"):
        value = (value ^ byte) * _PRIME & _32
    return value


def entity_of(path: str) -> str:
    """The part of a page's path that names its entity: ``default/component/x``; empty for a page of the portal itself."""
    parts = path.split("/")
    return "/".join(parts[1:_IN_PATH]) if len(parts) > _IN_PATH and parts[0] in _FOLDERS else ""


def places_of(paths: Iterable[str]) -> dict[str, PagePlace]:
    """The numbers of all pages: odd ones for references, even ones for documents. Those above ``MOST`` have none.

    A new page moves another one of its entity only if both digests are the same: one of fifty in a set of ten pages.
    """
    entities: dict[int, list[str]] = defaultdict(list)
    for path in paths:
        entities[fnv(entity_of(path)) >> (32 - ENTITY_BITS)].append(path)
    return {path: PagePlace(entity, page) for entity, of in entities.items() for path, page in _numbered(sorted(of))}


def _numbered(paths: list[str]) -> Iterable[tuple[str, int]]:
    bits = SMALL_BITS if len(paths) <= FEW else PAGE_BITS
    taken: set[int] = set()
    count = [0, 0]
    for path in paths:
        page, is_reference = _fixed(path), path.startswith("catalog/")
        count[is_reference] += 1
        if count[is_reference] > MOST:
            continue
        if page < 0 or page in taken:
            page = fnv(path) >> (33 - bits) << 1 | is_reference
            while page in taken or page < FIXED:
                page = (page + 2) % (1 << bits)
        taken.add(page)
        yield path, page


def _fixed(path: str) -> int:
    """The fixed number of a page; -1 for one without."""
    entity = entity_of(path)
    if not entity:
        return -1
    ours = (f"catalog/{entity}/", f"docs/{entity}/", f"catalog/{entity}/reference/", f"catalog/{entity}/{FACTS}")
    return ours.index(path) if path in ours else -1
