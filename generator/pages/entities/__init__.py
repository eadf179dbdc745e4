"""Entity pages: a view for each kind, one template for all of them."""

from generator.pages.entities.context import EntityContext, entity_context
from generator.pages.entities.planning import entity_view, page_of, plan
from generator.pages.entities.view import EntityView

__all__ = ["EntityContext", "EntityView", "entity_context", "entity_view", "page_of", "plan"]
