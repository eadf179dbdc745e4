"""A catalog and its trees → the targets that integrations query: entities with annotations, owner and repository."""

from __future__ import annotations

from urllib.parse import urlsplit

from callboard.catalog import organization, presentation
from callboard.catalog.graph import Catalog
from callboard.model import fields
from callboard.model.entity import Entity
from callboard.model.tree import Trees, tree_of
from callboard.plugins.integrations.base import Target

NEVER = frozenset({"user", "location", "template"})
"""Kinds that integrations do not query."""


def targets_of(catalog: Catalog, trees: Trees) -> tuple[Target, ...]:
    """A target for each entity of the other kinds, in the catalog's order."""
    return tuple(_target(catalog, trees, entity) for entity in catalog.entities.values() if entity.ref.kind not in NEVER)


def _target(catalog: Catalog, trees: Trees, entity: Entity) -> Target:
    annotations = {key: value for key, value in fields.annotations(entity).items() if isinstance(value, str)}
    origin = entity.origin
    return Target(
        entity.ref, annotations, presentation.title(entity), organization.owner(catalog, entity.ref),
        origin.tree if urlsplit(origin.tree).scheme in {"http", "https"} else "",
        tree_of(trees, origin), origin.path.rpartition("/")[0],
    )  # fmt: skip
