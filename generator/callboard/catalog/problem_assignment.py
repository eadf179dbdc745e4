"""Problems and a catalog → problems with their responsible team, grouped by entity and by team."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from callboard.catalog import organization
from callboard.catalog.graph import Catalog
from callboard.catalog.rules.entities import DUPLICATE_ENTITY
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef


def with_responsible(catalog: Catalog, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems with ``responsible`` set to the team that can fix them, where the catalog has one; computed once for a site.

    Of a duplicate, that is the owner that the left-out document names (``merging.assigned``), never the owner of the one that is kept.
    """
    teams: dict[EntityRef, EntityRef | None] = {}
    return tuple(_with_team(catalog, problem, teams) for problem in problems)


def _with_team(catalog: Catalog, problem: Problem, teams: dict[EntityRef, EntityRef | None]) -> Problem:
    if problem.subject is None or problem.responsible is not None or problem.code == DUPLICATE_ENTITY.code:
        return problem
    if problem.subject not in teams:
        teams[problem.subject] = organization.responsible(catalog, problem.subject)
    team = teams[problem.subject]
    return replace(problem, responsible=team) if team else problem


def problems_by_subject(problems: Iterable[Problem]) -> Mapping[EntityRef, tuple[Problem, ...]]:
    """The problems of each entity in the given order; problems about no entity are left out."""
    by_subject: dict[EntityRef, list[Problem]] = {}
    for problem in problems:
        if problem.subject is not None:
            by_subject.setdefault(problem.subject, []).append(problem)
    return {ref: tuple(by_subject[ref]) for ref in sorted(by_subject)}


def problems_by_team(problems: Iterable[Problem]) -> Mapping[EntityRef | None, tuple[Problem, ...]]:
    """The problems of each responsible team, teams sorted; None, at the end, has those without one. See ``with_responsible``."""
    by_team: dict[EntityRef | None, list[Problem]] = {}
    for problem in problems:
        by_team.setdefault(problem.responsible, []).append(problem)
    order = sorted(by_team, key=lambda team: (team is None, team or ()))
    return {team: tuple(by_team[team]) for team in order}
