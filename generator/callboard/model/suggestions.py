"""A misspelled word and the known ones → the one that was probably meant, by edit distance."""

from __future__ import annotations

from collections.abc import Iterable

_SHORT, _MEDIUM = 3, 6
_LONGEST = 100
"""Longer words are not compared."""


def nearest(word: str, choices: Iterable[str]) -> str:
    """The most similar choice, or an empty string if none is similar.

    Case and everything but letters and digits do not count. A word of 3 to 5 characters may have one typing error, a longer one two.
    """
    by_letters: dict[str, str] = {}
    for choice in choices:
        by_letters.setdefault(_letters(choice), choice)
    letters = _letters(word)
    if letters in by_letters:
        return by_letters[letters]
    allowed = allowed_distance(len(letters)) if len(letters) <= _LONGEST else 0
    if not allowed:
        return ""
    distances = ((distance(letters, other, allowed), choice) for other, choice in by_letters.items() if len(other) >= _SHORT)
    best, choice = min(distances, key=lambda pair: pair[0], default=(allowed + 1, ""))
    return choice if best <= allowed else ""


def same_letters(word: str, other: str) -> bool:
    """Whether two words differ only in case and separators, as ``depends_on`` and ``dependsOn`` do."""
    return _letters(word) == _letters(other)


def _letters(word: str) -> str:
    return "".join(char for char in word.lower() if char.isalnum())


def allowed_distance(length: int) -> int:
    """The number of typing errors up to which a word of that length is similar to another one: 0 to 2."""
    return 0 if length < _SHORT else 1 if length < _MEDIUM else 2


def distance(one: str, other: str, most: int) -> int:
    """The number of letters missing, added, replaced or swapped with their neighbor; ``most + 1`` for any larger number."""
    one, other = _without_common_ends(one, other)
    far = most + 1
    if abs(len(one) - len(other)) > most:
        return far
    earlier: list[int] = []
    previous: list[int] = [min(j, far) for j in range(len(other) + 1)]
    for i, letter in enumerate(one, 1):
        row = [far] * (len(other) + 1)
        row[0] = min(i, far)
        for j in range(max(1, i - most), min(len(other), i + most) + 1):  # outside this band every distance is larger than ``most``
            best = previous[j - 1] if letter == other[j - 1] else 1 + min(previous[j], row[j - 1], previous[j - 1])
            if earlier and j > 1 and letter == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, earlier[j - 2] + 1)
            row[j] = min(best, far)
        if min(row) == far:
            return far
        earlier, previous = previous, row
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
