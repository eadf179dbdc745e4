"""What entity pages are made from: the shared context with found Locations and the parts that other packages add."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Protocol, runtime_checkable

from callboard.catalog.graph import Catalog
from callboard.catalog.impact import Impact, Impacts
from callboard.catalog.outline import outline
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef
from callboard.pages.context import PageContext, shared_values
from callboard.pages.section import HeaderField, Section, StatusStrip

LIST_LIMIT = 50
"""Rows of a list; some entities have thousands of relations."""
IMPACT_TEAMS = 8
"""Teams of an impact that are listed with names."""

SectionProvider = Callable[[Entity], Section | None]
"""Makes a section of another package; None if the entity has none."""
HeaderFieldProvider = Callable[[Entity], HeaderField | None]
"""The same for a field of the header."""
StatusProvider = Callable[[Entity], StatusStrip | None]
"""The same for the status strip."""


@runtime_checkable
class Fingerprinted(Protocol):
    """A provider with a fingerprint of its input, which is cheaper than its section: every build compares those of all entities.

    One that has the attribute ``reads_input_of_others`` is called again also when the fingerprint of another provider has changed.
    """

    @property
    def base(self) -> str:
        """Fingerprint of the input that all entities share."""

    def fingerprint(self, entity: Entity) -> str:
        """Fingerprint of the input of one entity in addition to the entity itself; empty for none."""


@dataclass(frozen=True, slots=True)
class EntityContext(PageContext):
    """The context of all entity pages. Its catalog has outlines of the entities: what pages may say about a neighbor."""

    entities: Mapping[EntityRef, Entity]
    """The whole entities by reference, each for its own page alone."""
    by_location: Mapping[str, tuple[EntityRef, ...]]
    """Entities by the reference of the Location through which their file was found."""
    impacts: Mapping[EntityRef, Impact]
    """Of every entity."""
    impact_digests: Mapping[EntityRef, str]
    """What each impact is made of."""
    first_sections: tuple[SectionProvider, ...] = ()
    """Sections above all others."""
    last_sections: tuple[SectionProvider, ...] = ()
    """Sections between those of the kind and the descriptor."""
    last_fields: tuple[HeaderFieldProvider, ...] = ()
    """Fields of the header behind those of the kind."""
    status: tuple[StatusProvider, ...] = ()
    """What tools report, for the strip in the header; the first that is not None."""
    documented: Mapping[EntityRef, str] = field(default_factory=dict)
    """Path of the documentation of each entity that has some in the portal."""


def entity_context(
    page: PageContext,
    *,
    first_sections: tuple[SectionProvider, ...] = (),
    last_sections: tuple[SectionProvider, ...] = (),
    last_fields: tuple[HeaderFieldProvider, ...] = (),
    status: tuple[StatusProvider, ...] = (),
    documented: Mapping[EntityRef, str] | None = None,
) -> EntityContext:
    """The context of entity pages, with what other packages add to them."""
    by_location: dict[str, list[EntityRef]] = {}
    for ref, entity in page.catalog.entities.items():
        if entity.origin.via_locations:
            by_location.setdefault(entity.origin.via_locations[-1], []).append(ref)
    found = {location: tuple(refs) for location, refs in by_location.items()}
    outlines = {ref: outline(entity) for ref, entity in page.catalog.entities.items()}
    whole = page.catalog
    catalog = Catalog(outlines, whole.relations, whole.kinds, whole.elsewhere, whole.known_targets)
    shared = {**shared_values(page), "catalog": catalog}
    impacts = Impacts.of(page.catalog)
    return EntityContext(
        **shared,
        entities=page.catalog.entities,
        by_location=found,
        impacts=impacts.limited(max_teams=IMPACT_TEAMS),
        impact_digests=impacts.digests(),
        first_sections=first_sections,
        last_sections=last_sections,
        last_fields=last_fields,
        status=status,
        documented=documented or {},
    )
