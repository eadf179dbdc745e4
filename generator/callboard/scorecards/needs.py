"""Conditions → what they may read of an entity: fields, facts with their fields, related entities, problems, files and levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import timedelta
from functools import reduce
from typing import TypeVar

from callboard.model.data_classes import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Needs:
    """What conditions read of an entity."""

    fields: frozenset[str] = frozenset()
    """Names of fields of the descriptor."""
    families: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Fields of facts, by family."""
    related: Mapping[str, Needs] = field(default_factory=dict)
    """What they read of related entities, by relation."""
    ages: Mapping[str, frozenset[timedelta]] = field(default_factory=dict)
    """How old queries may be, by family."""
    problems: bool = False
    files: frozenset[str] = frozenset()
    """Paths and globs."""
    levels: frozenset[str] = frozenset()
    """Names of scorecards."""
    checks: frozenset[str] = frozenset()
    """Digests of the checks of plugins."""

    def __or__(self, other: Needs) -> Needs:
        """What either reads."""
        families, ages = _joined(self.families, other.families), _joined(self.ages, other.ages)
        related = {
            relation: self.related.get(relation, Needs()) | other.related.get(relation, Needs())
            for relation in dict.fromkeys((*self.related, *other.related))
        }
        return Needs(
            self.fields | other.fields, families, related, ages, self.problems or other.problems, self.files | other.files,
            self.levels | other.levels, self.checks | other.checks,
        )  # fmt: skip

    @property
    def of_anybody(self) -> Needs:
        """What they read of an entity as the one that is judged, or as one that is related to it."""
        return reduce(Needs.__or__, (need.of_anybody for need in self.related.values()), self)


def _joined(one: Mapping[str, frozenset[T]], other: Mapping[str, frozenset[T]]) -> dict[str, frozenset[T]]:
    names = dict.fromkeys((*one, *other))
    return {name: one.get(name, frozenset()) | other.get(name, frozenset()) for name in names}


def together(needs: Iterable[Needs]) -> Needs:
    """What any of them reads."""
    return reduce(Needs.__or__, needs, Needs())
