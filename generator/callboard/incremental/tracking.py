"""What views read of the catalog, followed while they are made: a page whose readings did not change need not be looked at again.

Every mapping that views read from is handed to them in a shape that notes which keys were asked for, also those that it does
not have. Each key has a *print*: a digest of its value. Whoever reads all of a mapping depends on every key of it.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
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
UNTRACKED: DependencyKey = ("", ALL)
"""Something was read whose changes nobody can notice: the page has to be made in each build."""


class TrackedMapping(Mapping[K, V], Generic[K, V]):
    """A mapping that notes what is read of it."""

    __slots__ = ("_aspect", "_seen", "_values", "_wrap")

    def __init__(self, aspect: str, values: Mapping[K, V], seen: set[DependencyKey], wrap: Callable[[V], V] | None = None) -> None:
        self._aspect = aspect
        self._values = values
        self._seen = seen
        self._wrap = wrap

    def __getitem__(self, key: K) -> V:
        self._seen.add((self._aspect, key))
        return self._given(self._values[key])

    def get(self, key: K, default: Any = None) -> Any:
        """As a mapping's ``get``."""
        self._seen.add((self._aspect, key))
        found = self._values.get(key)
        return default if found is None else self._given(found)

    def __contains__(self, key: object) -> bool:
        self._seen.add((self._aspect, key))
        return key in self._values

    def __iter__(self) -> Iterator[K]:
        self._seen.add((self._aspect, ALL))
        return iter(self._values)

    def __len__(self) -> int:
        self._seen.add((self._aspect, ALL))
        return len(self._values)

    def _given(self, value: V) -> V:
        return self._wrap(value) if self._wrap else value


class Dependencies(NamedTuple):
    """What one page has read: packed, for there is one for every page of the site."""

    known: bytes = b""
    """Places of keys in the list of names, as unsigned integers of four bytes in the machine's order."""
    others: tuple[str, ...] = ()
    """Names of keys that are not in the list."""

    def meet(self, places: AbstractSet[int]) -> bool:
        """Whether one of these places was read. What is in no list may be anything."""
        return bool(self.others) or bool(places and not places.isdisjoint(memoryview(self.known).cast(_NUMBER)))

    def with_places(self, places: Iterable[int]) -> Dependencies:
        """The same, with places for the names that were in no list."""
        return Dependencies(self.known + array(_NUMBER, places).tobytes())


class DependencyTracker:
    """Follows what is read between ``begin`` and ``end``.

    Args:
        base: digest of everything that is not followed key by key; another base means that anything may have changed.
        prints: the print of every key that there is.
    """

    def __init__(self, base: str, prints: Mapping[DependencyKey, str]) -> None:
        self.base = base
        self.seen: set[DependencyKey] = set()
        self.prints = {name_of(key): value for key, value in prints.items()} | dict(_wholes(prints))
        self._numbers: dict[DependencyKey, int] = {}

    def followed(self, aspect: str, values: Mapping[K, V], wrap: Callable[[V], V] | None = None) -> TrackedMapping[K, V]:
        """The mapping in a shape that notes what is read of it."""
        return TrackedMapping(aspect, values, self.seen, wrap)

    def number(self, names: Iterable[str]) -> None:
        """From now on ``end`` gives the places of keys in this list of names; all keys that have a print stand in it."""
        self._numbers = {_key_of(name): number for number, name in enumerate(names)}

    def begin(self, *own: DependencyKey) -> None:
        """Forget what was read before; ``own`` is read without being asked for."""
        self.seen.clear()
        self.seen.update(own)

    def end(self) -> Dependencies:
        """What was read since."""
        places = [*map(self._numbers.get, self.seen)]
        known = array(_NUMBER, [place for place in places if place is not None])
        others = (
            tuple(name_of(key) for key, place in zip(self.seen, places, strict=True) if place is None) if len(known) < len(places) else ()
        )
        return Dependencies(known.tobytes(), others)

    def whole(self) -> str:
        """One digest of everything."""
        return fingerprint_of([self.base, sorted(self.prints.items())])


def name_of(key: DependencyKey) -> str:
    """A key as a text."""
    aspect, value = key
    return f"{aspect} {SEPARATOR.join(value) if isinstance(value, tuple) else value}"


def _key_of(name: str) -> DependencyKey:
    aspect, _, value = name.partition(" ")
    parts = value.split(SEPARATOR)
    return aspect, tuple(parts) if len(parts) > 1 else value


def _wholes(prints: Mapping[DependencyKey, str]) -> Iterator[tuple[str, str]]:
    """A print for each aspect as a whole."""
    aspects: dict[str, list[str]] = {}
    for key, value in prints.items():
        aspects.setdefault(key[0], []).append(f"{name_of(key)}={value}")
    for aspect, parts in aspects.items():
        yield name_of((aspect, ALL)), fingerprint_of(sorted(parts))


def fingerprint_of(value: Any) -> str:
    """A short digest of a value made of lists, tuples, texts and numbers."""
    return blake2b(json.dumps(value).encode(), digest_size=9).hexdigest()
