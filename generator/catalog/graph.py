"""The catalog: every entity by its reference, and every relation in both directions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from generator.descriptors.kinds import Kinds
from generator.model.entity import Entity
from generator.model.ref import EntityRef
from generator.model.relation import Relation


@dataclass(frozen=True, slots=True)
class Catalog:
    """One linked whole. Made by ``linking.link``; the mappings are never changed afterwards."""

    entities: Mapping[EntityRef, Entity]
    """Sorted by reference."""
    relations: Mapping[EntityRef, tuple[Relation, ...]]
    """By source, sorted by type and target; has keys for missing entities too, so that one can ask who wants them."""
    kinds: Kinds

    def get(self, ref: EntityRef) -> Entity | None:
        """The entity, or None where the reference dangles."""
        return self.entities.get(ref)

    def targets(self, source: EntityRef, *types: str) -> tuple[EntityRef, ...]:
        """Targets of the relations of these types, each once, in order; existing or not."""
        found = (r.target for r in self.relations.get(source, ()) if r.type in types)
        return tuple(dict.fromkeys(found))

    def of_kind(self, *kinds: str) -> Iterator[Entity]:
        """The entities of these canonical kinds, sorted by reference."""
        return (entity for ref, entity in self.entities.items() if ref.kind in kinds)
