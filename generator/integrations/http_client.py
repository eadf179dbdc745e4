"""The HTTP client of an integration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from generator.integrations.contract import IntegrationContext
from generator.outside.http import Client, Credential


def client_for(
    context: IntegrationContext,
    base_url: str,
    credential: Credential,
    headers: Mapping[str, str] | None = None,
    *,
    per_second: float = 0.0,
) -> Client:
    """A client for one host, with the portal's cache, bounds, environment and redaction.

    ``per_second`` bounds the pace where the host's manual says one. Raises ``HttpError``.
    """
    redactor = context.redactor.with_also(credential.secrets)
    client = Client(
        base_url, credential, limits=replace(context.http, per_second=per_second or context.http.per_second), redact=redactor.redact,
        cache=context.cache / "http", environ=context.environ, clock=context.clock, headers=headers,
    )  # fmt: skip
    client.prune()
    return client
