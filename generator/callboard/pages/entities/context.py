"""What all entity pages are made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from callboard.catalog import organization
from callboard.catalog.graph import Catalog
from callboard.diagrams.layout import Layouts
from callboard.model.entity import Entity
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.tree import Trees
from callboard.pages.section import HeaderField, Section
from callboard.pages.shared_views import EntityLink, EntityLinks
from callboard.settings.settings import Settings

LIST_LIMIT = 50
"""Rows of a list; hubs have thousands."""

Added = Callable[[Entity], Section | None]
"""A section that another room brings; None where it has nothing to say about the entity."""
AddedKey = Callable[[Entity], HeaderField | None]
"""The same for one of the keys over the line."""


@runtime_checkable
class Fingerprinted(Protocol):
    """Something added that can say what it is made of, which is less work than to make it: all pages are asked in every build."""

    @property
    def base(self) -> str:
        """What all entities share."""

    def print_of(self, entity: Entity) -> str:
        """What it reads of one entity beside the entity itself; empty for nothing."""


@dataclass(frozen=True, slots=True)
class EntityContext:
    """One whole catalog and what is known around it."""

    catalog: Catalog
    problems: Mapping[EntityRef, Sequence[Problem]]
    """By subject."""
    trees: Trees
    settings: Settings
    layouts: Layouts
    labels: Mapping[str, str]
    """The portal's words by key, from ``templates/strings/``."""
    links: EntityLinks
    brought: Mapping[str, tuple[EntityRef, ...]]
    """Entities by the Location's reference that led to their file."""
    first: tuple[Added, ...] = ()
    """Sections above all others."""
    last: tuple[Added, ...] = ()
    """Sections between the kind's own ones and the descriptor."""
    keyed: tuple[AddedKey, ...] = ()
    """Keys behind the kind's own ones."""

    @property
    def is_public(self) -> bool:
        """People's addresses are left out."""
        return self.settings.portal.audience == "public"

    def owner_of(self, ref: EntityRef) -> EntityLink | None:
        """The first owner that is stated; existing or not."""
        owner = organization.owner(self.catalog, ref)
        return self.links.to(owner) if owner else None

    def needs_owner(self, ref: EntityRef) -> bool:
        """Entities of this kind are expected to name an owner."""
        return organization.needs_owner(self.catalog, ref)

    def is_unowned(self, ref: EntityRef) -> bool:
        """It exists, needs an owner and names none."""
        return ref in self.catalog.entities and organization.owner(self.catalog, ref) is None and self.needs_owner(ref)


def entity_context(
    catalog: Catalog,
    problems: Sequence[Problem],
    trees: Trees,
    settings: Settings,
    layouts: Layouts,
    labels: Mapping[str, str],
    links: EntityLinks | None = None,
) -> EntityContext:
    """Everything that entity pages need; ``links`` may be shared with other families."""
    by_subject: dict[EntityRef, list[Problem]] = {}
    for problem in problems:
        if problem.subject is not None:
            by_subject.setdefault(problem.subject, []).append(problem)
    brought: dict[str, list[EntityRef]] = {}
    for ref, entity in catalog.entities.items():
        if entity.origin.via_locations:
            brought.setdefault(entity.origin.via_locations[-1], []).append(ref)
    by_location = {ref: tuple(refs) for ref, refs in brought.items()}
    return EntityContext(catalog, by_subject, trees, settings, layouts, labels, links or EntityLinks(catalog), by_location)
