"""The integration ``carbon``: the emissions of all services of a month, in pages of one listing → facts of the family ``carbon``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from callboard.plugins.integrations import (
    FactBatch,
    FactCollector,
    Integration,
    IntegrationContext,
    IntegrationSettings,
    Target,
    bearer,
    by_annotation,
    client_for,
    decode_value,
    json_resource,
)

ANNOTATION = "carbon.example.com/service"
FIELDS = ("name", "month", "emitted", "budget", "unit")


class CarbonIntegration(Integration):
    """Carbon emissions and budgets of an emissions server."""

    api_version = 1
    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard_carbon", "options.json")
    title: ClassVar[str] = "Emissions"
    families = ("carbon",)
    annotations = (ANNOTATION,)

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None:
        self._settings = settings
        self._context = context

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Emissions by one listing, whatever the number of entities. Raises ``HttpError`` if the server does not respond."""
        options, collector = self._settings.options, FactCollector(self._settings.name)
        by_service = by_annotation(targets, ANNOTATION)
        for group in by_service.values():
            collector.add_measurements(group, "carbon")
        client = client_for(self._context, options["url"], bearer(options.get("token", "")))
        for page in client.pages("/api/emissions"):
            for item in page.array():
                service = str(item["name"])
                collector.add_fact(
                    by_service.get(service, ()),
                    "carbon",
                    f"{service}/{item['month']}",
                    partial(decode_value, "carbon", {name: item[name] for name in FIELDS if name in item}, self._context.now),
                    url=f"{options['url']}/services/{service}",
                )
        collector.add_traffic(client.traffic)
        return collector.batch()
