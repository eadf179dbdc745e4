"""An entity as Backstage's API answers it → the document that its author wrote, and what Backstage knows about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from callboard.plugins.sources import CatalogRecord, EntityRef, RefError, parse_ref, yaml_text
from callboard.sources.file_urls import FileUrl, parse_file_url
from callboard.sources.generated import text_of

CATALOG = "Backstage"
OUTPUT = frozenset({"relations", "status"})
"""Root fields that Backstage fills in."""
OUTPUT_METADATA = frozenset({"uid", "etag", "generation"})
LOCATION, ORIGIN = "backstage.io/managed-by-location", "backstage.io/managed-by-origin-location"
ORPHAN = "backstage.io/orphan"
OUTPUT_ANNOTATIONS = frozenset({LOCATION, ORIGIN, ORPHAN})
"""Annotations that Backstage fills in for every entity."""
GENERATED = "generated-"
"""Begins the names of Locations that Backstage makes for each registered URL."""
MOST_RELATIONS = 20_000
"""Relations of one entity that are read."""
LONGEST_MESSAGE = 1_000


@dataclass(frozen=True, slots=True)
class StatusItem:
    """A message of Backstage about the state of an entity."""

    level: str
    """``error``, ``warning`` or ``info``."""
    message: str


@dataclass(frozen=True, slots=True)
class BackstageEntity:
    """One entity of an answer."""

    value: Mapping[str, Any]
    url: str
    """URL of the Backstage instance."""

    @property
    def names(self) -> tuple[str, str, str]:
        """Kind, namespace and name in lower case, as in the addresses of Backstage's pages."""
        metadata = self.value["metadata"]
        parts = (self.value.get("kind"), metadata.get("namespace") or "default", metadata.get("name"))
        kind, namespace, name = (quote(text_of(part, 100).lower(), safe="") or "unnamed" for part in parts)
        return kind, namespace, name

    @property
    def ref(self) -> EntityRef | None:
        """The canonical reference; None for invalid names."""
        metadata = self.value["metadata"]
        parts = {"kind": self.value.get("kind"), "namespace": metadata.get("namespace") or "default", "name": metadata.get("name")}
        try:
            return parse_ref(parts).canonical()
        except RefError:
            return None

    @property
    def annotations(self) -> Mapping[str, Any]:
        """The annotations; empty if they are no mapping."""
        annotations = self.value["metadata"].get("annotations")
        return annotations if isinstance(annotations, dict) else {}

    @property
    def is_generated_location(self) -> bool:
        """True for a Location that no author wrote."""
        name = text_of(self.value["metadata"].get("name"))
        return text_of(self.value.get("kind")).lower() == "location" and name.startswith(GENERATED)

    @property
    def is_orphan(self) -> bool:
        """True if no registered Location leads to the entity's file any more."""
        return self.annotations.get(ORPHAN) in {"true", True}

    @property
    def file(self) -> FileUrl:
        """The file that Backstage has read; where that is unknown, the entity's page in Backstage."""
        kind, _, url = text_of(self.annotations.get(LOCATION)).partition(":")
        return (parse_file_url(url) if kind == "url" else None) or self._page()

    def _page(self) -> FileUrl:
        kind, namespace, name = self.names
        return FileUrl(self.url, self.url.partition("://")[2], f"catalog/{namespace}/{kind}/{name}", f"{self.url}/{{path}}")

    @property
    def view_url(self) -> str:
        """Address of the file on the web, as Backstage has it; empty if unknown."""
        return _web(self.annotations.get("backstage.io/view-url"))

    @property
    def edit_url(self) -> str:
        """Address for editing the file; empty if unknown."""
        return _web(self.annotations.get("backstage.io/edit-url"))

    @property
    def relations(self) -> tuple[tuple[str, str], ...]:
        """Type and target of each relation, sorted."""
        items = self.value.get("relations")
        relations = {_relation(item) for item in items[:MOST_RELATIONS]} if isinstance(items, list) else set()
        return tuple(sorted(relation for relation in relations if all(relation)))

    @property
    def status(self) -> tuple[StatusItem, ...]:
        """Messages about the state of the entity: errors of its file that Backstage met after it had read an earlier version."""
        status = self.value.get("status")
        items = status.get("items") if isinstance(status, dict) else None
        found = (item for item in items[:100] if isinstance(item, dict)) if isinstance(items, list) else ()
        return tuple(StatusItem(text_of(item.get("level"), 20), text_of(item.get("message"), LONGEST_MESSAGE)) for item in found)

    def record(self, known: Collection[str]) -> CatalogRecord:
        """The entity for reading. ``known``: targets of relations that Backstage has and that are not read."""
        reported = tuple((name, text_of(self.annotations.get(name))) for name in (LOCATION, ORIGIN) if text_of(self.annotations.get(name)))
        own = {target for _, target in self.relations}
        return CatalogRecord(
            CATALOG, self._document().encode("utf-8", "replace"), reported, self.relations, tuple(sorted(own & set(known)))
        )

    def _document(self) -> str:
        """The YAML of the entity without the fields that Backstage adds."""
        annotations = {key: value for key, value in self.annotations.items() if key not in OUTPUT_ANNOTATIONS}
        metadata = {key: value for key, value in self.value["metadata"].items() if key not in OUTPUT_METADATA | {"annotations"}}
        metadata |= {"annotations": annotations} if annotations else {}
        order = [key for key in ("apiVersion", "kind", "metadata") if key in self.value]
        rest = [key for key in self.value if key not in OUTPUT and key not in order]
        return yaml_text({key: metadata if key == "metadata" else self.value[key] for key in (*order, *rest)})


def _relation(item: Any) -> tuple[str, str]:
    """Type and target; empty strings for what is invalid."""
    if not isinstance(item, dict):
        return "", ""
    try:
        target = parse_ref(text_of(item.get("targetRef"), 500), default_kind="", default_namespace="")
    except RefError:
        return "", ""
    return text_of(item.get("type"), 100), str(target.canonical())


def _web(value: Any) -> str:
    url = text_of(value)
    return url if url.startswith(("https://", "http://")) else ""
