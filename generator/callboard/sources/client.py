"""The HTTP client of a source."""

from __future__ import annotations

from collections.abc import Mapping

from callboard.io.http.auth import Credential
from callboard.io.http.client import Client
from callboard.plugins.sources import SourceContext


def client_for(context: SourceContext, base_url: str, credential: Credential, headers: Mapping[str, str] | None = None) -> Client:
    """A client for one host, with the portal's cache, bounds, environment and redaction. Raises ``HttpError``."""
    redactor = context.redactor.with_also(credential.secrets)
    client = Client(
        base_url, credential, limits=context.http, redact=redactor.redact, cache=context.cache / "http",
        environ=context.environ, clock=context.clock, headers=headers,
    )  # fmt: skip
    client.prune()
    return client
