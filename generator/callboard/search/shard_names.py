"""The names of a tier's shards → files of names, so that a query of a large index loads those with its word's first letters alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from callboard.model.urls import segment

MOST_NAMES = 400
"""Names of shards in a file: 1 KB over the wire. So few are in the overview instead."""


def by_utf_16(name: str) -> bytes:
    """The key of the browser's order of texts."""
    return name.encode("utf-16-be", "surrogatepass")


def name_parts(names: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Beginnings, and the names with each that have no longer one of these beginnings.

    In front of them is the name of the shard for words with that beginning whose own one does not exist.
    """
    known = set(names)
    return sorted((beginning, [*_above(beginning, known), *sorted(of, key=by_utf_16)]) for beginning, of in _parted("", [*names]))


def _parted(beginning: str, names: list[str]) -> Iterator[tuple[str, list[str]]]:
    longer = {key: [*group] for key, group in groupby(sorted(names), key=lambda name: name[: len(beginning) + 1])}
    left = len(names)
    for key in sorted(longer, key=lambda key: (-len(longer[key]), key)):
        if left <= MOST_NAMES or key == beginning:
            break
        left -= len(longer[key])
        yield from _parted(key, longer.pop(key))
    yield beginning, [name for of in longer.values() for name in of]


def _above(beginning: str, known: set[str]) -> list[str]:
    return next(([beginning[:length]] for length in range(len(beginning) - 1, 0, -1) if beginning[:length] in known), [])


def part_files(tier: str, parts: list[tuple[str, list[str]]]) -> Iterator[tuple[str, str, bytes]]:
    """Path, name and content of the files."""
    for beginning, names in parts:
        content = json.dumps(names, ensure_ascii=False, separators=(",", ":")).encode()
        yield f"search/{tier}/{segment(f'n-{beginning}')}.json", "", content
