"""Which pages there are about facts, and the section that each entity's page gets."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model.entity import Entity
from generator.pages.entities.view import Section
from generator.pages.facts.context import FactsContext
from generator.pages.facts.panels import facts_view
from generator.pages.page import Page


def plan(context: FactsContext) -> Iterator[Page]:
    """The pages about what is open everywhere; none for a portal that asks no tools."""
    yield from ()


def of_entity(context: FactsContext, entity: Entity) -> Section | None:
    """The section of an entity's page; None where no tool has anything to do with it."""
    if not context.connections:
        return None
    view = facts_view(context, entity)
    return Section("facts", context.labels["facts"], "facts", view, note=context.labels["facts_note"]) if view else None
