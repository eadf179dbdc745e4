"""An English word in lower case → its stem, by the Porter2 algorithm (snowballstem.org); ``search-terms.js`` has the same code."""

from __future__ import annotations

import re
from functools import lru_cache

_DOUBLES = frozenset({"bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt"})
_VOWELS = frozenset("aeiouy")
_WORD = re.compile(r"[a-z]{3,40}")
_REGION = re.compile(r"[aeiouy][^aeiouy]")
_SHORT_END = re.compile(r"(?:[^aeiouy][aeiouy][^aeiouywxY]|^[aeiouy][^aeiouy]|past)\Z")
_LIKE_DYING = re.compile(r"[^aeiouy]ying")
_FIXED = {
    "skis": "ski", "skies": "sky", "idly": "idl", "gently": "gentl", "ugly": "ugli", "early": "earli", "only": "onli", "singly": "singl",
    "sky": "sky", "news": "news", "howe": "howe", "atlas": "atlas", "cosmos": "cosmos", "bias": "bias", "andes": "andes",
    "inning": "inning", "outing": "outing", "canning": "canning", "herring": "herring", "earring": "earring", "evening": "evening",
}  # fmt: skip
_BEGINNINGS = ("gener", "commun", "arsen", "past", "univers", "later", "emerg", "organ", "inter")
_STEP_2 = (
    ("ational", "ate"), ("fulness", "ful"), ("iveness", "ive"), ("ization", "ize"), ("ousness", "ous"), ("biliti", "ble"),
    ("lessli", "less"), ("tional", "tion"), ("alism", "al"), ("aliti", "al"), ("ation", "ate"), ("entli", "ent"), ("fulli", "ful"),
    ("iviti", "ive"), ("ousli", "ous"), ("ogist", "og"), ("abli", "able"), ("alli", "al"), ("anci", "ance"), ("ator", "ate"),
    ("enci", "ence"), ("izer", "ize"), ("bli", "ble"), ("ogi", "og"), ("li", ""),
)  # fmt: skip
_STEP_3 = (
    ("ational", "ate"), ("tional", "tion"), ("alize", "al"), ("ative", ""), ("icate", "ic"), ("iciti", "ic"), ("ical", "ic"), ("ness", ""),
    ("ful", ""),
)  # fmt: skip
_STEP_4 = (
    "ement", "able", "ance", "ence", "ible", "ment", "ant", "ate", "ent", "ion", "ism", "iti", "ive", "ize", "ous", "al", "er", "ic",
)  # fmt: skip
_ENDS_2, _ENDS_3 = (tuple(end for end, _ in step) for step in (_STEP_2, _STEP_3))
_LI = frozenset("cdeghkmnrt")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem; the word itself if it is not of 3 to 40 Latin letters."""
    if not _WORD.fullmatch(word):
        return word
    if word in _FIXED:
        return _FIXED[word]
    if _LIKE_DYING.fullmatch(word):
        return f"{word[0]}ie"
    marked = _marked(word)
    first, second = _regions(marked)
    made = _step_1b(_step_1a(marked), first)
    if len(made) > 2 and made[-1] in "yY" and made[-2] not in _VOWELS:  # noqa: PLR2004 - a letter stays in front
        made = made[:-1] + "i"
    made = _step_4(_step_3(_step_2(made, first), first, second), second)
    return _step_5(made, first, second).lower()


def _marked(word: str) -> str:
    """``Y`` in place of each consonant y: at the beginning and behind a vowel."""
    if "y" not in word:
        return word
    made = ""
    for letter in word:
        made += "Y" if letter == "y" and (not made or made[-1] in _VOWELS) else letter
    return made


def _regions(word: str) -> tuple[int, int]:
    """Where the regions R1 and R2 begin."""
    beginning = next((each for each in _BEGINNINGS if word.startswith(each)), "")
    first = len(beginning) or _behind(word, 0)
    return first, _behind(word, first)


def _behind(word: str, start: int) -> int:
    found = _REGION.search(word, start)
    return found.end() if found else len(word)


def _has_vowel(text: str) -> bool:
    return any(letter in _VOWELS for letter in text)


def _step_1a(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ied", "ies")):
        return word[:-2] if len(word) > 4 else word[:-1]  # noqa: PLR2004 - two letters in front
    if word.endswith("s") and not word.endswith(("us", "ss")) and _has_vowel(word[:-2]):
        return word[:-1]
    return word


def _step_1b(word: str, first: int) -> str:
    for end in ("eedly", "eed"):
        if word.endswith(end):
            rest = word[: -len(end)]
            return f"{rest}ee" if len(rest) >= first and not rest.endswith(("exc", "proc", "succ")) else word
    for end in ("ingly", "edly", "ing", "ed"):
        if word.endswith(end):
            rest = word[: -len(end)]
            return _completed(rest, first) if _has_vowel(rest) else word
    return word


def _completed(rest: str, first: int) -> str:
    """What is left of a word in -ed or -ing."""
    if rest.endswith(("at", "bl", "iz")):
        return f"{rest}e"
    if rest[-2:] in _DOUBLES:
        return rest if len(rest) == 3 and rest[0] in "aeo" else rest[:-1]  # noqa: PLR2004 - add, egg, off
    return f"{rest}e" if first >= len(rest) and _SHORT_END.search(rest) else rest


def _step_2(word: str, first: int) -> str:
    if not word.endswith(_ENDS_2):  # as most words
        return word
    for end, new in _STEP_2:
        if word.endswith(end):
            rest = word[: -len(end)]
            fits = rest[-1:] == "l" if end == "ogi" else rest[-1:] in _LI if end == "li" else True
            return rest + new if len(rest) >= first and fits else word
    return word


def _step_3(word: str, first: int, second: int) -> str:
    if not word.endswith(_ENDS_3):
        return word
    for end, new in _STEP_3:
        if word.endswith(end):
            rest = word[: -len(end)]
            return rest + new if len(rest) >= (second if end == "ative" else first) else word
    return word


def _step_4(word: str, second: int) -> str:
    if not word.endswith(_STEP_4):
        return word
    for end in _STEP_4:
        if word.endswith(end):
            rest = word[: -len(end)]
            return rest if len(rest) >= second and (end != "ion" or rest[-1:] in {"s", "t"}) else word
    return word


def _step_5(word: str, first: int, second: int) -> str:
    rest = word[:-1]
    if word.endswith("e"):
        return rest if len(rest) >= second or (len(rest) >= first and not _SHORT_END.search(rest)) else word
    return rest if word.endswith("ll") and len(rest) >= second else word
