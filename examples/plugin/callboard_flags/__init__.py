"""Feature flags for Callboard: a connector with its own family, schema and panel."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, ClassVar

from callboard.plugins.integrations import (
    Declared,
    DeclaredFamily,
    FactBatch,
    FactCollector,
    IntegrationContext,
    IntegrationSettings,
    Target,
    bearer,
    by_annotation,
    client_for,
)

ANNOTATION = "flags.example.com/project"
HERE = files(__name__)


class FlagsIntegration:
    """Feature flags of a flag server."""

    schema: ClassVar[Mapping[str, Any]] = json.loads(HERE.joinpath("options.json").read_text(encoding="utf-8"))
    title: ClassVar[str] = "Flags"
    declares: ClassVar[tuple[DeclaredFamily, ...]] = (
        DeclaredFamily(
            name="feature-flag",
            title="Feature flags",
            icon="integration",
            schema=json.loads(HERE.joinpath("flag.json").read_text(encoding="utf-8")),
            panel=HERE.joinpath("panel.html").read_text(encoding="utf-8"),
        ),
    )
    families: tuple[str, ...] = ("feature-flag",)
    annotations: tuple[str, ...] = (ANNOTATION,)

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None:
        self._settings = settings
        self._context = context

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Flags by one listing, whatever the number of entities. Raises ``HttpError`` if the server does not respond."""
        options, collector = self._settings.options, FactCollector(self._settings.name)
        by_project = by_annotation(targets, ANNOTATION)
        for group in by_project.values():
            collector.add_measurements(group, "feature-flag")
        client = client_for(self._context, options["url"], bearer(options.get("token", "")))
        for page in client.pages("/api/flags"):
            for flag in page.array():
                collector.add_fact(
                    by_project.get(flag["project"], ()),
                    "feature-flag",
                    flag["name"],
                    lambda flag=flag: Declared({"name": flag["name"], "on": flag["on"], "percent": flag.get("percent", 100)}),
                    url=f"{options['url']}/flags/{flag['name']}",
                )
        collector.add_traffic(client.traffic)
        return collector.batch()
