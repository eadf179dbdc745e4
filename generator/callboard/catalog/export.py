"""An entity of the catalog → JSON in the shape of Backstage's catalog API, with the annotations of its location."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from callboard.catalog.graph import Catalog
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity, Origin
from callboard.model.place import file_place
from callboard.model.record_fields import reported_annotations
from callboard.model.ref import RefError, parse_ref
from callboard.model.tree import Tree

MANAGED_BY = "backstage.io/managed-by-location"
ORIGIN = "backstage.io/managed-by-origin-location"
VIEW, EDIT, SOURCE = "backstage.io/view-url", "backstage.io/edit-url", "backstage.io/source-location"
_AZURE_PATH = re.compile(r"([?&]path=)([^&#]*?)[^/&#]*(?=&|#|$)")


@dataclass(frozen=True, slots=True)
class Location:
    """A location reference: ``url:https://…`` or ``file:./repository/catalog-info.yaml``."""

    type: str
    target: str

    def __str__(self) -> str:
        return f"{self.type}:{self.target}"


def location_annotations(location: Location, origin: Location, edit_url: str, annotations: Mapping[str, object]) -> Mapping[str, object]:
    """The annotations that Backstage adds to an entity read at ``location`` and found through ``origin``; the author's own take precedence.

    ``edit_url`` may be empty: a file at a fixed commit cannot be edited.
    """
    added: dict[str, object] = {MANAGED_BY: str(location), ORIGIN: str(origin)}
    if location.type == "url":
        urls = {VIEW: location.target, EDIT: edit_url, SOURCE: f"url:{folder_url(location.target)}"}
        added |= {key: annotations.get(key) or value for key, value in urls.items() if annotations.get(key) or value}
    return added


def folder_url(url: str) -> str:
    """The URL of the folder of a file at its host, with a final ``/`` (Backstage: ``resolveUrl`` of ``./``)."""
    if _AZURE_PATH.search(url):
        return _AZURE_PATH.sub(r"\1\2", url, count=1)
    parts = urlsplit(url)
    folder = parts._replace(path=urljoin(parts.path, "./"), fragment="")
    return folder.geturl().replace("/blob/", "/tree/", 1)


HEAVY = ("definition", "steps")
"""Fields of ``spec`` that may be large and that lists leave out: an API's definition, a template's steps."""


def _no_tree(_: Origin) -> Tree | None:
    return None


def entity_json(
    catalog: Catalog, entity: Entity, *, tree_of: Callable[[Origin], Tree | None] = _no_tree, light: bool = False
) -> dict[str, Any]:
    """The entity as Backstage's catalog API returns it: with relations, location annotations and ``etag``, without ``uid``.

    ``tree_of`` finds the tree that the entity was read from, for the URLs of its file. ``light`` replaces definitions and
    template steps by a digest, for lists of all entities.
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
    annotations = entity.metadata.get("annotations")
    annotations = annotations if isinstance(annotations, Mapping) else {}
    tree = tree_of(entity.origin)
    edit_url = tree.edit_url(entity.origin.path) if tree else ""
    outermost = _outermost(catalog, entity)
    reported = reported_annotations(entity)
    location = _reported_location(reported.get(MANAGED_BY)) or _location(entity.origin, tree)
    origin = _reported_location(reported.get(ORIGIN)) or _location(outermost, tree_of(outermost))
    added = location_annotations(location, origin, edit_url, annotations)
    metadata = {"namespace": entity.ref.namespace, **entity.metadata}
    return {**metadata, "annotations": {**annotations, **added}, "etag": entity.digest}


def _outermost(catalog: Catalog, entity: Entity) -> Origin:
    """The origin of the first Location that led to the entity; the entity's own origin if there was none."""
    try:
        first = parse_ref(entity.origin.via_locations[0]).canonical() if entity.origin.via_locations else None
    except RefError:
        first = None
    location = catalog.get(first) if first else None
    return location.origin if location else entity.origin


def _location(origin: Origin, tree: Tree | None) -> Location:
    url = tree.view_url(origin.path) if tree else ""
    return Location("url", url) if url else Location("file", f"./{file_place(origin)}")


def _reported_location(value: str | None) -> Location | None:
    """The location that another catalog has read; None if it reported none."""
    kind, colon, target = (value or "").partition(":")
    return Location(kind, target) if colon else None


def _spec(entity: Entity, *, light: bool) -> dict[str, Any]:
    spec = dict(entity.spec)
    for derived in entity.derived:
        if derived.field.startswith("spec."):
            spec[derived.field.removeprefix("spec.")] = derived.value
    if light:
        spec |= {key: _digest(spec[key]) for key in HEAVY if key in spec}
    return spec


def _digest(value: object) -> str:
    """A short value that changes when the large one does."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=True)
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"
