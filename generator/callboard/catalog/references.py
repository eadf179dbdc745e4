"""The references that an entity states, read with the defaults of their fields (plugins/catalog-backend BuiltinKindsEntityProcessor)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from callboard.descriptors.kinds import Kind, RelationField
from callboard.model.entity import Entity
from callboard.model.fields import as_text
from callboard.model.ref import DEFAULT_NAMESPACE, EntityRef, RefError, parse_ref
from callboard.model.relation import Relation

LONGEST_WRITTEN = 80
"""Letters of a reference that a message shows."""


class InvalidReference(NamedTuple):
    """A value that is no reference, or one whose kind nobody can know."""

    entity: Entity
    field: str
    written: str
    """As its author wrote it, cut to a length that people read."""
    reason: str
    bare: EntityRef | None
    """For a reference that lacks nothing but its kind: it, with an empty kind."""
    refused: bool = True
    """Whether Backstage refuses the document; else it leaves the relation out without a word."""


@dataclass(frozen=True, slots=True)
class DeclaredReferences:
    """Everything that the descriptors state."""

    known: Mapping[EntityRef, EntityRef]
    """The entities' own tuples, so that the graph holds each reference once."""
    relations: list[tuple[Relation, str]] = field(default_factory=list)
    """Each in its author's direction, with the type of the way back."""
    unread: list[InvalidReference] = field(default_factory=list)
    bare: list[Relation] = field(default_factory=list)
    """Those of entities outside the default namespace that name no namespace themselves."""


def read_references(entity: Entity, kind: Kind, stated: DeclaredReferences) -> None:
    """Add what this entity states to ``stated``."""
    for relation_field in kind.relations:
        if relation_field.types and entity.spec.get("type") not in relation_field.types:
            continue
        for path, value in _values(entity, relation_field):
            _read(entity, relation_field, path, value, stated)


def _read(entity: Entity, relation_field: RelationField, path: str, value: object, stated: DeclaredReferences) -> None:
    try:
        written = parse_ref(value, default_kind=relation_field.default_kind, default_namespace=entity.ref.namespace)
    except RefError as error:
        stated.unread.append(_unread(entity, relation_field, path, value, str(error)))
        return
    target = written.canonical()
    if relation_field.kinds and target.kind not in relation_field.kinds:
        reason = f"it names a {target.kind}, but only {' or '.join(relation_field.kinds)} is allowed here"
        stated.unread.append(InvalidReference(entity, path, _shown(value), reason, None, refused=False))
        return
    relation = Relation(entity.ref, relation_field.type, stated.known.get(target, target), entity.ref, path)
    stated.relations.append((relation, relation_field.reverse))
    if entity.ref.namespace != DEFAULT_NAMESPACE and _names_no_namespace(value):
        stated.bare.append(relation)


def _values(entity: Entity, relation_field: RelationField) -> Iterator[tuple[str, object]]:
    """Path and value of each item. Nothing, empty texts, numbers and the like are the schema's business, which reports them.

    One reference in place of a list, and a list in place of one reference, are read all the same, as Backstage does.
    """
    path = f"spec.{relation_field.field}"
    value = _at(entity.spec, relation_field.field)
    if value is None or value == "":
        value = next((derived.value for derived in entity.derived if derived.field == path), None)
    every = not relation_field.is_checked
    if isinstance(value, list | tuple):
        yield from ((f"{path}[{index}]", item) for index, item in enumerate(value) if every or _may_be_reference(item))
    elif _may_be_reference(value) or (every and value):
        yield path, value


def _at(spec: Mapping[str, Any], name: str) -> Any:
    """The value of a field, which may lie deeper (``a.b``) in a kind of one's own."""
    if name in spec or "." not in name:
        return spec.get(name)
    value: Any = spec
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _may_be_reference(value: object) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, str) and bool(value))


def _names_no_namespace(value: object) -> bool:
    return "/" not in value if isinstance(value, str) else isinstance(value, Mapping) and value.get("namespace") is None


def _unread(entity: Entity, relation_field: RelationField, path: str, value: object, reason: str) -> InvalidReference:
    bare = None
    if relation_field.default_kind is None:
        try:
            bare = parse_ref(value, default_kind="component", default_namespace=entity.ref.namespace).canonical()._replace(kind="")
        except RefError as other:
            reason = str(other)
    return InvalidReference(entity, path, _shown(value), reason, bare)


def _shown(value: object) -> str:
    other = "a mapping" if isinstance(value, Mapping) else json.dumps(value, default=str)
    written = as_text(value) or other
    return written if len(written) <= LONGEST_WRITTEN else written[: LONGEST_WRITTEN - 1] + "…"
