"""The text of a page → its document for the index: what a hit shows of each section, and the terms of each section with their weights."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from callboard.model.data_classes import dataclass
from callboard.model.fields import bytes_without_bidi
from callboard.pages.page import SearchSection, SearchText
from callboard.search.terms import count_terms, path_terms, terms_of, words_and_terms

MOST_SECTIONS = 511
"""Sections of a page that are hits of their own; the text of later ones belongs to the last of these."""
TEXT_LIMIT = 200_000
"""Characters of a page that are indexed."""
EXCERPT = 160
"""Characters of a section that a hit shows."""
TITLE = 200
"""Characters of a title that a hit shows."""
HEAVIEST = 7
"""The largest weight of a term in a section, and the largest length of a heading, in words, that is told apart."""
PER_GROUP = 8
"""Sections of a page whose hits are shown from one file, so that a hit of a long page does not load all of it."""
GROUP_END = "\x1e"
"""Between the groups of a page in ``shown``; in JSON it is written with an escape, so no group contains it."""
KINDS = ("", "operation", "type", "fact")
"""Kinds of sections, by number in the documents."""
_AVERAGE, _SATURATION = 80.0, 1.2
"""Terms of a section of average length, and how quickly more occurrences of a term stop to count (BM25)."""


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What the index has of one page. ``shown`` and ``terms`` are JSON, so that most documents are only copied."""

    path: str
    shown: str
    """``[path, title, sections]`` of each group; a section is ``[anchor, title, excerpt, kind, title of the section around it]``."""
    terms: str
    """``[{term: [weights]}, {term: [weights]}]`` of titles and of texts; a weight is ``section * 8 + weight``."""
    sections: int


def document(path: str, text: SearchText, stemmed: Callable[[str], str]) -> SearchDocument:
    """The document of the page at ``path``."""
    sections = [SearchSection("", text.title, text.body), *text.sections]
    rows = [_shown(each, [*_outer(sections, number)]) for number, each in enumerate(sections[: MOST_SECTIONS + 1])]
    groups = [[path, text.title[:TITLE], rows[at : at + PER_GROUP]] for at in range(0, len(rows), PER_GROUP)]
    terms = _encoded([_title_terms(text, sections, stemmed), _text_terms(text, sections, stemmed)])
    return SearchDocument(path, GROUP_END.join(map(_encoded, groups)), terms, len(rows))


def _encoded(value: list[Any]) -> str:
    """JSON without halves of characters, which no file can have, and without those that show a text in another order."""
    try:
        text = msgspec.json.encode(value).decode()
    except ValueError:  # a half of a character
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if text.isascii() else bytes_without_bidi(text).decode()


def _outer(sections: list[SearchSection], number: int) -> Iterator[str]:
    """The title of the nearest section before this one whose level is higher in the page, if it is not the page itself."""
    for before in range(number - 1, 0, -1):
        if sections[before].level < sections[number].level:
            yield sections[before].title[:TITLE]
            return


def _shown(section: SearchSection, outer: list[str]) -> list[object]:
    excerpt = " ".join(section.text[: EXCERPT * 2].split())
    cut = excerpt if len(excerpt) <= EXCERPT else f"{excerpt[:EXCERPT].rpartition(' ')[0] or excerpt[:EXCERPT]} …"
    row = [section.anchor, section.title[:TITLE], cut, KINDS.index(section.kind), *outer]
    return row if outer or row[3] else row[:3]


def _title_terms(text: SearchText, sections: list[SearchSection], stemmed: Callable[[str], str]) -> dict[str, list[int]]:
    """The terms of titles; the weight is the number of words of the shortest title or name that has the term."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, section in enumerate(sections[: MOST_SECTIONS + 1]):
        lengths: dict[str, int] = {}
        for name in (section.title, *(section.names if number else (text.alias,))):
            words, terms = words_and_terms(name, stemmed)
            length = min(HEAVIEST, words)
            for term in terms:
                lengths[term] = min(length, lengths.get(term, HEAVIEST))
        if section.kind == "operation" and "/" in section.title:
            lengths |= dict.fromkeys(path_terms(section.title), min(HEAVIEST, words_and_terms(section.title, stemmed)[0]))
        for term, length in lengths.items():
            found[term].append(number << 3 | length)
    return found


def _text_terms(text: SearchText, sections: list[SearchSection], stemmed: Callable[[str], str]) -> dict[str, list[int]]:
    """The terms of texts; the weight says how much of the section a term is."""
    counts: dict[int, dict[str, int]] = {0: {}}
    left = TEXT_LIMIT
    for number, section in enumerate(sections):
        if section.text and left:
            count_terms(counts.setdefault(min(number, MOST_SECTIONS), {}), section.text[:left], stemmed)
            left = max(0, left - len(section.text))
    for term in terms_of(" ".join(value for name, value in text.meta if name == "owner"), stemmed):
        counts[0][term] = counts[0].get(term, 0) + 1
    return _weighed(counts.items())


def _weighed(counts: Iterable[tuple[int, dict[str, int]]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for number, of in counts:
        length = 0.25 + 0.75 * sum(of.values()) / _AVERAGE
        weights = {count: number << 3 | round(HEAVIEST * (count / (count + _SATURATION * length))) for count in {*of.values()}}
        for term, count in of.items():
            found[term].append(weights[count])
    return found
