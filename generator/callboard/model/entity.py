"""An entity, the origin of its document, and values derived for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef


@dataclass(frozen=True, slots=True)
class Origin:
    """The location of a document."""

    source: str
    """Name of the source in ``sources.yaml``."""
    tree: str
    """Id of the tree in that source."""
    repository: str
    """The tree's name for people: folder or repository name."""
    revision: str
    """Commit of the tree, or an empty string for a plain folder."""
    path: str
    """Path of the file inside the tree, with ``/``."""
    document: int
    """Index of the document in its file, from 0."""
    line: int
    """Line of the file at which the document begins, from 1; 0 where the text that was read is not that of the file at ``path``."""
    via_locations: tuple[str, ...] = ()
    """References of the Location entities through which the file was found, outermost first."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A value that is not in the descriptor."""

    field: str
    value: Any
    by: str
    """The source of the value, such as ``CODEOWNERS``."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One checked descriptor document. The mappings are read-only by convention."""

    ref: EntityRef
    kind: str
    """The kind in its author's spelling (``Component``)."""
    api_version: str
    metadata: Mapping[str, Any]
    """As written; ``name`` is valid, ``namespace`` is filled in, everything else may be of a wrong type."""
    spec: Mapping[str, Any]
    """As written with placeholders replaced; an empty mapping if it was missing or not a mapping."""
    origin: Origin
    digest: str
    """SHA-256 over the meaning: kind, apiVersion, metadata, spec and derived values, as canonical JSON."""
    text: str
    """The document as written; secrets are masked here and in all other values."""
    derived: tuple[Derived, ...] = ()
