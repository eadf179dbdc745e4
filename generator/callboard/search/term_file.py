"""Terms and where they occur, as sorted lines of a file: ``term TAB postings``. A change makes the lines of its terms again."""

from __future__ import annotations

import heapq
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from callboard.search.postings import Occurrence, merged, packed

MOST_IN_MEMORY = 1_500_000
"""Occurrences that are collected in memory before they are written to a file beside the others: 150 MB."""
Line = tuple[str, str]
"""A term and its postings."""


class TermChanges:
    """What is added to and removed from one file of terms.

    Args:
        folder: for files with what does not fit into memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._added: dict[str, list[Occurrence]] = defaultdict(list)
        self._removed: dict[str, set[Occurrence]] = defaultdict(set)
        self._count = 0
        self._files: list[Path] = []

    def add(self, term: str, occurrence: Occurrence) -> None:
        """Add an occurrence, or leave it where it is: most of a changed page occurs where it did before."""
        if occurrence in self._removed.get(term, ()):
            self._removed[term].remove(occurrence)
            return
        self._added[term].append(occurrence)
        self._count += 1
        if self._count >= MOST_IN_MEMORY:
            self._spill()

    def remove(self, term: str, occurrence: Occurrence) -> None:
        """Remove an occurrence that an earlier build added. Everything is removed before anything is added."""
        self._removed[term].add(occurrence)

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
        sources = [_without(old, self._removed), *map(read_lines, self._files), iter(self._sorted())]
        for term, lines in groupby(heapq.merge(*sources, key=_term), key=_term):
            postings = merged([text for _, text in lines])
            if postings != "[]":
                yield term, postings

    def close(self) -> None:
        """Remove the files."""
        for file in self._files:
            file.unlink(missing_ok=True)

    def _sorted(self) -> list[Line]:
        return [(term, packed(sorted(set(self._added[term])))) for term in sorted(self._added)]

    def _spill(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=self._folder, prefix="terms-", delete=False) as file:
            self._files.append(Path(file.name))
            file.writelines(f"{term}\t{postings}\n" for term, postings in self._sorted())
        self._added.clear()
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
