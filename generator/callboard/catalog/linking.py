"""What one linking leaves to the next one of nearly the same catalog, so that an edit of one descriptor need not read all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from callboard.catalog.graph import Catalog
from callboard.catalog.references import DeclaredReferences, InvalidReference, read_references
from callboard.catalog.rules import cycles, entities, ownership, references
from callboard.catalog.suggestions import NameIndex
from callboard.descriptors.document import field_span
from callboard.descriptors.kinds import Kind, Kinds
from callboard.descriptors.rules import files
from callboard.model.entity import Entity, Origin
from callboard.model.problem import Problem, Severity, Span, problem_order
from callboard.model.ref import DEFAULT_NAMESPACE, EntityRef
from callboard.model.relation import Relation

_Place = tuple[str, int, str]
"""Text of a document, its first line, and a field."""


@dataclass(slots=True)
class LinkCache:
    """Remembered from linking to linking; nothing in it changes what comes out. For one catalog, used by one thread."""

    _stated: dict[EntityRef, tuple[Entity, Kind, DeclaredReferences]] = field(default_factory=dict)
    _spans: dict[_Place, Span | None] = field(default_factory=dict)
    _used: dict[_Place, Span | None] = field(default_factory=dict)
    _names: NameIndex | None = None
    _relations: dict[EntityRef, tuple[Relation, ...]] | None = None
    """Every relation in both directions, as long as nobody states another one."""

    def read(self, entities: Mapping[EntityRef, Entity], kinds: Mapping[EntityRef, Kind]) -> DeclaredReferences:
        """As ``read_references`` for all entities that have a kind; those that are the very same as last time are not read again."""
        whole, before = DeclaredReferences({ref: ref for ref in entities}), self._stated
        self._stated, is_same = {}, before.keys() == kinds.keys()
        for ref, kind in kinds.items():
            entity, found = entities[ref], before.get(ref)
            if found is None or found[0] is not entity or found[1] is not kind:
                part = DeclaredReferences(whole.known)
                read_references(entity, kind, part)
                is_same = is_same and found is not None and found[2].relations == part.relations
                found = entity, kind, DeclaredReferences({}, part.relations, part.unread, part.bare)
            self._stated[ref] = found
            whole.relations.extend(found[2].relations)
            whole.unread.extend(found[2].unread)
            whole.bare.extend(found[2].bare)
        if not is_same:
            self._relations = None
        return whole

    def both_ways(
        self, stated: DeclaredReferences, turn: Callable[[DeclaredReferences], dict[EntityRef, tuple[Relation, ...]]]
    ) -> dict[EntityRef, tuple[Relation, ...]]:
        """What ``turn`` makes of all that is stated; the last result where nobody states anything else."""
        if self._relations is None:
            self._relations = turn(stated)
        return self._relations

    def names(self, refs: Collection[EntityRef]) -> NameIndex:
        """The index of these names; the last one where they are the same."""
        if self._names is None or not self._names.serves(refs):
            self._names = NameIndex(refs)
        return self._names

    def field_span(self, entity: Entity, at: str) -> Span | None:
        """As ``placing.span_of``."""
        place = entity.text, entity.origin.line, at
        if place not in self._used:
            self._used[place] = self._spans[place] if place in self._spans else field_span(entity, at)
        return self._used[place]

    def end(self) -> None:
        """The linking is done: what it did not need is forgotten."""
        self._spans, self._used = self._used, {}


CHECKS = (ownership.check_missing_owner, cycles.check_group_cycle, cycles.check_part_cycle, entities.check_risky_dependency)
"""The rules that are right about a part of the catalog too: nothing elsewhere can mend what they find."""
REFERENCE_CHECKS = (references.check_dangling_reference, ownership.check_owner_no_group)
"""The rules that need to know all names, those of elsewhere too."""
WHOLE_CHECKS = (ownership.check_empty_group, entities.check_api_without_provider, entities.check_orphan)
"""The rules that need the whole catalog."""
PROBLEMS_PER_ENTITY = 200
"""More from one descriptor would drown everybody else's."""


