"""Entities of all sources → the entities in order of precedence, each reference once, and problems for duplicates.

A User or Group that several documents describe has the memberships of all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from callboard.catalog.described_resources import without_described_resources
from callboard.catalog.graph import Catalog
from callboard.catalog.joined_accounts import with_joined_accounts
from callboard.catalog.organization import OWNERS
from callboard.catalog.people import MEMBERSHIPS, shared_account, two_accounts, with_memberships
from callboard.catalog.references import DeclaredReferences, read_references
from callboard.catalog.rules.entities import DUPLICATE_ENTITY
from callboard.catalog.rules.people import TWO_ACCOUNTS
from callboard.descriptors.document import field_span
from callboard.descriptors.kinds import Kinds
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity, Origin
from callboard.model.fields import items_of
from callboard.model.place import line_place
from callboard.model.problem import Problem, Related, Severity
from callboard.model.ref import EntityRef, RefError, parse_ref

DUPLICATES = frozenset({DUPLICATE_ENTITY.code, TWO_ACCOUNTS.code})
"""Codes of problems with an entity that two documents describe."""
DocumentKey = tuple[str, str, str, int, EntityRef | None]
"""Source, tree, path, document and reference."""
SameFileTest = Callable[[Entity, Entity], bool]
"""Whether two entities were read from one file."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two entities with one reference."""

    kept: Entity
    left_out: Entity


@dataclass(frozen=True, slots=True)
class Merged:
    """The entities of a catalog."""

    entities: tuple[Entity, ...]
    """Each reference once, in order of precedence."""
    duplicates: tuple[Duplicate, ...]
    """In the order of the entities that are left out."""

    @property
    def left_out(self) -> tuple[Entity, ...]:
        """The entities that are not in the catalog, because another one has the same reference."""
        return tuple(duplicate.left_out for duplicate in self.duplicates)

    def problems(self, is_same_file: SameFileTest = lambda _, __: False) -> tuple[Problem, ...]:
        """A warning for each entity that is left out, unless it was read from the same file, or is the same account of a person or team."""
        found = (_problem(each) for each in self.duplicates if not is_same_file(each.kept, each.left_out))
        return tuple(problem for problem in found if problem)


def merge(
    entities: Iterable[Entity],
    sources: Sequence[str],
    kinds: Kinds,
    problems: Iterable[Problem] = (),
    is_same_file: SameFileTest = lambda _, __: False,
) -> Merged:
    """The first entity of each reference in order of precedence; the accounts of one person are one entity.

    ``problems``: those found in descriptors, for ``in_order``.

    ``is_same_file``: another document of the same file adds no memberships: the two are an older and a newer one.
    """
    first: dict[EntityRef, Entity] = {}
    duplicates = []
    for entity in with_joined_accounts(without_described_resources(in_order(entities, sources, kinds, problems))):
        kept = first.setdefault(entity.ref, entity)
        if kept is not entity:
            duplicates.append(Duplicate(kept, entity))
    for ref, others in _left_out(duplicates, is_same_file).items():
        first[ref] = with_memberships(first[ref], others)
    return Merged(tuple(first.values()), tuple(duplicates))


def _left_out(duplicates: Iterable[Duplicate], is_same_file: SameFileTest) -> Mapping[EntityRef, Sequence[Entity]]:
    """The users and groups that are left out and were read from another file than the one that is kept, by reference."""
    by_ref: dict[EntityRef, list[Entity]] = {}
    for each in duplicates:
        if each.kept.ref.kind in MEMBERSHIPS and not is_same_file(each.kept, each.left_out):
            by_ref.setdefault(each.left_out.ref, []).append(each.left_out)
    return by_ref


