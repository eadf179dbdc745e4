"""Descriptor files and the cache of an earlier build → entities and problems: unchanged descriptors are not parsed and checked again.

The cache has lines of JSON: it may be restored from another machine, and JSON can only contain plain values. Values that JSON does not
round-trip exactly are not cached. The result of a file that reads others of its tree (with placeholders, or references of a definition) is
used while these have the same content; that of a file that reads other trees is not cached.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import msgspec

from callboard.api_reference.parsed import PARSED, Packed
from callboard.descriptors.document import FileLocation
from callboard.descriptors.kinds import Kinds
from callboard.descriptors.placeholders import Fetch
from callboard.descriptors.reading import FileResult, limits_of, read_file, read_text
from callboard.ingestion.shared_values import SharedValues
from callboard.io.checked_lines import checked, with_digest
from callboard.io.parallel import can_fork, map_forked
from callboard.io.store import write_atomically
from callboard.model.data_classes import dataclass
from callboard.model.errors import TreeError
from callboard.model.tree import DescriptorFile
from callboard.settings.settings import Limits

_READS_FILES = re.compile(rb"(?:\$|\\[xuU]0*24)(?:text|json|yaml|openapi|asyncapi)\b")
"""What placeholders that read other files nearly always look like; such files are not read ahead."""
_PURPOSE = b"descriptors 4"
_KEY = 32
"""Characters of a key."""


class CachedResult(NamedTuple):
    """What the cache has for one descriptor file."""

    result: FileResult
    reads: Mapping[str, str]
    """Digest of each other file of the tree that was read, by path; empty for one that could not be read."""


_LINES = msgspec.json.Decoder(CachedResult)
BATCH = 64
"""Files that a worker process reads for one result."""
MIN_PARALLEL = 512
"""Fewer new files are read by this process alone."""


@dataclass(slots=True)
class EntityCache:
    """Reads descriptor files with the cache of an earlier build in ``file``. Use it for one build: ``load``, ``read``, ``save``."""

    file: Path
    program: str
    """Digest of the program: entries of another version are not used."""
    entries: dict[str, bytes] = field(default_factory=dict)
    """Line of JSON by key, as the earlier build left them."""
    used: dict[str, bytes] = field(default_factory=dict)
    """Entries of this build, which ``save`` writes."""
    base: str = ""
    """Digest of program, kinds and limits, a part of every key."""
    ahead: dict[int, _Ahead] = field(default_factory=dict)
    """What worker processes have read, by the identity of the file, which the caller of ``read_ahead`` keeps."""
    parsed: int = 0
    """Number of files that were parsed and checked, because the cache does not have them."""
    shared: SharedValues = field(default_factory=SharedValues)
    is_damaged: bool = False
    """Whether a line of the cache file was damaged; ``save`` writes the file without it."""

    def load(self, kinds: Kinds, limits: Limits) -> None:
        """Load the cache file; a missing one is empty, and damaged lines are left out.

        Entries of another program version, other kinds or other limits never match.
        """
        self.base = blake2b(repr((self.program, kinds, limits)).encode(), digest_size=16).hexdigest()
        with contextlib.suppress(OSError):
            found = [checked(line, _PURPOSE) for line in self.file.read_bytes().split(b"\n")]
            lines = [line for line in found if line]
            self.is_damaged = len(lines) < len(found)
            self.entries = {line[:_KEY].decode("ascii", "replace"): line[_KEY + 1 :] for line in lines}

    def read_ahead(self, files: Sequence[DescriptorFile], kinds: Kinds, limits: Limits) -> None:
        """Read the files that are not cached in parallel worker processes, if there are at least ``MIN_PARALLEL`` of them."""
        if len(files) - len(self.entries) < MIN_PARALLEL:
            return
        new = [
            _NewFile(id(file), key, location, data, limits_of(file, limits))
            for file in files
            if (data := _content(file, limits)) is not None
            and not _READS_FILES.search(data)
            and (key := self._key(location := FileLocation.of(file), data)) not in self.entries
        ]
        if len(new) >= MIN_PARALLEL and can_fork():
            first, *batches = (new[start : start + BATCH] for start in range(0, len(new), BATCH))
            # Read before forking, so that the processes share the schemas and expressions that are loaded for the first files.
            self.ahead.update(_read_batch(first, kinds)[0])
            for lines, definitions in map_forked(lambda batch: _read_batch(batch, kinds), batches):
                PARSED.add(definitions)
                self.ahead.update(lines)

    def read(self, file: DescriptorFile, kinds: Kinds, limits: Limits, fetch: Fetch | None = None) -> FileResult:
        """As ``read_file``, from the cache where it has the file."""
        if (ahead := self.ahead.pop(id(file), None)) is not None and (found := _unpacked(ahead.line)) is not None:
            self.parsed += 1
            self.used[ahead.key] = ahead.line
            return self.shared.result(found.result)
        data = _content(file, limits)
        if data is None:
            self.parsed += 1
            return read_file(file, kinds, limits, fetch)
        location = FileLocation.of(file)
        key = self._key(location, data)
        line = self.entries.get(key, b"")
        cached = _unpacked(line) if line else None
        result = cached.result if cached and _same(cached.reads, file, limits) else None
        if result is None:
            self.parsed += 1
            result, line = _read(location, data, kinds, limits_of(file, limits), _OtherFiles(file, limits, fetch))
        if line:
            self.used[key] = line
        return self.shared.result(result or read_file(file, kinds, limits, fetch))

    def _key(self, location: FileLocation, data: bytes) -> str:
        return blake2b(f"{self.base}{location!r}\0".encode("utf-8", "backslashreplace") + data, digest_size=16).hexdigest()

    def save(self) -> None:
        """Write the entries that this build used; the others are dropped."""
        if self.is_damaged or self.used != self.entries:
            lines = (with_digest(key.encode() + b" " + line, _PURPOSE) for key, line in self.used.items())
            write_atomically(self.file, b"\n".join(lines))


class _Ahead(NamedTuple):
    """What a worker process has read of a file."""

    key: str
    line: bytes
    """For the cache."""


class _NewFile(NamedTuple):
    """A file that is not cached."""

    identity: int
    key: str
    location: FileLocation
    data: bytes
    limits: Limits


def _read_batch(files: Sequence[_NewFile], kinds: Kinds) -> tuple[list[tuple[int, _Ahead]], list[Packed]]:
    """In a worker process: the files whose results can be cached, and the values of their definitions.

    Results are sent as their lines, from which they are made again in a third of the time that pickled ones take.
    """
    lines = ((file, _read(file.location, file.data, kinds, file.limits)[1]) for file in files)
    return [(file.identity, _Ahead(file.key, line)) for file, line in lines if line], PARSED.take_new()


def _content(file: DescriptorFile, limits: Limits) -> bytes | None:
    """The content of a file; None for one that cannot be read."""
    try:
        data = file.record.text if file.record else file.tree.read(file.path, limits_of(file, limits).descriptor_bytes)
    except TreeError:
        return None
    if len(data) > limits_of(file, limits).descriptor_bytes:
        return None
    return data


def _read(
    location: FileLocation, data: bytes, kinds: Kinds, limits: Limits, other: _OtherFiles | None = None
) -> tuple[FileResult | None, bytes]:
    """The result of reading a file, and its line for the cache, which is empty if the result cannot be cached.

    Without ``other`` no other file is read, and the result is None if one is asked for.
    """
    files = other or _OtherFiles()
    result = read_text(data, location, files.read, kinds, limits, files.fetch)
    if files.is_elsewhere:
        return (result if other else None), b""
    return result, _packed(CachedResult(result, files.reads))


@dataclass(slots=True)
class _OtherFiles:
    """Reads other files for one descriptor file, and notes which; without a file it notes only that one was asked for."""

    file: DescriptorFile | None = None
    limits: Limits | None = None
    elsewhere: Fetch | None = None
    reads: dict[str, str] = field(default_factory=dict)
    is_elsewhere: bool = False
    """Whether something was read that is no file of the tree."""

    def read(self, path: str) -> bytes:
        if self.file is None or self.limits is None:
            self.is_elsewhere = True
            raise TreeError(path)
        data, self.reads[path] = _other(self.file, path, self.limits)
        if isinstance(data, TreeError):
            raise data
        return data

    def fetch(self, url: str, location: FileLocation) -> bytes | None:
        self.is_elsewhere = True
        if self.file is None:
            raise TreeError(url)
        return self.elsewhere(url, location) if self.elsewhere else None


def _other(file: DescriptorFile, path: str, limits: Limits) -> tuple[bytes | TreeError, str]:
    """The content of another file of the tree, or why it cannot be read, and its digest."""
    try:
        data = file.tree.read(path, limits_of(file, limits).placeholder_bytes)
    except TreeError as error:
        return error, ""
    return data, blake2b(data, digest_size=16).hexdigest()


def _same(reads: Mapping[str, str], file: DescriptorFile, limits: Limits) -> bool:
    return all(_other(file, path, limits)[1] == digest for path, digest in reads.items())


def _packed(result: CachedResult) -> bytes:
    """The result as one line of JSON; empty where reading the line would not give an equal result."""
    try:
        line = msgspec.json.encode(result)
        again = _LINES.decode(line)
        # The values and their order; and the types of numbers, of which some are equal: 1 and True, 10**25 and 1e25.
        return line if again == result and msgspec.json.encode(again) == line else b""
    except (TypeError, ValueError, OverflowError, RecursionError):
        return b""


def _unpacked(line: bytes) -> CachedResult | None:
    """The result of a line; None if it is damaged."""
    try:
        return _LINES.decode(line)
    except (TypeError, ValueError, RecursionError):
        return None
