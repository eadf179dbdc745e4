"""Redirects: followed on the same host only, and only for questions that may be put again as they are."""

from __future__ import annotations

from generator.outside.http.addressing import joined, shown
from generator.outside.http.errors import HttpError
from generator.outside.http.exchange import Received, Request

STATUSES = frozenset({301, 302, 303, 307, 308})
KEEP_METHOD = frozenset({307, 308})


def is_redirect(got: Received) -> bool:
    """Whether the answer names another address."""
    return got.status in STATUSES


def target(base_url: str, request: Request, got: Received) -> str:
    """The address on the same host that a redirect names. Raises ``HttpError`` for any other."""
    link = got.headers.get("location", "")
    if not link:
        raise HttpError("status", f"{shown(request.url)} redirects to nowhere (status {got.status})", status=got.status)
    url = joined(base_url, request.url, link, "a redirect")
    if request.method != "GET" and got.status not in KEEP_METHOD:
        raise HttpError("status", f"{shown(request.url)} redirects a question to {shown(url)} (status {got.status})", status=got.status)
    return url
