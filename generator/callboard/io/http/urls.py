"""URLs of one origin, and redirects that stay on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from callboard.io.http.errors import HttpError

PORTS = {"http": 80, "https": 443}
LONGEST = 8_000
Params = Mapping[str, str | int | Sequence[str]]
"""Names to values of the query; a sequence repeats the name."""


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port. Raises ``HttpError``."""
    parts = _split(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or PORTS[parts.scheme]


def address(base: str, path: str, params: Params | None = None) -> str:
    """A path below the base, its query in a fixed order; the path is quoted already."""
    query = urlencode(sorted((params or {}).items()), doseq=True)
    return base.rstrip("/") + ("/" + path.lstrip("/") if path else "") + (f"?{query}" if query else "")


def joined(base: str, url: str, link: str, why: str) -> str:
    """The absolute URL that ``link`` means on the page at ``url``. Raises ``HttpError`` where it leads away from the origin of ``base``."""
    try:
        target = urljoin(url, link.strip())
        same = origin(target) == origin(base)
    except (ValueError, HttpError):
        raise HttpError("other-host", f"{shown(url)} sends us to something that is no address of a page ({why})") from None
    if not same:
        raise HttpError("other-host", f"{shown(url)} sends us to another host, {shown(target)}, with {why}; nothing was sent there")
    return target.partition("#")[0]


def shown(url: str) -> str:
    """A URL for people: no user, no password, no query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise HttpError("bad-url", "a URL cannot be read") from None
    fine = parts.scheme in PORTS and parts.hostname and "@" not in parts.netloc and len(url) <= LONGEST
    if not fine or any(c.isspace() or not c.isprintable() or not c.isascii() for c in url):
        raise HttpError("bad-url", f"{shown(url)} is no URL that we can ask: it begins with https:// or http:// and names no user")
    return parts
