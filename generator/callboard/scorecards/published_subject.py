"""A published document of an entity → the subject of conditions, the same as the one on the site."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.ref import ref_of
from callboard.scorecards.ages import time_of
from callboard.scorecards.documents import Document
from callboard.scorecards.entity_subject import JudgingTime
from callboard.scorecards.shapes import FieldShape, FieldType, RowShape
from callboard.scorecards.subject import CheckAnswer, Query, Row, Subject


@dataclass(slots=True)
class PublishedWorld:
    """What the documents of a portal have in common."""

    clock: JudgingTime
    shapes: Mapping[str, RowShape]
    """Of each family."""
    collected: Mapping[tuple[str, str], datetime]
    """When an integration was last queried for a family."""
    levels: dict[str, dict[str, int]] = field(default_factory=dict)
    """Levels of the entities that were judged here, by scorecard and reference."""
    local: dict[str, Subject] = field(default_factory=dict)
    """Entities with local descriptors, by reference."""


@dataclass(slots=True)
class PublishedSubject:
    """An entity as the portal publishes it."""

    world: PublishedWorld
    ref: str
    document: Document
    memo: dict[Any, Any] = field(default_factory=dict)
    _rows: dict[str, Sequence[Row]] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The time of judging."""
        return self.world.clock.now

    def field(self, name: str) -> Any:
        """A field of the descriptor."""
        return self.document.get("fields", {}).get(name)

    def rows(self, family: str) -> Sequence[Row]:
        """The facts of the family, with times as times."""
        found = self._rows.get(family)
        if found is None:
            shape = self.world.shapes.get(family, {})
            found = self._rows[family] = [_typed_row(row, shape) for row in self.document.get("facts", {}).get(family, ())]
        return found

    def queries(self, family: str) -> Sequence[Query]:
        """The queries for the family."""
        collected = self.world.collected
        return [
            Query(source, complete, time_of(observed) or collected.get((source, family)), time_of(since))
            for source, complete, observed, since in self.document.get("queries", {}).get(family, ())
        ]

    def related(self, relation: str, kinds: frozenset[str]) -> Sequence[Subject | None]:
        """The targets of a relation with what is published of them here."""
        others = self.document.get("related", {}).get(relation, ())
        return [
            self.world.local.get(other["ref"]) or (None if other.get("missing") else PublishedSubject(self.world, other["ref"], other))
            for other in others
            if not kinds or ref_of(other["ref"]).kind in kinds
        ]

    def problems(self) -> Sequence[Row]:
        """Code and severity of its problems."""
        return [{"code": code, "severity": severity} for code, severity in self.document.get("problems", ())]

    def level(self, card: str) -> int | None:
        """The level on a scorecard that was judged before; of a related entity the published one."""
        published = self.document.get("levels", {}).get(card)
        return self.world.levels.get(card, {}).get(self.ref) if published is None else published

    def check(self, digest: str) -> CheckAnswer:
        """What a check of a plugin said on the portal."""
        answer: CheckAnswer = tuple(self.document.get("checks", {}).get(digest, (None, "")))
        return answer

    def has_file(self, path: str) -> bool | None:
        """Whether the repository has a file."""
        found: bool | None = self.document.get("files", {}).get(path)
        return found

    def turns(self, moment: datetime, *, is_query: bool = False) -> None:
        """Note a moment at which a comparison has another outcome."""
        (self.world.clock.stale if is_query else self.world.clock.turns).add(moment)


def _typed_row(row: Mapping[str, Any], shape: RowShape) -> Row:
    return {name: _typed(value, shape.get(name)) for name, value in row.items()}


def _typed(value: Any, shape: FieldShape | None) -> Any:
    if shape is None or value is None:
        return value
    if shape.type is FieldType.TIME:
        return time_of(value) or value
    if shape.type is FieldType.ROWS and isinstance(value, list):
        return tuple(_typed_row(item, shape.fields) for item in value if isinstance(item, Mapping))
    return value


@dataclass(slots=True)
class LocalSubject:
    """An entity that a local descriptor describes: its fields, relations, problems and files are local, all else is published."""

    published: PublishedSubject
    local: Subject
    """The entity of the local catalog."""
    merged_related: Callable[[str], Sequence[Subject | None]]
    """Targets of a relation."""
    merged_problems: Sequence[Row]
    memo: dict[Any, Any] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """The canonical reference."""
        return self.published.ref

    @property
    def now(self) -> datetime:
        """The time of judging."""
        return self.published.now

    def field(self, name: str) -> Any:
        """The local value of a field; what only the portal knows is published."""
        if name in {"source", "repository"}:
            return self.published.field(name)
        found = self.local.field(name)
        return self.published.field(name) if found is None and name in _derived_elsewhere(self) else found

    def rows(self, family: str) -> Sequence[Row]:
        """The published facts."""
        return self.published.rows(family)

    def queries(self, family: str) -> Sequence[Query]:
        """The published queries."""
        return self.published.queries(family)

    def related(self, relation: str, kinds: frozenset[str]) -> Sequence[Subject | None]:
        """The local targets of a relation, and those that descriptors elsewhere declare."""
        return [other for other in self.merged_related(relation) if not kinds or other is None or ref_of(other.ref).kind in kinds]

    def problems(self) -> Sequence[Row]:
        """The local problems, and those that only the whole portal shows."""
        return self.merged_problems

    def level(self, card: str) -> int | None:
        """The level that was judged here."""
        return self.published.level(card)

    def check(self, digest: str) -> CheckAnswer:
        """What a check of a plugin said on the portal."""
        return self.published.check(digest)

    def has_file(self, path: str) -> bool | None:
        """Whether the local folder has a file."""
        return self.local.has_file(path)

    def turns(self, moment: datetime, *, is_query: bool = False) -> None:
        """Note a moment at which a comparison has another outcome."""
        self.published.turns(moment, is_query=is_query)


def _derived_elsewhere(subject: LocalSubject) -> frozenset[str]:
    """Fields that descriptors elsewhere, or files that name owners, may give: the domain by the system."""
    is_same_system = subject.local.field("system") == subject.published.field("system")
    return frozenset({"domain"}) if is_same_system and subject.local.field("system") else frozenset()
