"""Entities with resources of a cloud that nobody described → the entities, each resource once: what somebody describes stands for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from callboard.model import fields
from callboard.model.entity import Entity

GENERATED = "aws:"
"""Begins the ids of trees with resources that a source found in a cloud."""
ARN = "amazonaws.com/arn"
"""The annotation with the name of such a resource."""


def without_described_resources(entities: Sequence[Entity]) -> Sequence[Entity]:
    """The entities without generated ones whose ARN stands in an annotation of a descriptor, whichever annotation that is."""
    generated = [entity for entity in entities if entity.origin.tree.startswith(GENERATED)]
    if not generated:
        return entities
    described = {arn for entity in entities if not entity.origin.tree.startswith(GENERATED) for arn in _arns(entity)}
    known = {id(entity) for entity in generated if fields.annotations(entity).get(ARN, "") in described}
    return [entity for entity in entities if id(entity) not in known]


def _arns(entity: Entity) -> Iterator[str]:
    """The ARNs in annotations; one may list several."""
    for value in fields.annotations(entity).values():
        if "arn:" in value:
            yield from (part.strip() for part in value.split(","))
