"""Kinds: a JSON Schema file each, with its relations declared in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
    """Filled in where the reference names none; None makes a reference without a kind a problem."""
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


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of this portal, built-in and its own, by canonical (lower-case) name."""

    by_name: Mapping[str, Kind]

    def get(self, kind: str) -> Kind | None:
        """The kind of that name in any case, or None for an unknown one."""
        return self.by_name.get(kind.lower())
