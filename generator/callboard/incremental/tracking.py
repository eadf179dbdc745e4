"""Reads of tracked mappings while a page is made → the page's dependencies: it is up to date while their fingerprints are unchanged.

Views read from tracked mappings, which record the keys that are read, also keys that do not exist. Each key has a *fingerprint*: a
digest of its value. A page that iterates over a mapping depends on all of its keys.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec

from callboard.incremental.key_digests import ALL, DependencyKey, KeyDigests, id_of

K = TypeVar("K")
V = TypeVar("V")
_NUMBER: Final = "I"
_SIZE = array(_NUMBER).itemsize
UNTRACKED: DependencyKey = ("", ALL)
"""The dependency on a value without a fingerprint: the page is rendered in each build."""


class Reads:
    """Records keys of one aspect that are read."""

    __slots__ = ("ids", "seen")

    def __init__(self, aspect: str, seen: set[int]) -> None:
        self.ids = _Ids(aspect)
        """By key."""
        self.seen = seen
        """Receives the ids, which are numbers: a set of keys would hash each key twice more."""

    def add(self, key: Any) -> None:
        """Record that a key is read, or looked for."""
        self.seen.add(self.ids[key])


class _Ids(dict[Any, int]):
    """The ids of the keys of an aspect, made when they are first asked for."""

    __slots__ = ("_aspect",)

    def __init__(self, aspect: str) -> None:
        super().__init__()
        self._aspect = aspect

    def __missing__(self, key: Any) -> int:
        made = self[key] = id_of((self._aspect, key))
        return made


class TrackedMapping(Mapping[K, V], Generic[K, V]):
    """A read-only mapping that records each key that is read.

    Args:
        reads: receives the keys.
        values: the mapping that is tracked.
    """

    __slots__ = ("_ids", "_seen", "_values")

    def __init__(self, reads: Reads, values: Mapping[K, V]) -> None:
        self._ids, self._seen = reads.ids, reads.seen
        self._values = values

    def __getitem__(self, key: K) -> V:
        self._seen.add(self._ids[key])
        return self._values[key]

    def get(self, key: K, default: Any = None) -> Any:
        """As ``Mapping.get``; a missing key is a dependency too."""
        self._seen.add(self._ids[key])
        return self._values.get(key, default)

    def __contains__(self, key: object) -> bool:
        self._seen.add(self._ids[key])
        return key in self._values

    def __iter__(self) -> Iterator[K]:
        self._seen.add(self._ids[ALL])
        return iter(self._values)

    def __len__(self) -> int:
        self._seen.add(self._ids[ALL])
        return len(self._values)


class Dependencies(NamedTuple):
    """The dependencies of one page, packed: there is one value for each page of the site."""

    ids: bytes = b""
    """Ids of keys, as unsigned integers of four bytes in native byte order: those of the page as a whole, then those of its parts in their
    order. Two keys may have the same id: the page is then made again for either, and neither is missed."""

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.ids) // _SIZE

    def include_any(self, ids: AbstractSet[int]) -> bool:
        """Whether one of these keys is a dependency."""
        return not ids.isdisjoint(memoryview(self.ids).cast(_NUMBER))

    def split(self, counts: Iterable[int]) -> Iterator[Dependencies]:
        """Parts of so many dependencies each."""
        start = 0
        for count in counts:
            yield Dependencies(self.ids[start : (start := start + count * _SIZE)])

    @staticmethod
    def joined(parts: Iterable[Dependencies]) -> Dependencies:
        """The dependencies of all parts in their order."""
        return Dependencies(b"".join([part.ids for part in parts]))


class DependencyTracker:
    """Records the keys of tracked mappings that are read between ``begin`` and ``end``.

    Args:
        base: digest of all inputs that are not tracked by key; if it differs from the last build's, every page is rendered.
        fingerprints: every existing key with its fingerprint.
    """

    def __init__(self, base: str, fingerprints: Iterable[tuple[DependencyKey, str]]) -> None:
        self.base = base
        self.fingerprints = KeyDigests.of(fingerprints)
        self._seen: set[int] = set()

    def reads(self, aspect: str) -> Reads:
        """What records the keys of an aspect."""
        return Reads(aspect, self._seen)

    def tracked(self, aspect: str, values: Mapping[K, V]) -> TrackedMapping[K, V]:
        """The mapping as a ``TrackedMapping`` of this tracker."""
        return TrackedMapping(self.reads(aspect), values)

    def begin(self, *keys: DependencyKey) -> None:
        """Start the dependencies of a page; ``keys`` are dependencies that are not read through tracked mappings."""
        self._seen.clear()
        if keys:
            self._seen.update(map(id_of, keys))

    def end(self) -> Dependencies:
        """The dependencies since ``begin``."""
        return Dependencies(array(_NUMBER, self._seen).tobytes())

    def recorded(self, make: Callable[..., V], *arguments: Any) -> tuple[V, tuple[int, ...]]:
        """What ``make`` returns for these arguments, and the ids of what it reads, which are among the page's dependencies too."""
        before = {*self._seen}
        self._seen.clear()
        try:
            return make(*arguments), tuple(self._seen)
        finally:
            self._seen |= before

    def digest(self, *aspects: str) -> str:
        """One digest of base and all fingerprints, or of those of these aspects."""
        return fingerprint_of([self.base, self.fingerprints.digest(*aspects)])


def fingerprint_of(value: Any) -> str:
    """A short digest of a value of lists, tuples, strings and numbers."""
    try:
        content = msgspec.msgpack.encode(value)
    except (OverflowError, TypeError, UnicodeEncodeError):  # a very large integer, another kind of string, half a surrogate pair
        content = json.dumps(value).encode()
    return blake2b(content, digest_size=9).hexdigest()
