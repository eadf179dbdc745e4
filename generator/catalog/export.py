"""The catalog as data, in Backstage's own shape."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from generator.catalog.annotating import Location, location_annotations
from generator.catalog.graph import Catalog
from generator.catalog.names import names_index, table_index
from generator.model.entity import Entity, Origin
from generator.model.ref import RefError, parse_ref
from generator.model.tree import Tree

__all__ = ["entity_json", "names_index", "table_index"]

HEAVY = ("definition", "steps")
"""Fields of the spec that may be large and that lists leave out: the text of an API, the steps of a template."""


def _no_tree(_: Origin) -> Tree | None:
    return None


def entity_json(
    catalog: Catalog, entity: Entity, *, tree_of: Callable[[Origin], Tree | None] = _no_tree, light: bool = False
) -> dict[str, Any]:
    """The entity as Backstage's catalog would answer it: with relations, location annotations and ``etag``, without ``uid``.

    ``tree_of`` finds the tree that the entity was read from, for the addresses of its file. ``light`` puts a digest in the place
    of definitions and template steps, for lists of all entities.
    """
    relations = catalog.relations.get(entity.ref, ())
    return {
        "apiVersion": entity.api_version,
        "kind": entity.kind,
        "metadata": _metadata(catalog, entity, tree_of),
        "spec": _spec(entity, light=light),
        "relations": [{"type": relation.type, "targetRef": str(relation.target)} for relation in relations],
    }


def _metadata(catalog: Catalog, entity: Entity, tree_of: Callable[[Origin], Tree | None]) -> dict[str, Any]:
    written = entity.metadata.get("annotations")
    written = written if isinstance(written, Mapping) else {}
    tree = tree_of(entity.origin)
    edit_url = tree.edit_url(entity.origin.path) if tree else ""
    outermost = _outermost(catalog, entity)
    added = location_annotations(_location(entity.origin, tree), _location(outermost, tree_of(outermost)), edit_url, written)
    named = {"namespace": entity.ref.namespace, **entity.metadata}
    return {**named, "annotations": {**written, **added}, "etag": entity.digest}


def _outermost(catalog: Catalog, entity: Entity) -> Origin:
    """Where the first Location on the way to the entity lies; the entity's own place if there was none."""
    try:
        first = parse_ref(entity.origin.via_locations[0]).canonical() if entity.origin.via_locations else None
    except RefError:
        first = None
    location = catalog.get(first) if first else None
    return location.origin if location else entity.origin


def _location(origin: Origin, tree: Tree | None) -> Location:
    url = tree.view_url(origin.path) if tree else ""
    return Location("url", url) if url else Location("file", f"./{origin.path}")


def _spec(entity: Entity, *, light: bool) -> dict[str, Any]:
    spec = dict(entity.spec)
    for derived in entity.derived:
        if derived.field.startswith("spec."):
            spec[derived.field.removeprefix("spec.")] = derived.value
    if light:
        spec |= {key: _digest(spec[key]) for key in HEAVY if key in spec}
    return spec


def _digest(value: object) -> str:
    """A stand-in for a large value that changes when the value does."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=True)
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"
