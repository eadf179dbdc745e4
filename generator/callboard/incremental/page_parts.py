"""What is kept of a rendered page's parts (keys, places in the file, links) ↔ one line of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple, TypeVar

import msgspec

from callboard.incremental.fingerprint import content_digest

Row = TypeVar("Row")
LinkTuples = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Anchors, the URLs in templates' markup, and those in user-supplied text."""


class KeptSection(NamedTuple):
    """A section's place in the file of its page."""

    id: str
    title: str
    start: int
    """Offset of its HTML, in bytes."""
    size: int
    """In bytes."""


class KeptPart(NamedTuple):
    """A part of a page as it was rendered."""

    key: str
    """Digest of its sections' views."""
    reads: int
    """How many of the page's dependencies are the part's."""
    sections: tuple[KeptSection, ...]
    links: LinkTuples

    @property
    def headings(self) -> tuple[tuple[str, str], ...]:
        """Anchor and title of each section."""
        return tuple((section.id, section.title) for section in self.sections)


class KeptParts(NamedTuple):
    """A page as it was rendered: the page around its parts, and the parts in their order."""

    reads: int
    """How many of the page's dependencies are those of the page around its parts; they come first."""
    around: LinkTuples
    """The links of the page around its parts."""
    parts: tuple[KeptPart, ...] = ()

    @property
    def all_links(self) -> tuple[LinkTuples, ...]:
        """The links of the page around its parts, and of each part."""
        return self.around, *[part.links for part in self.parts]

    @property
    def links(self) -> LinkTuples:
        """The links of the whole page, each once."""
        anchors, ours, prose = zip(*self.all_links, strict=True)
        return _unique(anchors), _unique(ours), _unique(prose)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many dependencies the page around its parts, and each part, has."""
        return self.reads, *(part.reads for part in self.parts)


_PARTS = msgspec.json.Decoder(KeptParts)


def part_key(sections: Any) -> str:
    """Digest of the sections of a part, which are frozen: equal ones have equal keys."""
    return content_digest(sections) if sections else ""


def packed_parts(kept: KeptParts) -> bytes:
    """One line without its line break."""
    return packed_row(kept)


def unpacked_parts(line: bytes) -> KeptParts:
    """The parts in a line that ``packed_parts`` made."""
    return unpacked_row(line, _PARTS, KeptParts)


def packed_row(row: tuple[Any, ...]) -> bytes:
    """A tuple of strings, numbers and tuples as one line of JSON without its line break."""
    try:
        return msgspec.json.encode(row)
    except (TypeError, UnicodeEncodeError):  # another kind of string, half a surrogate pair
        return json.dumps(row, separators=(",", ":")).encode()


def unpacked_row(line: bytes, decoder: msgspec.json.Decoder[Row], kind: Any) -> Row:
    """The tuple of this type in a line that ``packed_row`` made."""
    try:
        return decoder.decode(line)
    except msgspec.DecodeError:  # half a surrogate pair
        row: Row = msgspec.convert(json.loads(line), kind)
        return row


def _unique(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(lists)))
