"""Entities that were read from the records of another catalog → the same with what that catalog knows of them, in ``derived``."""

from __future__ import annotations

from dataclasses import replace

from callboard.descriptors.reading import FileResult, digest
from callboard.descriptors.rules.envelope import UNKNOWN_KIND
from callboard.model.entity import Derived, Entity
from callboard.model.problem import Problem, Severity
from callboard.model.record_fields import ANNOTATION, KNOWN, RELATIONS
from callboard.model.tree import CatalogRecord


def with_record(result: FileResult, record: CatalogRecord) -> FileResult:
    """The result of reading ``record``, with its annotations and relations in ``derived`` and without errors that the catalog refutes."""
    entities = tuple(_with_derived(entity, record) for entity in result.entities)
    refs = {entity.ref for entity in entities}
    problems = tuple(_accepted(problem, record.catalog) if problem.subject in refs else problem for problem in result.problems)
    return replace(result, entities=entities, problems=problems)


def _with_derived(entity: Entity, record: CatalogRecord) -> Entity:
    derived = [Derived(f"{ANNOTATION}{name}", value, record.catalog) for name, value in record.annotations]
    if record.relations:
        derived.append(Derived(RELATIONS, [list(relation) for relation in record.relations], record.catalog))
    if record.known:
        derived.append(Derived(KNOWN, list(record.known), record.catalog))
    changed = replace(entity, derived=(*entity.derived, *derived))
    return replace(changed, digest=digest(changed))


def _accepted(problem: Problem, catalog: str) -> Problem:
    """The problem as a warning where it is an error, which is what the catalog would refuse: it has accepted the entity."""
    if problem.severity is not Severity.ERROR:
        return problem
    if problem.code == UNKNOWN_KIND.code:
        hint = (
            f"{catalog} has this kind. Declare it under kinds: in sources.yaml, so that its fields are checked and its relations are named."
        )
        return replace(problem, severity=Severity.INFO, hint=hint)
    return replace(problem, severity=Severity.WARNING)
