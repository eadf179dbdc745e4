"""Entities of all sources → the entities in order of precedence, each reference once, and problems for duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from callboard.catalog.rules.entities import DUPLICATE_ENTITY
from callboard.descriptors.document import field_span
from callboard.model.entity import Entity
from callboard.model.problem import Problem, Related
from callboard.model.ref import EntityRef


def in_order(entities: Iterable[Entity], sources: Sequence[str]) -> tuple[Entity, ...]:
    """Sorted by precedence: the source's position in ``sources.yaml``, tree, path, document. The given order does not matter.

    ``sources`` are the names of the sources as ``sources.yaml`` orders them; a source that is not among them comes last.
    """
    positions = {name: index for index, name in reversed(list(enumerate(sources)))}

    def precedence(entity: Entity) -> tuple[int, str, str, str, int, str, str]:
        origin = entity.origin
        rank = positions.get(origin.source, len(positions))
        return rank, origin.source, origin.tree, origin.path, origin.document, str(entity.ref), entity.digest

    return tuple(sorted(entities, key=precedence))


def merge(entities: Iterable[Entity], sources: Sequence[str]) -> tuple[tuple[Entity, ...], tuple[Problem, ...]]:
    """The first entity of each reference in order of precedence, and a warning for each later one that names both files."""
    first: dict[EntityRef, Entity] = {}
    problems = []
    for entity in in_order(entities, sources):
        kept = first.setdefault(entity.ref, entity)
        if kept is not entity:
            problems.append(_duplicate(kept, entity))
    return tuple(first.values()), tuple(problems)


def _duplicate(kept: Entity, other: Entity) -> Problem:
    is_same = kept.digest == other.digest
    file = f"{kept.origin.repository}: {kept.origin.path}" if kept.origin.repository != other.origin.repository else kept.origin.path
    first = field_span(kept, "metadata.name")
    problem = DUPLICATE_ENTITY.problem(
        f"{other.ref} is already defined in {file}, line {first.line if first else kept.origin.line}; this descriptor is left out.",
        origin=other.origin,
        subject=other.ref,
        field="metadata.name",
        hint="Remove one of the two: they are identical." if is_same else "Rename one of the two, or remove it.",
        related=(Related("The definition that is used", kept.origin, first),),
    )
    return replace(problem, span=field_span(other, "metadata.name"))
