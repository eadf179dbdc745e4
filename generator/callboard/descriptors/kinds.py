"""A JSON Schema → a kind of entity, with the relations that the schema declares under ``x-callboard``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.settings.schema_messages import mapping_at, resolved

SCHEMAS = Path(__file__).parent.parent / "schemas" / "kinds"
ENVELOPE = "envelope.json"
OWN = "x-callboard"
"""Keyword of Callboard's extension to JSON Schema."""
_ICON = "shape-outline"
_API_VERSIONS = ("backstage.io/v1alpha1", "backstage.io/v1beta1")
_MOST_STEPS = 20
"""Deepest nesting of mappings in which relations are searched, so that a cycle of references ends."""


@dataclass(frozen=True, slots=True)
class RelationField:
    """A field of the spec that holds references."""

    field: str
    """Name below ``spec``: ``owner``, ``dependsOn``; dotted where it lies deeper (``hosting.cluster``)."""
    type: str
    """Relation from the holder to the target (``ownedBy``)."""
    reverse: str
    """Relation from the target to the holder (``ownerOf``)."""
    default_kind: str | None
    """Kind of references without one, in lower case; None: a reference without a kind is a problem."""
    many: bool
    """A list of references, or one."""
    label: str = ""
    """Label of the relation in pages (``Produced by``); empty: derived from its type."""
    reverse_label: str = ""
    """The same for the reverse."""
    types: tuple[str, ...] = ()
    """Values of ``spec.type`` for which the field creates relations; empty: all."""
    is_checked: bool = True
    """Whether the schema validates the field's type; if not, the code that creates the relations does."""
    kinds: tuple[str, ...] = ()
    """Allowed kinds of the target, in lower case; a reference to another kind creates no relation. Empty: any."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entity."""

    name: str
    """As written in descriptors (``Component``)."""
    plural: str
    """For headings (``Components``)."""
    icon: str
    """Name of a bundled Material icon (``cube-outline``)."""
    relations: tuple[RelationField, ...]
    api_versions: tuple[str, ...] = _API_VERSIONS
    """The ``apiVersion`` values of the kind."""
    description: str = ""
    """One sentence that describes the kind (Markdown)."""
    schema: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)
    """Its JSON Schema as read."""
    digest: str = ""
    """SHA-256 of the schema and the house rules, by which kinds of the same name differ."""
    is_own: bool = False
    """Whether this portal declares it: a custom kind, which Backstage does not have."""
    house_rules: tuple[Mapping[str, Any], ...] = field(default=(), hash=False, compare=False)
    """Schemas that this portal applies in addition to that of a built-in kind."""

    @property
    def spec_fields(self) -> Mapping[str, Any]:
        """The schemas of the fields below ``spec``, by name, including fields that house rules add."""
        own = spec_properties(self.schema)
        return (
            {**{name: found for rule in self.house_rules for name, found in spec_properties(rule).items()}, **own}
            if self.house_rules
            else own
        )


@dataclass(frozen=True, slots=True)
class Kinds:
    """The built-in and custom kinds of a portal, by lower-case name."""

    by_name: Mapping[str, Kind]
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of relations in pages, by type, as far as schemas define them."""

    def get(self, kind: str) -> Kind | None:
        """Return the kind of that name in any case, or None."""
        return self.by_name.get(kind.lower())

    def with_kinds(self, more: Iterable[Kind]) -> Kinds:
        """Return these kinds and ``more``; one of the same name replaces the earlier one."""
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
    """The JSON Schema of the fields of every descriptor."""
    schema: Mapping[str, Any] = json.loads((SCHEMAS / ENVELOPE).read_text("utf-8"))
    return schema


def declared_name(schema: Mapping[str, Any]) -> str:
    """The name of the kind that a schema declares: ``x-callboard.kind``, or the constant in ``properties.kind``; empty for none."""
    name = mapping_at(schema, OWN).get("kind") or mapping_at(schema, "properties", "kind").get("const")
    return name if isinstance(name, str) else ""


def kind_from_schema(schema: Mapping[str, Any], name: str, *, is_own: bool = False) -> Kind:
    """Create the kind that a JSON Schema declares; ``name`` is used if the schema has none."""
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
    """Return the kind with house rules and their relations; description, plural and icon are replaced if the rules define them."""
    own = mapping_at(rules, OWN)
    relations_by_field = {relation.field: relation for relation in kind.relations}
    for relation, _ in relation_fields(rules):
        old = relations_by_field.get(relation.field, relation)
        relations_by_field[relation.field] = replace(
            old, label=relation.label or old.label, reverse_label=relation.reverse_label or old.reverse_label
        )
    return replace(
        kind,
        plural=own.get("plural", kind.plural),
        icon=own.get("icon", kind.icon),
        description=rules.get("description", kind.description),
        relations=tuple(relations_by_field.values()),
        house_rules=(*kind.house_rules, rules),
        digest=_digest([kind.digest, rules]),
    )


def relation_fields(schema: Mapping[str, Any]) -> Iterator[tuple[RelationField, Mapping[str, Any]]]:
    """The fields of ``spec`` that declare a relation, in the schema's order, each with its ``x-callboard`` mapping."""
    yield from _relation_fields(spec_properties(schema), schema, "", _MOST_STEPS)


def _relation_fields(
    fields: Mapping[str, Any], schema: Mapping[str, Any], prefix: str, steps: int
) -> Iterator[tuple[RelationField, Mapping[str, Any]]]:
    for name, field_schema in fields.items():
        part = resolved(field_schema, schema)
        own = mapping_at(part, OWN)
        if own.get("relation"):
            yield _relation_field(f"{prefix}{name}", own, part), own
        elif steps:
            yield from _relation_fields(mapping_at(part, "properties"), schema, f"{prefix}{name}.", steps - 1)


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
