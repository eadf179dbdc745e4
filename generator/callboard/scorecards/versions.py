"""Two versions of an ecosystem → which one is lower; unknown for what is not a version (``main``, a digest)."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from packaging.version import InvalidVersion, Version

Key = Any
_SEMVER = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")
_LOOSE = re.compile(r"v?(\d+(?:\.\d+)*)(?:[-_.+~ ]?(.*))?")
_PARTS = re.compile(r"\d+|[a-z]+")
_LONGEST = 100
_LARGEST_PART = 18
_DIGEST = re.compile(r"[0-9a-f]{7,64}")
_BEFORE = ("dev", "snapshot", "alpha", "a", "beta", "b", "milestone", "m", "pre", "preview", "rc", "cr", "c")
"""Words of versions that come before the release, in their order."""
_SAME = frozenset({"ga", "final", "release", "jre", "android", "x"})


def compare(one: object, other: object, ecosystem: str = "") -> int | None:
    """Negative if the first version is lower, 0 if they are equal, positive if it is higher; None if one is not a version.

    ``ecosystem``: ``pypi`` (PEP 440), ``maven``, ``npm``, ``cargo``, ``golang`` and others with Semantic Versioning 2; any other word
    or none: numbers by position, and words such as ``rc1`` before the release.
    """
    key = _ORDERS.get(ecosystem.casefold(), _loose_key)
    first, second = _key(one, key), _key(other, key)
    if first is None or second is None:
        first, second = _key(one, _loose_key), _key(other, _loose_key)
    if first is None or second is None:
        return None
    return int(first > second) - int(first < second)


def is_version(text: object) -> bool:
    """Whether a text can be compared as a version."""
    return _key(text, _loose_key) is not None


def _key(text: object, order: Callable[[str], Key | None]) -> Key | None:
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        return None
    written = str(text).strip()
    if not written or len(written) > _LONGEST or max(map(len, re.findall(r"\d+", written)), default=0) > _LARGEST_PART:
        return None
    return order(written)


def _pep440_key(text: str) -> Key | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _semver_key(text: str) -> Key | None:
    """Semantic Versioning 2.0.0, section 11; build metadata does not count."""
    match = _SEMVER.fullmatch(text)
    if not match:
        return None
    identifiers = match[4].split(".") if match[4] else []
    parts = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in identifiers)
    return tuple(int(match[n]) for n in (1, 2, 3)), not identifiers, parts


def _maven_key(text: str) -> Key | None:
    """Maven's ComparableVersion in short: numbers by position, qualifiers in Maven's order, then other words by letter."""
    if not text[:1].isdigit():
        return None
    tokens = _PARTS.findall(text.casefold())
    key = [
        _maven_token(token, is_followed_by_number=index + 1 < len(tokens) and tokens[index + 1].isdecimal())
        for index, token in enumerate(tokens)
    ]
    while key and key[-1] == _MAVEN_RELEASE:
        key.pop()
    return _Padded(key)


_MAVEN = {"alpha": 0, "beta": 1, "milestone": 2, "rc": 3, "cr": 3, "snapshot": 4, "": 5, "ga": 5, "final": 5, "release": 5, "sp": 6}
_MAVEN_SHORT = {"a": "alpha", "b": "beta", "m": "milestone"}
_MAVEN_RELEASE = (1, 0, 5, "")


def _maven_token(token: str, *, is_followed_by_number: bool) -> tuple[int, int, int, str]:
    if token.isdecimal():
        return (2, int(token), 0, "") if int(token) else _MAVEN_RELEASE
    word = _MAVEN_SHORT.get(token, token) if is_followed_by_number else token
    rank = _MAVEN.get(word)
    return (1, 0, 7, word) if rank is None else (1, 0, rank, "")


class _Padded:
    """Tokens of a Maven version; the shorter one of two is filled up with releases."""

    __slots__ = ("tokens",)

    def __init__(self, tokens: list[tuple[int, int, int, str]]) -> None:
        self.tokens = tokens

    def _pairs(self, other: _Padded) -> tuple[list[Key], list[Key]]:
        pairs = list(zip_longest(self.tokens, other.tokens, fillvalue=_MAVEN_RELEASE))
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    def __lt__(self, other: _Padded) -> bool:
        mine, others = self._pairs(other)
        return mine < others

    def __gt__(self, other: _Padded) -> bool:
        return other < self


def _loose_key(text: str) -> Key | None:
    """Numbers by position (2.9 before 2.17), then words that mean "before the release", then the release, then anything else."""
    match = _LOOSE.fullmatch(text.casefold())
    if not match or (_DIGEST.fullmatch(text) and not text.isdecimal()) or len(match[1]) > _LARGEST_PART * 3:
        return None
    numbers = [int(part) for part in match[1].split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    words = _PARTS.findall((match[2] or "").split("+", 1)[0])
    return tuple(numbers), _stage(words)


def _stage(words: list[str]) -> tuple[int, int, tuple[tuple[int, int, str], ...]]:
    """Whether a suffix stands before (0), at (1) or after (2) the release, and its parts."""
    parts = tuple((1, int(word), "") if word.isdecimal() else (0, 0, word) for word in words)
    if not words or (words[0] in _SAME and len(words) == 1):
        return 1, 0, ()
    return (0, _BEFORE.index(words[0]), parts[1:]) if words[0] in _BEFORE else (2, 0, parts)


_ORDERS: dict[str, Callable[[str], Key | None]] = {
    "pypi": _pep440_key, "python": _pep440_key, "maven": _maven_key, "npm": _semver_key, "cargo": _semver_key, "golang": _semver_key,
    "go": _semver_key, "nuget": _loose_key,
}  # fmt: skip
