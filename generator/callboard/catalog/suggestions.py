"""Names of the catalog → for a dangling reference the name that was probably meant, from an index for 100,000 names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher

from callboard.model.ref import DEFAULT_NAMESPACE, EntityRef
from callboard.model.suggestions import allowed_distance, distance

PIECES = 3
"""Two slips can touch two pieces at most, so that one of three survives whole (Li et al., Pass-Join, 2011)."""


def pieces(length: int) -> Iterator[tuple[int, int, int]]:
    """Number, start and end of the pieces into which a name of that length is cut; none for a name that is too short."""
    if length >= PIECES:
        yield from ((number, number * length // PIECES, (number + 1) * length // PIECES) for number in range(PIECES))


SEARCHES = 5_000
"""Searches by spelling in one linking; beyond it only cheap look-ups suggest. Bounds the worst case to about half a second."""
CANDIDATES = 40
"""Names compared in one search, those with the rarest common piece first."""
COMMON = 300
"""A piece that so many names share says nothing about any of them."""
MOST_SIMILAR = 3
"""Names that begin alike and are worth telling; where more do, the beginning says nothing."""
GENERIC = frozenset({
    "api", "app", "backend", "component", "core", "data", "db", "domain", "frontend", "group", "job", "lib", "library", "platform", "prod",
    "resource", "service", "shared", "site", "squad", "svc", "system", "team", "template", "test", "tool", "tribe", "ui", "user", "web",
    "website", "worker",
})  # fmt: skip
"""Words that name no thing of their own: two names that have only these in common are not alike."""
_SEPARATORS = re.compile(r"[-_.]+")


class NameIndex:
    """The names of the catalog, and of elsewhere; the indexes over them are built when first asked."""

    def __init__(self, refs: Collection[EntityRef], elsewhere: Collection[EntityRef] = ()) -> None:
        self._here = refs
        self._elsewhere = elsewhere
        self._exact: dict[str, list[EntityRef]] = {}
        self._joined: dict[str, list[EntityRef]] = {}
        self._parts: dict[tuple[str, str], list[EntityRef]] = {}
        self._leading: dict[tuple[str, str], list[EntityRef]] = {}
        self._pieces: dict[tuple[str, int, int, str], list[EntityRef]] = {}
        self._kinds: set[str] = set()
        self._known: dict[EntityRef, EntityRef | None] = {}
        self._searches = 0

    def __contains__(self, ref: EntityRef) -> bool:
        return ref in self._here or ref in self._elsewhere

    def serves(self, refs: Collection[EntityRef]) -> bool:
        """Whether a new index of these names would answer the same: they are the same, and searching is far from its bound."""
        return not self._elsewhere and self._searches < SEARCHES // 2 and self._here == refs

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

    def kinds_of(self, bare: EntityRef) -> tuple[str, ...]:
        """The kinds of which an entity of that namespace and name exists, sorted."""
        return tuple(sorted({ref.kind for ref in self.named(bare.name) if ref.namespace == bare.namespace}))

    def similar(self, wanted: EntityRef) -> tuple[EntityRef, ...]:
        """The few names of the same kind that begin with the same telling words: ``checkout-cache`` for ``checkout-queue``.

        What they share is at least half of each name; the likeliest comes first.
        """
        self._build()
        words = _SEPARATORS.split(wanted.name)
        lead = "-".join(words[:-1])
        found = self._leading.get((wanted.kind, lead), ()) if set(words[:-1]) - GENERIC else ()
        if len(found) > MOST_SIMILAR:
            return ()
        alike = [ref for ref in found if 2 * len(lead) >= max(len(ref.name), len(wanted.name))]
        return tuple(sorted(alike, key=lambda ref: (-SequenceMatcher(None, ref.name, wanted.name).ratio(), _farness(ref, wanted))))

    def _nearest(self, wanted: EntityRef) -> EntityRef | None:
        same = self._exact.get(wanted.name, [])
        joined = [ref for ref in self._joined.get(_join(wanted.name), []) if ref.kind == wanted.kind]
        found = same or joined or list(self._misspelled(wanted)) or self._with_word_more(wanted) or self._with_word_less(wanted)
        return min(found, key=lambda ref: _farness(ref, wanted), default=None)

    def _misspelled(self, wanted: EntityRef) -> Iterator[EntityRef]:
        """The nearest names of the same kind within two slips (one for a short name)."""
        self._searches += 1
        allowed = allowed_distance(len(wanted.name))
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

    def _with_word_more(self, wanted: EntityRef) -> list[EntityRef]:
        """``team-checkout`` for ``checkout``: the only name of the kind that has one word more in front or behind."""
        found = self._parts.get((wanted.kind, _join(wanted.name)), [])
        return found if len(found) == 1 else []

    def _with_word_less(self, wanted: EntityRef) -> list[EntityRef]:
        """``team-warehouse`` for ``team-warehouse-it``: the only name of the kind that lacks the first word or the last one."""
        words = _SEPARATORS.split(wanted.name)
        shorter = {"".join(part) for part in (words[1:], words[:-1]) if set(part) - GENERIC}
        found = [ref for part in shorter for ref in self._joined.get(part, ()) if ref.kind == wanted.kind]
        return found if len(found) == 1 else []

    def _build(self) -> None:
        if self._kinds:
            return
        exact, joined = defaultdict(list), defaultdict(list)
        parts, cut, leading = defaultdict(list), defaultdict(list), defaultdict(list)
        for ref in (*self._here, *(ref for ref in self._elsewhere if ref not in self._here)):
            exact[ref.name].append(ref)
            joined[_join(ref.name)].append(ref)
            words = _SEPARATORS.split(ref.name)
            if len(words) > 1:
                for part in {"".join(words[1:]), "".join(words[:-1])}:
                    parts[ref.kind, part].append(ref)
                leading[ref.kind, "-".join(words[:-1])].append(ref)
            for number, start, end in pieces(len(ref.name)):
                cut[ref.kind, len(ref.name), number, ref.name[start:end]].append(ref)
            self._kinds.add(ref.kind)
        self._exact, self._joined, self._parts, self._pieces, self._leading = exact, joined, parts, cut, leading


def _join(name: str) -> str:
    return _SEPARATORS.sub("", name)


def _farness(ref: EntityRef, wanted: EntityRef) -> tuple[bool, bool, bool, EntityRef]:
    """The same kind first, then the same namespace, then the default one."""
    return ref.kind != wanted.kind, ref.namespace != wanted.namespace, ref.namespace != DEFAULT_NAMESPACE, ref
