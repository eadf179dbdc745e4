"""An entity of the catalog with its facts, problems, files and levels → the subject of conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from callboard.catalog import structure
from callboard.catalog.graph import Catalog
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.errors import CallboardError
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.tree import Trees, tree_of
from callboard.scorecards.entity_fields import descriptor_value, shortened
from callboard.scorecards.fact_rows import row_of
from callboard.scorecards.needs import Needs
from callboard.scorecards.subject import CheckAnswer, Query, Row, Subject


@dataclass(slots=True)
class JudgingTime:
    """The time of judging, and the moments at which a comparison that was made has another outcome."""

    now: datetime
    turns: set[datetime] = field(default_factory=set)
    stale: set[datetime] = field(default_factory=set)
    """Those at which a query becomes too old."""


@dataclass(slots=True)
class JudgedWorld:
    """Everything that conditions read, with what was already looked up."""

    catalog: Catalog
    facts: Mapping[EntityRef, Sequence[Fact]]
    measurements: Mapping[EntityRef, Sequence[Measurement]]
    collected: Mapping[tuple[str, str], datetime]
    """When an integration was last queried for a family."""
    problems: Mapping[EntityRef, Sequence[Problem]]
    trees: Trees
    clock: JudgingTime
    hidden: frozenset[str] = frozenset()
    """Families that the audience of the site does not see: they count as not measured."""
    needs: Needs = field(default_factory=Needs)
    """What the scorecards may read of any entity."""
    levels: dict[str, dict[str, int]] = field(default_factory=dict)
    """The position of the level of each entity, by scorecard; filled while scorecards are judged one after the other."""
    checks: Mapping[str, Mapping[str, CheckAnswer]] = field(default_factory=dict)
    """What checks of plugins say, by the digest of the check and by reference."""
    files: dict[tuple[str, str, str], bool | None] = field(default_factory=dict)
    _subjects: dict[EntityRef, EntitySubject] = field(default_factory=dict)

    def subject(self, entity: Entity) -> EntitySubject:
        """The entity as a subject; what was read of it before is not read again."""
        found = self._subjects.get(entity.ref)
        if found is None:
            found = self._subjects[entity.ref] = EntitySubject(self, entity, str(entity.ref))
        return found


@dataclass(slots=True)
class EntitySubject:
    """An entity of the catalog."""

    world: JudgedWorld
    entity: Entity
    ref: str
    memo: dict[Any, Any] = field(default_factory=dict)
    _fields: dict[str, Any] = field(default_factory=dict)
    _rows: dict[str, list[Row]] | None = None
    _queries: dict[str, list[Query]] | None = None

    @property
    def now(self) -> datetime:
        """The time of judging."""
        return self.world.clock.now

    def field(self, name: str) -> Any:
        """A field of the descriptor; ``owner``, ``system`` and ``domain`` as canonical references, derived ones included.

        Of a long text the beginning: definitions of APIs are fields too.
        """
        try:
            return self._fields[name]
        except KeyError:
            found = self._fields[name] = shortened(self._read_field(name))
            return found

    def _read_field(self, name: str) -> Any:
        entity = self.entity
        if name in _DERIVED:
            return _DERIVED[name](self.world.catalog, entity)
        return descriptor_value(entity.ref.kind, entity.metadata, entity.spec, name)

    def rows(self, family: str) -> Sequence[Row]:
        """The facts of the family about the entity, with the fields that conditions read."""
        if self._rows is None:
            self._rows = self._read_rows()
        return self._rows.get(family, ())

    def _read_rows(self) -> dict[str, list[Row]]:
        rows: dict[str, list[Row]] = {}
        wanted, hidden = self.world.needs.families, self.world.hidden
        for fact in self.world.facts.get(self.entity.ref, ()):
            family = fact.family
            if family in wanted and family not in hidden:
                rows.setdefault(family, []).append(row_of(fact, wanted[family]))
        return rows

    def queries(self, family: str) -> Sequence[Query]:
        """The measurements of the family; none for a family that the audience does not see."""
        if self._queries is None:
            self._queries = self._read_queries()
        return self._queries.get(family, ())

    def _read_queries(self) -> dict[str, list[Query]]:
        queries: dict[str, list[Query]] = {}
        wanted, hidden, collected = self.world.needs.families, self.world.hidden, self.world.collected
        for each in self.world.measurements.get(self.entity.ref, ()):
            family = each.family
            if family in wanted and family not in hidden:
                at = each.observed or collected.get((each.source, family))
                queries.setdefault(family, []).append(Query(each.source, each.complete, at, each.since))
        return queries

    def related(self, relation: str, kinds: frozenset[str]) -> Sequence[Subject | None]:
        """The targets of a relation in the catalog; None for those that it does not have."""
        catalog = self.world.catalog
        targets = [ref for ref in catalog.targets(self.entity.ref, relation) if not kinds or ref.kind in kinds]
        return [self.world.subject(entity) if (entity := catalog.get(ref)) else None for ref in targets]

    def problems(self) -> Sequence[Row]:
        """Code and severity of its problems."""
        return [{"code": each.code, "severity": each.severity.value} for each in self.world.problems.get(self.entity.ref, ())]

    def level(self, card: str) -> int | None:
        """The level on a scorecard that was judged before."""
        return self.world.levels.get(card, {}).get(self.ref)

    def check(self, digest: str) -> CheckAnswer:
        """What a check of a plugin says."""
        return self.world.checks.get(digest, {}).get(self.ref, (None, ""))

    def has_file(self, path: str) -> bool | None:
        """Whether the repository's root, or the folder of the descriptor, has the file; a glob is any file that matches."""
        origin = self.entity.origin
        folder = origin.path.rpartition("/")[0]
        key = (f"{origin.source}\0{origin.tree}", folder, path)
        if key not in self.world.files:
            self.world.files[key] = self._find((path, f"{folder}/{path}") if folder else (path,))
        return self.world.files[key]

    def _find(self, patterns: Iterable[str]) -> bool | None:
        tree = tree_of(self.world.trees, self.entity.origin)
        if tree is None:
            return None
        try:
            return any(tree.glob(pattern) for pattern in patterns)
        except CallboardError:
            return None

    def turns(self, moment: datetime, *, is_query: bool = False) -> None:
        """Note a moment at which a comparison has another outcome."""
        (self.world.clock.stale if is_query else self.world.clock.turns).add(moment)


def _owner(catalog: Catalog, entity: Entity) -> str | None:
    owners = catalog.targets(entity.ref, "ownedBy")
    return str(owners[0]) if owners else None


def _reference(ref: EntityRef | None) -> str | None:
    return str(ref) if ref else None


_DERIVED: Mapping[str, Callable[[Catalog, Entity], str | None]] = {
    "owner": _owner,
    "system": lambda catalog, entity: _reference(structure.system_of(catalog, entity.ref)),
    "domain": lambda catalog, entity: _reference(structure.domain_of(catalog, entity.ref)),
    "source": lambda catalog, entity: entity.origin.source or None,  # noqa: ARG005
    "repository": lambda catalog, entity: entity.origin.repository or None,  # noqa: ARG005
}
