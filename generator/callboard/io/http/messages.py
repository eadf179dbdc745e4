"""What is asked of a host, and what it responds: values without a network, which is imported when the first request is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from callboard.model.data_classes import dataclass


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to send."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = b""
    limit: int = 0
    """Bytes of the decompressed body of the response; 0 for the client's limit."""
    immutable: bool = False
    """True if the content of the URL can never change, such as a file at a commit."""
    changes: bool = False
    """True if it changes something on the host, so that it is repeated only where the host refused it because of a rate limit."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response of any status."""

    status: int
    headers: Mapping[str, str]
    body: bytes
