"""An entity and its kind → the relations that its references declare, and invalid references.

Defaults of fields are those of Backstage (plugins/catalog-backend, ``BuiltinKindsEntityProcessor``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, NamedTuple

from callboard.descriptors.kinds import Kind, RelationField
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.fields import as_text
from callboard.model.record_fields import RELATIONS, reported_names, reported_relations
from callboard.model.ref import DEFAULT_NAMESPACE, EntityRef, RefError, parse_ref
from callboard.model.relation import Relation

LONGEST_WRITTEN = 80
"""Letters of a reference in a message."""


class InvalidReference(NamedTuple):
    """A value that is not a reference, or one without a kind in a field without a default kind."""

    entity: Entity
    field: str
    written: str
    """As its author wrote it, cut to ``LONGEST_WRITTEN`` letters."""
    reason: str
    without_kind: EntityRef | None
    """The reference with an empty kind, if only the kind is missing; else None."""
    refused: bool = True
    """True if Backstage refuses the document; False if it drops the relation silently."""


@dataclass(frozen=True, slots=True)
class DeclaredReferences:
    """The relations and invalid references that descriptors declare."""

    interned: Mapping[EntityRef, EntityRef]
    """The entities' own references: the graph holds each reference once in memory."""
    relations: list[tuple[Relation, str]] = field(default_factory=list)
    """Each relation in its author's direction, with the type of the reverse relation."""
    invalid: list[InvalidReference] = field(default_factory=list)
    implicit_namespace: list[Relation] = field(default_factory=list)
    """Relations of entities outside the default namespace whose reference names no namespace."""
    failures: list[tuple[Entity, Exception]] = field(default_factory=list)
    """Entities whose references ended in an unexpected exception; those before it are kept."""
    reported: list[Relation] = field(default_factory=list)
    """Relations that another catalog has, declared in a descriptor or not, each in both directions if the catalog has both."""
    known: list[EntityRef] = field(default_factory=list)
    """References of entities that exist in another catalog and are not read from it."""

    def extend(self, other: DeclaredReferences) -> None:
        """Add the references of ``other``."""
        self.relations.extend(other.relations)
        self.invalid.extend(other.invalid)
        self.implicit_namespace.extend(other.implicit_namespace)
        self.failures.extend(other.failures)
        self.reported.extend(other.reported)
        self.known.extend(other.known)


def read_references(entity: Entity, kind: Kind, declared: DeclaredReferences) -> None:
    """Add the references of this entity to ``declared``; never raises."""
    try:
        for relation_field in kind.relations:
            if relation_field.types and entity.spec.get("type") not in relation_field.types:
                continue
            for path, value in _values(entity, relation_field):
                _read(entity, relation_field, path, value, declared)
    except Exception as error:  # noqa: BLE001 - a defect at one entity must not end a build
        declared.failures.append((entity, error))


def read_reported(entity: Entity, declared: DeclaredReferences) -> None:
    """Add the relations that another catalog reported about this entity to ``declared``."""
    for type_, target in reported_relations(entity):
        ref = parse_ref(target).canonical()
        declared.reported.append(Relation(entity.ref, type_, declared.interned.get(ref, ref), entity.ref, RELATIONS))
    declared.known.extend(parse_ref(name).canonical() for name in reported_names(entity))


def _read(entity: Entity, relation_field: RelationField, path: str, value: object, declared: DeclaredReferences) -> None:
    try:
        written = parse_ref(value, default_kind=relation_field.default_kind, default_namespace=entity.ref.namespace)
    except RefError as error:
        declared.invalid.append(_invalid(entity, relation_field, path, value, str(error)))
        return
    target = written.canonical()
    if relation_field.kinds and target.kind not in relation_field.kinds:
        reason = f"it names a {target.kind}, but only {' or '.join(relation_field.kinds)} is allowed here"
        declared.invalid.append(InvalidReference(entity, path, _shown(value), reason, None, refused=False))
        return
    relation = Relation(entity.ref, relation_field.type, declared.interned.get(target, target), entity.ref, path)
    declared.relations.append((relation, relation_field.reverse))
    if entity.ref.namespace != DEFAULT_NAMESPACE and _names_no_namespace(value):
        declared.implicit_namespace.append(relation)


def _values(entity: Entity, relation_field: RelationField) -> Iterator[tuple[str, object]]:
    """Path and value of each item. Empty values, numbers, mappings without a name and the like are left out: the schema reports them.

    One reference in place of a list, and a list in place of one reference, are accepted, as Backstage does.
    """
    path = f"spec.{relation_field.field}"
    value = _at(entity.spec, relation_field.field)
    if value is None or value == "":
        value = next((derived.value for derived in entity.derived if derived.field == path), None)
    reads_all = not relation_field.is_checked
    if isinstance(value, list | tuple):
        yield from ((f"{path}[{index}]", item) for index, item in enumerate(value) if reads_all or _may_be_reference(item))
    elif _may_be_reference(value) or (reads_all and value):
        yield path, value


def _at(spec: Mapping[str, Any], name: str) -> Any:
    """The value of a field, which may be nested (``a.b``) in a custom kind."""
    if name in spec or "." not in name:
        return spec.get(name)
    value: Any = spec
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _may_be_reference(value: object) -> bool:
    return "name" in value if isinstance(value, Mapping) else isinstance(value, str) and bool(value)


def _names_no_namespace(value: object) -> bool:
    return "/" not in value if isinstance(value, str) else isinstance(value, Mapping) and value.get("namespace") is None


def _invalid(entity: Entity, relation_field: RelationField, path: str, value: object, reason: str) -> InvalidReference:
    without_kind = None
    if relation_field.default_kind is None:
        try:
            without_kind = parse_ref(value, default_kind="component", default_namespace=entity.ref.namespace).canonical()._replace(kind="")
        except RefError as error:
            reason = str(error)
    return InvalidReference(entity, path, _shown(value), reason, without_kind)


def _shown(value: object) -> str:
    written = as_text(value) or ("a mapping" if isinstance(value, Mapping) else json.dumps(value, default=str))
    return written if len(written) <= LONGEST_WRITTEN else written[: LONGEST_WRITTEN - 1] + "…"
