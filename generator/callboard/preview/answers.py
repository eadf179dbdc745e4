"""What the preview answers to an address, and what open pages are told after a change. No sockets here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Note:
    """One problem, in plain texts: whoever shows it makes no markup of them."""

    severity: str
    """``error``, ``warning`` or ``info``."""
    code: str
    place: str
    """File, line and column, as editors open it: ``repos/shop/catalog-info.yaml:7:3``; empty where there is none."""
    message: str
    hint: str
    page: str
    """The page about the code, below the site's root."""


@dataclass(frozen=True, slots=True)
class PageState:
    """What an open page goes by."""

    version: str
    """Another text means another site: load again."""
    error: str = ""
    """Why the last change could not be shown, or empty."""
    notes: tuple[Note, ...] = ()
    """Problems of the last change."""
    more: int = 0
    """Further ones."""


ReadSiteFile = Callable[[str], bytes | None]
"""Gives a file of the site by its path below the site's root."""
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
class PageAnswer:
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


def answer(read: ReadSiteFile, base: str, target: str) -> PageAnswer:
    """The answer to a request's target, such as ``/portal/catalog/?kind=api``.

    ``read`` gives a file of the site by its path below the site's root, or None; it is asked for plain relative paths alone.
    """
    path = unquote(target.partition("?")[0].partition("#")[0])
    if not path.startswith(base):
        return (
            PageAnswer(302, location=base)
            if path == "/" or f"{path}/" == base
            else PageAnswer(404, body=b"Not found: the site is at " + base.encode())
        )
    relative = path[len(base) :]
    if not _is_plain(relative):
        return _not_found(read, base)
    file = f"{relative}index.html" if not relative or relative.endswith("/") else relative
    body = read(file)
    if body is not None:
        return _file(file, body, base)
    if file == relative and read(f"{relative}/index.html") is not None:
        return PageAnswer(301, location=quote(f"{base}{relative}/"))
    return _not_found(read, base)


def broken(text: str, base: str) -> PageAnswer:
    """What is shown in place of a page that cannot be made; it loads again when that is mended."""
    head = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Could not render this page</title></head>'
    body = f"{head}<body><pre>{escape(text)}</pre></body></html>"
    return PageAnswer(500, "text/html; charset=utf-8", _with_script(body.encode("utf-8", "replace"), base))


def folder(site: Path) -> ReadSiteFile:
    """Reads the files of a folder; follows no link out of it."""

    def read(path: str) -> bytes | None:
        place = (site / path).resolve()
        return place.read_bytes() if place.is_relative_to(site.resolve()) and place.is_file() else None

    return read


def _is_plain(relative: str) -> bool:
    """It names something in the site: it leads to no other folder, and is not hidden."""
    parts = relative.removesuffix("/").split("/") if relative else []
    return not any(part in {"", ".."} or part.startswith(".") or "\0" in part or "\\" in part for part in parts)


def _file(path: str, body: bytes, base: str, status: int = 200) -> PageAnswer:
    # Backstage's client asks for entities without an extension; a name may have dots.
    by_name = path.startswith("api/catalog/entities/by-name/")
    kind = "application/json" if by_name else _TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")
    return PageAnswer(status, kind, _with_script(body, base) if kind.startswith("text/html") else body)


def _not_found(read: ReadSiteFile, base: str) -> PageAnswer:
    body = read("404.html")
    return _file("404.html", body, base, 404) if body is not None else PageAnswer(404, body=b"Not found")


def _with_script(body: bytes, base: str) -> bytes:
    """Only what is sent has the script; the files on disk stay what will be published."""
    head, end, tail = body.rpartition(b"</body>")
    script = _SCRIPT.format(base=quote(base)).encode()
    return head + script + end + tail if end else body + script
