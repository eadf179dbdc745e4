"""Documents of one User or Group from several sources → one entity with the memberships of all, and a problem if they are two accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from callboard.catalog.rules.people import TWO_ACCOUNTS
from callboard.descriptors.document import field_span
from callboard.descriptors.reading import digest
from callboard.model import fields
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.place import file_place
from callboard.model.problem import Problem, Related
from callboard.model.ref import RefError, parse_ref

MEMBERSHIPS = {"user": ("memberOf", "group"), "group": ("members", "user")}
"""Field of ``spec`` with the memberships, and the kind that its references have by default, by the kind of the entity."""
ACCOUNTS = frozenset({"user-login", "user-id", "team-slug", "team-path", "group-id", "ldap-dn", "ldap-uuid"})
"""Names of annotations with an account on a host or in a directory, after the domain and a slash."""


@dataclass(frozen=True, slots=True)
class SharedAccount:
    """Annotations by which two documents of one entity name accounts."""

    is_known: bool
    """True if both documents name one: both come from a host or a directory."""
    different: str = ""
    """An annotation whose values differ; empty if the documents may be about one account."""


def shared_account(one: Entity, other: Entity) -> SharedAccount:
    """Whether two documents of one User or Group may be about the same account."""
    ours, theirs = accounts(one), accounts(other)
    if one.ref.kind not in MEMBERSHIPS or not ours or not theirs:
        return SharedAccount(is_known=False)
    common = ours.keys() & theirs.keys()
    different = [key for key in sorted(common) if ours[key].lower() != theirs[key].lower()]
    return SharedAccount(is_known=True, different=different[0] if len(different) == len(common) and different else "")


def accounts(entity: Entity) -> Mapping[str, str]:
    """The annotations with accounts on hosts and in directories; only entities that sources made have some, in general."""
    return {key: value for key, value in fields.annotations(entity).items() if key.partition("/")[2] in ACCOUNTS}


def with_memberships(entity: Entity, others: Sequence[Entity]) -> Entity:
    """The User or Group with the memberships of other documents of it after its own, each once; other kinds as they are."""
    field, kind = MEMBERSHIPS.get(entity.ref.kind, ("", ""))
    if not field:
        return entity
    own = fields.items_of(entity.spec.get(field))
    known = {_canonical(item, kind, entity) for item in own}
    added: dict[str, Any] = {}
    for item in (item for other in others for item in _strings(other, field)):
        if (name := _canonical(item, kind, entity)) not in known:
            added.setdefault(name, item)
    if not added:
        return entity
    united = replace(entity, spec={**entity.spec, field: [*own, *added.values()]})
    return replace(united, digest=digest(united))


def _strings(entity: Entity, field: str) -> Iterator[str]:
    return (item for item in fields.items_of(entity.spec.get(field)) if isinstance(item, str))


def _canonical(item: Any, kind: str, entity: Entity) -> str:
    """The reference that an item means; the item itself where it is none."""
    try:
        return str(parse_ref(item, default_kind=kind, default_namespace=entity.ref.namespace).canonical())
    except RefError:
        return repr(item)


def two_accounts(kept: Entity, other: Entity, annotation: str) -> Problem:
    """The problem that one entity is two accounts, which differ in the annotation."""
    first, second = (fields.annotations(each).get(annotation, "")[:200] for each in (kept, other))
    field = MEMBERSHIPS[kept.ref.kind][0]
    problem = TWO_ACCOUNTS.problem(
        f"{kept.ref} is the name of two accounts: {first} in {file_place(kept.origin)}, and {second} in {file_place(other.origin)}. "
        f"They are shown as one {kept.kind}, with `{field}` of both.",
        origin=other.origin,
        subject=other.ref,
        field="metadata.name",
        hint="Give the people of one source a namespace, choose another value for their names, or rename one of the two.",
        related=(Related("The other account", kept.origin, field_span(kept, "metadata.name")),),
    )
    return replace(problem, span=field_span(other, "metadata.name"))
