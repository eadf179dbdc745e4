"""Descriptor files and the cache of an earlier build → entities and problems: unchanged descriptors are not parsed and checked again.

The cache has lines of JSON: it may be restored from another machine, and JSON can only contain plain values. Values that JSON does not
round-trip exactly are not cached, nor is a file with a placeholder that reads another file: its result depends on that file.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import msgspec

from callboard.descriptors.document import FileLocation
from callboard.descriptors.kinds import Kinds
from callboard.descriptors.placeholders import Fetch
from callboard.descriptors.reading import FileResult, limits_of, read_file, read_text
from callboard.io.checked_lines import checked, with_digest
from callboard.io.parallel import can_fork, map_forked
from callboard.io.store import write_atomically
from callboard.model.errors import TreeError
from callboard.model.tree import DescriptorFile
from callboard.settings.settings import Limits

_READS_FILES = re.compile(rb"(?:\$|\\[xuU]0*24)(?:text|json|yaml|openapi|asyncapi)\b")
"""What placeholders that read other files nearly always look like."""
_PURPOSE = b"descriptors 3"
_KEY = 32
"""Characters of a key."""
_LINES = msgspec.json.Decoder(FileResult)
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
    ahead: dict[str, tuple[FileResult | None, bytes]] = field(default_factory=dict)
    """Results of worker processes by key, each with its line for the cache."""
    parsed: int = 0
    """Number of files that were parsed and checked, because the cache does not have them."""
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
            _NewFile(key, location, data, limits_of(file, limits))
            for file in files
            if (data := _content(file, limits)) is not None
            and (key := self._key(location := FileLocation.of(file), data)) not in self.entries
        ]
        if len(new) >= MIN_PARALLEL and can_fork():
            batches = [new[start : start + BATCH] for start in range(0, len(new), BATCH)]
            for results in map_forked(lambda batch: [(f.key, _read(f.location, f.data, kinds, f.limits)) for f in batch], batches):
                self.ahead.update(results)

    def read(self, file: DescriptorFile, kinds: Kinds, limits: Limits, fetch: Fetch | None = None) -> FileResult:
        """As ``read_file``, from the cache where it has the file."""
        data = _content(file, limits)
        if data is None:
            self.parsed += 1
            return read_file(file, kinds, limits, fetch)
        location = FileLocation.of(file)
        key = self._key(location, data)
        line = self.entries.get(key, b"")
        result = _unpacked(line) if line else None
        if result is None:
            self.parsed += 1
            result, line = self.ahead.pop(key) if key in self.ahead else _read(location, data, kinds, limits_of(file, limits))
        if line:
            self.used[key] = line
        return result or read_file(file, kinds, limits, fetch)

    def _key(self, location: FileLocation, data: bytes) -> str:
        return blake2b(f"{self.base}{location!r}\0".encode("utf-8", "backslashreplace") + data, digest_size=16).hexdigest()

    def save(self) -> None:
        """Write the entries that this build used; the others are dropped."""
        if self.is_damaged or self.used.keys() != self.entries.keys():
            lines = (with_digest(key.encode() + b" " + line, _PURPOSE) for key, line in self.used.items())
            write_atomically(self.file, b"\n".join(lines))


@dataclass(frozen=True, slots=True)
class _NewFile:
    """A file that is not cached."""

    key: str
    location: FileLocation
    data: bytes
    limits: Limits


def _content(file: DescriptorFile, limits: Limits) -> bytes | None:
    """The content of a file that can be cached; None for one that cannot be read or that surely reads other files."""
    try:
        data = file.record.text if file.record else file.tree.read(file.path, limits_of(file, limits).descriptor_bytes)
    except TreeError:
        return None
    if len(data) > limits_of(file, limits).descriptor_bytes:
        return None
    return None if _READS_FILES.search(data) else data


def _read(location: FileLocation, data: bytes, kinds: Kinds, limits: Limits) -> tuple[FileResult | None, bytes]:
    """The result of reading a file, and its line for the cache.

    The result is None if a placeholder asks for another file; the line is empty if the result cannot be cached.
    """
    other = _OtherFiles()
    result = read_text(data, location, other.read, kinds, limits, other.fetch)
    return (None, b"") if other.are_asked_for else (result, _packed(result))


@dataclass(slots=True)
class _OtherFiles:
    """In place of other files: notes that one was asked for."""

    are_asked_for: bool = False

    def read(self, path: str) -> bytes:
        self.are_asked_for = True
        raise TreeError(path)

    def fetch(self, url: str, location: FileLocation) -> bytes:
        del location
        return self.read(url)


def _packed(result: FileResult) -> bytes:
    """The result as one line of JSON; empty where reading the line would not give an equal result."""
    try:
        line = msgspec.json.encode(result)
        return line if repr(_LINES.decode(line)) == repr(result) else b""
    except (TypeError, ValueError, OverflowError, RecursionError):
        return b""


def _unpacked(line: bytes) -> FileResult | None:
    """The result of a line; None if it is damaged."""
    try:
        return _LINES.decode(line)
    except (TypeError, ValueError, RecursionError):
        return None
