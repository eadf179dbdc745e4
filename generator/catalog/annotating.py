"""The annotations that say where an entity was read (Backstage: AnnotateLocationEntityProcessor, catalog-model's location helpers)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

MANAGED_BY = "backstage.io/managed-by-location"
ORIGIN = "backstage.io/managed-by-origin-location"
VIEW, EDIT, SOURCE = "backstage.io/view-url", "backstage.io/edit-url", "backstage.io/source-location"
_AZURE_PATH = re.compile(r"([?&]path=)([^&#]*?)[^/&#]*(?=&|#|$)")


@dataclass(frozen=True, slots=True)
class Location:
    """A reference to a place: ``url:https://…`` or ``file:./catalog-info.yaml``."""

    type: str
    target: str

    def __str__(self) -> str:
        return f"{self.type}:{self.target}"


def location_annotations(location: Location, origin: Location, edit_url: str, written: Mapping[str, object]) -> Mapping[str, object]:
    """What Backstage adds for an entity read at ``location`` and found through ``origin``; what the author wrote wins.

    ``edit_url`` may be empty: a file at a fixed commit cannot be edited.
    """
    added: dict[str, object] = {MANAGED_BY: str(location), ORIGIN: str(origin)}
    if location.type == "url":
        links = {VIEW: location.target, EDIT: edit_url, SOURCE: f"url:{folder_url(location.target)}"}
        added |= {key: written.get(key) or value for key, value in links.items() if written.get(key) or value}
    return added


def folder_url(url: str) -> str:
    """The address of the folder of a file at its host, with a final ``/`` (Backstage: ``resolveUrl`` of ``./``)."""
    if _AZURE_PATH.search(url):
        return _AZURE_PATH.sub(r"\1\2", url, count=1)
    parts = urlsplit(url)
    folder = parts._replace(path=urljoin(parts.path, "./"), fragment="")
    return folder.geturl().replace("/blob/", "/tree/", 1)
