"""Sorted terms → shards: files with the terms of one beginning, without those of longer beginnings that have a file of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import groupby
from typing import NamedTuple, TypeVar

from callboard.model.urls import segment
from callboard.search.postings import bounded
from callboard.search.term_cells import LETTERS, Cell
from callboard.search.term_file import Line

LARGEST = 12_000
"""Bytes of a shard, except for one that is a single term: a third of that over the wire."""
MOST = 1_500
"""Occurrences of a term in a shard: 8 KB over the wire. Of a more frequent term the best ones are kept."""
WHOLE = "_"
"""Behind a beginning: the shard of the term that is this beginning itself."""
_Item = TypeVar("_Item")


class Shard(NamedTuple):
    """One file of terms."""

    name: str
    """The beginning of its terms; with ``WHOLE``, the one term."""
    content: bytes


class ShardPlan(NamedTuple):
    """Which cells become one shard, or which one cell becomes several."""

    name: str
    cells: Sequence[Cell]


class Row(NamedTuple):
    """One term of a shard."""

    term: str
    content: bytes
    """The term and what is known about it, in JSON."""


def row_size(tier: str, line: Line) -> int:
    """The bytes of a term in a shard. Of most terms they are known without writing them."""
    term, postings = line
    if term.isascii() and term.isalnum() and postings.count(",") < MOST:
        return len(f'"{term}":,') + len(postings)
    return len(_row(tier, line).content) + 1


def plans(cells: Iterable[Cell]) -> Iterator[ShardPlan]:
    """The shards of all cells, as far as they can be told without reading terms."""
    for first, group in groupby(cells, key=lambda cell: cell.key[:1]):
        yield from _planned(first, [*group])


def shards(tier: str, plan: ShardPlan, lines: Iterable[Line]) -> Iterator[Shard]:
    """The shards of a plan, from the lines of its cells."""
    return split(plan.name, [_row(tier, line) for line in lines])


def quoted(term: str) -> str:
    """A term in JSON; letters and digits need no escapes."""
    return f'"{term}"' if term.isalnum() else json.dumps(term, ensure_ascii=False)


_frequent: dict[tuple[str, str, bytes], Row] = {}
"""Rows of frequent terms, by tier, term and digest of the list: needed once for the size of its cell, and once for the shard."""
_MOST_FREQUENT = 1_000
"""Rows in memory, of about 8 KB."""


def _row(tier: str, line: Line) -> Row:
    term, postings = line
    if postings.count(",") < MOST:
        return _written(tier, line)
    key = tier, term, blake2b(postings.encode(), digest_size=16).digest()
    if key not in _frequent:
        if len(_frequent) >= _MOST_FREQUENT:
            _frequent.clear()
        _frequent[key] = _written(tier, line)
    return _frequent[key]


def _written(tier: str, line: Line) -> Row:
    term, postings = line
    content = f"{quoted(term)}:{bounded(postings, MOST, prefer_small=tier == 'h')}"
    return Row(term, content.encode())


def _planned(beginning: str, cells: list[Cell]) -> Iterator[ShardPlan]:
    is_one = len(cells) == 1 and (len(beginning) == LETTERS or cells[0].terms == 1)
    if is_one or sum(cell.size for cell in cells) <= LARGEST:
        yield ShardPlan(beginning, cells)
        return
    apart, rest = _parts(beginning, cells, lambda cell: cell.key, lambda cell: cell.size)
    for longer, part in apart:
        yield from [ShardPlan(longer + WHOLE, part)] if longer == beginning else _planned(longer, part)
    if rest:
        yield ShardPlan(beginning, rest)


def split(beginning: str, rows: list[Row]) -> Iterator[Shard]:
    """The shards of sorted rows that have a beginning in common."""
    if len(rows) == 1 or sum(len(row.content) + 1 for row in rows) <= LARGEST:
        yield _shard(beginning, rows)
        return
    apart, rest = _parts(beginning, rows, lambda row: row.term, lambda row: len(row.content) + 1)
    for longer, part in apart:
        yield from [_shard(longer + WHOLE, part)] if longer == beginning else split(longer, part)
    if rest:
        yield _shard(beginning, rest)


def _parts(
    beginning: str, items: Iterable[_Item], name: Callable[[_Item], str], size: Callable[[_Item], int]
) -> tuple[list[tuple[str, list[_Item]]], list[_Item]]:
    """The largest groups with one letter more, until the rest fits into a shard; and that rest."""
    parts = {longer: [*group] for longer, group in groupby(items, key=lambda item: name(item)[: len(beginning) + 1])}
    sizes = {longer: sum(map(size, part)) for longer, part in parts.items()}
    left, apart = sum(sizes.values()), []
    for longer in sorted(parts, key=lambda longer: (-sizes[longer], longer)):
        if left <= LARGEST:
            break
        left -= sizes[longer]
        apart.append((longer, parts.pop(longer)))
    return apart, [item for part in parts.values() for item in part]


def _shard(name: str, rows: list[Row]) -> Shard:
    return Shard(name, b"{" + b",".join(row.content for row in rows) + b"}")


def shard_path(tier: str, name: str) -> str:
    """The file of a shard, below the site's root."""
    return f"search/{tier}/{segment(f'w-{name}')}.json"
