"""The entities of a catalog as integrations see them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from callboard.catalog import organization, presentation
from callboard.catalog.graph import Catalog
from callboard.model import fields
from callboard.model.entity import Entity
from callboard.model.tree import Trees, tree_of
from callboard.plugins.integrations.base import Target

NEVER = frozenset({"user", "location", "template"})
"""Kinds that no tool watches."""


def targets_of(catalog: Catalog, trees: Trees) -> tuple[Target, ...]:
    """Every entity that a tool may know something about, in the catalog's order."""
    return tuple(_subjects(catalog, trees))


def _subjects(catalog: Catalog, trees: Trees) -> Iterator[Target]:
    for entity in catalog.entities.values():
        if entity.ref.kind not in NEVER:
            yield _subject(catalog, trees, entity)


def _subject(catalog: Catalog, trees: Trees, entity: Entity) -> Target:
    annotations = {key: value for key, value in fields.annotations(entity).items() if isinstance(value, str)}
    origin = entity.origin
    return Target(
        entity.ref, annotations, presentation.title(entity), organization.owner(catalog, entity.ref),
        origin.tree if urlsplit(origin.tree).scheme in {"http", "https"} else "",
        tree_of(trees, origin), origin.path.rpartition("/")[0],
    )  # fmt: skip
