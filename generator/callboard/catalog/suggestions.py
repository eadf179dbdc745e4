"""Names of the catalog → for a dangling reference the name that was probably meant, from an index for 100,000 names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher

from callboard.model.ref import DEFAULT_NAMESPACE, EntityRef
from callboard.model.suggestions import allowed_distance, distance

PIECES = 3
"""Parts into which a name is cut: two typos change at most two of three, so that one is unchanged (Li et al., Pass-Join, 2011)."""
SEARCHES = 5_000
"""Searches by spelling for one catalog, about half a second; beyond it only exact look-ups are made."""
CANDIDATES = 40
"""Names compared in one search, those that share the rarest piece first."""
COMMON = 300
"""A piece that is in more names than this is not used."""
MOST_SIMILAR = 3
"""Names with the same beginning that are suggested; where there are more, none is."""
GENERIC = frozenset({
    "api", "app", "backend", "component", "core", "data", "db", "domain", "frontend", "group", "job", "lib", "library", "platform", "prod",
    "resource", "service", "shared", "site", "squad", "svc", "system", "team", "template", "test", "tool", "tribe", "ui", "user", "web",
    "website", "worker",
})  # fmt: skip
"""Generic words: names that have only these in common are not similar."""
_SEPARATORS = re.compile(r"[-_.]+")


class NameIndex:
    """The names of the catalog and of a published portal; the indexes over them are built on the first search."""

    def __init__(self, refs: Collection[EntityRef], external_refs: Collection[EntityRef] = ()) -> None:
        self._refs = refs
        self._external_refs = external_refs
        self._by_name: dict[str, list[EntityRef]] = {}
        self._by_letters: dict[str, list[EntityRef]] = {}
        self._by_shorter_name: dict[tuple[str, str], list[EntityRef]] = {}
        self._by_first_words: dict[tuple[str, str], list[EntityRef]] = {}
        self._by_piece: dict[tuple[str, int, int, str], list[EntityRef]] = {}
        self._kinds: set[str] = set()
        self._nearest: dict[EntityRef, EntityRef | None] = {}
        """Results of earlier searches."""
        self._searches = 0

    def __contains__(self, ref: EntityRef) -> bool:
        return ref in self._refs or ref in self._external_refs

    def is_reusable_for(self, refs: Collection[EntityRef]) -> bool:
        """Whether a new index of ``refs`` would give the same results: the names are the same, and half of ``SEARCHES`` is left."""
        return not self._external_refs and self._searches < SEARCHES // 2 and self._refs == refs

    def has_kind(self, kind: str) -> bool:
        """Whether any entity of that canonical kind exists."""
        self._build()
        return kind in self._kinds

    def nearest(self, missing: EntityRef) -> EntityRef | None:
        """The existing reference nearest to a missing one; None if none is near.

        In this order: the same name of another kind or namespace, the same letters, a typo, one word more, one word less.
        """
        if missing not in self._nearest:
            self._build()
            self._nearest[missing] = self._search(missing)
        return self._nearest[missing]

    def named(self, name: str) -> tuple[EntityRef, ...]:
        """All entities of exactly that canonical name."""
        self._build()
        return tuple(self._by_name.get(name, ()))

    def kinds_of(self, ref: EntityRef) -> tuple[str, ...]:
        """The kinds of the existing entities with that namespace and name, sorted; the kind of ``ref`` does not matter."""
        return tuple(sorted({other.kind for other in self.named(ref.name) if other.namespace == ref.namespace}))

    def similar(self, missing: EntityRef) -> tuple[EntityRef, ...]:
        """The few names of the same kind with the same words but the last: ``checkout-cache`` for ``checkout-queue``.

        The common words are not only generic ones and at least half of each name; the most similar name comes first.
        """
        self._build()
        words = _SEPARATORS.split(missing.name)
        prefix = "-".join(words[:-1])
        candidates = self._by_first_words.get((missing.kind, prefix), ()) if set(words[:-1]) - GENERIC else ()
        if len(candidates) > MOST_SIMILAR:
            return ()
        similar = [ref for ref in candidates if 2 * len(prefix) >= max(len(ref.name), len(missing.name))]
        return tuple(sorted(similar, key=lambda ref: (-SequenceMatcher(None, ref.name, missing.name).ratio(), _distance_key(ref, missing))))

    def _search(self, missing: EntityRef) -> EntityRef | None:
        same = self._by_name.get(missing.name, [])
        joined = [ref for ref in self._by_letters.get(_letters(missing.name), []) if ref.kind == missing.kind]
        candidates = same or joined or list(self._misspelled(missing)) or self._with_word_more(missing) or self._with_word_less(missing)
        return min(candidates, key=lambda ref: _distance_key(ref, missing), default=None)

    def _misspelled(self, missing: EntityRef) -> Iterator[EntityRef]:
        """The nearest names of the same kind within two typos (one for a short name)."""
        self._searches += 1
        allowed = allowed_distance(len(missing.name))
        if self._searches > SEARCHES or not allowed:
            return
        letters = set(missing.name)
        likely = (ref for ref in self._candidates(missing) if len(letters ^ set(ref.name)) <= 2 * allowed)
        distances = [(distance(ref.name, missing.name, allowed), ref) for ref in likely]
        best = min((d for d, _ in distances), default=allowed + 1)
        if best <= allowed:
            yield from (ref for d, ref in distances if d == best)

    def _candidates(self, missing: EntityRef) -> list[EntityRef]:
        """Names that share a piece at about the same position: names within two typos share at least one of three."""
        name = missing.name
        keys = (
            (missing.kind, length, number, name[start + shift : end + shift])
            for length in range(max(0, len(name) - 2), len(name) + 3)
            for number, start, end in pieces(length)
            for shift in range(-min(2, start), 3)
        )
        buckets = (self._by_piece.get(key, ()) for key in keys)
        rare = sorted((bucket for bucket in buckets if 0 < len(bucket) <= COMMON), key=len)
        return list(dict.fromkeys(ref for bucket in rare for ref in bucket))[:CANDIDATES]

    def _with_word_more(self, missing: EntityRef) -> list[EntityRef]:
        """``team-checkout`` for ``checkout``: the name of the kind with one word more at the start or end, if there is only one."""
        candidates = self._by_shorter_name.get((missing.kind, _letters(missing.name)), [])
        return candidates if len(candidates) == 1 else []

    def _with_word_less(self, missing: EntityRef) -> list[EntityRef]:
        """``team-warehouse`` for ``team-warehouse-it``: the name of the kind without the first or last word, if there is only one."""
        words = _SEPARATORS.split(missing.name)
        shorter = {"".join(part) for part in (words[1:], words[:-1]) if set(part) - GENERIC}
        candidates = [ref for part in shorter for ref in self._by_letters.get(part, ()) if ref.kind == missing.kind]
        return candidates if len(candidates) == 1 else []

    def _build(self) -> None:
        if self._kinds:
            return
        by_name, by_letters = defaultdict(list), defaultdict(list)
        by_shorter_name, by_piece, by_first_words = defaultdict(list), defaultdict(list), defaultdict(list)
        for ref in (*self._refs, *(ref for ref in self._external_refs if ref not in self._refs)):
            by_name[ref.name].append(ref)
            by_letters[_letters(ref.name)].append(ref)
            words = _SEPARATORS.split(ref.name)
            if len(words) > 1:
                for part in {"".join(words[1:]), "".join(words[:-1])}:
                    by_shorter_name[ref.kind, part].append(ref)
                by_first_words[ref.kind, "-".join(words[:-1])].append(ref)
            for number, start, end in pieces(len(ref.name)):
                by_piece[ref.kind, len(ref.name), number, ref.name[start:end]].append(ref)
            self._kinds.add(ref.kind)
        self._by_name, self._by_letters, self._by_shorter_name = by_name, by_letters, by_shorter_name
        self._by_piece, self._by_first_words = by_piece, by_first_words


def _letters(name: str) -> str:
    """The name without separators."""
    return _SEPARATORS.sub("", name)


def _distance_key(ref: EntityRef, missing: EntityRef) -> tuple[bool, bool, bool, EntityRef]:
    """Sort key: the same kind first, then the same namespace, then the default one."""
    return ref.kind != missing.kind, ref.namespace != missing.namespace, ref.namespace != DEFAULT_NAMESPACE, ref


def pieces(length: int) -> Iterator[tuple[int, int, int]]:
    """Number, start and end of the pieces into which a name of that length is cut; none for a name that is too short."""
    if length >= PIECES:
        yield from ((number, number * length // PIECES, (number + 1) * length // PIECES) for number in range(PIECES))
