"""Merged entities and kinds → the catalog with its relations, and problems; with a cache for linking a slightly changed catalog again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from callboard.catalog.graph import Catalog
from callboard.catalog.references import DeclaredReferences, InvalidReference, read_references, read_reported
from callboard.catalog.rules import cycles, entities, ownership, references
from callboard.catalog.suggestions import NameIndex
from callboard.descriptors.checking import rule_name
from callboard.descriptors.document import field_span
from callboard.descriptors.kinds import Kind, Kinds
from callboard.descriptors.rules import files
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity, Origin
from callboard.model.problem import Problem, Severity, Span, fingerprint, problem_order
from callboard.model.problem_limit import ProblemLimit
from callboard.model.record_fields import is_reported
from callboard.model.ref import DEFAULT_NAMESPACE, EntityRef
from callboard.model.relation import Relation

CHECKS = (
    ownership.check_missing_owner,
    ownership.check_owner_no_group,
    ownership.check_several_parents,
    references.check_wrong_target_kind,
    cycles.check_group_cycle,
    cycles.check_part_cycle,
    entities.check_risky_dependency,
)
"""Rules that hold for a part of the catalog too: entities outside of it cannot make a problem disappear."""
PART_CHECKS = (references.check_impossible_reference,)
"""Rules for a part alone; where all names are known, ``REFERENCE_CHECKS`` report the same."""
REFERENCE_CHECKS = (references.check_dangling_reference,)
"""Rules that need the names of all entities."""
COMPLETE_CHECKS = (ownership.check_empty_group, entities.check_api_without_provider, entities.check_orphan)
"""Rules that need the complete catalog."""
PROBLEMS_PER_ENTITY = 200
"""More problems of one descriptor would hide those of others."""

_FieldKey = tuple[str, int, str]
"""Text of a document, its first line, and the path of a field."""


@dataclass(slots=True)
class LinkCache:
    """Intermediate results that the next call of ``link`` reuses for unchanged entities; never changes the result.

    For one catalog, used by one thread.
    """

    _declared: dict[EntityRef, tuple[Entity, Kind | None, DeclaredReferences]] = field(default_factory=dict)
    _spans: dict[_FieldKey, Span | None] = field(default_factory=dict)
    _used: dict[_FieldKey, Span | None] = field(default_factory=dict)
    _names: NameIndex | None = None
    _relations: dict[EntityRef, tuple[Relation, ...]] | None = None
    """Every relation in both directions; None once a declared relation changed."""

    def read(self, entities: Mapping[EntityRef, Entity], kinds: Kinds) -> DeclaredReferences:
        """As ``read_references`` for all entities. Entities that are identical objects are not read again."""
        declared, previous = DeclaredReferences({ref: ref for ref in entities}), self._declared
        self._declared, is_same = {}, True
        for ref, entity in entities.items():
            kind, cached = kinds.get(ref.kind), previous.get(ref)
            if kind is None and not is_reported(entity):
                continue
            if cached is None or cached[0] is not entity or cached[1] is not kind:
                own = DeclaredReferences(declared.interned)
                if kind is not None:
                    read_references(entity, kind, own)
                read_reported(entity, own)
                is_same = is_same and cached is not None and (cached[2].relations, cached[2].reported) == (own.relations, own.reported)
                cached = entity, kind, replace(own, interned={})
            self._declared[ref] = cached
            declared.extend(cached[2])
        if not is_same or previous.keys() != self._declared.keys():
            self._relations = None
        return declared

    def both_directions(self, declared: DeclaredReferences, kinds: Kinds) -> dict[EntityRef, tuple[Relation, ...]]:
        """As ``_both_directions``; the last result if no declared relation changed."""
        if self._relations is None:
            self._relations = _both_directions(declared, kinds)
        return self._relations

    def names(self, refs: Collection[EntityRef]) -> NameIndex:
        """The index of these names; the last one if they are the same."""
        if self._names is None or not self._names.is_reusable_for(refs):
            self._names = NameIndex(refs)
        return self._names

    def field_span(self, entity: Entity, field_path: str) -> Span | None:
        """As ``descriptors.document.field_span``."""
        key = entity.text, entity.origin.line, field_path
        if key not in self._used:
            self._used[key] = self._spans[key] if key in self._spans else field_span(entity, field_path)
        return self._used[key]

    def end(self) -> None:
        """End one call of ``link``: spans that it did not use are dropped."""
        self._spans, self._used = self._used, {}


def link(
    entities: Sequence[Entity],
    kinds: Kinds,
    *,
    is_complete: bool = True,
    external_refs: Collection[EntityRef] | None = None,
    cache: LinkCache | None = None,
) -> tuple[Catalog, tuple[Problem, ...]]:
    """The catalog of these entities and its problems, in the order of ``problem_order``.

    Args:
        entities: in order of precedence: of two with the same reference the first one counts (``merging.merge`` reports the other).
        kinds: schemas and relation fields of the kinds.
        is_complete: False for a part of a catalog. Rules that need the complete catalog are then left out.
        external_refs: the references of a published portal (a set), with which references of a part can be checked too.
        cache: intermediate results of the last call, updated by this one.
    """
    first: dict[EntityRef, Entity] = {}
    for entity in entities:
        first.setdefault(entity.ref, entity)
    unique = {ref: first[ref] for ref in sorted(first)}
    cache = cache or LinkCache()
    declared = cache.read(unique, kinds)
    elsewhere = frozenset(declared.known).difference(unique)
    catalog = Catalog(unique, cache.both_directions(declared, kinds), kinds, elsewhere)
    others = {*(external_refs or ()), *elsewhere}
    names = NameIndex(unique, others) if others else cache.names(unique.keys())
    found = _check(catalog, declared, names, is_complete=is_complete, has_all_names=is_complete or external_refs is not None)
    problems = tuple(sorted(_with_spans(catalog, _limited(found), cache), key=problem_order))
    cache.end()
    return catalog, problems


def _check(
    catalog: Catalog, declared: DeclaredReferences, names: NameIndex, *, is_complete: bool, has_all_names: bool
) -> Iterator[Problem]:
    """The problems of all rules that hold for this part of the catalog."""
    yield from _reference_problems(catalog, declared, names)
    for check in (*CHECKS, *(() if has_all_names else PART_CHECKS)):
        yield from _guarded(check, catalog)
    for check_names in REFERENCE_CHECKS if has_all_names else ():
        yield from _guarded(check_names, catalog, names)
    for check in COMPLETE_CHECKS if is_complete else ():
        yield from _guarded(check, catalog)


def _guarded(check: Callable[..., Iterator[Problem]], *arguments: object) -> Iterator[Problem]:
    """The problems of one rule, and one more if it raises an exception: the other rules are run."""
    try:
        yield from check(*arguments)
    except Exception as error:  # noqa: BLE001 - the defect of one rule must not end a build
        yield files.rule_failed_problem(rule_name(check), error)


def check_unidentified(
    entities: Iterable[Entity], kinds: Kinds, existing: Collection[EntityRef], *, has_all_names: bool = True
) -> tuple[Problem, ...]:
    """The problems of the references in descriptors without a valid name, which are no entities, in the order of ``problem_order``.

    ``existing``: the references of all entities that can be named; without ``has_all_names`` only the form of references is checked.
    """
    found: list[Problem] = []
    names = NameIndex(existing)
    for entity in entities:
        catalog, declared = _alone(entity, kinds)
        problems = _check(catalog, declared, names, is_complete=False, has_all_names=has_all_names)
        found += (replace(problem, subject=None) for problem in _with_spans(catalog, _limited(problems), LinkCache()))
    return tuple(sorted((replace(problem, fingerprint=fingerprint(problem)) for problem in found), key=problem_order))


def check_left_out(entities: Iterable[Entity], kinds: Kinds, existing: Collection[EntityRef]) -> Iterator[Problem]:
    """The references for which Backstage refuses these duplicates, which are left out of the catalog and are not linked."""
    names = NameIndex(existing)
    for entity in entities:
        catalog, declared = _alone(entity, kinds)
        if refused := [invalid for invalid in declared.invalid if invalid.refused]:
            problems = _reference_problems(catalog, replace(declared, invalid=refused, implicit_namespace=[]), names)
            yield from _with_spans(catalog, _limited(problems), LinkCache())


def _alone(entity: Entity, kinds: Kinds) -> tuple[Catalog, DeclaredReferences]:
    """A catalog of one entity, and the references that it declares."""
    declared = DeclaredReferences({entity.ref: entity.ref})
    if kind := kinds.get(entity.ref.kind):
        read_references(entity, kind, declared)
    return Catalog({entity.ref: entity}, _both_directions(declared, kinds), kinds), declared


def _both_directions(declared: DeclaredReferences, kinds: Kinds) -> dict[EntityRef, tuple[Relation, ...]]:
    """Every relation once in each direction; where both ends declare it, each direction keeps its own declaration.

    Relations that another catalog reported are added where no descriptor declares them; in both directions if some kind has the type.
    """
    edges: defaultdict[EntityRef, dict[tuple[str, EntityRef], Relation]] = defaultdict(dict)
    for relation, _ in declared.relations:
        edges[relation.source].setdefault((relation.type, relation.target), relation)
    for (source, _, target, declared_by, field_name), reverse in declared.relations:
        key = (reverse, source)
        if key not in (from_target := edges[target]):
            from_target[key] = Relation(target, reverse, source, declared_by, field_name)
    reverses = _reverse_types(kinds) if declared.reported else {}
    for relation in declared.reported:
        edges[relation.source].setdefault((relation.type, relation.target), relation)
        if reverse := reverses.get(relation.type, ""):
            source, _, target, declared_by, field_name = relation
            edges[target].setdefault((reverse, source), Relation(target, reverse, source, declared_by, field_name))
    return {ref: tuple(by_key[key] for key in sorted(by_key)) for ref, by_key in sorted(edges.items())}


def _reverse_types(kinds: Kinds) -> Mapping[str, str]:
    """By relation type, the type of the other direction."""
    fields = [field for kind in kinds.by_name.values() for field in kind.relations]
    return {field.reverse: field.type for field in fields} | {field.type: field.reverse for field in fields}


def _reference_problems(catalog: Catalog, declared: DeclaredReferences, names: NameIndex) -> Iterator[Problem]:
    """REF002–REF004, and entities whose references could not be read."""
    for entity, error in declared.failures:
        yield files.rule_failed_problem("read-references", error, entity.origin, entity.ref)
    for invalid in declared.invalid:
        yield _without_kind(invalid, names) if invalid.without_kind else _unreadable(invalid)
    for relation in declared.implicit_namespace:
        if (other := relation.target._replace(namespace=DEFAULT_NAMESPACE)) in names and relation.target in names:
            yield references.AMBIGUOUS_REFERENCE.problem(
                f"`{relation.field}` means {relation.target}; {other} exists too.",
                origin=catalog.entities[relation.source].origin,
                subject=relation.source,
                field=relation.field,
                hint=f"Write the namespace: `{relation.target.namespace}/{relation.target.name}` or `{other.namespace}/{other.name}`.",
            )


def _without_kind(invalid: InvalidReference, names: NameIndex) -> Problem:
    kinds = names.kinds_of(invalid.without_kind or invalid.entity.ref)
    choices = " or ".join(f"`{kind}:{invalid.written}`" for kind in kinds or ("component", "resource"))
    return references.DEPENDENCY_WITHOUT_KIND.problem(
        f"`{invalid.field}` is `{invalid.written}`: a dependency must name its kind.",
        origin=invalid.entity.origin,
        subject=invalid.entity.ref,
        field=invalid.field,
        hint=f"Write {choices}{'' if kinds else ', whichever it is'}.",
    )


def _unreadable(invalid: InvalidReference) -> Problem:
    return references.UNREADABLE_REFERENCE.problem(
        f"`{invalid.field}` is `{invalid.written}`: {invalid.reason}.",
        severity=None if invalid.refused else Severity.WARNING,
        origin=invalid.entity.origin,
        subject=invalid.entity.ref,
        field=invalid.field,
        hint="Write it as `[kind:][namespace/]name`.",
    )


def _limited(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The ``PROBLEMS_PER_ENTITY`` most severe problems of each entity, and one that counts the rest; all that are about no entity."""
    limits: defaultdict[EntityRef, ProblemLimit] = defaultdict(lambda: ProblemLimit(PROBLEMS_PER_ENTITY))
    for problem in problems:
        if problem.subject is None:
            yield problem
        else:
            limits[problem.subject].add((problem,))
    for limit in limits.values():
        kept, left_out = limit.result()
        yield from kept
        if left_out:
            yield files.more_problems_of_entity(left_out, kept[0])


def _with_spans(catalog: Catalog, problems: Iterable[Problem], cache: LinkCache) -> Iterator[Problem]:
    """The problems with their positions in the file, which may be another one than the file of their subject."""
    by_origin: dict[Origin, Entity] = {}
    for problem in problems:
        entity = catalog.entities.get(problem.subject) if problem.subject else None
        if entity is None or entity.origin is not problem.origin:
            by_origin = by_origin or {other.origin: other for other in catalog.entities.values()}
            entity = by_origin.get(problem.origin) if problem.origin else None
        yield replace(problem, span=cache.field_span(entity, problem.field)) if entity else problem
