"""The cache of rendered pages: reads and writes ``pages.jsonl``, so that a page whose dependencies are unchanged is not rendered again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from sys import byteorder
from typing import Any, NamedTuple

import msgspec

from callboard.incremental.fingerprint import canonical, code_digest, content_digest
from callboard.incremental.key_digests import KeyDigests, id_of
from callboard.incremental.page_parts import KeptParts, LinkTuples, packed_parts, packed_row, unpacked_parts, unpacked_row
from callboard.incremental.tracking import UNTRACKED, Dependencies, DependencyTracker
from callboard.io.checked_lines import HEAD, checked, with_digest
from callboard.io.store import write_atomically
from callboard.model.data_classes import dataclass

_FORMAT = f"8 {byteorder}"
_Row = tuple[str, str, str, str, tuple[tuple[str, str], ...], str, str, tuple[str, ...]]
"""Of one page: path, digest of the layout, key, digest, files, dependencies in Base64, digest of the text for the search, broken links."""
_ROW = msgspec.json.Decoder(_Row)
_HEAD, _PAGE = f"names {_FORMAT}".encode(), f"page {_FORMAT}".encode()


class CacheFile:
    """The cache file of the last build, open while parts of it may be read. It may be replaced on disk meanwhile."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """The offset of each line, and the line."""
        offset = 0
        with open(self._descriptor, "rb", closefd=False) as file:
            for line in file:
                yield offset, line
                offset += len(line)

    def part(self, start: int, size: int) -> bytes:
        """``size`` bytes from ``start`` on."""
        return os.pread(self._descriptor, size, start)

    def __del__(self) -> None:
        """Close the file: no value refers to it any more."""
        with contextlib.suppress(AttributeError):  # it could not be opened
            os.close(self._descriptor)


class NewParts(CacheFile):
    """A temporary file without a name in ``folder``, in which the parts of new pages wait until ``write_pages``."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            self._descriptor = os.dup(file.fileno())
        self._size = 0

    def put(self, parts: PackedParts) -> PackedParts:
        """The same parts, with their content in this file."""
        rest = content = parts.read()
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        self._size += len(content)
        return PackedParts(b"", self, self._size - len(content), len(content))


class PackedParts(NamedTuple):
    """A page's parts, with their links, as JSON that is read when needed.

    Those of 100,000 pages take more memory than all entities, and few builds need many.
    """

    content: bytes = b""
    file: CacheFile | None = None
    """Has the content, if ``content`` does not."""
    start: int = 0
    """Offset in the file."""
    size: int = 0
    """In bytes."""

    def read(self) -> bytes:
        """One line without its line break."""
        return self.file.part(self.start, self.size) if self.file else self.content

    def __reduce__(self) -> tuple[type[PackedParts], tuple[bytes]]:
        """Pickle the content, not the open file."""
        return PackedParts, (self.read(),)


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A page as it was rendered."""

    layout_digest: str
    """Digest of template and frame."""
    key: str
    """Digest of all values that the page around its parts was rendered from; empty if the next build has to render the page."""
    digest: str
    """Digest of the HTML file."""
    files: tuple[tuple[str, str], ...]
    """Paths and digests of the other files that belong to the page."""
    dependencies: Dependencies
    """What its views read."""
    search_digest: str
    """Digest of its searchable text; empty for a page without one."""
    broken_links: tuple[str, ...]
    """Broken links in user-supplied text."""
    packed: PackedParts

    @property
    def kept(self) -> KeptParts:
        """The page's parts, unpacked."""
        return unpacked_parts(self.packed.read())

    @property
    def links(self) -> LinkTuples:
        """The links of the whole page."""
        return self.kept.links


