"""Entities and what they state become one graph, with every relation in both directions, and the problems that only the whole shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from generator.catalog.findings import with_responsible
from generator.catalog.graph import Catalog
from generator.catalog.references import Stated, Unread
from generator.catalog.relinking import Links
from generator.catalog.rules import (
    ambiguous_reference,
    api_without_provider,
    dangling_reference,
    dependency_without_kind,
    empty_group,
    group_cycle,
    missing_owner,
    orphan,
    owner_no_group,
    part_cycle,
    risky_dependency,
    unreadable_reference,
)
from generator.catalog.suggestions import Names
from generator.descriptors.kinds import Kinds
from generator.descriptors.rules import more_problems
from generator.model.entity import Entity, Origin
from generator.model.ref import DEFAULT_NAMESPACE, EntityRef
from generator.model.relation import Relation
from generator.problems import Problem, Severity

CHECKS = (missing_owner.check, group_cycle.check, part_cycle.check, risky_dependency.check)
"""The rules that are right about a part of the catalog too: nothing elsewhere can mend what they find."""
REFERENCE_CHECKS = (dangling_reference.check, owner_no_group.check)
"""The rules that need to know all names, those of elsewhere too."""
WHOLE_CHECKS = (empty_group.check, api_without_provider.check, orphan.check)
"""The rules that need the whole catalog."""
PROBLEMS_PER_ENTITY = 200
"""More from one descriptor would drown everybody else's."""


def link(
    entities: Sequence[Entity],
    kinds: Kinds,
    *,
    whole: bool = True,
    elsewhere: Collection[EntityRef] | None = None,
    before: Links | None = None,
) -> tuple[Catalog, tuple[Problem, ...]]:
    """The catalog of these entities and what is wrong with it, sorted by subject and position, with the responsible teams.

    ``entities`` come in order of precedence: of two with the same reference the first one counts (``merging.merge`` reports the other).
    ``whole=False`` says that there is more elsewhere: what only the whole catalog can tell is not told. ``elsewhere`` are all names that
    there are, as a published portal knows them (a set): with them references are judged in a part of the catalog too. ``before`` has
    what the last linking of nearly the same entities left, and keeps what this one leaves.
    """
    first: dict[EntityRef, Entity] = {}
    for entity in entities:
        first.setdefault(entity.ref, entity)
    unique = {ref: first[ref] for ref in sorted(first)}
    kept = before or Links()
    stated = kept.read(unique, {ref: kind for ref in unique if (kind := kinds.get(ref.kind))})
    catalog = Catalog(unique, kept.both_ways(stated, _both_ways), kinds)
    names = Names(unique, elsewhere) if elsewhere else kept.names(unique.keys())
    found = _found(catalog, stated, names, whole=whole, judged=whole or elsewhere is not None)
    placed = sorted(_placed(catalog, _bounded(found), kept), key=_reading_order)
    kept.end()
    return catalog, with_responsible(catalog, placed)


def _found(catalog: Catalog, stated: Stated, names: Names, *, whole: bool, judged: bool) -> Iterator[Problem]:
    """What all rules say that may judge this much; ``judged``: all names are known, so that references are judged too."""
    yield from _stated_badly(catalog, stated, names)
    for check in CHECKS:
        yield from check(catalog)
    for check_names in REFERENCE_CHECKS if judged else ():
        yield from check_names(catalog, names)
    for check in WHOLE_CHECKS if whole else ():
        yield from check(catalog)


def _both_ways(stated: Stated) -> dict[EntityRef, tuple[Relation, ...]]:
    """Every relation once in each direction; where both ends state it, each keeps its own statement."""
    edges: defaultdict[EntityRef, dict[tuple[str, EntityRef], Relation]] = defaultdict(dict)
    for relation, _ in stated.relations:
        edges[relation.source].setdefault((relation.type, relation.target), relation)
    for (source, _, target, declared_by, field), reverse in stated.relations:
        key = (reverse, source)
        if key not in (mine := edges[target]):
            mine[key] = Relation(target, reverse, source, declared_by, field)
    return {ref: tuple(found[key] for key in sorted(found)) for ref, found in sorted(edges.items())}


def _stated_badly(catalog: Catalog, stated: Stated, names: Names) -> Iterator[Problem]:
    for unread in stated.unread:
        yield _without_kind(unread, names) if unread.bare else _unreadable(unread)
    for relation in stated.bare:
        if (other := relation.target._replace(namespace=DEFAULT_NAMESPACE)) in names and relation.target in names:
            yield ambiguous_reference.RULE.problem(
                f"`{relation.field}` means {relation.target}; there is {other} too.",
                origin=catalog.entities[relation.source].origin,
                subject=relation.source,
                field=relation.field,
                hint=f"Write the namespace: `{relation.target.namespace}/{relation.target.name}` or `{other.namespace}/{other.name}`.",
            )


def _without_kind(unread: Unread, names: Names) -> Problem:
    known = names.kinds_of(unread.bare or unread.entity.ref)
    choices = " or ".join(f"`{kind}:{unread.written}`" for kind in known or ("component", "resource"))
    return dependency_without_kind.RULE.problem(
        f"`{unread.field}` is `{unread.written}`: a dependency must name its kind.",
        origin=unread.entity.origin,
        subject=unread.entity.ref,
        field=unread.field,
        hint=f"Write {choices}{'' if known else ', whichever it is'}.",
    )


def _unreadable(unread: Unread) -> Problem:
    return unreadable_reference.RULE.problem(
        f"`{unread.field}` is `{unread.written}`: {unread.reason}.",
        severity=None if unread.refused else Severity.WARNING,
        origin=unread.entity.origin,
        subject=unread.entity.ref,
        field=unread.field,
        hint="Write it as `[kind:][namespace/]name`.",
    )


def _bounded(problems: Iterable[Problem]) -> Iterator[Problem]:
    """No more than ``PROBLEMS_PER_ENTITY`` about one entity, those of the earlier rules, and a word about the rest."""
    by_subject: defaultdict[EntityRef, list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.subject is not None:
            by_subject[problem.subject].append(problem)
    for mine in by_subject.values():
        yield from mine[:PROBLEMS_PER_ENTITY]
        if left_out := mine[PROBLEMS_PER_ENTITY:]:
            yield more_problems.of_entity(left_out)


def _placed(catalog: Catalog, problems: Iterable[Problem], kept: Links) -> Iterator[Problem]:
    """The same problems with their position in the file. A problem may lie in another descriptor than its subject's."""
    by_origin: dict[Origin, Entity] = {}
    for problem in problems:
        entity = catalog.entities.get(problem.subject) if problem.subject else None
        if entity is None or entity.origin is not problem.origin:
            by_origin = by_origin or {other.origin: other for other in catalog.entities.values()}
            entity = by_origin.get(problem.origin) if problem.origin else None
        yield replace(problem, span=kept.span_of(entity, problem.field)) if entity else problem


def _reading_order(problem: Problem) -> tuple[EntityRef | tuple[()], str, int, int, str]:
    """By subject, then as one meets them in the file."""
    path = problem.origin.path if problem.origin else ""
    line, column = (problem.span.line, problem.span.column) if problem.span else (0, 0)
    return problem.subject or (), path, line, column, problem.code
