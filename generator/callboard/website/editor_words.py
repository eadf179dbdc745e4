"""What editors offer for a field: this organisation's owners, systems, types, tags … as words, the most used ones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from callboard.catalog.graph import Catalog
from callboard.catalog.presentation import lifecycle_of, name, tags, title, type_of
from callboard.descriptors.formats import is_key, is_namespace, is_tag
from callboard.descriptors.kinds import RelationField
from callboard.model import fields
from callboard.model.entity import Entity
from callboard.model.fields import items_of, text_at
from callboard.model.ref import DEFAULT_NAMESPACE, EntityRef
from callboard.redaction.masking import masked

MOST = 2_000
"""Words of one list; the most used ones stay."""
LONGEST = 120
"""Letters of a word; longer ones are no choice but a sentence."""
_ANNOTATIONS = Path(__file__).parent.parent / "schemas" / "annotations.json"


class Word(NamedTuple):
    """One value that an editor offers."""

    value: str
    says: str = ""
    """What it stands for, where the value does not tell."""


class Words:
    """The words of one catalog, each list from the most used one on. People are left out on a public portal."""

    def __init__(self, catalog: Catalog, *, is_public: bool) -> None:
        self._catalog = catalog
        self._is_public = is_public
        self._references: dict[tuple[str | None, bool], tuple[Word, ...]] = {}
        self._used = Counter(relation.target for relations in catalog.relations.values() for relation in relations)

    def references(self, field: RelationField) -> tuple[Word, ...]:
        """Entities that the field may name, as one writes them in the default namespace."""
        same = (field.default_kind, field.type == "ownedBy")
        if same not in self._references:
            self._references[same] = self._find_references(field)
        return self._references[same]

    def _find_references(self, field: RelationField) -> tuple[Word, ...]:
        default = field.default_kind
        kinds = {default} if default else {"component", "resource", "api", "system"}
        if field.type == "ownedBy" and not self._is_public:
            return self._refs(lambda ref: ref.kind == "group" or (ref.kind == "user" and self._owns(ref)), default)
        if self._is_public:
            kinds.discard("user")
        return self._refs(lambda ref: ref.kind in kinds, default)

    def _owns(self, ref: EntityRef) -> bool:
        return bool(self._catalog.targets(ref, "ownerOf"))

    def _refs(self, is_wanted: Callable[[EntityRef], bool], default: str | None) -> tuple[Word, ...]:
        found = {ref: self._used[ref] for ref in self._catalog.entities if is_wanted(ref)}
        kept = sorted(found, key=lambda ref: (-found[ref], ref))[:MOST]
        return self._shown(_word(self._catalog.entities[ref], default) for ref in kept)

    def types(self, kind: str, usual: Iterable[str]) -> tuple[Word, ...]:
        """The types of the entities of a kind, and the usual ones."""
        return self._most_used((type_of(entity) for entity in self._catalog.of_kind(kind)), usual)

    def lifecycles(self, usual: Iterable[str]) -> tuple[Word, ...]:
        """All lifecycles, and the usual ones."""
        return self._most_used((lifecycle_of(entity) for entity in self._catalog.entities.values()), usual)

    def tags(self) -> tuple[Word, ...]:
        """All tags that are valid."""
        return self._most_used(tag for entity in self._catalog.entities.values() for tag in tags(entity) if is_tag(tag))

    def namespaces(self) -> tuple[Word, ...]:
        """All namespaces."""
        return self._most_used(ref.namespace for ref in self._catalog.entities if is_namespace(ref.namespace))

    def annotation_keys(self) -> tuple[Word, ...]:
        """Well-known annotations with what they mean, and those that are in use here."""
        used = (key for entity in self._catalog.entities.values() for key in fields.annotations(entity) if is_key(key))
        known = known_annotations()
        return tuple(word._replace(says=known.get(word.value, ("",))[0]) for word in self._most_used(used, known))

    def link_words(self, key: str) -> tuple[Word, ...]:
        """Types or icons of links."""
        links = (link for entity in self._catalog.entities.values() for link in items_of(entity.metadata.get("links")))
        return self._most_used(text_at(link, key) for link in links)

    def _most_used(self, values: Iterable[str], usual: Iterable[str] = ()) -> tuple[Word, ...]:
        counted = Counter(value for value in values if value)
        always = dict.fromkeys(usual)
        kept = [value for value, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[: MOST - len(always)]]
        return self._shown(Word(value) for value in dict.fromkeys((*kept, *always)))

    def _shown(self, words: Iterable[Word]) -> tuple[Word, ...]:
        """Without what must not be published: a secret stands in no schema."""
        return tuple(word for word in words if self._is_fit(word))

    def _is_fit(self, word: Word) -> bool:
        short = len(word.value) <= LONGEST and word.value.isprintable()
        return short and masked(f"{word.value}\n{word.says}", is_public=self._is_public).text == f"{word.value}\n{word.says}"


def _word(entity: Entity, default: str | None) -> Word:
    """``team-a``, ``user:jane``, ``other/team-a``; the kind is left out where the field fills in the same."""
    kind = "" if entity.ref.kind == default else f"{entity.ref.kind}:"
    namespace = "" if entity.ref.namespace == DEFAULT_NAMESPACE else f"{entity.ref.namespace}/"
    shown, plain = title(entity)[:LONGEST], name(entity)
    return Word(f"{kind}{namespace}{plain}", shown if shown != plain else "")


@lru_cache(maxsize=1)
def known_annotations() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """What well-known annotations mean (Markdown), and their usual values."""
    return dict(_known())


def _known() -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    for key, known in json.loads(_ANNOTATIONS.read_text("utf-8")).items():
        yield key, (known["description"], tuple(known["values"]))
