"""What the connectors of one host have in common: their options, what they found, clients whose requests are counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from generator.integrations.contract import DeclaredFamily, IntegrationContext, IntegrationSettings
from generator.integrations.gathering import Gathering
from generator.integrations.http_client import client_for
from generator.outside.http import Client, Credential


class Vendor:
    """The beginning of a connector."""

    declares: ClassVar[tuple[DeclaredFamily, ...]] = ()
    home: ClassVar[str] = ""
    """The base of the API where the option ``url`` does not name another."""

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None:
        self._options: Mapping[str, Any] = settings.options
        self._context = context
        self._now = context.now
        self._found = Gathering(settings.name)

    @property
    def _base(self) -> str:
        return str(self._options.get("url") or self.home).rstrip("/")

    def _option(self, name: str, otherwise: str = "") -> str:
        return str(self._options.get(name, otherwise))

    def _number(self, name: str, otherwise: int) -> int:
        return int(self._options.get(name, otherwise))

    def _client(
        self, credential: Credential, headers: Mapping[str, str] | None = None, *, per_second: float = 0.0, base: str = ""
    ) -> Client:
        client = client_for(self._context, base or self._base, credential, headers, per_second=per_second)
        self._found.asking(client.traffic)
        return client
