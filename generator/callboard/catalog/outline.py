"""An entity → what the pages of other entities say about it.

A page depends on the outlines of its neighbors, not on their descriptors: it is made again when a neighbor is renamed, not when
somebody edits the neighbor's description. What is not in an outline cannot be shown, so no page can depend on it unnoticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from callboard.model.entity import Entity, Origin
from callboard.settings.schema_messages import mapping_at

_METADATA: Final = ("name", "namespace", "title")
_ANNOTATIONS: Final = ("backstage.io/techdocs-ref",)
"""Whether an entity has documentation that another one points to with ``backstage.io/techdocs-entity``."""
_MORE: Final[Mapping[str, tuple[str, ...]]] = {"user": ("description",), "group": ("links",)}
_SPEC: Final = ("type", "lifecycle")
_PROFILE: Final = ("displayName", "role", "title", "email", "picture")


def outline(entity: Entity) -> Entity:
    """The entity with no more than its names, type, lifecycle, profile and place.

    A person also has the description, as the role; a group its links, among which owned entities find its chat.
    """
    metadata = _only(entity.metadata, (*_METADATA, *_MORE.get(entity.ref.kind, ())))
    if annotations := _only(mapping_at(entity.metadata, "annotations"), _ANNOTATIONS):
        metadata["annotations"] = annotations
    spec = _only(entity.spec, _SPEC)
    if profile := _only(mapping_at(entity.spec, "profile"), _PROFILE):
        spec["profile"] = profile
    return replace(entity, metadata=metadata, spec=spec, origin=_place(entity.origin), digest="", text="", derived=())


def _only(values: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: values[key] for key in keys if key in values}


def _place(origin: Origin) -> Origin:
    """The file, without what every commit changes."""
    return replace(origin, revision="", line=0, via_locations=())
