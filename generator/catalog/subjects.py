"""The entities of a catalog as integrations see them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from generator.catalog import questions
from generator.catalog.graph import Catalog
from generator.integrations.contract import Subject
from generator.model.entity import Entity
from generator.model.tree import Trees, tree_of

NEVER = frozenset({"user", "location", "template"})
"""Kinds that no tool watches."""


def subjects_of(catalog: Catalog, trees: Trees) -> tuple[Subject, ...]:
    """Every entity that a tool may know something about, in the catalog's order."""
    return tuple(_subjects(catalog, trees))


def _subjects(catalog: Catalog, trees: Trees) -> Iterator[Subject]:
    for entity in catalog.entities.values():
        if entity.ref.kind not in NEVER:
            yield _subject(catalog, trees, entity)


def _subject(catalog: Catalog, trees: Trees, entity: Entity) -> Subject:
    annotations = {key: value for key, value in questions.annotations(entity).items() if isinstance(value, str)}
    origin = entity.origin
    return Subject(
        entity.ref, annotations, questions.title(entity), questions.owner(catalog, entity.ref),
        origin.tree if urlsplit(origin.tree).scheme in {"http", "https"} else "",
        tree_of(trees, origin), origin.path.rpartition("/")[0],
    )  # fmt: skip
