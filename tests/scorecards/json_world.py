"""The worlds of ``data/scorecards/cases.json`` as subjects of conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from callboard.scorecards.ages import time_of
from callboard.scorecards.entity_fields import descriptor_value
from callboard.scorecards.subject import Query, Row, Subject


@dataclass(slots=True)
class JsonSubject:
    """A world of the cases."""

    world: Mapping[str, Any]
    entity: Mapping[str, Any]
    now: datetime
    turned: list[datetime] = field(default_factory=list)
    memo: dict[Any, Any] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """The canonical reference."""
        return f"{self.entity['kind'].lower()}:default/{self.entity['metadata']['name']}"

    def field(self, name: str) -> Any:
        return descriptor_value(self.entity["kind"], self.entity["metadata"], self.entity.get("spec", {}), name)

    def rows(self, family: str) -> Sequence[Row]:
        return self.world.get("facts", {}).get(family, ())

    def queries(self, family: str) -> Sequence[Query]:
        asked = self.world.get("measured", {}).get(family, ())
        return [Query(each["source"], each["complete"], time_of(each["asked"])) for each in asked]

    def related(self, relation: str, kinds: frozenset[str]) -> Sequence[Subject | None]:
        others = self.world.get("related", {}).get(relation, ())
        wanted = [other for other in others if not kinds or other["entity"]["kind"].lower() in kinds]
        return [None if other.get("dangling") else JsonSubject(other, other["entity"], self.now, self.turned) for other in wanted]

    def problems(self) -> Sequence[Row]:
        return self.world.get("problems", ())

    def level(self, card: str) -> int | None:
        levels = self.world.get("levels", {})
        return ["none", "bronze", "silver", "gold"].index(levels[card]) if card in levels else None

    def has_file(self, path: str) -> bool | None:
        return path in self.world["files"] if "files" in self.world else None

    def check(self, digest: str) -> tuple[bool | None, str]:
        return self.world.get("checks", {}).get(digest, (None, ""))

    def turns(self, moment: datetime, *, is_query: bool = False) -> None:
        if not is_query:
            self.turned.append(moment)
