"""An entity and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callboard.model.ref import EntityRef


@dataclass(frozen=True, slots=True)
class Origin:
    """The place of a document."""

    source: str
    """Name of the source in ``sources.yaml``."""
    tree: str
    """Id of the tree in that source."""
    repository: str
    """What people call the tree: folder or repository name; shown and counted."""
    revision: str
    """Commit of the tree, or an empty text for a plain folder."""
    path: str
    """Path of the file inside the tree, with ``/``."""
    document: int
    """Index of the document in its file, from 0."""
    line: int
    """Line of the file at which the document begins, from 1."""
    via_locations: tuple[str, ...] = ()
    """References of the Location entities that led here, outermost first."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A value that the descriptor does not state."""

    field: str
    value: Any
    by: str
    """Who filled it in, such as ``CODEOWNERS``."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One checked descriptor document. The mappings are read-only by convention: nobody changes them after parsing."""

    ref: EntityRef
    kind: str
    """The kind in its author's spelling (``Component``)."""
    api_version: str
    metadata: Mapping[str, Any]
    """As written; ``name`` is a valid text, ``namespace`` is filled in, everything else may be of a wrong type."""
    spec: Mapping[str, Any]
    """As written with placeholders replaced; an empty mapping where it was missing or no mapping."""
    origin: Origin
    digest: str
    """SHA-256 over the meaning: kind, apiVersion, metadata, spec and derived values, as canonical JSON."""
    text: str
    """The document as its author wrote it; pasted secrets are masked here and in all other values."""
    derived: tuple[Derived, ...] = ()
