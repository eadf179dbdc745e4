"""What one client may spend."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a client; whatever exceeds one is an ``HttpError``."""

    connect_seconds: float = 10.0
    silence_seconds: float = 30.0
    """Between two pieces of an answer."""
    request_seconds: float = 120.0
    """For one try of one request, from the first byte sent to the last byte received."""
    tries: int = 4
    """How often a request is sent before we give up."""
    trying_seconds: float = 300.0
    """For all tries of one request; waiting that the host asked for does not count."""
    waiting_seconds: float = 900.0
    """That the host may make this client wait in all (``Retry-After``, used up allowances)."""
    body_bytes: int = 20_000_000
    """Of one answer, unpacked."""
    pages: int = 1_000
    """Of one listing."""
    requests: int = 100_000
    """That this client sends in all, tries included."""
    redirects: int = 5
    at_once: int = 8
    """Requests on the way at the same time."""
    per_second: float = 0.0
    """Requests a second; 0 leaves the pace to the host's own headers."""
    failures_in_a_row: int = 5
    """Requests that came to nothing one after another, after which the host is no longer asked."""
