"""Documents → blocks: files with what hits show of some pages, so that a result needs few and small requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from callboard.search.documents import GROUP_END
from callboard.search.places import PagePlace, fnv

PER_BLOCK = 16
"""Sections that a block has on average."""
MOST_BITS = 15
"""At most 32,768 blocks, for 500,000 sections; above that, larger ones are better than more files."""


def order_of(place: PagePlace) -> int:
    """Where a page stands in the order of documents; the first bits are the number of its block."""
    return fnv(f"{place.entity}.{place.page}")


def block_bits(sections: int) -> int:
    """How many bits of that number name the block, if there are so many sections. The number of blocks is a power of two."""
    return min(MOST_BITS, max(0, (sections // PER_BLOCK).bit_length()))


def block_files(number: int, shown: Iterable[tuple[PagePlace, str]]) -> Iterator[tuple[str, str, bytes]]:
    """Path, name and content of the files of a block, of place and ``shown`` of its pages in their order."""
    files: dict[int, list[str]] = defaultdict(list)
    for place, text in shown:
        for group, part in enumerate(text.split(GROUP_END)):
            files[group].append(f'"{place.entity}.{place.page}":{part}')
    for group, rows in files.items():
        yield block_path(number, group), "", f"{{{','.join(rows)}}}".encode()


def block_path(number: int, group: int) -> str:
    """The file of a block with such a group of sections of its pages, below the site's root."""
    return f"search/b/{number}{f'-{group}' if group else ''}.json"
