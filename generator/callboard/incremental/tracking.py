"""Reads of tracked mappings while a page is made → the page's dependencies: it is up to date while their fingerprints are unchanged.

Views read from tracked mappings, which record the keys that are read, also keys that do not exist. Each key has a *fingerprint*: a
digest of its value. A page that iterates over a mapping depends on all of its keys.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from typing import Any, Final, Generic, NamedTuple, TypeVar

K = TypeVar("K")
V = TypeVar("V")
DependencyKey = tuple[str, Any]
"""Aspect and key: ``("entity", ref)``."""
ALL = "*"
"""In place of a key: the whole aspect was read."""
SEPARATOR = "\x1f"
_NUMBER: Final = "I"
_SIZE = array(_NUMBER).itemsize
_LAST = 2 ** (8 * _SIZE) - 1
UNTRACKED: DependencyKey = ("", ALL)
"""The dependency on a value without a fingerprint: the page is rendered in each build."""


class TrackedMapping(Mapping[K, V], Generic[K, V]):
    """A read-only mapping that adds each key that is read to ``dependencies``.

    Args:
        aspect: first part of the dependency keys.
        values: the mapping that is tracked.
        dependencies: receives the keys.
        wrap: applied to each value that is read.
    """

    __slots__ = ("_aspect", "_dependencies", "_values", "_wrap")

    def __init__(self, aspect: str, values: Mapping[K, V], dependencies: set[DependencyKey], wrap: Callable[[V], V] | None = None) -> None:
        self._aspect = aspect
        self._values = values
        self._dependencies = dependencies
        self._wrap = wrap

    def __getitem__(self, key: K) -> V:
        self._dependencies.add((self._aspect, key))
        return self._wrapped(self._values[key])

    def get(self, key: K, default: Any = None) -> Any:
        """As ``Mapping.get``; a missing key is a dependency too."""
        self._dependencies.add((self._aspect, key))
        value = self._values.get(key)
        return default if value is None else self._wrapped(value)

    def __contains__(self, key: object) -> bool:
        self._dependencies.add((self._aspect, key))
        return key in self._values

    def __iter__(self) -> Iterator[K]:
        self._dependencies.add((self._aspect, ALL))
        return iter(self._values)

    def __len__(self) -> int:
        self._dependencies.add((self._aspect, ALL))
        return len(self._values)

    def _wrapped(self, value: V) -> V:
        return self._wrap(value) if self._wrap else value


class Dependencies(NamedTuple):
    """The dependencies of one page, packed: there is one value for each page of the site."""

    numbers: bytes = b""
    """Numbers of keys in the list of names, as unsigned integers of four bytes in native byte order: those of the page as a whole, then
    those of its parts in their order. ``_LAST - n`` stands for ``other_names[n]``."""
    other_names: tuple[str, ...] = ()
    """Names of keys that are not in the list."""

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.numbers) // _SIZE

    def include_any(self, numbers: AbstractSet[int]) -> bool:
        """Whether one of these keys is a dependency; True also for a page with keys that are not in the list."""
        return bool(self.other_names) or bool(numbers and not numbers.isdisjoint(memoryview(self.numbers).cast(_NUMBER)))

    def with_numbers(self, numbers: Sequence[int]) -> Dependencies:
        """The dependencies with these numbers in place of ``other_names``."""
        if not self.other_names:
            return self
        least = _LAST - len(self.other_names)
        return Dependencies(array(_NUMBER, (numbers[_LAST - n] if n > least else n for n in self.as_numbers())).tobytes())

    def as_numbers(self) -> Sequence[int]:
        """The numbers."""
        return memoryview(self.numbers).cast(_NUMBER)

    def split(self, counts: Iterable[int]) -> Iterator[Dependencies]:
        """Parts of so many dependencies each, of a value without ``other_names``."""
        start = 0
        for count in counts:
            yield Dependencies(self.numbers[start : (start := start + count * _SIZE)])

    @staticmethod
    def joined(parts: Iterable[Dependencies]) -> Dependencies:
        """The dependencies of all parts in their order."""
        numbers, others = bytearray(), list[str]()
        for part in parts:
            shifted = [_LAST - number - len(others) for number in range(len(part.other_names))] if others else ()
            numbers += part.with_numbers(shifted).numbers if shifted else part.numbers
            others += part.other_names
        return Dependencies(bytes(numbers), tuple(others))


class DependencyTracker:
    """Records the keys of tracked mappings that are read between ``begin`` and ``end``.

    Args:
        base: digest of all inputs that are not tracked by key; if it differs from the last build's, every page is rendered.
        fingerprints: the fingerprint of every existing key.
    """

    def __init__(self, base: str, fingerprints: Mapping[DependencyKey, str]) -> None:
        self.base = base
        self.dependencies: set[DependencyKey] = set()
        """Keys that were read since ``begin``."""
        self.fingerprints = {name_of(key): value for key, value in fingerprints.items()} | dict(_of_aspects(fingerprints))
        """By name of the key; ``ALL`` stands for the keys of an aspect together."""
        self._numbers: dict[DependencyKey, int] = {}

    def tracked(self, aspect: str, values: Mapping[K, V], wrap: Callable[[V], V] | None = None) -> TrackedMapping[K, V]:
        """The mapping as a ``TrackedMapping`` of this tracker."""
        return TrackedMapping(aspect, values, self.dependencies, wrap)

    def number(self, names: Iterable[str]) -> None:
        """Set the list of names whose indexes ``end`` returns; it has all keys with a fingerprint."""
        self._numbers = {_key_of(name): number for number, name in enumerate(names)}

    def begin(self, *keys: DependencyKey) -> None:
        """Start the dependencies of a page; ``keys`` are dependencies that are not read through tracked mappings."""
        self.dependencies.clear()
        self.dependencies.update(keys)

    def end(self) -> Dependencies:
        """The dependencies since ``begin``."""
        try:
            return Dependencies(array(_NUMBER, map(self._numbers.__getitem__, self.dependencies)).tobytes())
        except KeyError:
            numbers = [*map(self._numbers.get, self.dependencies)]
        others = tuple(name_of(key) for key, number in zip(self.dependencies, numbers, strict=True) if number is None)
        stand_ins = iter(range(_LAST, _LAST - len(others), -1))
        return Dependencies(array(_NUMBER, [next(stand_ins) if number is None else number for number in numbers]).tobytes(), others)

    def digest(self, *aspects: str) -> str:
        """One digest of base and all fingerprints, or of those of these aspects."""
        if aspects:
            return fingerprint_of([self.base, [self.fingerprints.get(name_of((aspect, ALL)), "") for aspect in aspects]])
        return fingerprint_of([self.base, sorted(self.fingerprints.items())])


def name_of(key: DependencyKey) -> str:
    """A key as a string."""
    aspect, value = key
    return f"{aspect} {SEPARATOR.join(value) if isinstance(value, tuple) else value}"


def _key_of(name: str) -> DependencyKey:
    aspect, _, value = name.partition(" ")
    parts = value.split(SEPARATOR)
    return aspect, tuple(parts) if len(parts) > 1 else value


def _of_aspects(fingerprints: Mapping[DependencyKey, str]) -> Iterator[tuple[str, str]]:
    """The name of ``ALL`` of each aspect, and the fingerprint of all its keys together."""
    aspects: dict[str, list[str]] = {}
    for key, value in fingerprints.items():
        aspects.setdefault(key[0], []).append(f"{name_of(key)}={value}")
    for aspect, parts in aspects.items():
        yield name_of((aspect, ALL)), fingerprint_of(sorted(parts))


def fingerprint_of(value: Any) -> str:
    """A short digest of a value of lists, tuples, strings and numbers, by its JSON."""
    return blake2b(json.dumps(value).encode(), digest_size=9).hexdigest()
