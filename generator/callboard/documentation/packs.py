"""Converted pages ↔ one file for each set, so that a page is converted again only if something that it is made from has changed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from hashlib import blake2b
from pathlib import Path

import msgspec

from callboard.documentation.model import DocumentPage
from callboard.io.checked_lines import checked, with_digest, write_unsynced
from callboard.model.data_classes import dataclass

_PURPOSE = b"documentation 2"
_END = ".pack"
_COUNT = 8
"""Digits of the size of the head, with which a file begins."""


class _Head(msgspec.Struct, frozen=True, array_like=True):
    """The pages of a file, with the place of the HTML of each behind the head."""

    digest: str
    """Of everything that the set was converted from, with all texts."""
    pages: tuple[DocumentPage, ...] = ()
    starts: tuple[int, ...] = ()


_decoder = msgspec.msgpack.Decoder(_Head)


class MissingHtmlError(Exception):
    """The HTML of a page was removed or damaged since its set was read."""


@dataclass(frozen=True, slots=True)
class KeptPages:
    """The pages of one set as they were converted last. Their HTML stays on the disk."""

    file: Path
    digest: str = ""
    pages: Mapping[str, DocumentPage] = field(default_factory=dict)
    """By key."""
    starts: Mapping[str, int] = field(default_factory=dict)
    """Offset of the HTML of each page in the file, by key."""

    def html(self, page: DocumentPage) -> bytes:
        """The HTML of a page. Raises ``MissingHtmlError``."""
        for kept in (self, None):  # another process may have written the file again
            kept = kept or read_pack(self.file)  # noqa: PLW2901 - read only if needed
            start = kept.starts.get(page.key)
            content = _part(self.file, start, page.size) if start is not None else b""
            if blake2b(content, digest_size=12).hexdigest() == page.digest:
                return content
        raise MissingHtmlError(page.path)


def pack_file(folder: Path, name: str) -> Path:
    """The file of a set with this name, such as the reference of its entity."""
    return folder / (blake2b(name.encode("utf-8", "replace"), digest_size=12).hexdigest() + _END)


def read_pack(file: Path) -> KeptPages:
    """The pages in a file; none if it is missing, damaged or of another format."""
    try:
        with file.open("rb") as opened:
            size = int(opened.read(_COUNT))
            content = checked(opened.read(size), _PURPOSE)
            head = _decoder.decode(content) if content is not None else None
    except (OSError, ValueError, msgspec.MsgspecError):
        head = None
    if head is None:
        return KeptPages(file)
    keys = [page.key for page in head.pages]
    offset = _COUNT + size
    starts = {key: start + offset for key, start in zip(keys, head.starts, strict=True)}
    return KeptPages(file, head.digest, dict(zip(keys, head.pages, strict=True)), starts)


def write_pack(file: Path, digest: str, pages: Sequence[tuple[DocumentPage, bytes]]) -> KeptPages:
    """Write the pages of a set with their HTML, in place of those in the file."""
    starts, offset = [], 0
    for page, _ in pages:
        starts.append(offset)
        offset += page.size
    head = with_digest(msgspec.msgpack.encode(_Head(digest, tuple(page for page, _ in pages), tuple(starts))), _PURPOSE)
    write_unsynced(file, f"{len(head):0{_COUNT}}".encode(), head, *(html for _, html in pages))
    by_key = {page.key: page for page, _ in pages}
    return KeptPages(file, digest, by_key, {page.key: start + len(head) + _COUNT for (page, _), start in zip(pages, starts, strict=True)})


def remove_other_packs(folder: Path, kept: Iterable[Path]) -> None:
    """Remove the files of sets that do not exist any more."""
    names = {file.stem for file in kept}
    with contextlib.suppress(OSError):
        for file in folder.glob("*.*"):
            if file.stem not in names:
                file.unlink(missing_ok=True)


def _part(file: Path, start: int, size: int) -> bytes:
    try:
        with file.open("rb") as opened:
            opened.seek(start)
            return opened.read(size)
    except OSError:
        return b""
