"""Where a problem lies in the file of its entity."""

from __future__ import annotations

import importlib

from generator.model.entity import Entity
from generator.problems import Span


def span_of(entity: Entity, field: str) -> Span | None:
    """The range of the value at that dotted path, or of the nearest thing around it."""
    try:
        positions = importlib.import_module("generator.descriptors.positions")
    except ModuleNotFoundError:
        return None
    found: Span = positions.locate(entity.text, entity.origin.line, field)
    return found
