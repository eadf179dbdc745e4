"""Base URL, path and query → the URL to request; links and redirects → a URL of the same origin, or an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from callboard.io.http.errors import HttpError

PORTS = {"http": 80, "https": 443}
LONGEST = 8_000
Params = Mapping[str, str | int | Sequence[str]]
"""Query parameters; a sequence of values repeats the name."""


def url_origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port. Raises ``HttpError``."""
    parts = _split(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or PORTS[parts.scheme]


def address(base: str, path: str, params: Params | None = None) -> str:
    """The URL of a path below the base, with its query in a fixed order; ``path`` is percent-encoded already."""
    query = urlencode(sorted((params or {}).items()), doseq=True)
    return base.rstrip("/") + ("/" + path.lstrip("/") if path else "") + (f"?{query}" if query else "")


def joined(base: str, url: str, link: str, purpose: str) -> str:
    """The absolute URL of ``link`` in a response from ``url``. Raises ``HttpError`` where it leaves the origin of ``base``.

    ``purpose`` says in the message what the link is: ``the next page``.
    """
    try:
        target = urljoin(url, link.strip())
        is_same_origin = url_origin(target) == url_origin(base)
    except (ValueError, HttpError):
        raise HttpError("other-host", f"{shown(url)} gives an invalid URL for {purpose}") from None
    if not is_same_origin:
        raise HttpError("other-host", f"{shown(url)} gives {purpose} on another host, {shown(target)}; nothing was sent there")
    return target.partition("#")[0]


def shown(url: str) -> str:
    """A URL for messages: without user, password and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise HttpError("bad-url", "a URL is invalid") from None
    is_supported = parts.scheme in PORTS and parts.hostname and "@" not in parts.netloc and len(url) <= LONGEST
    if not is_supported or any(c.isspace() or not c.isprintable() or not c.isascii() for c in url):
        raise HttpError("bad-url", f"{shown(url)} cannot be requested: a URL must begin with https:// or http:// and must not name a user")
    return parts
