"""The services of an inventory → components, as generated descriptors in a tree in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from callboard.plugins.sources import (
    Client,
    Collected,
    DescriptorFile,
    MemoryFile,
    MemoryTree,
    Source,
    SourceContext,
    SourceSettings,
    SourceTraffic,
    bearer,
    client_for,
    descriptor_text,
    json_resource,
)

SERVICES = "/api/services"


class InventorySource(Source):
    """Components from a service inventory."""

    api_version = 1
    schema: ClassVar[Mapping[str, Any]] = json_resource(__name__, "options.json")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._settings = settings
        self._context = context
        self._url = str(settings.options["url"]).rstrip("/")

    def collect(self) -> Collected:
        """One tree with a file for each service. Raises ``HttpError`` if the inventory does not respond."""
        token = str(self._settings.options.get("token", ""))
        client = client_for(self._context, self._url, bearer(token))
        tree = MemoryTree.of(self._url, self._url.partition("://")[2], self._files(client))
        files = tuple(DescriptorFile(self._settings.name, tree, path) for path in tree.files)
        return Collected((tree,), files, traffic=(SourceTraffic(self._settings.name, client.traffic),))

    def _files(self, client: Client) -> Iterator[MemoryFile]:
        for page in client.pages(SERVICES):
            for service in page.array():
                if not isinstance(service, dict) or not isinstance(service.get("name"), str):
                    raise page.invalid("a service with a name", service)
                yield self._file(service)

    def _file(self, service: Mapping[str, Any]) -> MemoryFile:
        name = service["name"]
        metadata = {"description": service.get("description", "")}
        spec = {
            "type": service.get("kind", "service"),
            "lifecycle": service.get("stage") or self._settings.options.get("lifecycle", "production"),
            "owner": service.get("team", "unknown"),
        }
        page = f"{self._url}/services/{name}"
        return MemoryFile(f"{name}.yaml", descriptor_text("Component", name, metadata, spec), url=page)
