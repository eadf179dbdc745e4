"""Names of derived values that another catalog reported about an entity, and the values by them."""

from __future__ import annotations

from callboard.model.entity import Entity

ANNOTATION = "metadata.annotations."
"""Begins the name of an annotation that the catalog added; its value is a string."""
RELATIONS = "relations"
"""A list of pairs: type and reference of the target."""
KNOWN = "relations.known"
"""A list of references: targets of relations that exist in the other catalog and are not read from it."""
LOCATION = "backstage.io/managed-by-location"
"""Annotation with the location that the other catalog has read."""


def reported_annotations(entity: Entity) -> dict[str, str]:
    """The annotations that another catalog added; empty for an entity that was read from its own file."""
    values = ((item.field.removeprefix(ANNOTATION), item.value) for item in entity.derived if item.field.startswith(ANNOTATION))
    return {name: value for name, value in values if isinstance(value, str)}


def is_reported(entity: Entity) -> bool:
    """True if the entity was read from another catalog in place of its own file."""
    return any(item.field in {RELATIONS, KNOWN} or item.field.startswith(ANNOTATION) for item in entity.derived)


def reported_relations(entity: Entity) -> tuple[tuple[str, str], ...]:
    """Type and target of the relations that another catalog reported."""
    values = (pair for item in entity.derived if item.field == RELATIONS for pair in item.value)
    return tuple((str(pair[0]), str(pair[1])) for pair in values)


def reported_names(entity: Entity) -> tuple[str, ...]:
    """References that exist in the other catalog and are not read from it."""
    return tuple(str(name) for item in entity.derived if item.field == KNOWN for name in item.value)
