"""The documents of the last build in one file, in the order of their blocks: those that did not change are copied without being parsed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from callboard.search.documents import SearchDocument
from callboard.search.places import PagePlace

_FIELDS = 6
"""Fields in front of what hits show and of the terms."""


class Known(NamedTuple):
    """What is in memory of a line: enough to know whether it is still right, and where to find it."""

    order: int
    place: PagePlace
    digest: str
    sections: int
    offset: int


class IndexedPage(NamedTuple):
    """One line of the file."""

    order: int
    """``order_of`` the place."""
    place: PagePlace
    digest: str
    """Of the page's text."""
    document: SearchDocument

    @property
    def known(self) -> Known:
        """What is in memory of it; the offset is not known yet."""
        return Known(self.order, self.place, self.digest, self.document.sections, 0)

    @property
    def line(self) -> bytes:
        """The line of the file."""
        of = self.document
        fields = (f"{self.order:08x}", *self.place, self.digest, of.sections, json.dumps(of.path), of.shown, of.terms)
        return "\t".join(map(str, fields)).encode() + b"\n"


class DocumentFile:
    """The lines of a file, by the paths of their pages. A missing file has none.

    Args:
        file: the file.
        known: what is known of its lines; without it, they are read.
    """

    def __init__(self, file: Path, known: dict[str, Known] | None = None) -> None:
        self._file = file
        self._opened: IO[bytes] | None = None
        self.known: dict[str, Known] = known if known is not None else dict(self._read()) if file.is_file() else {}

    def _read(self) -> Iterator[tuple[str, Known]]:
        offset = 0
        with self._file.open("rb") as lines:
            for line in lines:
                order, entity, page, digest, sections, path, _ = line.split(b"\t", _FIELDS)
                place = PagePlace(int(entity), int(page))
                yield msgspec.json.decode(path), Known(int(order, 16), place, digest.decode(), int(sections), offset)
                offset += len(line)

    def line(self, known: Known) -> bytes:
        """One line; the file stays open until ``close``."""
        if self._opened is None:
            self._opened = self._file.open("rb")
        self._opened.seek(known.offset)
        return self._opened.readline()

    def page(self, path: str) -> IndexedPage:
        """One line, read."""
        known = self.known[path]
        *_, shown, terms = self.line(known).rstrip(b"\n").decode().split("\t")
        return IndexedPage(known.order, known.place, known.digest, SearchDocument(path, shown, terms, known.sections))

    def shown(self, paths: Iterable[str]) -> Iterator[tuple[PagePlace, str]]:
        """Place and ``shown`` of these pages."""
        for path in paths:
            page = self.page(path)
            yield page.place, page.document.shown

    def close(self) -> None:
        """Close the file."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None


def write(file: Path, lines: Iterable[tuple[str, Known, bytes]]) -> dict[str, Known]:
    """Write a file that may be read while its new lines are made; returns what is known of each line.

    Args:
        file: the file.
        lines: path, what is known but for the offset, and content.
    """
    new, known, offset = file.with_suffix(".new"), {}, 0
    with new.open("wb") as opened:
        for path, of, line in lines:
            known[path] = of._replace(offset=offset)
            offset += opened.write(line)
    new.replace(file)
    return known


class Spool:
    """Documents that this build made, in a temporary file, so that never all of them are in memory."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._places: dict[str, tuple[int, int]] = {}
        """Offset and size in the file, by path of the page."""

    def add(self, documents: Iterable[SearchDocument]) -> None:
        """Keep documents."""
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by ``close``
        for document in documents:
            row = msgspec.msgpack.encode((document.path, document.shown, document.terms, document.sections))
            self._places[document.path] = self._file.seek(0, 2), len(row)
            self._file.write(row)

    def find(self, path: str) -> SearchDocument | None:
        """The document of a page, if this build made it."""
        if self._file is None or path not in self._places:
            return None
        offset, size = self._places[path]
        self._file.seek(offset)
        return SearchDocument(*msgspec.msgpack.decode(self._file.read(size)))

    def __len__(self) -> int:
        return len(self._places)

    def close(self) -> None:
        """Remove the temporary file."""
        if self._file is not None:
            self._file.close()
            self._file = None
