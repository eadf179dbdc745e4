"""Kinds: a JSON Schema file each, with its relations declared in it under ``x-callboard``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from callboard.settings.schema_messages import mapping_at, resolved

SCHEMAS = Path(__file__).parent.parent / "schemas" / "kinds"
ENVELOPE = "envelope.json"
OWN = "x-callboard"
"""Keyword of what a schema says to us alone."""
_ICON = "shape-outline"
_API_VERSIONS = ("backstage.io/v1alpha1", "backstage.io/v1beta1")
_MOST_STEPS = 20
"""References to references that are followed, and mappings inside mappings that are looked into: a circle ends too."""


@dataclass(frozen=True, slots=True)
class RelationField:
    """A field of the spec that holds references."""

    field: str
    """Name below ``spec``: ``owner``, ``dependsOn``; dotted where it lies deeper (``hosting.cluster``)."""
    type: str
    """Relation from the holder to the target (``ownedBy``)."""
    reverse: str
    """Relation from the target back (``ownerOf``)."""
    default_kind: str | None
    """Filled in where the reference names none, in lower case; None makes a reference without a kind a problem."""
    many: bool
    """A list of references, or one."""
    label: str = ""
    """What pages call the relation (``Produced by``); empty: the words of its type."""
    reverse_label: str = ""
    """The same for the way back."""
    types: tuple[str, ...] = ()
    """Values of ``spec.type`` for which the field counts; empty: always."""
    is_checked: bool = True
    """Whether the schema looks at the field's shape; where it does not, whoever makes the relations has to."""
    kinds: tuple[str, ...] = ()
    """Canonical kinds that it may name; a reference to another one makes no relation. Empty: any."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind that the portal knows."""

    name: str
    """As written in descriptors (``Component``)."""
    plural: str
    """For headings (``Components``)."""
    icon: str
    """Name of a bundled Material icon (``cube-outline``)."""
    relations: tuple[RelationField, ...]
    api_versions: tuple[str, ...] = _API_VERSIONS
    """The ``apiVersion`` values under which the kind is known."""
    description: str = ""
    """What the kind is, in one sentence (Markdown)."""
    schema: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)
    """Its JSON Schema as read."""
    digest: str = ""
    """SHA-256 of the schema and the house rules: what kinds of one name are told apart by."""
    is_own: bool = False
    """Declared by this portal: Backstage knows nothing of it."""
    house_rules: tuple[Mapping[str, Any], ...] = field(default=(), hash=False, compare=False)
    """Schemas that this portal applies in addition to a built-in kind's own."""

    @property
    def spec_fields(self) -> Mapping[str, Any]:
        """The schemas of the fields below ``spec``, by name; those of the house rules for fields that the kind does not have."""
        own = spec_properties(self.schema)
        return (
            {**{name: found for rule in self.house_rules for name, found in spec_properties(rule).items()}, **own}
            if self.house_rules
            else own
        )


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of this portal, built-in and its own, by canonical (lower-case) name."""

    by_name: Mapping[str, Kind]
    labels: Mapping[str, str] = field(default_factory=dict)
    """What pages call a relation, by its type, for those whose schema says so."""

    def get(self, kind: str) -> Kind | None:
        """The kind of that name in any case, or None for an unknown one."""
        return self.by_name.get(kind.lower())

    def with_kinds(self, more: Iterable[Kind]) -> Kinds:
        """These kinds and others; one of the same name takes the place of the earlier one."""
        by_name = {**self.by_name, **{kind.name.lower(): kind for kind in more}}
        return Kinds(by_name, dict(_labels(by_name.values())))


def _labels(kinds: Iterable[Kind]) -> Iterator[tuple[str, str]]:
    for kind in kinds:
        for relation in kind.relations:
            yield from (
                (type_, label) for type_, label in ((relation.type, relation.label), (relation.reverse, relation.reverse_label)) if label
            )


@lru_cache(maxsize=1)
def builtin_kinds() -> Kinds:
    """The nine kinds of Backstage's catalog model 1.10, and AiResource."""
    paths = sorted(path for path in SCHEMAS.glob("*.json") if path.name != ENVELOPE)
    return Kinds({}).with_kinds(kind_from_schema(json.loads(path.read_text("utf-8")), path.stem) for path in paths)


