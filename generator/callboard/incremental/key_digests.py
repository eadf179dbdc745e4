"""Fingerprints by key → twelve bytes for each key, by which two builds are compared; and names and ids of keys.

There are about ten keys for each entity. As strings in a dictionary, they and their fingerprints took more memory than the entities.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from hashlib import blake2b
from typing import Any
from zlib import crc32

from callboard.model.data_classes import dataclass

DependencyKey = tuple[str, Any]
"""Aspect and key: ``("entity", ref)``."""
ALL = "*"
"""In place of a key: the whole aspect was read."""
SEPARATOR = "\x1f"
_ID, _ROW = 4, 12
"""Bytes of the id in a row, and of a row."""


def name_of(key: DependencyKey) -> str:
    """A key as a string."""
    aspect, value = key
    return f"{aspect} {SEPARATOR.join(value) if isinstance(value, tuple) else value}"


def id_of(key: DependencyKey) -> int:
    """A number for a key, the same in each process and build. A page has one for each key that it reads, also for keys without a value."""
    return crc32(_encoded(name_of(key)))


def id_below(start: int, rest: tuple[str, ...]) -> int:
    """The id of the key of several strings that begins with one string, where ``start`` is that of this string and ``SEPARATOR``."""
    return crc32(_encoded(SEPARATOR.join(rest)), start)


@dataclass(frozen=True, slots=True)
class KeyDigests:
    """The fingerprints of all keys, to be compared with those of another build."""

    rows: Mapping[str, bytes] = field(default_factory=dict)
    """By aspect: for each key with a fingerprint, in ascending order, its id and a digest of its name and fingerprint."""

    @classmethod
    def of(cls, fingerprints: Iterable[tuple[DependencyKey, str]]) -> KeyDigests:
        """Of these keys; an empty fingerprint is that of a key without a value."""
        found: defaultdict[str, bytearray] = defaultdict(bytearray)
        for key, fingerprint in fingerprints:
            if fingerprint:
                name = _encoded(name_of(key))
                content = b"%b=%b" % (name, _encoded(fingerprint))
                found[key[0]] += crc32(name).to_bytes(_ID, "big") + blake2b(content, digest_size=_ROW - _ID).digest()
        return cls({aspect: b"".join(sorted(_rows(found.pop(aspect)))) for aspect in sorted(found)})

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> KeyDigests:
        """The inverse of ``as_json``."""
        return cls({aspect: b64decode(rows) for aspect, rows in value.items()})

    def as_json(self) -> dict[str, str]:
        """The rows in Base64, by aspect."""
        return {aspect: b64encode(rows).decode() for aspect, rows in self.rows.items()}

    @property
    def ids(self) -> Iterator[int]:
        """The ids of all keys, and of each aspect as a whole."""
        for aspect, rows in self.rows.items():
            yield id_of((aspect, ALL))
            yield from map(_id, _rows(rows))

    def digest(self, *aspects: str) -> str:
        """One digest of all fingerprints of these aspects, or of all aspects."""
        made = blake2b(digest_size=9)
        for aspect in aspects or sorted(self.rows):
            made.update(b"%b %d\n" % (_encoded(aspect), len(rows := self.rows.get(aspect, b""))) + rows)
        return made.hexdigest()

    def changed_since(self, before: KeyDigests) -> Iterator[int]:
        """The ids of the keys that are new, gone, or have another fingerprint, and of the aspects with such a key.

        Two keys may have the same id: it is returned if one of them changed.
        """
        for aspect in self.rows.keys() | before.rows.keys():
            now, then = self.rows.get(aspect, b""), before.rows.get(aspect, b"")
            if now != then:
                yield id_of((aspect, ALL))
                yield from map(_id, {*_rows(now)} ^ {*_rows(then)})


def _rows(rows: bytes | bytearray) -> Iterator[bytes]:
    return (bytes(rows[start : start + _ROW]) for start in range(0, len(rows), _ROW))


def _id(row: bytes) -> int:
    return int.from_bytes(row[:_ID], "big")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
