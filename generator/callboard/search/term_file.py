"""Terms and where they occur, as sorted lines of a file: ``term TAB postings``. A change makes the lines of its terms again."""

from __future__ import annotations

import heapq
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from callboard.search.places import PagePlace
from callboard.search.postings import Occurrence, merged, packed, page_bits

MOST_IN_MEMORY = 1_500_000
"""Occurrences that are collected in memory before they are written to a file beside the others: 12 MB, and 200 bytes for each term."""
Line = tuple[str, str]
"""A term and its postings."""


class TermChanges:
    """What is added to and removed from one file of terms.

    Args:
        folder: for files with what does not fit into memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._added: dict[str, array[int]] = {}
        self._removed: dict[str, set[Occurrence]] = {}
        self._count = 0
        self._files: list[Path] = []

    def add(self, place: PagePlace, terms: Mapping[str, Sequence[int]]) -> None:
        """Add the terms of a page with their weights, or leave them where they are: most of a changed page occurs where it did before."""
        page, added = page_bits(place), self._added
        for term, weights in terms.items():
            occurrences = [page | weight for weight in weights]
            if self._removed and (removed := self._removed.get(term)):
                stays = removed.intersection(occurrences)
                removed -= stays
                occurrences = [each for each in occurrences if each not in stays]
                if not occurrences:
                    continue
            if term in added:
                added[term].extend(occurrences)
            else:
                added[term] = array("q", occurrences)
            self._count += len(occurrences)
        if self._count >= MOST_IN_MEMORY:
            self._spill()

    def remove(self, place: PagePlace, terms: Mapping[str, Sequence[int]]) -> None:
        """Remove the terms of a page that an earlier build added. Everything is removed before anything is added."""
        page = page_bits(place)
        for term, weights in terms.items():
            self._removed.setdefault(term, set()).update(page | weight for weight in weights)

    @property
    def terms(self) -> frozenset[str]:
        """Terms whose postings may change."""
        return frozenset((*self._added, *(term for term, removed in self._removed.items() if removed)))

    @property
    def are_many(self) -> bool:
        """Whether they did not fit into memory, so that ``terms`` has some of them only."""
        return bool(self._files)

    def applied(self, old: Iterable[Line]) -> Iterator[Line]:
        """The sorted lines of ``old`` with the changes."""
        sources = [_without(old, self._removed), *map(read_lines, self._files), self._sorted()]
        for term, lines in groupby(heapq.merge(*sources, key=_term), key=_term):
            postings = merged([text for _, text in lines])
            if postings != "[]":
                yield term, postings

    def close(self) -> None:
        """Remove the files."""
        for file in self._files:
            file.unlink(missing_ok=True)

    def _sorted(self) -> Iterator[Line]:
        for term in sorted(self._added):
            yield term, packed(sorted({*self._added.pop(term)}))

    def _spill(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=self._folder, prefix="terms-", delete=False) as file:
            self._files.append(Path(file.name))
            file.writelines(f"{term}\t{postings}\n" for term, postings in self._sorted())
        self._count = 0


def _term(line: Line) -> str:
    return line[0]


def _without(lines: Iterable[Line], removed: Mapping[str, set[Occurrence]]) -> Iterator[Line]:
    for term, postings in lines:
        yield term, merged([postings], removed[term]) if term in removed else postings


def read_lines(file: Path) -> Iterator[Line]:
    """The lines of a file of terms; none if it is missing."""
    try:
        opened = file.open(encoding="utf-8", newline="\n")
    except FileNotFoundError:
        return
    with opened:
        for line in opened:
            yield line_of(line.rstrip("\n"))


def line_of(text: str) -> Line:
    """A line of a file, without its end."""
    term, _, postings = text.partition("\t")
    return term, postings
