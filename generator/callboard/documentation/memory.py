"""What the last run of one process found out about each documentation set, so that the next derives only what a change affects.

Values are compared by identity: a set, a tree or an entity that is another object is another one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import datetime

from callboard.documentation.model import DocumentationSet, SetLinks
from callboard.documentation.packs import KeptPages
from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree


@dataclass(frozen=True, slots=True)
class RememberedSet:
    """A complete set, and what it was made of besides the contents of files."""

    options: str
    """Digest of program, settings and place."""
    tree: Tree
    made: DocumentationSet
    kept: KeptPages


@dataclass(frozen=True, slots=True)
class RememberedHealth:
    """The defects of a set, and what they were derived from besides the time."""

    links: SetLinks
    origin: Origin
    """Of the entity that has the set."""
    has_owner: bool
    since: datetime
    until: datetime | None
    """When the next page of the set becomes old; None for never."""
    facts: tuple[Fact, ...]
    measurement: Measurement

    def holds(self, links: SetLinks, origin: Origin, now: datetime, *, has_owner: bool) -> bool:
        """Whether the defects are still the same."""
        is_in_time = self.since <= now and (self.until is None or now < self.until)
        return is_in_time and self.links is links and self.origin == origin and self.has_owner == has_owner


@dataclass(slots=True)
class DocumentationMemory:
    """The sets of one configuration, by entity. Not thread-safe."""

    sets: dict[EntityRef, RememberedSet] = field(default_factory=dict)
    links: dict[EntityRef, SetLinks] = field(default_factory=dict)
    health: dict[EntityRef, RememberedHealth] = field(default_factory=dict)

    def forget(self, trees: Collection[tuple[str, str]]) -> None:
        """Drop the sets of trees of which files have changed; each by its source and id."""
        if trees:
            self.sets = {ref: known for ref, known in self.sets.items() if (known.made.place.source, known.made.place.tree) not in trees}

    def keep(self, sets: Mapping[EntityRef, RememberedSet], existing: Collection[EntityRef]) -> None:
        """Replace the sets, and drop what is known of entities that have none any more."""
        self.sets = dict(sets)
        for known in (self.links, self.health):
            for ref in known.keys() - existing:
                del known[ref]
