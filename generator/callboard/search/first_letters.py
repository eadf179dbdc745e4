"""Words of titles → shards of their letters behind the first one, so that a slip in the first letter of a word can be corrected."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from callboard.search.shards import Row, Shard, quoted, split
from callboard.search.term_cells import LETTERS, Cell
from callboard.search.term_file import Line

TIER = "r"
SHORTEST = 4
"""Letters of a word that is corrected; nearly every shorter one is close to others."""


def rest_plans(cells: Iterable[Cell]) -> list[tuple[str, Sequence[Cell]]]:
    """The beginnings of the rests of words, and the cells that have these words, in their order."""
    found: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        if len(cell.key) == LETTERS:
            found[cell.key[1:]].append(cell)
    return sorted(found.items())


def rest_shards(beginning: str, lines: Iterable[Line]) -> Iterator[Shard]:
    """Shards of ``{rest: first letters}``."""
    letters: dict[str, set[str]] = defaultdict(set)
    for term, _ in lines:
        if len(term) >= SHORTEST and term.isalpha():
            letters[term[1:]].add(term[0])
    rows = [Row(rest, f"{quoted(rest)}:{json.dumps(''.join(sorted(of)))}".encode()) for rest, of in letters.items()]
    return split(beginning, sorted(rows)) if rows else iter(())
