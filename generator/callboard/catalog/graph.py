"""The catalog: every entity by its reference, and every relation in both directions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, TypeVar

from callboard.descriptors.kinds import Kinds
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef
from callboard.model.relation import Relation

T = TypeVar("T")
FEW = 16
"""Relations that are quicker to walk through than to search: a group may own thousands of things, and be asked for its parent."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """One linked whole. Made by ``linking.link``; the mappings are never changed afterwards."""

    entities: Mapping[EntityRef, Entity]
    """Sorted by reference."""
    relations: Mapping[EntityRef, tuple[Relation, ...]]
    """By source, sorted by type and target; has keys for missing entities too, so that one can ask who wants them."""
    kinds: Kinds
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Answers that were worked out before: neighbours are asked the same."""

    def get(self, ref: EntityRef) -> Entity | None:
        """The entity, or None where the reference dangles."""
        return self.entities.get(ref)

    def targets(self, source: EntityRef, *types: str) -> tuple[EntityRef, ...]:
        """Targets of the relations of these types, each once, in order; existing or not."""
        relations = self.relations.get(source, ())
        found: tuple[EntityRef, ...] | None = self.memo.get((source, types))
        if found is None:
            if len(relations) > FEW:
                relations = tuple(relation for type_ in sorted(set(types)) for relation in _of_type(relations, type_))
            found = self.memo[source, types] = tuple(dict.fromkeys(relation.target for relation in relations if relation.type in types))
        return found

    def once(self, question: Callable[[Catalog, EntityRef], T], ref: EntityRef) -> T:
        """The answer to a question about one entity, worked out when it is first asked."""
        found: tuple[T] | None = self.memo.get((question, ref))
        if found is None:
            found = self.memo[question, ref] = (question(self, ref),)
        return found[0]

    def of_kind(self, *kinds: str) -> Iterator[Entity]:
        """The entities of these canonical kinds, sorted by reference."""
        return (entity for ref, entity in self.entities.items() if ref.kind in kinds)


def _of_type(relations: tuple[Relation, ...], type_: str) -> tuple[Relation, ...]:
    """Those of one type among relations that are sorted by type."""
    key = attrgetter("type")
    return relations[bisect_left(relations, type_, key=key) : bisect_right(relations, type_, key=key)]
