"""Entities and the hosts' metadata of their repositories → problems with active entities in archived repositories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from callboard.descriptors.document import field_span
from callboard.model.entity import Entity
from callboard.model.fields import text_at
from callboard.model.problem import Problem
from callboard.plugins.sources import Repository
from callboard.sources.rules import ARCHIVED_REPOSITORY

ENDED = frozenset({"archived", "decommissioned", "deprecated", "end-of-life", "eol", "retired", "sunset"})
"""Lifecycles, in lower case, of entities that are no longer maintained."""


def archived_problems(entities: Iterable[Entity], repositories: Iterable[Repository]) -> Iterator[Problem]:
    """A problem for each entity whose lifecycle says that it is in use, and whose repository is archived."""
    archived = {(each.source, each.tree): each for each in repositories if each.is_archived}
    for entity in entities if archived else ():
        repository, lifecycle = archived.get((entity.origin.source, entity.origin.tree)), text_at(entity.spec, "lifecycle")
        if repository and lifecycle and lifecycle.lower() not in ENDED:
            yield _problem(entity, repository, lifecycle)


def _problem(entity: Entity, repository: Repository, lifecycle: str) -> Problem:
    problem = ARCHIVED_REPOSITORY.problem(
        f"The lifecycle is `{lifecycle[:60]}`, and the repository {repository.name[:200]} is archived (read-only).",
        origin=entity.origin,
        subject=entity.ref,
        field="spec.lifecycle",
        hint="Unarchive the repository to set the lifecycle, or leave archived repositories out: remove `archived: true` from the source.",
    )
    return replace(problem, span=field_span(entity, "spec.lifecycle"))