def in_order(entities: Iterable[Entity], sources: Sequence[str], kinds: Kinds, problems: Iterable[Problem] = ()) -> tuple[Entity, ...]:
    """Sorted by precedence: the source's position in ``sources.yaml``, tree, path, document. The given order does not matter.

    Entities whose document has an error in ``problems``, and duplicates with a reference that is an error, come last, because Backstage
    refuses them: of duplicates a valid one is kept.
    ``sources`` are the names of the sources as ``sources.yaml`` orders them; a source that is not among them comes last.
    """
    entities = tuple(entities)
    positions = {name: index for index, name in reversed(list(enumerate(sources)))}
    refused = {_key(p.origin, p.subject) for p in problems if p.origin and p.severity is Severity.ERROR}
    refused.update(_with_refused_reference(entities, kinds))

    def precedence(entity: Entity) -> tuple[bool, int, str, str, str, int, str, str]:
        origin = entity.origin
        rank = positions.get(origin.source, len(positions))
        is_refused = _key(origin, entity.ref) in refused
        return is_refused, rank, origin.source, origin.tree, origin.path, origin.document, str(entity.ref), entity.digest

    return tuple(sorted(entities, key=precedence))


def _with_refused_reference(entities: Sequence[Entity], kinds: Kinds) -> Iterator[DocumentKey | None]:
    """Keys of the duplicates that Backstage refuses for one of their references."""
    numbers = Counter(entity.ref for entity in entities)
    for entity in entities:
        kind = kinds.get(entity.ref.kind) if numbers[entity.ref] > 1 else None
        if kind is not None:
            declared = DeclaredReferences({})
            read_references(entity, kind, declared)
            if any(invalid.refused for invalid in declared.invalid):
                yield _key(entity.origin, entity.ref)


def assigned(problems: Iterable[Problem], merged: Merged, catalog: Catalog) -> tuple[Problem, ...]:
    """The problems with those of left-out documents apart: they are of that file and its owner, not of the entity that is kept.

    They keep their place and are about no entity; only the warning about the duplicate itself stays with the entity.
    """
    left_out = {_key(each.left_out.origin, each.left_out.ref): each.left_out for each in merged.duplicates}
    if not left_out:
        return tuple(problems)
    return tuple(_assigned(problem, left_out.get(_key(problem.origin, problem.subject)), catalog) for problem in problems)


def _assigned(problem: Problem, left_out: Entity | None, catalog: Catalog) -> Problem:
    if left_out is None:
        return problem
    subject = problem.subject if problem.code in DUPLICATES else None
    return replace(problem, subject=subject, responsible=_declared_owner(left_out, catalog))


def _declared_owner(entity: Entity, catalog: Catalog) -> EntityRef | None:
    """The owner that the document of an entity names, if the catalog has it."""
    try:
        owner = parse_ref(entity.spec.get("owner"), default_kind="group", default_namespace=entity.ref.namespace).canonical()
    except RefError:
        return None
    return owner if owner.kind in OWNERS and owner in catalog.entities else None


def _key(origin: Origin | None, ref: EntityRef | None) -> DocumentKey | None:
    return (origin.source, origin.tree, origin.path, origin.document, ref) if origin else None


def _problem(duplicate: Duplicate) -> Problem | None:
    """The problem with a duplicate; None for another document of the same account, whose memberships are united."""
    shared = shared_account(duplicate.kept, duplicate.left_out)
    if not shared.is_known:
        return _duplicate(duplicate)
    return two_accounts(duplicate.kept, duplicate.left_out, shared.different) if shared.different else None


def _duplicate(duplicate: Duplicate) -> Problem:
    kept, other = duplicate.kept, duplicate.left_out
    first = field_span(kept, "metadata.name")
    is_same = kept.digest == other.digest
    memberships = MEMBERSHIPS.get(other.ref.kind, ("", ""))[0]
    besides = f", except for its `{memberships}`" if items_of(other.spec.get(memberships)) and not is_same else ""
    problem = DUPLICATE_ENTITY.problem(
        f"{other.ref} is already defined in {line_place(kept.origin, first)}; this descriptor is left out{besides}.",
        origin=other.origin,
        subject=other.ref,
        field="metadata.name",
        hint="Remove one of the two: they are identical." if is_same else "Rename one of the two, or remove it.",
        related=(Related("The definition that is used", kept.origin, first),),
    )
    return replace(problem, span=field_span(other, "metadata.name"))
