"""Feature flags for Callboard: a connector, and the family of facts that it fills."""

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

ANNOTATION = "flags.example.com/project"
FIELDS = ("name", "on", "percent")


class FlagsIntegration(Integration):
    """Feature flags of a flag server."""

    api_version = 1
    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard_flags", "options.json")
    title: ClassVar[str] = "Flags"
    families = ("feature-flag",)
    annotations = (ANNOTATION,)

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None:
        self._settings = settings
        self._context = context

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Flags by one listing, whatever the number of entities."""
        options, collector = self._settings.options, FactCollector(self._settings.name)
        by_project = by_annotation(targets, ANNOTATION)
        for group in by_project.values():
            collector.add_measurements(group, "feature-flag")
        client = client_for(self._context, options["url"], bearer(options.get("token", "")))
        for page in client.pages("/api/flags"):
            for flag in page.array():
                value = {name: flag[name] for name in FIELDS if name in flag}
                collector.add_fact(
                    by_project.get(flag["project"], ()),
                    "feature-flag",
                    flag["name"],
                    partial(decode_value, "feature-flag", value, self._context.now),
                    url=f"{options['url']}/flags/{flag['name']}",
                )
        collector.add_traffic(client.traffic)
        return collector.batch()
