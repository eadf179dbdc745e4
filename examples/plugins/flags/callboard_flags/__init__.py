"""Feature flags for Callboard: a connector, and the family of facts that it fills."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.resources import files
from typing import Any, ClassVar

from callboard.plugins.families import FactError, FactValue, Family, PackageTemplate
from callboard.plugins.integrations import (
    FactBatch,
    FactCollector,
    IntegrationContext,
    IntegrationSettings,
    Target,
    bearer,
    by_annotation,
    client_for,
    decode_value,
)

ANNOTATION = "flags.example.com/project"


@dataclass(frozen=True, slots=True)
class Flag(FactValue):
    """A feature flag."""

    name: str
    on: bool
    percent: float = 100.0
    """Share of users for whom it is on."""

    def __post_init__(self) -> None:
        FactValue.__post_init__(self)
        if not 0 <= self.percent <= 100:  # noqa: PLR2004 - percent
            raise FactError(f"percent is {self.percent}, not 0 to 100")

    def sort_key(self, observed_at: datetime | None) -> tuple[bool, str]:  # noqa: ARG002
        """Flags that are on first, then by name."""
        return not self.on, self.name


FAMILY = Family(
    name="feature-flag",
    title="Feature flags",
    description="Feature flags of components.",
    value_type=Flag,
    panel=PackageTemplate("callboard_flags", "panel.html"),
)


class FlagsIntegration:
    """Feature flags of a flag server."""

    schema: ClassVar[Mapping[str, Any]] = json.loads(files("callboard_flags").joinpath("options.json").read_text(encoding="utf-8"))
    title: ClassVar[str] = "Flags"
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
                value = {name: flag[name] for name in ("name", "on", "percent") if name in flag}
                collector.add_fact(
                    by_project.get(flag["project"], ()),
                    "feature-flag",
                    flag["name"],
                    partial(decode_value, "feature-flag", value, self._context.now),
                    url=f"{options['url']}/flags/{flag['name']}",
                )
        collector.add_traffic(client.traffic)
        return collector.batch()
