"""A text → the terms under which the search finds it; ``search-terms.js`` makes the same ones of a query.

``order-svc``, ``OrderService`` and ``order service`` have the same terms. Words are folded to lower case without accents, other alphabets
are written in Latin letters, short forms are spelled out, and English words become their stems. Text in Chinese, Japanese and Korean has
no spaces, so each pair of characters is a term.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from callboard.pages.search_text import SHORT_FORMS
from callboard.search.english import stem

LONGEST = 40
"""Characters of a term; the rest of a longer one is cut off."""
MOST_PARTS = 5
"""Words that are joined to one term, as in ``order-history-ui``."""
_LATIN_WORDS = (
    "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch - y - e yu ya i i e g "
    "a v g d e z i th i k l m n x o p r s s t y f ch ps o ss ae o oe l d d th i"
)
_LATIN = dict(
    zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґαβγδεζηθικλμνξοπρσςτυφχψωßæøœłđðþı", _LATIN_WORDS.replace("-", "").split(" "), strict=True)
)
_LATIN_MAP = {ord(letter): latin for letter, latin in _LATIN.items()}
_LATIN_MAP |= {ord(letter.upper()): latin.capitalize() for letter, latin in _LATIN.items() if letter not in "ßı"}
_CJK = "\u2e80-\u2fff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_COMPOUNDS = re.compile(rf"[^\W_{_CJK}]+(?:[-_.][^\W_{_CJK}]+)*|[{_CJK}]+")
_PARTS = re.compile(r"[^-_.]+")
_CASES = tuple(map(re.compile, (r"([a-z0-9])(?=[A-Z])", r"([A-Z])(?=[A-Z][a-z])", r"([A-Za-z]{3})(?=[0-9])", r"([0-9])(?=[A-Za-z]{3})")))
"""Behind which letters of a word another word begins."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_APOSTROPHES = re.compile("['’ʼ](?:s\\b)?")
_LONG = {short: long.replace("-", "") for long, short in SHORT_FORMS if short != "be"}
_STOP_WORDS = (
    "a an and are as at be by can do does for from has have how i if in into is it its my of on or our that the their them then there "
    "these this to us was we what when where which who why will with you your"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words that are in nearly every text: they are no terms unless a text has no others."""


class Compound(NamedTuple):
    """One run of words as it is written: ``order-svc`` has the words ``order`` and ``servic``, and is also found as ``ordersvc``."""

    terms: tuple[str, ...]
    """The stems of its words, and of several words the joined ones; none if it has no words."""
    words: int
    is_stop_word: bool = False


def fold(text: str) -> str:
    """Letters without accents, in Latin where another alphabet has a common transcription; upper case stays."""
    if text.isascii():
        return text
    plain = _NOT_ASCII.sub(lambda found: _without_mark(found[0]), unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", plain).translate(_LATIN_MAP)


def _without_mark(char: str) -> str:
    return "" if unicodedata.category(char).startswith("M") else char


def _runs(text: str) -> list[str]:
    """The runs of letters of a text, in its order, without apostrophes."""
    if text.isascii():
        return _COMPOUNDS.findall(_APOSTROPHES.sub("", text) if "'" in text else text)
    return _COMPOUNDS.findall(_APOSTROPHES.sub("", fold(text)))


@lru_cache(maxsize=50_000)
def _compound(run: str, stemmed: Callable[[str], str]) -> Compound:
    if "\u2e80" <= run[0] <= "\ud7af" or "\uf900" <= run[0] <= "\ufaff":
        pairs = tuple(run[at : at + 2] for at in range(max(1, len(run) - 1)))
        return Compound(pairs, len(pairs))
    words = [word.lower() for part in _PARTS.findall(run) for word in _words(part)]
    if len(words) == 1:
        return Compound((_term(words[0], stemmed),), 1, words[0] in STOP_WORDS)
    joined = dict.fromkeys(("".join(words), "".join(_LONG.get(word, word) for word in words)) if len(words) <= MOST_PARTS else ())
    return Compound((*(_term(word, stemmed) for word in words), *(word[:LONGEST] for word in joined)), len(words))


def _words(part: str) -> list[str]:
    """``OrderService`` as two words."""
    if part.islower() and part.isalpha():
        return [part]
    for case in _CASES:
        part = case.sub(r"\1 ", part)
    return part.split(" ")


def _term(word: str, stemmed: Callable[[str], str]) -> str:
    return stemmed(_LONG.get(word, word))[:LONGEST]


def as_written(word: str) -> str:
    """Instead of ``stem`` where words are not stemmed."""
    return word


def count_terms(counts: dict[str, int], text: str, stemmed: Callable[[str], str] = stem) -> None:
    """Add to ``counts`` how often each term occurs in a long text, without stop words."""
    for run, count in Counter(_runs(text)).items():
        made = _compound(run, stemmed)
        if not made.is_stop_word:
            for term in made.terms:
                counts[term] = counts.get(term, 0) + count


def path_terms(title: str) -> list[str]:
    """The terms of the whole path of ``GET /orders/{id}``, with and without its verb: a slash in front of the joined words."""
    verb, _, path = title.partition(" ")
    words = [word.lower() for run in _COMPOUNDS.findall(fold(path)) for part in _PARTS.findall(run) for word in _words(part)]
    joined = f"/{''.join(words)}"
    return [joined[:LONGEST], f"{joined}{verb.lower()}"[:LONGEST]] if words else []


def words_and_terms(text: str, stemmed: Callable[[str], str] = stem) -> tuple[int, list[str]]:
    """The number of words of a text that are terms, and ``terms_of`` it."""
    found = [_compound(run, stemmed) for run in _runs(text)]
    kept = [each for each in found if not each.is_stop_word] or found
    return sum([each.words for each in kept]), [term for each in kept for term in each.terms]


def terms_of(text: str, stemmed: Callable[[str], str] = stem) -> list[str]:
    """All terms of a text, in its order, each as often as it occurs; stop words only if there is nothing else."""
    return words_and_terms(text, stemmed)[1]
