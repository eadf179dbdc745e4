"""A filter as people type it (``kind:component owner:team-a,team-b "tag:tier 1"``) or as a URL of the catalog's table → terms and words.

The same grammar as that of the search box and of the table's URL (``site_overrides/assets/filters.js``): values of one field are
alternatives, fields add up. A value ends at a space or is quoted, and commas separate alternatives.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import NamedTuple
from urllib.parse import parse_qsl, quote

from callboard.model.data_classes import dataclass

FIELDS = ("kind", "type", "owner", "lifecycle", "system", "tag", "problems", "namespace", "health", "level", "team", "dependents")
"""What every reader sees alike. The search box also has ``starred``, which is kept in each reader's browser."""
IN_BROWSER = "starred"
NONE, EVERY = "~none", "~all"
"""In place of a value: entities without one, and (for kinds) no restriction."""
LONGEST = 1_000
"""Characters of a filter."""
_NAMES = {**{name: name for name in (*FIELDS, IN_BROWSER)}, "tags": "tag"}
_TERM = re.compile(r'(^|\s)([a-z]++):("[^"]*+"?|\S*)', re.IGNORECASE)
_URL = re.compile(r"\S{0,500}\?(?=[\w-]+=)")
_LOOKS_LIKE_TERM = re.compile(r"([A-Za-z]{2,20}):(?=[^\s/])")
_NO_WORD = re.compile(r"[\W_]+")


class Term(NamedTuple):
    """A field and one of its values."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class EntityFilter:
    """A filter that was read."""

    terms: tuple[Term, ...] = ()
    text: str = ""
    """The words that are no terms; an entity's name or title has a word that begins with each of them."""

    @property
    def unknown_fields(self) -> tuple[str, ...]:
        """Words that look like a term of a field that does not exist: ``ownr`` of ``ownr:team-a``."""
        written = [match[1] for word in self.text.split() if (match := _LOOKS_LIKE_TERM.match(word)) and "/" not in word]
        return tuple(dict.fromkeys(name for name in written if name.lower() not in _NAMES))


def read_query(text: str) -> EntityFilter:
    """The filter in a text: as in the search box, or an address of the catalog's table."""
    text = text.strip()[:LONGEST]
    if url := _URL.match(text):
        return _of_url(text[url.end() :].partition("#")[0])
    terms: list[Term] = []

    def term(match: re.Match[str]) -> str:
        name, given = _NAMES.get(match[2].lower()), match[3]
        is_quoted = given.startswith('"')
        if name is None or (name == "system" and not is_quoted and "/" in given):
            return match[0]  # a reference such as `system:default/a` is a word
        values = [given.replace('"', "")] if is_quoted else given.split(",")
        terms.extend(Term(name, value.strip()) for value in values if value.strip())
        return match[1]

    rest = _TERM.sub(term, text)
    return EntityFilter(tuple(terms), " ".join(rest.split()))


def _of_url(parameters: str) -> EntityFilter:
    typed, terms = EntityFilter(), list[Term]()
    for name, value in parse_qsl(parameters, max_num_fields=100):
        if name == "q":
            typed = read_query(value)
        elif value:
            terms.append(Term(_NAMES.get(name, name), value))
    return EntityFilter((*terms, *typed.terms), typed.text)


def folded_words(text: str) -> tuple[str, ...]:
    """The words of a text in lower case without accents."""
    plain = text.lower()
    if not plain.isascii():
        plain = "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))
    return tuple(word for word in _NO_WORD.split(plain) if word)


@dataclass(frozen=True, slots=True)
class FilterFacet:
    """The choices of a field, and which of them each entity has."""

    key: str
    values: tuple[str, ...]
    labels: tuple[str, ...]
    """What people read in place of each value."""
    rows: Sequence[Sequence[int]]
    """Positions of choices, by entity in the order of the catalog."""
    order: tuple[int, ...] = ()
    """Positions of all choices in their order; empty for the order of the labels."""
    _by_value: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the values."""
        object.__setattr__(self, "_by_value", {value.lower(): at for at, value in reversed([*enumerate(self.values)])})

    def find(self, value: str) -> int:
        """The choice of this value; ``team-a`` is also ``group:default/team-a``. -1 for none."""
        low = value.lower()
        found = (self._by_value.get(name) for name in (low, f"group:default/{low}", f"system:default/{low}"))
        return next((at for at in found if at is not None), -1)

    def choices(self, value: str) -> tuple[int, ...]:
        """The choices that a typed value means: the one of this name, else all with words that begin so; empty for none."""
        exact = self.find(NONE if value.lower() == "none" and self.find("none") < 0 else value)
        if exact >= 0:
            return (exact,)
        asked = folded_words(value)
        texts = zip(self.labels, map(without_kind, self.values), strict=True)
        return tuple(at for at, pair in enumerate(texts) if asked and any(_begins(asked, text) for text in pair))


def without_kind(value: str) -> str:
    """``team-a`` of ``group:default/team-a``."""
    return re.sub(r"^[a-z]+:[^/]*/", "", value)


def _begins(asked: Sequence[str], text: str) -> bool:
    own = folded_words(text)
    return all(any(word.startswith(each) for word in own) for each in asked)


@dataclass(frozen=True, slots=True)
class FilterSelection:
    """What a filter means in a catalog."""

    chosen: Mapping[str, tuple[int, ...]]
    """Positions of choices, by field."""
    unmatched: tuple[Term, ...]
    """Terms with a value that no entity has, or a field that this portal does not have."""


def select(query: EntityFilter, facets: Mapping[str, FilterFacet]) -> FilterSelection:
    """The choices of a filter. ``facets`` has the fields of the query."""
    chosen: dict[str, tuple[int, ...]] = {}
    unmatched: list[Term] = []
    for term in query.terms:
        if term.value == EVERY:
            continue
        facet = facets.get(term.field)
        found = facet.choices(term.value) if facet else ()
        unmatched += [] if found else [term]
        chosen[term.field] = tuple(dict.fromkeys((*chosen.get(term.field, ()), *found)))
    return FilterSelection(chosen, tuple(unmatched))


def matching_rows(selection: FilterSelection, facets: Mapping[str, FilterFacet], count: int) -> Iterator[int]:
    """The rows, of ``count``, that have one of the choices of each field."""
    wanted = [(facets[name].rows if name in facets else (), frozenset(choices)) for name, choices in selection.chosen.items()]
    for row in range(count):
        if all(rows and not choices.isdisjoint(rows[row]) for rows, choices in wanted):
            yield row


def table_address(query: EntityFilter, selection: FilterSelection, facets: Mapping[str, FilterFacet]) -> str:
    """The address of the catalog's table with the filter, below the site's root."""
    pairs = [("q", query.text)] if query.text else []
    pairs += [(name, facets[name].values[at]) for name, choices in selection.chosen.items() if name in facets for at in choices]
    pairs += [(term.field, term.value) for term in selection.unmatched]
    pairs += [] if any(name == "kind" for name, _ in pairs) else [("kind", EVERY)]
    return "catalog/?" + "&".join(f"{quote(name)}={quote(value, safe=':/~')}" for name, value in pairs)
