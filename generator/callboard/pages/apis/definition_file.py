"""An API entity → its definition as a file: text, format, and name next to the entity's page."""

from __future__ import annotations

from callboard.api_reference.definitions import format_of
from callboard.model.entity import Entity


def definition_text(entity: Entity) -> str:
    """The definition as written; empty for none."""
    value = entity.spec.get("definition")
    return value if isinstance(value, str) else ""


def definition_file(entity: Entity) -> str:
    """Name of the definition's file next to the page: ``definition.yaml``; empty for none."""
    text = definition_text(entity)
    return f"definition.{format_of(entity.spec.get('type'), text).extension}" if text.strip() else ""
