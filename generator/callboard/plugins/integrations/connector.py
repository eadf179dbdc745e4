"""The base class of connectors to one host: its options, HTTP clients whose requests are counted, what was collected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from callboard.io.http.auth import Credential
from callboard.io.http.client import Client, client_for
from callboard.plugins.integrations.base import DeclaredFamily, IntegrationContext, IntegrationSettings
from callboard.plugins.integrations.collector import FactCollector


class Connector:
    """The beginning of a connector."""

    declares: ClassVar[tuple[DeclaredFamily, ...]] = ()
    home: ClassVar[str] = ""
    """The base of the API where the option ``url`` does not name another."""

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None:
        self._options: Mapping[str, Any] = settings.options
        self._context = context
        self._now = context.now
        self._found = FactCollector(settings.name)

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