@lru_cache(maxsize=1)
def envelope_schema() -> Mapping[str, Any]:
    """The JSON Schema of what every descriptor has."""
    schema: Mapping[str, Any] = json.loads((SCHEMAS / ENVELOPE).read_text("utf-8"))
    return schema


def declared_name(schema: Mapping[str, Any]) -> str:
    """The kind that a schema is about: ``x-callboard.kind``, or the constant in ``properties.kind``; empty for none."""
    name = mapping_at(schema, OWN).get("kind") or mapping_at(schema, "properties", "kind").get("const")
    return name if isinstance(name, str) else ""


def kind_from_schema(schema: Mapping[str, Any], name: str, *, is_own: bool = False) -> Kind:
    """The kind that a JSON Schema declares; ``name`` where the schema itself says none."""
    own = mapping_at(schema, OWN)
    name = declared_name(schema) or name
    return Kind(
        name=name,
        plural=own.get("plural", f"{name}s"),
        icon=own.get("icon", _ICON),
        relations=tuple(relation for relation, _ in relation_fields(schema)),
        api_versions=_api_versions(schema),
        description=schema.get("description", ""),
        schema=schema,
        digest=_digest(schema),
        is_own=is_own,
    )


def _api_versions(schema: Mapping[str, Any]) -> tuple[str, ...]:
    written = mapping_at(schema, "properties", "apiVersion")
    only = (written["const"],) if "const" in written else ()
    return tuple(mapping_at(schema, OWN).get("apiVersions") or written.get("enum") or only or _API_VERSIONS)


def tightened(kind: Kind, rules: Mapping[str, Any]) -> Kind:
    """The kind with house rules applied in addition, their relations too; title, plural and icon are theirs where they say some."""
    own = mapping_at(rules, OWN)
    known = {relation.field: relation for relation in kind.relations}
    for relation, _ in relation_fields(rules):
        old = known.get(relation.field, relation)
        known[relation.field] = replace(old, label=relation.label or old.label, reverse_label=relation.reverse_label or old.reverse_label)
    return replace(
        kind,
        plural=own.get("plural", kind.plural),
        icon=own.get("icon", kind.icon),
        description=rules.get("description", kind.description),
        relations=tuple(known.values()),
        house_rules=(*kind.house_rules, rules),
        digest=_digest([kind.digest, rules]),
    )


def relation_fields(schema: Mapping[str, Any]) -> Iterator[tuple[RelationField, Mapping[str, Any]]]:
    """The fields of ``spec`` that declare a relation, in the schema's order, each with its ``x-callboard`` mapping."""
    yield from _relation_fields(spec_properties(schema), schema, "", _MOST_STEPS)


def _relation_fields(
    fields: Mapping[str, Any], whole: Mapping[str, Any], prefix: str, steps: int
) -> Iterator[tuple[RelationField, Mapping[str, Any]]]:
    for name, written in fields.items():
        part = resolved(written, whole)
        own = mapping_at(part, OWN)
        if own.get("relation"):
            yield _relation_field(f"{prefix}{name}", own, part), own
        elif steps:
            yield from _relation_fields(mapping_at(part, "properties"), whole, f"{prefix}{name}.", steps - 1)


def _relation_field(name: str, own: Mapping[str, Any], part: Mapping[str, Any]) -> RelationField:
    default = own.get("defaultKind")
    return RelationField(
        field=name,
        type=own["relation"],
        reverse=own["reverse"],
        default_kind=default.lower() if default else None,
        many=own.get("many", part.get("type") == "array"),
        label=own.get("label", ""),
        reverse_label=own.get("reverseLabel", ""),
        types=tuple(own.get("types", ())),
        is_checked="type" in part or "types" in own,
        kinds=tuple(kind.lower() for kind in own.get("allowedKinds", ())),
    )


def spec_properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schemas of the fields below ``spec``, by name."""
    return mapping_at(resolved(mapping_at(schema, "properties").get("spec"), schema), "properties")


def _digest(meaning: Any) -> str:
    return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()
