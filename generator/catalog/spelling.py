"""How far two names are apart."""

from __future__ import annotations

from collections.abc import Iterator

PIECES = 3
"""Two slips can touch two pieces at most, so that one of three survives whole (Li et al., Pass-Join, 2011)."""


def pieces(length: int) -> Iterator[tuple[int, int, int]]:
    """Number, start and end of the pieces into which a name of that length is cut; none for a name that is too short."""
    if length >= PIECES:
        yield from ((number, number * length // PIECES, (number + 1) * length // PIECES) for number in range(PIECES))


def distance(one: str, other: str, most: int) -> int:
    """Slips between two names: letters missing, added, replaced or swapped with their neighbour; ``most + 1`` for anything beyond."""
    one, other = _without_common_ends(one, other)
    far = most + 1
    if abs(len(one) - len(other)) > most:
        return far
    before: list[int] = []
    previous: list[int] = [min(j, far) for j in range(len(other) + 1)]
    for i, letter in enumerate(one, 1):
        row = [far] * (len(other) + 1)
        row[0] = min(i, far)
        for j in range(max(1, i - most), min(len(other), i + most) + 1):  # beyond this band everything is too far
            best = previous[j - 1] if letter == other[j - 1] else 1 + min(previous[j], row[j - 1], previous[j - 1])
            if before and j > 1 and letter == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, before[j - 2] + 1)
            row[j] = min(best, far)
        if min(row) == far:
            return far
        before, previous = previous, row
    return previous[len(other)]


def _without_common_ends(one: str, other: str) -> tuple[str, str]:
    start, shortest = 0, min(len(one), len(other))
    while start < shortest and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    end = 0
    while end < len(one) and end < len(other) and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[: len(one) - end], other[: len(other) - end]
