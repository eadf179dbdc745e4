"""What the preview answers to an address: a file of the site, a redirect, or nothing. No sockets here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

RESERVED = "__callboard/"
"""Below the site's address: the preview's own script and its events. No file of a site has that name."""
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
    ".pagefind": "application/wasm",
    ".pdf": "application/pdf",
    ".woff2": "font/woff2",
}
_SCRIPT = '<script src="{base}__callboard/reload.js" defer></script>'


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of HTTP."""

    status: int
    content_type: str = "text/plain; charset=utf-8"
    body: bytes = b""
    location: str = ""


def host_allowed(header: str | None) -> bool:
    """Whether a ``Host`` header names this machine: a page of another host that resolves to us must get nothing (DNS rebinding)."""
    if not header:
        return False
    host = header.strip().lower()
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host) in HOSTS


def base_of(url: str) -> str:
    """The path under which the site is shown: that of the portal's address, with a final ``/``."""
    return f"{urlsplit(url).path.rstrip('/')}/"


def answer(site: Path, base: str, target: str) -> Answer:
    """The answer to a request's target, such as ``/portal/catalog/?kind=api``."""
    path = unquote(target.partition("?")[0].partition("#")[0])
    if not path.startswith(base):
        return (
            Answer(302, location=base)
            if path == "/" or f"{path}/" == base
            else Answer(404, body=b"Not found: the site is at " + base.encode())
        )
    relative = path[len(base) :]
    file = _inside(site, relative)
    if file is None:
        return _not_found(site, base)
    if file.is_dir():
        if relative and not relative.endswith("/"):
            return Answer(301, location=quote(f"{base}{relative}/"))
        file /= "index.html"
    if relative.endswith("/") and file.name != "index.html":
        return _not_found(site, base)
    return _file(file, relative, base) if file.is_file() else _not_found(site, base)


def _inside(site: Path, relative: str) -> Path | None:
    """The place of that name, if it lies in the site, follows no link out of it and is not hidden."""
    parts = PurePosixPath(relative).parts
    if "\0" in relative or "\\" in relative or relative.startswith("/") or any(part.startswith(".") for part in parts):
        return None
    place = (site / relative).resolve()
    return place if place.is_relative_to(site.resolve()) else None


def _file(file: Path, relative: str, base: str, status: int = 200) -> Answer:
    # Backstage's client asks for entities without an extension; a name may have dots.
    by_name = relative.startswith("api/catalog/entities/by-name/")
    kind = "application/json" if by_name else _TYPES.get(file.suffix.lower(), "application/octet-stream")
    body = file.read_bytes()
    return Answer(status, kind, _with_script(body, base) if kind.startswith("text/html") else body)


def _not_found(site: Path, base: str) -> Answer:
    page = site / "404.html"
    return _file(page, "404.html", base, 404) if page.is_file() else Answer(404, body=b"Not found")


def _with_script(body: bytes, base: str) -> bytes:
    """Only what is sent has the script; the files on disk stay what will be published."""
    head, end, tail = body.rpartition(b"</body>")
    script = _SCRIPT.format(base=quote(base)).encode()
    return head + script + end + tail if end else body + script
