"""Sorted terms → shards: files with the terms of one beginning, without those of longer beginnings that have a file of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from callboard.model.urls import segment
from callboard.search.postings import bounded
from callboard.search.term_file import Line

LARGEST = 12_000
"""Bytes of a shard, except for one that is a single term: a third of that over the wire."""
MOST = {"h": 1_500, "t": 1_500}
"""Occurrences of a term in a shard of titles and of texts: 8 KB over the wire. Of a more frequent term the best ones are kept."""
WHOLE = "_"
"""Behind a beginning: the shard of the term that is this beginning itself."""


class Shard(NamedTuple):
    """One file of terms."""

    name: str
    """The beginning of its terms; with ``WHOLE``, the one term."""
    content: bytes


def shards(tier: str, lines: Iterable[Line]) -> Iterator[Shard]:
    """The shards of all terms; only those with the same first letter are in memory at once."""
    for first, group in groupby(lines, key=lambda line: line[0][:1]):
        rows = [(term, _row(term, bounded(postings, MOST[tier], prefer_small=tier == "h"))) for term, postings in group]
        yield from _split(first, rows)


def _row(term: str, postings: str) -> bytes:
    return f"{json.dumps(term, ensure_ascii=False)}:{postings}".encode()


def _split(beginning: str, rows: list[tuple[str, bytes]]) -> Iterator[Shard]:
    if len(rows) == 1 or sum(len(row) + 1 for _, row in rows) <= LARGEST:
        yield _shard(beginning, rows)
        return
    parts = {longer: list(group) for longer, group in groupby(rows, key=lambda row: row[0][: len(beginning) + 1])}
    sizes = {longer: sum(len(row) + 1 for _, row in part) for longer, part in parts.items()}
    left = sum(sizes.values())
    for longer in sorted(parts, key=lambda longer: (-sizes[longer], longer)):
        if left <= LARGEST:
            break
        left -= sizes[longer]
        part = parts.pop(longer)
        yield from [_shard(longer + WHOLE, part)] if longer == beginning else _split(longer, part)
    if parts:
        yield _shard(beginning, [row for part in parts.values() for row in part])


def _shard(name: str, rows: list[tuple[str, bytes]]) -> Shard:
    return Shard(name, b"{" + b",".join(row for _, row in rows) + b"}")


def shard_path(tier: str, name: str) -> str:
    """The file of a shard, below the site's root."""
    return f"search/{tier}/{segment(f'w-{name}')}.json"
