"""The name that was probably meant. Fast enough for a catalog of 100,000 entities of which many references dangle."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from generator.catalog.spelling import distance, pieces
from generator.model.ref import DEFAULT_NAMESPACE, EntityRef

SEARCHES = 5_000
"""Searches by spelling in one linking; beyond it only cheap look-ups suggest. Bounds the worst case to about half a second."""
CANDIDATES = 40
"""Names compared in one search, those with the rarest common piece first."""
COMMON = 300
"""A piece that so many names share says nothing about any of them."""
TOO_SHORT, SHORT = 3, 6
"""Names of fewer letters than the first are not searched by spelling; those of fewer than the second may have one slip, not two."""
_SEPARATORS = re.compile(r"[-_.]+")


class Names:
    """An index over the names of the catalog, built when first asked."""

    def __init__(self, refs: Iterable[EntityRef]) -> None:
        self._refs = refs
        self._exact: dict[str, list[EntityRef]] = {}
        self._joined: dict[str, list[EntityRef]] = {}
        self._parts: dict[tuple[str, str], list[EntityRef]] = {}
        self._pieces: dict[tuple[str, int, int, str], list[EntityRef]] = {}
        self._kinds: set[str] = set()
        self._known: dict[EntityRef, EntityRef | None] = {}
        self._searches = 0

    def has_kind(self, kind: str) -> bool:
        """Whether any entity of that canonical kind exists."""
        self._build()
        return kind in self._kinds

    def nearest(self, wanted: EntityRef) -> EntityRef | None:
        """The existing reference that comes nearest: the same name elsewhere, the same letters, a typing slip, a missing prefix."""
        if wanted not in self._known:
            self._build()
            self._known[wanted] = self._nearest(wanted)
        return self._known[wanted]

    def named(self, name: str) -> tuple[EntityRef, ...]:
        """All entities of exactly that canonical name."""
        self._build()
        return tuple(self._exact.get(name, ()))

    def _nearest(self, wanted: EntityRef) -> EntityRef | None:
        same = self._exact.get(wanted.name, [])
        joined = [ref for ref in self._joined.get(_join(wanted.name), []) if ref.kind == wanted.kind]
        found = same or joined or list(self._misspelled(wanted)) or self._with_prefix(wanted)
        return min(found, key=lambda ref: _farness(ref, wanted), default=None)

    def _misspelled(self, wanted: EntityRef) -> Iterator[EntityRef]:
        """The nearest names of the same kind within two slips (one for a short name)."""
        self._searches += 1
        allowed = 0 if len(wanted.name) < TOO_SHORT else 1 if len(wanted.name) < SHORT else 2
        if self._searches > SEARCHES or not allowed:
            return
        letters = set(wanted.name)
        likely = (ref for ref in self._candidates(wanted) if len(letters ^ set(ref.name)) <= 2 * allowed)
        measured = [(distance(ref.name, wanted.name, allowed), ref) for ref in likely]
        best = min((d for d, _ in measured), default=allowed + 1)
        if best <= allowed:
            yield from (ref for d, ref in measured if d == best)

    def _candidates(self, wanted: EntityRef) -> list[EntityRef]:
        """Names that share a piece at about the same place: whoever is within two slips shares one of three pieces."""
        name = wanted.name
        keys = (
            (wanted.kind, length, number, name[start + shift : end + shift])
            for length in range(max(0, len(name) - 2), len(name) + 3)
            for number, start, end in pieces(length)
            for shift in range(-min(2, start), 3)
        )
        found = (self._pieces.get(key, ()) for key in keys)
        rare = sorted((bucket for bucket in found if 0 < len(bucket) <= COMMON), key=len)
        return list(dict.fromkeys(ref for bucket in rare for ref in bucket))[:CANDIDATES]

    def _with_prefix(self, wanted: EntityRef) -> list[EntityRef]:
        """``team-checkout`` for ``checkout``: the only name of the kind that has one word more in front or behind."""
        found = self._parts.get((wanted.kind, _join(wanted.name)), [])
        return found if len(found) == 1 else []

    def _build(self) -> None:
        if self._kinds:
            return
        exact, joined = defaultdict(list), defaultdict(list)
        parts, cut = defaultdict(list), defaultdict(list)
        for ref in self._refs:
            exact[ref.name].append(ref)
            joined[_join(ref.name)].append(ref)
            words = _SEPARATORS.split(ref.name)
            if len(words) > 1:
                for part in {"".join(words[1:]), "".join(words[:-1])}:
                    parts[ref.kind, part].append(ref)
            for number, start, end in pieces(len(ref.name)):
                cut[ref.kind, len(ref.name), number, ref.name[start:end]].append(ref)
            self._kinds.add(ref.kind)
        self._exact, self._joined, self._parts, self._pieces = exact, joined, parts, cut


def _join(name: str) -> str:
    return _SEPARATORS.sub("", name)


def _farness(ref: EntityRef, wanted: EntityRef) -> tuple[bool, bool, bool, EntityRef]:
    """The same kind first, then the same namespace, then the default one."""
    return ref.kind != wanted.kind, ref.namespace != wanted.namespace, ref.namespace != DEFAULT_NAMESPACE, ref
