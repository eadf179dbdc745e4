"""Feature flags for Callboard: a connector with a family, a schema and a panel of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Sequence
from importlib.resources import files
from typing import Any
from typing import ClassVar

from callboard.model.facts.values import Declared
from callboard.plugins.integrations.base import DeclaredFamily
from callboard.plugins.integrations.base import FactBatch
from callboard.plugins.integrations.collector import FactCollector
from callboard.plugins.integrations.base import IntegrationContext
from callboard.plugins.integrations.base import IntegrationSettings
from callboard.plugins.integrations.base import Target
from callboard.io.http.auth import bearer
from callboard.plugins.integrations.base import by_annotation
from callboard.plugins.integrations import client_for

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

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """All flags by one listing, whatever the number of entities. Raises ``HttpError`` where the server does not answer."""
        options, found = self._settings.options, FactCollector(self._settings.name)
        known = by_annotation(subjects, ANNOTATION)
        for those in known.values():
            found.measured(those, "feature-flag")
        client = client_for(self._context, options["url"], bearer(options.get("token", "")))
        for page in client.pages("/api/flags"):
            for flag in page.array():
                those = known.get(flag["project"], ())
                found.add(
                    those,
                    "feature-flag",
                    flag["name"],
                    lambda flag=flag: Declared({"name": flag["name"], "on": flag["on"], "percent": flag.get("percent", 100)}),
                    url=f"{options['url']}/flags/{flag['name']}",
                )
        found.asking(client.traffic)
        return found.done()
