"""Where a term occurs, as JSON: ``[entity,[code,gap,…],gap,[code,…],…]``, in the order of entities and of codes.

Each number is its difference to the one before. A code is ``page << 12 | section << 3 | weight``. Lists of different builds are merged
here; nothing else in the generator knows their form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import accumulate, chain
from operator import sub
from typing import TypeAlias

import msgspec

from callboard.search.places import PAGE_BITS, PagePlace

SECTION_BITS, WEIGHT_BITS = 9, 3
CODE_BITS = PAGE_BITS + SECTION_BITS + WEIGHT_BITS
Occurrence: TypeAlias = int
"""The number of the entity and the code in one: ``entity << CODE_BITS | code``. It fits into 64 bits."""
_WEIGHT, _CODE = (1 << WEIGHT_BITS) - 1, (1 << CODE_BITS) - 1


def page_bits(place: PagePlace) -> Occurrence:
    """What all occurrences on a page have in common: with a weight of the page's document, it is an occurrence."""
    return place.entity << CODE_BITS | place.page << (SECTION_BITS + WEIGHT_BITS)


def packed(occurrences: Iterable[Occurrence]) -> str:
    """The JSON of sorted occurrences."""
    row: list[object] = []
    entity_before, before = -1, 0
    gaps: list[int] = []
    for each in occurrences:
        entity, code = each >> CODE_BITS, each & _CODE
        if entity == entity_before:
            gaps.append(code - before)
        else:
            gaps = [code]
            row += (entity - entity_before if row else entity, gaps)
            entity_before = entity
        before = code
    return msgspec.json.encode(row).decode()


def unpacked(text: str) -> Iterator[Occurrence]:
    """The occurrences of the JSON that ``packed`` made. Raises ``msgspec.DecodeError`` if it is damaged."""
    for entity, gaps in _entities(text).items():
        for each in accumulate(gaps):
            yield entity << CODE_BITS | each


def merged(texts: list[str], removed: Collection[Occurrence] = ()) -> str:
    """The JSON of all occurrences of several lists without those that were removed; ``[]`` if there are none left.

    Entities that only one of the lists has, and that lose nothing, are copied: of a frequent term, a change touches a few.
    """
    if len(texts) == 1 and not removed:
        return texts[0]
    found: dict[int, list[int]] = {}
    several: dict[int, set[int]] = {}
    for text in texts:
        for entity, gaps in _entities(text).items():
            if entity in found:
                several.setdefault(entity, {*accumulate(found[entity])}).update(accumulate(gaps))
            found.setdefault(entity, gaps)
    for each in removed:
        if (entity := each >> CODE_BITS) in found:
            several.setdefault(entity, {*accumulate(found[entity])}).discard(each & _CODE)
    found |= {entity: _gaps(sorted(codes)) for entity, codes in several.items()}
    return _packed({entity: found[entity] for entity in sorted(found) if found[entity]})


def bounded(text: str, most: int, *, prefer_small: bool) -> str:
    """The list of a term that occurs more than ``most`` times: its best occurrences, behind the negative number of all.

    The best have the smallest weights (short titles) or the largest ones (texts that are about the term); of equal ones, the first.
    """
    if text.count(",") < most:
        return text
    found = {entity: [*accumulate(gaps)] for entity, gaps in _entities(text).items()}
    counts = Counter(map(_WEIGHT.__and__, chain.from_iterable(found.values())))
    total = sum(counts.values())
    if total <= most:
        return text
    whole, room, last = set[int](), most, 0
    for last in sorted(counts, reverse=not prefer_small):
        if counts[last] > room:
            break
        whole.add(last)
        room -= counts[last]
    best = dict[int, list[int]]()
    for entity, codes in found.items():
        taken = [code for code in codes if code & _WEIGHT in whole]
        if room and len(taken) < len(codes):
            others = [code for code in codes if code & _WEIGHT == last][:room]
            taken, room = sorted((*taken, *others)), room - len(others)
        if taken:
            best[entity] = _gaps(taken)
    return f"[{-total},{_packed(best)[1:]}"


def _gaps(codes: list[int]) -> list[int]:
    return codes if len(codes) == 1 else [*map(sub, codes, [0, *codes])]


def _entities(text: str) -> dict[int, list[int]]:
    """The codes of each entity, each as its difference to the one before."""
    row = msgspec.json.decode(text)
    return dict(zip(accumulate(row[::2]), row[1::2], strict=True))


def _packed(gaps: dict[int, list[int]]) -> str:
    row: list[object] = [None] * (2 * len(gaps))
    row[::2], row[1::2] = _gaps([*gaps]), gaps.values()
    return msgspec.json.encode(row).decode()
