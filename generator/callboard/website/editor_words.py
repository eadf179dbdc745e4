"""The catalog → values that editors suggest for a field: owners, systems, types, tags …, the most used first."""

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
"""Most words of a list; less used ones are omitted."""
LONGEST = 120
"""Most characters of a word; longer values are sentences rather than choices."""
_ANNOTATIONS = Path(__file__).parent.parent / "schemas" / "annotations.json"


class Word(NamedTuple):
    """One value that an editor suggests."""

    value: str
    meaning: str = ""
    """What the value stands for, if it is not obvious: the title of an entity."""


class Words:
    """The words of one catalog, each list with the most used first. Users are omitted on a public portal."""

    def __init__(self, catalog: Catalog, *, is_public: bool) -> None:
        self._catalog = catalog
        self._is_public = is_public
        self._references: dict[tuple[str | None, bool], tuple[Word, ...]] = {}
        self._used = Counter(relation.target for relations in catalog.relations.values() for relation in relations)

    def references(self, field: RelationField) -> tuple[Word, ...]:
        """Entities that the field may name, as references are written in the default namespace."""
        key = (field.default_kind, field.type == "ownedBy")
        if key not in self._references:
            self._references[key] = self._find_references(field)
        return self._references[key]

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
        uses = {ref: self._used[ref] for ref in self._catalog.entities if is_wanted(ref)}
        most_used = sorted(uses, key=lambda ref: (-uses[ref], ref))[:MOST]
        return self._publishable(_word(self._catalog.entities[ref], default) for ref in most_used)

    def types(self, kind: str, usual: Iterable[str]) -> tuple[Word, ...]:
        """The types of the entities of a kind, and the usual ones."""
        return self._most_used((type_of(entity) for entity in self._catalog.of_kind(kind)), usual)

    def lifecycles(self, usual: Iterable[str]) -> tuple[Word, ...]:
        """All lifecycles in the catalog, and the usual ones."""
        return self._most_used((lifecycle_of(entity) for entity in self._catalog.entities.values()), usual)

    def tags(self) -> tuple[Word, ...]:
        """All valid tags in the catalog."""
        return self._most_used(tag for entity in self._catalog.entities.values() for tag in tags(entity) if is_tag(tag))

    def namespaces(self) -> tuple[Word, ...]:
        """All valid namespaces in the catalog."""
        return self._most_used(ref.namespace for ref in self._catalog.entities if is_namespace(ref.namespace))

    def annotation_keys(self) -> tuple[Word, ...]:
        """Well-known annotations with their meaning, and those that the catalog uses."""
        used = (key for entity in self._catalog.entities.values() for key in fields.annotations(entity) if is_key(key))
        well_known = known_annotations()
        return tuple(word._replace(meaning=well_known.get(word.value, ("",))[0]) for word in self._most_used(used, well_known))

    def link_words(self, key: str) -> tuple[Word, ...]:
        """Types (``key`` is ``type``) or icons (``icon``) of links."""
        links = (link for entity in self._catalog.entities.values() for link in items_of(entity.metadata.get("links")))
        return self._most_used(text_at(link, key) for link in links)

    def _most_used(self, values: Iterable[str], usual: Iterable[str] = ()) -> tuple[Word, ...]:
        counted = Counter(value for value in values if value)
        always = dict.fromkeys(usual)
        kept = [value for value, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[: MOST - len(always)]]
        return self._publishable(Word(value) for value in dict.fromkeys((*kept, *always)))

    def _publishable(self, words: Iterable[Word]) -> tuple[Word, ...]:
        """The words without secrets, which schemas would publish, and without long ones."""
        return tuple(word for word in words if self._is_publishable(word))

    def _is_publishable(self, word: Word) -> bool:
        short = len(word.value) <= LONGEST and word.value.isprintable()
        return short and masked(f"{word.value}\n{word.meaning}", is_public=self._is_public).text == f"{word.value}\n{word.meaning}"


def _word(entity: Entity, default: str | None) -> Word:
    """``team-a``, ``user:jane``, ``other/team-a``; the kind is omitted if it is the field's default."""
    kind = "" if entity.ref.kind == default else f"{entity.ref.kind}:"
    namespace = "" if entity.ref.namespace == DEFAULT_NAMESPACE else f"{entity.ref.namespace}/"
    shown, plain = title(entity)[:LONGEST], name(entity)
    return Word(f"{kind}{namespace}{plain}", shown if shown != plain else "")


@lru_cache(maxsize=1)
def known_annotations() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Meaning (Markdown) and usual values of well-known annotations, by key."""
    return dict(_known())


def _known() -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    for key, annotation in json.loads(_ANNOTATIONS.read_text("utf-8")).items():
        yield key, (annotation["description"], tuple(annotation["values"]))
