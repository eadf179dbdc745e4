"""A request's path and the files of a site → an HTTP response; and the state that open pages receive as events. No sockets."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from callboard.model.data_classes import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """A problem of a change, as plain text: untrusted, never to be inserted as markup."""

    severity: str
    """``error``, ``warning`` or ``info``."""
    code: str
    place: str
    """File, line and column in the form that editors open, such as ``repos/shop/catalog-info.yaml:7:3``; empty if there is none."""
    message: str
    hint: str
    page: str
    """Path of the page that explains the code, relative to the site's root."""


@dataclass(frozen=True, slots=True)
class PageState:
    """The state that open pages receive as an event."""

    version: str
    """Changes with each version of the site; a page with an older version reloads."""
    error: str = ""
    """Why the last change could not be rendered; empty if it could."""
    notes: tuple[Note, ...] = ()
    """The first problems of the last change."""
    more: int = 0
    """Number of further problems of the last change."""


ReadSiteFile = Callable[[str], bytes | None]
"""Path of a file relative to the site's root → its bytes; None if there is no such file."""
RESERVED = "__callboard/"
"""Path prefix, relative to the site's root, of the preview's scripts and events. No file of a site has this prefix."""
HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
_TEXT = "text/plain; charset=utf-8"
_SCRIPTS = "text/javascript; charset=utf-8"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": _SCRIPTS,
    ".mjs": _SCRIPTS,
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".xml": "application/xml",
    ".txt": _TEXT,
    ".md": _TEXT,
    ".yaml": _TEXT,
    ".yml": _TEXT,
    ".proto": _TEXT,
    ".graphql": _TEXT,
    ".wasm": "application/wasm",
    ".pdf": "application/pdf",
    ".woff2": "font/woff2",
}
_SCRIPT = '<script src="{base}__callboard/reload.js" defer></script>'


@dataclass(frozen=True, slots=True)
class PageResponse:
    """An HTTP response."""

    status: int
    content_type: str = "text/plain; charset=utf-8"
    body: bytes = b""
    location: str = ""
    """Target of a redirect; empty for other responses."""


def host_allowed(header: str | None, listens_on: str = "127.0.0.1") -> bool:
    """True if a ``Host`` header names this machine.

    Other names are rejected, so that a page of a host name that resolves to this machine cannot read the site (DNS rebinding). A server
    that listens on further addresses is reached by its name, or by any address: an address cannot be made to mean another machine.
    """
    if not header:
        return False
    host = header.strip().lower()
    name, colon, port = host.rpartition(":")
    named = name if colon and port.isdigit() else host
    return named in HOSTS or (not is_loopback(listens_on) and (named == listens_on.lower() or _is_address(named)))


def accepted_hosts(listens_on: str) -> str:
    """The hosts that ``host_allowed`` accepts, in words."""
    if is_loopback(listens_on):
        return "localhost and 127.0.0.1"
    name = "" if _is_address(listens_on) or ":" in listens_on else f", {listens_on}"
    return f"localhost{name} and IP addresses"


def is_loopback(host: str) -> bool:
    """True for addresses and names that only this machine reaches."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_address(host: str) -> bool:
    """True for an IP address, of version 6 in brackets."""
    try:
        ip_address(host[1:-1] if host.startswith("[") and host.endswith("]") else host)
    except ValueError:
        return False
    return True


def base_of(url: str) -> str:
    """The path under which the site is served: that of the portal's URL, with a final ``/``."""
    return f"{urlsplit(url).path.rstrip('/')}/"


def respond(read: ReadSiteFile, base: str, target: str) -> PageResponse:
    """The response to a request's target, such as ``/portal/catalog/?kind=api``.

    Args:
        read: called only with plain relative paths: no empty, hidden or parent folders.
        base: path under which the site is served, with a final ``/``.
        target: path and query of the request, percent-encoded.
    """
    path = unquote(target.partition("?")[0].partition("#")[0])
    if not path.startswith(base):
        return (
            PageResponse(302, location=base)
            if path == "/" or f"{path}/" == base
            else PageResponse(404, body=b"Not found: the site is at " + base.encode())
        )
    relative = path[len(base) :]
    if not _is_plain(relative):
        return _not_found(read, base)
    file = f"{relative}index.html" if not relative or relative.endswith("/") else relative
    body = read(file)
    if body is not None:
        return _file(file, body, base)
    if file == relative and read(f"{relative}/index.html") is not None:
        return PageResponse(301, location=quote(f"{base}{relative}/"))
    return _not_found(read, base)


def error_page(message: str, base: str) -> PageResponse:
    """The response for a page that could not be rendered: the message as text. The page reloads with the next version of the site."""
    head = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Could not render this page</title></head>'
    body = f"{head}<body><pre>{escape(message)}</pre></body></html>"
    return PageResponse(500, "text/html; charset=utf-8", _with_script(body.encode("utf-8", "replace"), base))


def folder(site: Path) -> ReadSiteFile:
    """A function that reads files of the folder ``site``; it does not follow links out of it."""

    def read(path: str) -> bytes | None:
        file = (site / path).resolve()
        return file.read_bytes() if file.is_relative_to(site.resolve()) and file.is_file() else None

    return read


def _is_plain(relative: str) -> bool:
    """True if the path stays below the site's root and has no hidden part."""
    parts = relative.removesuffix("/").split("/") if relative else []
    return not any(part in {"", ".."} or part.startswith(".") or "\0" in part or "\\" in part for part in parts)


def _file(path: str, body: bytes, base: str, status: int = 200) -> PageResponse:
    # Backstage's client requests entities without a file extension, and an entity's name may contain dots.
    by_name = path.startswith("api/catalog/entities/by-name/")
    content_type = "application/json" if by_name else _TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")
    return PageResponse(status, content_type, _with_script(body, base) if content_type.startswith("text/html") else body)


def _not_found(read: ReadSiteFile, base: str) -> PageResponse:
    body = read("404.html")
    return _file("404.html", body, base, 404) if body is not None else PageResponse(404, body=b"Not found")


def _with_script(body: bytes, base: str) -> bytes:
    """The page with the preview's script. It is added to responses only: the files on disk are those that are published."""
    head, end, tail = body.rpartition(b"</body>")
    script = _SCRIPT.format(base=quote(base)).encode()
    return head + script + end + tail if end else body + script
