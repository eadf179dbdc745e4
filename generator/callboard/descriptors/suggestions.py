"""What somebody probably meant: the nearest known word to a misspelled one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_NEAR = 0.8
_SHORTEST = 4
_LONGEST = 40


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that differs only in case, ``-``, ``_`` or blanks, or in a letter or two; an empty text where none does."""
    by_bare = {_bare(candidate): candidate for candidate in known}
    bare = _bare(word)
    if bare in by_bare:
        return by_bare[bare]
    if not _SHORTEST <= len(bare) <= _LONGEST:
        return ""
    close = get_close_matches(bare, by_bare, n=1, cutoff=_NEAR)
    return by_bare[close[0]] if close else ""


def same_but_spelling(word: str, other: str) -> bool:
    """Whether two words differ only in case and separators, as ``depends_on`` and ``dependsOn`` do."""
    return _bare(word) == _bare(other)


def _bare(word: str) -> str:
    return "".join(char for char in word.lower() if char.isalnum())
