"""Documents → blocks: files with what hits show of some pages, so that a result needs few and small requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from callboard.search.places import PagePlace, fnv

PER_BLOCK = 16
"""Sections that a block has on average."""
MOST_BITS = 13
"""At most 8,192 blocks: larger ones are better than more files."""


def order_of(place: PagePlace) -> int:
    """Where a page stands in the order of documents; the first bits are the number of its block."""
    return fnv(f"{place.entity}.{place.page}")


def block_bits(sections: int) -> int:
    """How many bits of that number name the block, if there are so many sections. The number of blocks is a power of two."""
    return min(MOST_BITS, max(0, (sections // PER_BLOCK).bit_length()))


def blocks(shown: Iterable[tuple[int, PagePlace, str]], bits: int) -> Iterator[tuple[int, bytes]]:
    """Number and content of each block, of order, place and JSON of the documents in their order."""
    for number, group in groupby(shown, key=lambda each: each[0] >> (32 - bits)):
        rows = (f'"{place.entity}.{place.page}":{text}' for _, place, text in group)
        yield number, f"{{{','.join(rows)}}}".encode()


def block_path(number: int) -> str:
    """The file of a block, below the site's root."""
    return f"search/b/{number}.json"
