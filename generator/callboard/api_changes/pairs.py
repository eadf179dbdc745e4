"""Pairs of named types that operations reach → the findings in each, once for both directions, and the operations that reach it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace

from callboard.api_changes.findings import ApiFinding, Direction, Level
from callboard.api_changes.rules import RULES
from callboard.api_reference.model import NamedType, Reference
from callboard.model.data_classes import dataclass

PairKey = tuple[str, str, Direction]
"""Key of the type before, key of the type after, direction."""


@dataclass(slots=True)
class ComparedPlace:
    """An operation or a pair of types while it is compared."""

    name: str
    is_type: bool = False
    findings: list[ApiFinding] = field(default_factory=list)
    reached: dict[PairKey, None] = field(default_factory=dict)
    """Pairs of types that stand in it."""

    def add(self, rule: str, direction: Direction, part: str = "", detail: str = "", level: Level | None = None) -> None:
        """Note a change; ``level`` where the rule's own does not hold."""
        found = level or RULES[rule].level(direction)
        self.findings.append(ApiFinding(rule, found, self.name, part, detail, self.is_type))

    def reach(self, before: str, after: str, direction: Direction) -> None:
        """Note that a pair of types stands in it."""
        self.reached[before, after, direction] = None


@dataclass(slots=True)
class TypePairs:
    """The types of two references, and what is known of pairs of them."""

    before: Reference
    after: Reference
    places: dict[PairKey, ComparedPlace] = field(default_factory=dict)

    def types(self, key: PairKey) -> tuple[NamedType, NamedType] | None:
        """The two types; None if one is not in its reference."""
        old, new = self.before.types.get(key[0]), self.after.types.get(key[1])
        return (old, new) if old and new else None

    def next_pair(self, operations: list[ComparedPlace]) -> Iterator[tuple[PairKey, ComparedPlace]]:
        """Each pair that is reached, once; pairs that are found meanwhile too."""
        waiting = [key for operation in operations for key in operation.reached]
        while waiting:
            key = waiting.pop()
            if key in self.places or (types := self.types(key)) is None:
                continue
            self.places[key] = place = ComparedPlace(types[1].name, is_type=True)
            yield key, place
            waiting += place.reached

    def findings(self, operations: list[ComparedPlace]) -> Iterator[ApiFinding]:
        """All findings, those in types with the operations that reach them."""
        users: dict[PairKey, dict[str, None]] = {key: {} for key in self.places}
        for operation in operations:
            yield from (replace(each, operations=each.operations or (operation.name,)) for each in operation.findings)
            for key in self._reachable(operation):
                users[key][operation.name] = None
        for key, place in self.places.items():
            yield from (replace(each, operations=tuple(users[key])) for each in place.findings)

    def _reachable(self, operation: ComparedPlace) -> dict[PairKey, None]:
        seen: dict[PairKey, None] = {}
        waiting = list(operation.reached)
        while waiting:
            key = waiting.pop()
            if key not in seen and key in self.places:
                seen[key] = None
                waiting += self.places[key].reached
        return seen
