"""What is known of the pages of the last build, so that a page whose values did not change is not made again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from sys import byteorder
from typing import Any, NamedTuple

from callboard.incremental.fingerprint import canonical, code_digest
from callboard.incremental.tracking import UNTRACKED, Dependencies, DependencyTracker, name_of
from callboard.io.store import write_atomically

_FORMAT = [3, byteorder]
LinkTuples = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""A page's anchors, its addresses in our markup, and those in people's text."""


class CacheFile:
    """The file of the last build, open as long as somebody may ask for a part of it. Another file may have its name meanwhile."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Where each line begins, and the line."""
        at = 0
        with open(self._descriptor, "rb", closefd=False) as file:
            for line in file:
                yield at, line
                at += len(line)

    def part(self, start: int, size: int) -> bytes:
        """Some bytes of it."""
        return os.pread(self._descriptor, size, start)

    def __del__(self) -> None:
        """Nobody asks any more."""
        with contextlib.suppress(AttributeError):  # it could not be opened
            os.close(self._descriptor)


class PackedLinks(NamedTuple):
    """A page's links as JSON: those of 100,000 pages are more than all entities, and few builds look at many of them."""

    content: bytes = b""
    lines: CacheFile | None = None
    """Where they lie, if not in ``content``."""
    start: int = 0
    size: int = 0

    def read(self) -> bytes:
        """One line without its end."""
        return self.lines.part(self.start, self.size) if self.lines else self.content

    def __reduce__(self) -> tuple[type[PackedLinks], tuple[bytes]]:
        """Another process gets the content."""
        return PackedLinks, (self.read(),)


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A page as it was made."""

    shell: str
    """Digest of template and frame."""
    key: str
    """Digest of all that it was made of."""
    digest: str
    """Digest of the file."""
    files: tuple[tuple[str, str], ...]
    """Paths and digests of what belongs to it."""
    reads: Dependencies
    """What its views read, as places in ``CachedPages.names``."""
    search: str
    """Digest of its searchable text; empty where search does not know it."""
    broken: tuple[str, ...]
    """Links in people's text that lead nowhere."""
    packed: PackedLinks
    """Its links."""

    @property
    def links(self) -> LinkTuples:
        """Its links, unpacked."""
        anchors, ours, prose = map(tuple, json.loads(self.packed.read()))
        return anchors, ours, prose


@dataclass(frozen=True, slots=True)
class CachedPages:
    """All pages of one build, and what was read for them."""

    pages: Mapping[str, CachedPage] = field(default_factory=dict)
    base: str = ""
    names: tuple[str, ...] = ()
    prints: tuple[str, ...] = ()
    """Of each name, in the same order; empty for what there was not."""
    guides: str = ""
    """Key of the guides that they were checked with."""

    def changed(self, reading: DependencyTracker | None) -> frozenset[int] | None:
        """The numbers of everything that is not what it was; None if anything may be."""
        if reading is None or reading.base != self.base:
            return None
        now = reading.prints
        return frozenset(
            number
            for number, (name, before) in enumerate(zip(self.names, self.prints, strict=True))
            if now.get(name, "") != before or name == name_of(UNTRACKED)
        )

    def all_names(self, reading: DependencyTracker | None) -> tuple[str, ...]:
        """The names in their order, then those that are new; begun anew where most would be of things long gone."""
        if reading is None:
            return ()
        keeps = reading.base == self.base and len(self.names) < 2 * len(reading.prints) + 1000
        return tuple(dict.fromkeys((*(self.names if keeps else ()), *reading.prints)))


def page_key(shell: str, values: tuple[Any, ...]) -> str:
    """The digest of all that decides about the page's bytes: equal frozen values, equal keys."""
    digest = hashlib.blake2b(shell.encode(), digest_size=16)
    digest.update(canonical(values).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def shell_key(template_digest: str, frame_digest: str) -> str:
    """What pages of one template and frame have in common, the program itself among it."""
    return hashlib.blake2b(f"{code_digest()}\0{template_digest}\0{frame_digest}".encode(), digest_size=12).hexdigest()


def text_key(text: object | None) -> str:
    """Digest of a searchable text (a frozen value); empty for None."""
    return "" if text is None else hashlib.blake2b(repr(text).encode("utf-8", "backslashreplace"), digest_size=12).hexdigest()


def pack(links: LinkTuples) -> PackedLinks:
    """Links as one line of JSON."""
    return PackedLinks(json.dumps(links, separators=(",", ":")).encode())


def as_packed(target: str) -> bytes:
    """What a target looks like among packed links."""
    return json.dumps(target).encode()


def read_pages(path: Path) -> CachedPages:
    """The pages of the last build by their path; none if the file is missing, of another format or damaged."""
    try:
        file = CacheFile(path)
        lines = iter(file)
        format_, base, names, prints, guides = json.loads(next(lines, (0, b""))[1])
        if format_ != _FORMAT or len(names) != len(prints):
            return CachedPages()
        return CachedPages(dict(_parse(file, *line) for line in lines), base, tuple(names), tuple(prints), guides)
    except (OSError, ValueError, TypeError):
        return CachedPages()


def write_pages(path: Path, pages: Mapping[str, CachedPage], names: Sequence[str], reading: DependencyTracker | None, guides: str) -> None:
    """Keep the pages for the next build. Names that pages read and that nothing has a print for are added to ``names``."""
    others = (other for page in pages.values() for other in page.reads.others)
    numbers = {name: number for number, name in enumerate(dict.fromkeys((*names, *others)))}
    now: Mapping[str, str] = reading.prints if reading else {}
    head = (_FORMAT, reading.base if reading else "", list(numbers), [now.get(name, "") for name in numbers], guides)
    write_atomically(path, _lines(head, pages, numbers))


def _lines(head: Sequence[Any], pages: Mapping[str, CachedPage], numbers: Mapping[str, int]) -> Iterator[bytes]:
    yield json.dumps(head, separators=(",", ":")).encode() + b"\n"
    for name, page in pages.items():
        reads = b64encode(page.reads.with_places(numbers[other] for other in page.reads.others).known).decode()
        row = (name, page.shell, page.key, page.digest, page.files, reads, page.search, page.broken)
        yield json.dumps(row, separators=(",", ":")).encode() + b"\t" + page.packed.read() + b"\n"


def _parse(file: CacheFile, start: int, line: bytes) -> tuple[str, CachedPage]:
    if not line.endswith(b"\n"):
        raise ValueError(line)  # the rest of it is lost
    row, _, links = line[:-1].partition(b"\t")
    name, shell, key, digest, files, reads, search, broken = json.loads(row)
    packed = PackedLinks(b"", file, start + len(row) + 1, len(links))
    known = CachedPage(shell, key, digest, tuple((path, of) for path, of in files), _reads(reads), search, tuple(broken), packed)
    return name, known


def _reads(text: str) -> Dependencies:
    packed = b64decode(text, validate=True)
    if len(packed) % 4:
        raise ValueError(text)
    return Dependencies(packed)
