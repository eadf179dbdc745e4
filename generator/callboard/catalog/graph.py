"""The catalog: every entity by its reference, and every relation in both directions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from operator import attrgetter
from typing import Any, TypeVar

from callboard.descriptors.kinds import Kinds
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef
from callboard.model.relation import Relation

T = TypeVar("T")
KEPT = 50_000
"""Values of ``once`` that are kept: those of all entities of a very large catalog would take much memory."""
FEW = 16
"""Up to this number of relations a scan is faster than a binary search. A group may have thousands of ``ownerOf`` and one ``childOf``."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """The linked catalog. Made by ``linking.link``; the mappings are never changed afterwards."""

    entities: Mapping[EntityRef, Entity]
    """By reference, sorted."""
    relations: Mapping[EntityRef, tuple[Relation, ...]]
    """By source entity, each sorted by type and target. Missing entities are keys too: their relations name what refers to them."""
    kinds: Kinds
    elsewhere: frozenset[EntityRef] = frozenset()
    """References of entities that another catalog has and that this portal does not read, by a filter of its source."""
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What is made of single entities once for all pages."""
    known_targets: dict[tuple[str, ...], dict[EntityRef, tuple[EntityRef, ...]]] = field(default_factory=dict, repr=False, compare=False)
    """Cached results of ``targets``, by types, then by source: pages of neighbors query the same. Shared by catalogs of equal relations."""

    def get(self, ref: EntityRef) -> Entity | None:
        """The entity, or None where the reference dangles."""
        return self.entities.get(ref)

    def exists(self, ref: EntityRef | None) -> bool:
        """True for an entity of this catalog or of another one that is read in part; False where the reference dangles."""
        return ref in self.entities or ref in self.elsewhere

    def targets(self, source: EntityRef, *types: str) -> tuple[EntityRef, ...]:
        """Targets of the relations of these types, each once, sorted by type and reference; existing or not."""
        known = self.known_targets.get(types)
        if known is None:
            known = self.known_targets[types] = {}
        targets = known.get(source)
        if targets is None:
            relations = self.relations.get(source, ())
            if len(relations) > FEW:
                relations = tuple(relation for type_ in sorted(set(types)) for relation in _of_type(relations, type_))
            targets = known[source] = tuple(dict.fromkeys(relation.target for relation in relations if relation.type in types))
        return targets

    def once(self, key: Any, make: Callable[..., T], *arguments: Any) -> T:
        """What ``make`` returns for these arguments, made when it is first asked for; ``key`` stands for function and arguments."""
        made = self.memo.get(key)
        if made is None:
            made = self.keep(key, (make(*arguments),))
        value: T = made[0]
        return value

    def keep(self, key: Any, value: T) -> T:
        """The value, kept in ``memo``."""
        if len(self.memo) >= KEPT:
            self.memo.clear()
        self.memo[key] = value
        return value

    def of_kind(self, *kinds: str) -> Iterator[Entity]:
        """The entities of these canonical kinds, sorted by reference."""
        return (entity for ref, entity in self.entities.items() if ref.kind in kinds)


def _of_type(relations: tuple[Relation, ...], type_: str) -> tuple[Relation, ...]:
    """The relations of one type; ``relations`` are sorted by type."""
    key = attrgetter("type")
    return relations[bisect_left(relations, type_, key=key) : bisect_right(relations, type_, key=key)]