def link(
    entities: Sequence[Entity],
    kinds: Kinds,
    *,
    whole: bool = True,
    elsewhere: Collection[EntityRef] | None = None,
    before: LinkCache | None = None,
) -> tuple[Catalog, tuple[Problem, ...]]:
    """The catalog of these entities and what is wrong with it, in the order of ``problem_order``.

    ``entities`` come in order of precedence: of two with the same reference the first one counts (``merging.merge`` reports the other).
    ``whole=False`` says that there is more elsewhere: what only the whole catalog can tell is not told. ``elsewhere`` are all names that
    there are, as a published portal knows them (a set): with them references are judged in a part of the catalog too. ``before`` has
    what the last linking of nearly the same entities left, and keeps what this one leaves.
    """
    first: dict[EntityRef, Entity] = {}
    for entity in entities:
        first.setdefault(entity.ref, entity)
    unique = {ref: first[ref] for ref in sorted(first)}
    kept = before or LinkCache()
    stated = kept.read(unique, {ref: kind for ref in unique if (kind := kinds.get(ref.kind))})
    catalog = Catalog(unique, kept.both_ways(stated, _both_ways), kinds)
    names = NameIndex(unique, elsewhere) if elsewhere else kept.names(unique.keys())
    found = _found(catalog, stated, names, whole=whole, judged=whole or elsewhere is not None)
    problems = tuple(sorted(_placed(catalog, _bounded(found), kept), key=problem_order))
    kept.end()
    return catalog, problems


def _found(catalog: Catalog, stated: DeclaredReferences, names: NameIndex, *, whole: bool, judged: bool) -> Iterator[Problem]:
    """What all rules say that may judge this much; ``judged``: all names are known, so that references are judged too."""
    yield from _stated_badly(catalog, stated, names)
    for check in CHECKS:
        yield from check(catalog)
    for check_names in REFERENCE_CHECKS if judged else ():
        yield from check_names(catalog, names)
    for check in WHOLE_CHECKS if whole else ():
        yield from check(catalog)


def _both_ways(stated: DeclaredReferences) -> dict[EntityRef, tuple[Relation, ...]]:
    """Every relation once in each direction; where both ends state it, each keeps its own statement."""
    edges: defaultdict[EntityRef, dict[tuple[str, EntityRef], Relation]] = defaultdict(dict)
    for relation, _ in stated.relations:
        edges[relation.source].setdefault((relation.type, relation.target), relation)
    for (source, _, target, declared_by, field_name), reverse in stated.relations:
        key = (reverse, source)
        if key not in (mine := edges[target]):
            mine[key] = Relation(target, reverse, source, declared_by, field_name)
    return {ref: tuple(found[key] for key in sorted(found)) for ref, found in sorted(edges.items())}


def _stated_badly(catalog: Catalog, stated: DeclaredReferences, names: NameIndex) -> Iterator[Problem]:
    for unread in stated.unread:
        yield _without_kind(unread, names) if unread.bare else _unreadable(unread)
    for relation in stated.bare:
        if (other := relation.target._replace(namespace=DEFAULT_NAMESPACE)) in names and relation.target in names:
            yield references.AMBIGUOUS_REFERENCE.problem(
                f"`{relation.field}` means {relation.target}; {other} exists too.",
                origin=catalog.entities[relation.source].origin,
                subject=relation.source,
                field=relation.field,
                hint=f"Write the namespace: `{relation.target.namespace}/{relation.target.name}` or `{other.namespace}/{other.name}`.",
            )


def _without_kind(unread: InvalidReference, names: NameIndex) -> Problem:
    known = names.kinds_of(unread.bare or unread.entity.ref)
    choices = " or ".join(f"`{kind}:{unread.written}`" for kind in known or ("component", "resource"))
    return references.DEPENDENCY_WITHOUT_KIND.problem(
        f"`{unread.field}` is `{unread.written}`: a dependency must name its kind.",
        origin=unread.entity.origin,
        subject=unread.entity.ref,
        field=unread.field,
        hint=f"Write {choices}{'' if known else ', whichever it is'}.",
    )


def _unreadable(unread: InvalidReference) -> Problem:
    return references.UNREADABLE_REFERENCE.problem(
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
            yield files.more_problems_of_entity(left_out)


def _placed(catalog: Catalog, problems: Iterable[Problem], kept: LinkCache) -> Iterator[Problem]:
    """The same problems with their position in the file. A problem may lie in another descriptor than its subject's."""
    by_origin: dict[Origin, Entity] = {}
    for problem in problems:
        entity = catalog.entities.get(problem.subject) if problem.subject else None
        if entity is None or entity.origin is not problem.origin:
            by_origin = by_origin or {other.origin: other for other in catalog.entities.values()}
            entity = by_origin.get(problem.origin) if problem.origin else None
        yield replace(problem, span=kept.field_span(entity, problem.field)) if entity else problem
