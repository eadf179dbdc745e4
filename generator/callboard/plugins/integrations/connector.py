"""Base class of built-in connectors: settings and a context in; options, HTTP clients and a ``FactCollector`` for the subclass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from callboard.io.http.auth import Credential
from callboard.io.http.client import Client, client_for
from callboard.plugins.integrations.base import IntegrationContext, IntegrationSettings
from callboard.plugins.integrations.collector import FactCollector


class Connector:
    """Base class of connectors; a subclass adds ``schema``, ``title``, ``families``, ``annotations`` and ``collect``."""

    default_url: ClassVar[str] = ""
    """Base URL of the API, unless the option ``url`` names another one."""

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None:
        self._options: Mapping[str, Any] = settings.options
        self._context = context
        self._now = context.now
        self._collector = FactCollector(settings.name)

    def input_digest(self) -> str:
        """Digest of all that ``collect`` reads besides options and targets; empty if it queries a service."""
        return ""

    def depends_on_time(self) -> bool:
        """Whether the same input may give other facts at another time. Raises ``OSError``."""
        return True

    @property
    def _base_url(self) -> str:
        return str(self._options.get("url") or self.default_url).rstrip("/")

    @property
    def _kinds(self) -> frozenset[str]:
        """Kinds of entities, in lower case, that the option ``kinds`` selects; components by default."""
        return frozenset(str(kind).lower() for kind in self._options.get("kinds", ("component",)))

    def _option(self, name: str, default: str = "") -> str:
        return str(self._options.get(name, default))

    def _integer_option(self, name: str, default: int) -> int:
        return int(self._options.get(name, default))

    def _client(
        self, credential: Credential, headers: Mapping[str, str] | None = None, *, per_second: float = 0.0, base_url: str = ""
    ) -> Client:
        """A client for one host whose requests are counted. Raises ``HttpError``."""
        client = client_for(self._context, base_url or self._base_url, credential, headers, per_second=per_second)
        self._collector.add_traffic(client.traffic)
        return client
