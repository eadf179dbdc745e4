"""A catalog and problems → summaries that a diff of two builds compares: a few values of each entity and each problem."""

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
"""Letters of a value in a summary."""
MOST = 200
"""Items of a list in a summary: dependencies, tags."""

SummaryCache = dict[EntityRef, tuple[Entity, tuple[Relation, ...], EntitySummary]]
"""Summaries with the entity and relations that they were made from."""


def summarize(catalog: Catalog, cache: SummaryCache | None = None) -> tuple[EntitySummary, ...]:
    """A summary of each entity, sorted by reference.

    ``cache`` has the summaries of an earlier catalog and is updated: those of unchanged entities are not computed again.
    """
    previous, now = dict(cache or {}), {}
    for ref, entity in catalog.entities.items():
        relations, cached = catalog.relations.get(ref, ()), previous.get(ref)
        is_same = cached is not None and cached[0] is entity and cached[1] == relations
        now[ref] = cached if cached and is_same else (entity, relations, _summary(catalog, entity))
    if cache is not None:
        cache.clear()
        cache.update(now)
    return tuple(summary for _, _, summary in now.values())


def problem_summaries(problems: Iterable[Problem]) -> tuple[ProblemSummary, ...]:
    """The summaries of the problems, each once, sorted."""
    return tuple(sorted({_problem_summary(problem) for problem in problems}, key=_order))


def short(value: object) -> str:
    """A string or number as one line of at most ``LONGEST`` letters, with secrets masked; empty for other types."""
    text = mask(" ".join(fields.as_text(value).split()))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def where(origin: Origin) -> Where:
    """The file of an origin."""
    return Where(origin.source, origin.tree, origin.path)


def _summary(catalog: Catalog, entity: Entity) -> EntitySummary:
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
        _container(catalog, ref),
        targets("providesApi"),
        targets("consumesApi"),
        targets("dependsOn"),
        tuple(sorted({short(tag) for tag in presentation.tags(entity)} - {""})[:MOST]),
        definition_digest(entity),
        _digest([entity.kind, _without_name(entity), entity.spec]),
    )


def _container(catalog: Catalog, ref: EntityRef) -> str:
    """The system of a component, the domain of a system, the parent of a group."""
    containers = (*catalog.targets(ref, "partOf"), *catalog.targets(ref, "childOf"))
    return short(str(next((container for container in containers if container.kind in {"system", "domain", "group"}), "")))


def _without_name(entity: Entity) -> dict[str, object]:
    return {key: value for key, value in entity.metadata.items() if key not in {"name", "namespace"}}


def definition_digest(entity: Entity | None) -> str:
    """Digest of an API's definition, by which builds tell whether it changed; empty for none."""
    value = entity.spec.get("definition") if entity is not None else None
    return _digest(value) if value else ""


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:16]


def _problem_summary(problem: Problem) -> ProblemSummary:
    origin = problem.origin
    return ProblemSummary(
        problem.code, problem.subject, short(problem.field), problem.fingerprint, short(problem.message), where(origin) if origin else None
    )


def _order(summary: ProblemSummary) -> tuple[str, ...]:
    return summary.code, str(summary.subject or ""), summary.field, summary.fingerprint, summary.message, *(summary.where or ())