@dataclass(frozen=True, slots=True)
class CachedPages:
    """All pages of one build, and the fingerprints of their dependencies."""

    pages: Mapping[str, CachedPage] = field(default_factory=dict)
    """By path below the site's root."""
    base: str = ""
    """Digest of all inputs that are not tracked by key."""
    fingerprints: KeyDigests = KeyDigests()
    """Of each key that had a value."""
    guides: str = ""
    """Key of the guides that the links were checked with."""

    def changed(self, tracker: DependencyTracker | None) -> frozenset[int] | None:
        """The ids of all dependencies that changed since; None if every page may be affected.

        A page that read what is not tracked depends on ``UNTRACKED``, which always counts as changed.
        """
        if tracker is None or tracker.base != self.base:
            return None
        return frozenset({id_of(UNTRACKED), *tracker.fingerprints.changed_since(self.fingerprints)})

    def has_fingerprints_of(self, tracker: DependencyTracker | None) -> bool:
        """Whether all that pages depend on, and only that, is as it was."""
        return tracker is not None and tracker.base == self.base and tracker.fingerprints == self.fingerprints


def page_key(layout_digest: str, values: tuple[Any, ...], *, may_have_sets: bool = True) -> str:
    """Digest of everything that a page is rendered from; ``values`` are frozen: equal values have equal keys.

    Without sets the key is made several times faster.
    """
    return content_digest((layout_digest, canonical(values) if may_have_sets else values), 16)


def layout_key(template_digest: str, frame_digest: str) -> str:
    """Digest of what all pages of one template and frame share, including the program."""
    return hashlib.blake2b(f"{code_digest()}\0{template_digest}\0{frame_digest}".encode(), digest_size=12).hexdigest()


def text_key(text: object | None) -> str:
    """Digest of the searchable text of a page (a frozen value); empty for None."""
    return "" if text is None else content_digest(text)


def pack(kept: KeptParts) -> PackedParts:
    """The parts as one line of JSON."""
    return PackedParts(packed_parts(kept))


def read_pages(path: Path) -> CachedPages:
    """The pages of the last build, without those whose line is damaged; empty if the file is missing or of another format.

    If the first line is damaged, it is not known what the pages depend on: all are made again, and those that are the same are kept.
    """
    try:
        file = CacheFile(path)
        lines = iter(file)
        _, first = next(lines, (0, b""))
    except OSError:
        return CachedPages()
    head = checked(first.removesuffix(b"\n"), _HEAD)
    base, fingerprints, guides = json.loads(head or b'["", {}, ""]')
    return CachedPages(dict(_intact_pages(file, lines)), base, KeyDigests.from_json(fingerprints), guides)


def write_pages(path: Path, pages: Mapping[str, CachedPage], tracker: DependencyTracker | None, guides: str) -> None:
    """Write the pages for the next build."""
    head = (tracker.base, tracker.fingerprints.as_json(), guides) if tracker else ("", {}, guides)
    write_atomically(path, _lines(head, pages))


def _lines(head: Sequence[Any], pages: Mapping[str, CachedPage]) -> Iterator[bytes]:
    yield with_digest(json.dumps(head, separators=(",", ":")).encode(), _HEAD) + b"\n"
    for name, page in pages.items():
        dependencies = b64encode(page.dependencies.ids).decode()
        row: _Row = (name, page.layout_digest, page.key, page.digest, page.files, dependencies, page.search_digest, page.broken_links)
        yield with_digest(packed_row(row) + b"\t" + page.packed.read(), _PAGE) + b"\n"


def _intact_pages(file: CacheFile, lines: Iterable[tuple[int, bytes]]) -> Iterator[tuple[str, CachedPage]]:
    for start, line in lines:
        content = checked(line.removesuffix(b"\n"), _PAGE)
        if content is not None:
            yield _parse(file, start + HEAD, content)


def _parse(file: CacheFile, start: int, content: bytes) -> tuple[str, CachedPage]:
    """The page in a line's content, which begins in the file at ``start``."""
    size = content.index(b"\t")
    name, layout_digest, key, digest, files, dependencies, search_digest, broken_links = unpacked_row(content[:size], _ROW, _Row)
    layout_digest = sys.intern(layout_digest)  # few layouts have all pages
    packed = PackedParts(b"", file, start + size + 1, len(content) - size - 1)
    return name, CachedPage(layout_digest, key, digest, files, Dependencies(b64decode(dependencies)), search_digest, broken_links, packed)
