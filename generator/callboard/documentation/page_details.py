"""What is known of a converted page besides its HTML: headings, links, notes. Pages have it packed, because few steps need it."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from callboard.documentation.blocks import DocumentBlock

_UNPACKED = 256
"""Pages whose details are in memory at a time; the steps that need them go from set to set."""


class Heading(msgspec.Struct, frozen=True, array_like=True):
    """An entry of a page's contents."""

    id: str
    text: str
    level: int
    children: tuple[Heading, ...] = ()


class MissingTarget(msgspec.Struct, frozen=True, array_like=True):
    """A link or image of a page whose file the set does not have."""

    address: str
    """As written."""
    line: int
    """In the file of the page, from 1; 0 where it is not known."""
    is_image: bool = False


class Jump(msgspec.Struct, frozen=True, array_like=True):
    """A link to a heading of a page of the same set."""

    path: str
    """Of the page that is linked, below the documentation folder."""
    anchor: str
    address: str
    """As written."""
    line: int


class OpenLink(msgspec.Struct, frozen=True, array_like=True):
    """A link whose target is known only when all sets are read: to an entity, to another set, or to a file outside of the set.

    The HTML of the page has a mark with the link's position in ``PageDetails.open_links`` in place of its address (``open_links.py``).
    """

    address: str
    """As written: ``component:payments/runbook.md#restore``, ``../src/main.py#L3``."""
    line: int
    file: str = ""
    """Path of a file in the repository; empty for a link to an entity or to its documentation."""
    is_image: bool = False
    page: str = ""
    """Path of a page of the same set, for a link to it without a text, which gets its title; its address is in the HTML."""


class DrawingNote(msgspec.Struct, frozen=True, array_like=True):
    """A diagram or formula of a page that is shown as its text."""

    message: str
    """What is wrong, without a full stop."""
    line: int
    """In the file of the page, from 1; 0 where it is not known."""


class RemovedMarkup(msgspec.Struct, frozen=True, array_like=True):
    """An element of HTML, or an attribute, that a page of the portal cannot have."""

    name: str
    outcome: str
    """What became of it: ``is left out``."""
    hint: str
    line: int
    """Of the first one in the file of the page, from 1; 0 where it is not known."""


class PageDetails(msgspec.Struct, frozen=True, array_like=True):
    """Everything that is known of a converted page besides its address, its title and its HTML."""

    headings: tuple[Heading, ...] = ()
    anchors: tuple[str, ...] = ()
    """Ids of headings and other elements."""
    missing: tuple[MissingTarget, ...] = ()
    jumps: tuple[Jump, ...] = ()
    open_links: tuple[OpenLink, ...] = ()
    linked: tuple[str, ...] = ()
    """Paths of the set's other pages that the page links to."""
    files: tuple[str, ...] = ()
    """Paths of images and other files of the set that the page shows or links to."""
    notes: tuple[DrawingNote, ...] = ()
    blocks: tuple[DocumentBlock, ...] = ()
    """Tables, figures and graphs of the catalog; the HTML has a mark with the position of each (``open_links.py``)."""
    removed: tuple[RemovedMarkup, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(PageDetails)


def packed_details(details: PageDetails) -> bytes:
    """The details as bytes."""
    return _encoder.encode(details)


@lru_cache(_UNPACKED)
def unpacked_details(packed: bytes) -> PageDetails:
    """The details in bytes that ``packed_details`` made; none in no bytes. Raises ``msgspec.MsgspecError`` for others."""
    return _decoder.decode(packed) if packed else PageDetails()
