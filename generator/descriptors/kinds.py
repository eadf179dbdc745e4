"""Kinds: a JSON Schema file each, with its relations declared in it under ``x-callboard``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from generator.errors import SettingsError

SCHEMAS = Path(__file__).parent.parent / "schemas" / "kinds"
ENVELOPE = "envelope.json"
_OWN = "x-callboard"
_ICON = "shape-outline"
_API_VERSIONS = ("backstage.io/v1alpha1", "backstage.io/v1beta1")


@dataclass(frozen=True, slots=True)
class RelationField:
    """A field of the spec that holds references."""

    field: str
    """Name below ``spec``: ``owner``, ``dependsOn``."""
    type: str
    """Relation from the holder to the target (``ownedBy``)."""
    reverse: str
    """Relation from the target back (``ownerOf``)."""
    default_kind: str | None
    """Filled in where the reference names none, in lower case; None makes a reference without a kind a problem."""
    many: bool
    """A list of references, or one."""


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
    """SHA-256 of the schema: what kinds of one name are told apart by."""

    @property
    def spec_fields(self) -> Mapping[str, Any]:
        """The schemas of the fields below ``spec``, by name."""
        properties: Mapping[str, Any] = self.schema.get("properties", {}).get("spec", {}).get("properties", {})
        return properties


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of this portal, built-in and its own, by canonical (lower-case) name."""

    by_name: Mapping[str, Kind]

    def get(self, kind: str) -> Kind | None:
        """The kind of that name in any case, or None for an unknown one."""
        return self.by_name.get(kind.lower())

    def with_kinds(self, more: Iterable[Kind]) -> Kinds:
        """These kinds and others; one of the same name takes the place of the earlier one."""
        return Kinds({**self.by_name, **{kind.name.lower(): kind for kind in more}})


@lru_cache(maxsize=1)
def builtin_kinds() -> Kinds:
    """The nine kinds of Backstage's catalog model 1.10, and AiResource."""
    paths = sorted(path for path in SCHEMAS.glob("*.json") if path.name != ENVELOPE)
    return Kinds({}).with_kinds(kind_from_schema(json.loads(path.read_text("utf-8")), path.name) for path in paths)


@lru_cache(maxsize=1)
def envelope_schema() -> Mapping[str, Any]:
    """The JSON Schema of what every descriptor has."""
    schema: Mapping[str, Any] = json.loads((SCHEMAS / ENVELOPE).read_text("utf-8"))
    return schema


def load_kinds(paths: Iterable[Path]) -> Kinds:
    """The built-in kinds and those of JSON Schema files; one of the same name replaces a built-in kind.

    Raises ``SettingsError`` for a file that is missing, no JSON, or declares no kind.
    """
    return builtin_kinds().with_kinds([_read_kind(path) for path in paths])


def _read_kind(path: Path) -> Kind:
    try:
        schema = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: the schema of a kind cannot be read ({error.strerror}).", "Correct the path under kinds:.") from error
    except ValueError as error:
        raise SettingsError(f"{path}: the schema of a kind is no JSON ({error}).", "Mend the file.") from error
    return kind_from_schema(schema, str(path))


def kind_from_schema(schema: Any, where: str) -> Kind:
    """The kind that a JSON Schema declares: its name in ``x-callboard.kind``, or in ``properties.kind``.

    Raises ``SettingsError`` when it declares none.
    """
    schema = schema if isinstance(schema, dict) else {}
    own = schema.get(_OWN, {})
    properties = schema.get("properties", {})
    name = own.get("kind") or properties.get("kind", {}).get("const")
    if not isinstance(name, str) or not name:
        raise SettingsError(f"{where}: the schema declares no kind.", 'Add "x-callboard": {"kind": "…"} to it.')
    versions = own.get("apiVersions") or properties.get("apiVersion", {}).get("enum") or _API_VERSIONS
    return Kind(
        name=name,
        plural=own.get("plural", f"{name}s"),
        icon=own.get("icon", _ICON),
        relations=tuple(_relations(properties.get("spec", {}).get("properties", {}))),
        api_versions=tuple(versions),
        description=schema.get("description", ""),
        schema=schema,
        digest=hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest(),
    )


def _relations(fields: Mapping[str, Any]) -> Iterator[RelationField]:
    """The fields that declare a relation, in the schema's order."""
    for name, schema in fields.items():
        own = schema.get(_OWN) if isinstance(schema, dict) else None
        if own and own.get("relation"):
            default = own.get("defaultKind")
            many = own.get("many", schema.get("type") == "array")
            yield RelationField(name, own["relation"], own["reverse"], default.lower() if default else None, many)
