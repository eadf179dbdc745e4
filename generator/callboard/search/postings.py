"""Where a term occurs, as JSON: ``[entity,[code,gap,…],gap,[code,…],…]``, in the order of entities and of codes.

Each number is its difference to the one before. A code is ``page << 12 | section << 3 | weight``. Lists of different builds are merged
here; nothing else in the generator knows their form.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from operator import itemgetter
from typing import TypeAlias

SECTION_BITS, WEIGHT_BITS = 9, 3
Occurrence: TypeAlias = tuple[int, int]
"""Number of the entity, and code."""
_term = itemgetter(0)


def code(page: int, section_and_weight: int) -> int:
    """The code of an occurrence, of a page's number and a weight of its document."""
    return page << (SECTION_BITS + WEIGHT_BITS) | section_and_weight


def packed(occurrences: Iterable[Occurrence]) -> str:
    """The JSON of sorted occurrences."""
    parts: list[str] = []
    last_entity = last_code = -1
    for entity, each in occurrences:
        if entity == last_entity:
            parts.append(f",{each - last_code}")
        else:
            parts.append(f"],{entity - last_entity},[{each}" if parts else f"{entity},[{each}")
        last_entity, last_code = entity, each
    return f"[{''.join(parts)}]]" if parts else "[]"


def unpacked(text: str) -> Iterator[Occurrence]:
    """The occurrences of the JSON that ``packed`` made. Raises ``ValueError`` if it is damaged."""
    row = json.loads(text)
    entity = 0
    for gap, codes in zip(row[::2], row[1::2], strict=True):
        entity += gap
        value = 0
        for difference in codes:
            value += difference
            yield entity, value


def merged(texts: list[str], removed: Collection[Occurrence] = ()) -> str:
    """The JSON of all occurrences of several lists without those that were removed; ``[]`` if there are none left."""
    if len(texts) == 1 and not removed:
        return texts[0]
    return packed(sorted({each for text in texts for each in unpacked(text)}.difference(removed)))


def bounded(text: str, most: int, *, prefer_small: bool) -> str:
    """The list of a term that occurs more than ``most`` times: its best occurrences, behind the negative number of all.

    The best have the smallest weights (short titles) or the largest ones (texts that are about the term).
    """
    if text.count(",") < most:
        return text
    found = [*unpacked(text)]
    if len(found) <= most:
        return text
    sign = 1 if prefer_small else -1
    best = sorted(found, key=lambda each: (sign * (each[1] & ((1 << WEIGHT_BITS) - 1)), each))[:most]
    return f"[{-len(found)},{packed(sorted(best))[1:]}"
