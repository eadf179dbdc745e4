"""What history compares: a few values of each entity and each problem, small enough to be kept for every entity."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from callboard.catalog import organization, presentation
from callboard.catalog.graph import Catalog
from callboard.model import fields
from callboard.model.entity import Entity, Origin
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.relation import Relation
from callboard.redaction.secrets import mask
from callboard.state.values import EntitySummary, ProblemSummary, Where

LONGEST = 200
"""Letters kept of any value."""
MOST = 200
"""Items kept of any list: dependencies, tags."""


KnownSummaries = dict[EntityRef, tuple[Entity, tuple[Relation, ...], EntitySummary]]
"""Portraits with all that they were made of: the entity and its relations."""


def summarize(catalog: Catalog, known: KnownSummaries | None = None) -> tuple[EntitySummary, ...]:
    """A portrait of each entity, sorted by reference.

    ``known`` has those of an earlier catalog, and has those of this one afterwards: what is the very same is not looked at again.
    """
    before, now = dict(known or {}), {}
    for ref, entity in catalog.entities.items():
        relations, found = catalog.relations.get(ref, ()), before.get(ref)
        same = found is not None and found[0] is entity and found[1] == relations
        now[ref] = found if found and same else (entity, relations, _portrait(catalog, entity))
    if known is not None:
        known.clear()
        known.update(now)
    return tuple(portrait for _, _, portrait in now.values())


def problem_summaries(problems: Iterable[Problem]) -> tuple[ProblemSummary, ...]:
    """The problems, each once, sorted."""
    return tuple(sorted({_concern(problem) for problem in problems}, key=_order))


def short(value: object) -> str:
    """A text on one line, bounded, with secrets masked; empty for what is no text and no number."""
    text = mask(" ".join(fields.as_text(value).split()))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def where(origin: Origin) -> Where:
    """The file."""
    return Where(origin.source, origin.tree, origin.path)


def _portrait(catalog: Catalog, entity: Entity) -> EntitySummary:
    ref = entity.ref

    def targets(*types: str) -> tuple[str, ...]:
        return tuple(sorted(short(str(target)) for target in catalog.targets(ref, *types))[:MOST])

    owner = organization.owner(catalog, ref)
    return EntitySummary(
        ref,
        where(entity.origin),
        short(str(owner)) if owner else "",
        short(presentation.lifecycle_of(entity)),
        short(presentation.type_of(entity)),
        _whole(catalog, ref),
        targets("providesApi"),
        targets("consumesApi"),
        targets("dependsOn"),
        tuple(sorted({short(tag) for tag in presentation.tags(entity)} - {""})[:MOST]),
        _definition(entity),
        _digest([entity.kind, _unnamed(entity), entity.spec]),
    )


def _whole(catalog: Catalog, ref: EntityRef) -> str:
    """The system of a component, the domain of a system, the parent of a group."""
    wholes = (*catalog.targets(ref, "partOf"), *catalog.targets(ref, "childOf"))
    return short(str(next((whole for whole in wholes if whole.kind in {"system", "domain", "group"}), "")))


def _unnamed(entity: Entity) -> dict[str, object]:
    return {key: value for key, value in entity.metadata.items() if key not in {"name", "namespace"}}


def _definition(entity: Entity) -> str:
    value = entity.spec.get("definition")
    return _digest(value) if value else ""


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:16]


def _concern(problem: Problem) -> ProblemSummary:
    origin = problem.origin
    return ProblemSummary(
        problem.code, problem.subject, short(problem.field), problem.fingerprint, short(problem.message), where(origin) if origin else None
    )


def _order(concern: ProblemSummary) -> tuple[str, ...]:
    return concern.code, str(concern.subject or ""), concern.field, concern.fingerprint, concern.message, *(concern.where or ())
