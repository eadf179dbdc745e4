"""A file of terms and changes → the new file; parts of it (terms that begin with the same letters) without a change are copied unread."""

from __future__ import annotations

import heapq
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, NamedTuple

from callboard.search.term_file import Line, TermChanges, line_of

LETTERS = 3
"""First letters that the terms of a cell have in common."""


class Cell(NamedTuple):
    """One part of a file of terms."""

    key: str
    """The first letters of its terms, or the one term that is shorter."""
    offset: int
    length: int
    terms: int
    size: int
    """Bytes of its terms in shards, with what is between them."""
    digest: str


def key_of(line: Line) -> str:
    """The key of the cell of a term."""
    return line[0][:LETTERS]


def lines_of(file: IO[bytes], cells: Iterable[Cell]) -> Iterator[Line]:
    """The lines of these cells."""
    for cell in cells:
        for line in _content(file, cell).decode().split("\n")[:-1]:
            yield line_of(line)


def update(path: Path, old: Sequence[Cell], changes: TermChanges, size: Callable[[Line], int]) -> list[Cell]:
    """Apply changes to a file of terms; returns its cells.

    Args:
        path: the file; it is missing if there are no cells.
        old: its cells.
        changes: what is added and removed.
        size: returns the bytes of a term in a shard.
    """
    changed = None if changes.are_many else {term[:LETTERS] for term in changes.terms}
    kept = [cell for cell in old if changed is not None and cell.key not in changed]
    again = [cell for cell in old if changed is None or cell.key in changed]
    new, cells, offset = path.with_suffix(".new"), [], 0
    with path.open("rb") if old else io.BytesIO() as source, new.open("wb") as target:
        copied = ((cell.key, cell, list[Line]()) for cell in kept)
        fresh = ((key, None, [*lines]) for key, lines in groupby(changes.applied(lines_of(source, again)), key=key_of))
        for _, old_cell, lines in heapq.merge(copied, fresh, key=itemgetter(0)):
            content, cell = (_content(source, old_cell), old_cell) if old_cell else _made(lines, size)
            cells.append(cell._replace(offset=offset))
            offset += target.write(content)
    new.replace(path)
    return cells


def _made(lines: list[Line], size: Callable[[Line], int]) -> tuple[bytes, Cell]:
    content = "".join(f"{term}\t{postings}\n" for term, postings in lines).encode()
    digest = blake2b(content, digest_size=16).hexdigest()
    return content, Cell(key_of(lines[0]), 0, len(content), len(lines), sum(map(size, lines)), digest)


def _content(file: IO[bytes], cell: Cell) -> bytes:
    file.seek(cell.offset)
    return file.read(cell.length)
