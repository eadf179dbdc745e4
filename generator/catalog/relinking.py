"""What one linking leaves to the next one of nearly the same catalog, so that an edit of one descriptor need not read all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from generator.catalog.placing import span_of
from generator.catalog.references import Stated, read_references
from generator.catalog.suggestions import Names
from generator.descriptors.kinds import Kind
from generator.model.entity import Entity
from generator.model.ref import EntityRef
from generator.model.relation import Relation
from generator.problems import Span

_Place = tuple[str, int, str]
"""Text of a document, its first line, and a field."""


@dataclass(slots=True)
class Links:
    """Remembered from linking to linking; nothing in it changes what comes out. For one catalog, used by one thread."""

    _stated: dict[EntityRef, tuple[Entity, Kind, Stated]] = field(default_factory=dict)
    _spans: dict[_Place, Span | None] = field(default_factory=dict)
    _used: dict[_Place, Span | None] = field(default_factory=dict)
    _names: Names | None = None
    _relations: dict[EntityRef, tuple[Relation, ...]] | None = None
    """Every relation in both directions, as long as nobody states another one."""

    def read(self, entities: Mapping[EntityRef, Entity], kinds: Mapping[EntityRef, Kind]) -> Stated:
        """As ``read_references`` for all entities that have a kind; those that are the very same as last time are not read again."""
        whole, before = Stated({ref: ref for ref in entities}), self._stated
        self._stated, is_same = {}, before.keys() == kinds.keys()
        for ref, kind in kinds.items():
            entity, found = entities[ref], before.get(ref)
            if found is None or found[0] is not entity or found[1] is not kind:
                part = Stated(whole.known)
                read_references(entity, kind, part)
                is_same = is_same and found is not None and found[2].relations == part.relations
                found = entity, kind, Stated({}, part.relations, part.unread, part.bare)
            self._stated[ref] = found
            whole.relations.extend(found[2].relations)
            whole.unread.extend(found[2].unread)
            whole.bare.extend(found[2].bare)
        if not is_same:
            self._relations = None
        return whole

    def both_ways(
        self, stated: Stated, turn: Callable[[Stated], dict[EntityRef, tuple[Relation, ...]]]
    ) -> dict[EntityRef, tuple[Relation, ...]]:
        """What ``turn`` makes of all that is stated; the last result where nobody states anything else."""
        if self._relations is None:
            self._relations = turn(stated)
        return self._relations

    def names(self, refs: Collection[EntityRef]) -> Names:
        """The index of these names; the last one where they are the same."""
        if self._names is None or not self._names.serves(refs):
            self._names = Names(refs)
        return self._names

    def span_of(self, entity: Entity, at: str) -> Span | None:
        """As ``placing.span_of``."""
        place = entity.text, entity.origin.line, at
        if place not in self._used:
            self._used[place] = self._spans[place] if place in self._spans else span_of(entity, at)
        return self._used[place]

    def end(self) -> None:
        """The linking is done: what it did not need is forgotten."""
        self._spans, self._used = self._used, {}
