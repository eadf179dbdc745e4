"""The ``backstage`` source: the catalog API of a Backstage instance → its entities as descriptors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.sources import (
    Client,
    Collected,
    Cursor,
    DescriptorFile,
    MemoryFile,
    MemoryTree,
    SourceContext,
    SourceSettings,
    SourceTraffic,
    bearer,
    client_for,
    json_resource,
    yaml_text,
)
from callboard.sources.generated import text_of

PAGE = 500
PATH = "/api/catalog/entities/by-query"
OUTPUT = frozenset({"relations", "status"})
"""Root fields that Backstage fills in."""
OUTPUT_METADATA = frozenset({"uid", "etag", "generation"})
MANAGED = "backstage.io/managed-by-"
"""Annotations with the place where Backstage read the entity; the place here is another."""
LEFT_OUT = frozenset({"location"})
"""Kinds that are not read, since Backstage has the entities that they lead to."""


class BackstageSource:
    """The entities of a Backstage instance, from its catalog API."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/backstage.json")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._name = settings.name
        self._options = settings.options
        self._context = context
        self._url = str(settings.options["url"]).rstrip("/")

    def collect(self) -> Collected:
        """One tree with a file for each entity. Raises ``HttpError``."""
        client = client_for(self._context, self._url, bearer(str(self._options.get("token", ""))))
        tree = MemoryTree.of(self._url, self._url.partition("://")[2], self._files(client))
        files = tuple(DescriptorFile(self._name, tree, path, is_resolved=True) for path in tree.files)
        return Collected((tree,), files, traffic=(SourceTraffic(self._name, client.traffic),))

    def _files(self, client: Client) -> Iterator[MemoryFile]:
        query = {"limit": PAGE, **({"filter": self._options["filter"]} if "filter" in self._options else {})}
        for page in client.pages(PATH, query, by=Cursor(("pageInfo", "nextCursor"), "cursor", keeps=("limit",))):
            items = page.object().get("items")
            if not isinstance(items, list):
                raise page.invalid("a list of entities", items)
            for item in items:
                if not isinstance(item, dict) or not isinstance(item.get("metadata"), dict):
                    raise page.invalid("an entity", item)
                if text_of(item.get("kind")).lower() not in LEFT_OUT:
                    yield self._file(item)

    def _file(self, entity: Mapping[str, Any]) -> MemoryFile:
        metadata = entity["metadata"]
        names = (entity.get("kind"), metadata.get("namespace") or "default", metadata.get("name"))
        kind, namespace, name = (quote(text_of(part, 100).lower(), safe="") or "unnamed" for part in names)
        annotations = metadata.get("annotations")
        annotations = annotations if isinstance(annotations, dict) else {}
        url = f"{self._url}/catalog/{namespace}/{kind}/{name}"
        return MemoryFile(
            f"{kind}/{namespace}/{name}.yaml", yaml_text(_as_written(entity, annotations)),
            _web(annotations.get("backstage.io/view-url")) or url, _web(annotations.get("backstage.io/edit-url")),
        )  # fmt: skip


def _as_written(entity: Mapping[str, Any], annotations: Mapping[str, Any]) -> Mapping[str, Any]:
    """The entity without the fields that Backstage adds."""
    own_annotations = {key: value for key, value in annotations.items() if not key.startswith(MANAGED)}
    metadata = {key: value for key, value in entity["metadata"].items() if key not in OUTPUT_METADATA}
    metadata = (
        {**metadata, "annotations": own_annotations} if own_annotations else {k: v for k, v in metadata.items() if k != "annotations"}
    )
    order = [key for key in ("apiVersion", "kind", "metadata") if key in entity]
    rest = [key for key in entity if key not in OUTPUT and key not in order]
    return {key: metadata if key == "metadata" else entity[key] for key in (*order, *rest)}


def _web(value: Any) -> str:
    url = text_of(value)
    return url if url.startswith(("https://", "http://")) else ""
