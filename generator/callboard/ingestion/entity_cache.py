"""Descriptors that are what they were are not parsed and checked again.

Kept as lines of JSON: a cache may come from elsewhere, and nothing that is read from it can be more than a value. What JSON cannot
give back exactly is not kept, nor is a file with a problem, a placeholder (it is made of other files too) or a document that is skipped.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from callboard.descriptors.document import FileLocation
from callboard.descriptors.kinds import Kinds
from callboard.descriptors.placeholders import Fetch
from callboard.descriptors.reading import FileResult, read_file, read_text
from callboard.io.parallel import can_fork, map_forked
from callboard.io.store import write_atomically
from callboard.model.entity import Entity
from callboard.model.errors import TreeError
from callboard.model.ref import EntityRef
from callboard.model.tree import DescriptorFile
from callboard.settings.settings import Limits

_MAY_HAVE_PLACEHOLDER = re.compile(rb"\$|\\[xuU]0*24")
_FORMAT = b"1"
PART = 64
"""Files that a process reads before it tells what they hold."""
WORTH_SHARING = 512
"""Fewer new files are read by this process alone."""


@dataclass(slots=True)
class EntityCache:
    """Reads descriptor files, with what an earlier build kept in ``file``; use it for one build, then ``save``."""

    file: Path
    program: str
    """Digest of the program: what another one has read counts for nothing."""
    known: dict[str, bytes] = field(default_factory=dict)
    used: dict[str, bytes] = field(default_factory=dict)
    base: str = ""
    ahead: dict[str, tuple[FileResult, bytes]] = field(default_factory=dict)
    """What other processes have read, and the line to keep of it."""

    def load(self, kinds: Kinds, limits: Limits) -> None:
        """Begin: what was kept by another program, for other kinds or limits counts for nothing."""
        self.base = blake2b(repr((self.program, kinds, limits)).encode(), digest_size=16).hexdigest()
        with contextlib.suppress(OSError):
            head, *lines = self.file.read_bytes().split(b"\n")
            if head == _FORMAT:
                self.known = {line[:32].decode("ascii", "replace"): line[33:] for line in lines}

    def read_ahead(self, files: Sequence[DescriptorFile], kinds: Kinds, limits: Limits) -> None:
        """Have what nobody knows yet read by one process for each processor, if that pays."""
        if len(files) - len(self.known) < WORTH_SHARING:
            return
        new = [
            _New(key, place, data)
            for file in files
            if (data := _content(file, limits)) is not None and (key := self._key(place := _place(file), data)) not in self.known
        ]
        if len(new) >= WORTH_SHARING and can_fork():
            parts = [new[start : start + PART] for start in range(0, len(new), PART)]
            for part in map_forked(lambda part: [(each.key, _read(each.place, each.data, kinds, limits)) for each in part], parts):
                self.ahead.update(part)

    def read(self, file: DescriptorFile, kinds: Kinds, limits: Limits, fetch: Fetch | None = None) -> FileResult:
        """As ``read_file``."""
        data = _content(file, limits)
        if data is None:
            return read_file(file, kinds, limits, fetch)
        place = _place(file)
        key = self._key(place, data)
        line = self.known.get(key, b"")
        found = _unpacked(line, place) if line else None
        if found is None:
            found, line = self.ahead.pop(key) if key in self.ahead else _read(place, data, kinds, limits)
        if line:
            self.used[key] = line
        return found

    def _key(self, place: FileLocation, data: bytes) -> str:
        return blake2b(f"{self.base}{place!r}\0".encode("utf-8", "backslashreplace") + data, digest_size=16).hexdigest()

    def save(self) -> None:
        """Keep what was used this time."""
        if self.used.keys() != self.known.keys() - {""}:
            lines = [_FORMAT, *(key.encode() + b" " + line for key, line in self.used.items())]
            write_atomically(self.file, b"\n".join(lines))


@dataclass(frozen=True, slots=True)
class _New:
    key: str
    place: FileLocation
    data: bytes


def _content(file: DescriptorFile, limits: Limits) -> bytes | None:
    """The bytes, where the result depends on nothing else; None for a file that cannot be read or may have placeholders."""
    try:
        data = file.tree.read(file.path, limits.descriptor_bytes)
    except TreeError:
        return None
    return None if _MAY_HAVE_PLACEHOLDER.search(data) else data


def _place(file: DescriptorFile) -> FileLocation:
    tree = file.tree
    return FileLocation(file.source, tree.id, tree.repository, tree.revision, file.path, file.via_locations)


def _read(place: FileLocation, data: bytes, kinds: Kinds, limits: Limits) -> tuple[FileResult, bytes]:
    """What the file holds, and the line to keep of it."""
    found = read_text(data, place, _nothing, kinds, limits)
    return found, _packed(found)


def _nothing(path: str) -> bytes:
    raise AssertionError(path)  # no placeholder, no question


def _packed(result: FileResult) -> bytes:
    """One line, or nothing where it would not come back as it is."""
    if not result.entities or result.problems or result.skipped or any(entity.derived for entity in result.entities):
        return b""
    rows = [
        [list(e.ref), e.kind, e.api_version, e.metadata, e.spec, e.origin.document, e.origin.line, e.digest, e.text]
        for e in result.entities
    ]
    try:
        text = json.dumps(rows, separators=(",", ":"))
        return text.encode() if repr(json.loads(text)) == repr(rows) else b""
    except (TypeError, ValueError, RecursionError):
        return b""


def _unpacked(line: bytes, place: FileLocation) -> FileResult | None:
    """The entities of a line; None if it is damaged."""
    try:
        entities = tuple(_entity(row, place) for row in json.loads(line))
        return FileResult(entities) if entities else None
    except (TypeError, ValueError, RecursionError):
        return None


def _entity(row: list[Any], place: FileLocation) -> Entity:
    ref, kind, api_version, metadata, spec, document, line, digest, text = row
    if not (isinstance(metadata, dict) and isinstance(spec, dict) and isinstance(text, str)):
        raise TypeError
    return Entity(EntityRef(*ref), kind, api_version, metadata, spec, place.origin(document, line), digest, text)
