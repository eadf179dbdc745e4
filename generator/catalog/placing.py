"""Where a problem lies in the file of its entity."""

from __future__ import annotations

from generator.descriptors.positions import locate
from generator.model.entity import Entity
from generator.problems import Span


def span_of(entity: Entity, field: str) -> Span | None:
    """The range of the value at that dotted path, or of the nearest thing around it; None where the text is not known."""
    return locate(entity.text, entity.origin.line, field) if entity.text else None
