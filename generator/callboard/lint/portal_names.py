"""URL or folder of a published portal → references of its entities, from its names index (``catalog/names.py`` has the format)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callboard.catalog.names import FORMAT
from callboard.lint.portal_reader import PortalReader
from callboard.model.errors import SourceError
from callboard.model.ref import EntityRef

PATH = "api/catalog/names.json"


def read_names(portal: str, environ: Mapping[str, str]) -> frozenset[EntityRef]:
    """The references of all entities of a portal; ``portal`` is its URL or the folder of its site.

    Responses are cached in the user's cache folder and revalidated. Raises ``CallboardError`` if the portal cannot be read.
    """
    reader = PortalReader(portal, environ, "The references were not checked.")
    try:
        value = reader.read(PATH)
    finally:
        reader.close()
    try:
        return _references(value)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise SourceError(f"{portal} has no names index that this version can read.", f"Check {PATH} of the portal.") from None


def _references(index: Any) -> frozenset[EntityRef]:
    if index["format"] != FORMAT:
        raise ValueError(index["format"])
    kinds = [str(kind["kind"]).lower() for kind in index["kinds"]]
    namespaces = [str(namespace).lower() for namespace in index["namespaces"]]
    columns = zip(index["kind"], index["namespace"], index["name"], strict=True)
    return frozenset(EntityRef(kinds[kind], namespaces[namespace], str(name).lower()) for kind, namespace, name in columns)
