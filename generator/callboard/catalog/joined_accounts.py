"""Users and groups of several sources that are one person or team under different names → entities with one name for each.

Two accounts are one person if their sources report the same e-mail address, or the same account on a host: a directory that has the login
on GitHub in an attribute, and GitHub itself. Only entities that sources made of accounts are joined, never those that people wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from callboard.catalog.people import MEMBERSHIPS, accounts
from callboard.descriptors.reading import digest
from callboard.model import fields
from callboard.model.entity import Derived, Entity
from callboard.model.ref import EntityRef, RefError, parse_ref

REFERENCES = {"owner": "group", "memberOf": "group", "parent": "group", "children": "group", "members": "user"}
"""Fields of ``spec`` that refer to users and groups, and the kind that their references have by default."""
Key = tuple[str, str, str]
Names = Mapping[EntityRef, EntityRef]
"""Names that are given up, with the names of the entities that they are one with."""


def with_joined_accounts(entities: Sequence[Entity]) -> Sequence[Entity]:
    """The entities, in order of precedence, in which a person or team of several sources has the name that the first of them gives."""
    names = _given_up(entities)
    if not names:
        return entities
    added = _annotations_to_add(entities, names)
    return [_joined(entity, names, added.get(entity.ref, {})) for entity in entities]


def _given_up(entities: Sequence[Entity]) -> Names:
    """Names of accounts that are one with an earlier account of another source.

    A name is kept if a descriptor has it that somebody wrote, or if the other source has an account with this name, too: that would be
    another person.
    """
    people = [entity for entity in entities if entity.ref.kind in MEMBERSHIPS]
    generated = [entity for entity in people if accounts(entity)]
    kept = {entity.ref for entity in people if not accounts(entity)}
    by_source = {(entity.origin.source, entity.ref) for entity in generated}
    ambiguous = _ambiguous(generated)
    first: dict[Key, Entity] = {}
    names: dict[EntityRef, EntityRef] = {}
    for entity in generated:
        for key in _keys(entity):
            if (entity.origin.source, key) in ambiguous:
                continue
            other = first.setdefault(key, entity)
            target = names.get(other.ref, other.ref)
            is_other = other.origin.source != entity.origin.source and target != entity.ref
            if is_other and entity.ref not in {*kept, *names, *names.values()} and (other.origin.source, entity.ref) not in by_source:
                names[entity.ref] = target
    return names


def _ambiguous(entities: Iterable[Entity]) -> set[tuple[str, Key]]:
    """Addresses and accounts that several entities of one source have, such as a shared mailbox."""
    owners: dict[tuple[str, Key], EntityRef] = {}
    found = set()
    for entity in entities:
        for key in ((entity.origin.source, key) for key in _keys(entity)):
            if owners.setdefault(key, entity.ref) != entity.ref:
                found.add(key)
    return found


def _keys(entity: Entity) -> Iterator[Key]:
    """What two accounts of one person have in common."""
    kind = entity.ref.kind
    yield from ((kind, name, value.strip().lower()) for name, value in accounts(entity).items() if value.strip())
    profile = entity.spec.get("profile")
    mail = fields.text_at(profile, "email") if kind == "user" and isinstance(profile, Mapping) else ""
    if mail and "@" in mail:
        yield kind, "email", mail.strip().lower()


def _annotations_to_add(entities: Sequence[Entity], names: Names) -> Mapping[EntityRef, Mapping[str, str]]:
    """The accounts of the names that are given up, for the entities that stand for them."""
    added: dict[EntityRef, dict[str, str]] = {}
    for entity in entities:
        if entity.ref in names:
            added.setdefault(names[entity.ref], {}).update(accounts(entity))
    return added


def _joined(entity: Entity, names: Names, added: Mapping[str, str]) -> Entity:
    """The entity under its new name, with references to new names."""
    namespace = entity.ref.namespace
    spec = {key: _referring(value, REFERENCES[key], namespace, names) if key in REFERENCES else value for key, value in entity.spec.items()}
    derived = tuple(_derived(value, names) for value in entity.derived)
    written = fields.annotations(entity)
    missing = {key: value for key, value in added.items() if key not in written}
    if entity.ref not in names and spec == entity.spec and derived == entity.derived and not missing:
        return entity
    if entity.ref in names and namespace != names[entity.ref].namespace:
        spec |= {key: _in_full(spec[key], kind, namespace) for key, kind in REFERENCES.items() if key in spec}
    metadata = {**entity.metadata, "annotations": {**written, **missing}} if missing else entity.metadata
    changed = replace(entity, ref=names.get(entity.ref, entity.ref), metadata=metadata, spec=spec, derived=derived)
    return replace(changed, digest=digest(changed))


def _referring(value: Any, kind: str, namespace: str, names: Names) -> Any:
    """The value with references to names that are given up replaced."""
    if isinstance(value, list):
        return [_referring(item, kind, namespace, names) for item in value]
    ref = _ref(value, kind, namespace)
    return str(names[ref]) if ref is not None and ref in names else value


def _in_full(value: Any, kind: str, namespace: str) -> Any:
    """The value with references in full, which mean the same in every namespace."""
    if isinstance(value, list):
        return [_in_full(item, kind, namespace) for item in value]
    ref = _ref(value, kind, namespace)
    return value if ref is None else str(ref)


def _derived(value: Derived, names: Names) -> Derived:
    ref = _ref(value.value, "group", "default")
    return replace(value, value=str(names[ref])) if ref is not None and ref in names else value


def _ref(value: Any, kind: str, namespace: str) -> EntityRef | None:
    try:
        return parse_ref(value, default_kind=kind, default_namespace=namespace).canonical() if isinstance(value, str) else None
    except RefError:
        return None
