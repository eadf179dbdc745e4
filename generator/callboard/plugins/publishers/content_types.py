"""Paths of a site → content types, cache headers, and the order in which files are published."""

from __future__ import annotations

import re
from collections.abc import Mapping

from callboard.io.site_folder.manifest import SiteFile

_TEXT = "text/plain; charset=utf-8"
_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "map": "application/json",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "ico": "image/x-icon",
    "xml": "application/xml",
    "atom": "application/atom+xml",
    "wasm": "application/wasm",
    "pdf": "application/pdf",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "zip": "application/zip",
}
_TEXTS = frozenset({"txt", "md", "yaml", "yml", "proto", "graphql", "toml", "csv"})
_BY_NAME = re.compile(r"(^|/)api/catalog/entities/by-name/")
_NAMED_BY_CONTENT = re.compile(r"(^|/)assets/(stylesheets|javascripts)/(\S+/)?[\w-]+\.[0-9a-f]{8}\.min\.(css|js)")
"""The theme's own files."""
YEAR = 31_536_000
"""Seconds."""


def content_type(path: str) -> str:
    """The content type of a file of the site; ``application/octet-stream`` for unknown ones, which browsers then do not render."""
    if _BY_NAME.search(path):  # names of entities may contain a full stop
        return "application/json"
    extension = path.rpartition("/")[2].rpartition(".")[2].lower()
    return _TEXT if extension in _TEXTS else _TYPES.get(extension, "application/octet-stream")


def cache_control(path: str, *, is_public: bool) -> str:
    """The Cache-Control header: a year for files whose name changes with their content; all others are revalidated.

    Shared caches must not store an internal portal (``private``).
    """
    scope = "public" if is_public else "private"
    return f"{scope}, max-age={YEAR}, immutable" if _NAMED_BY_CONTENT.search(path) else f"{scope}, no-cache"


def is_page(path: str) -> bool:
    """True for pages, which are published last, so that everything they refer to is there before them."""
    return path.endswith(".html")


def in_publishing_order(files: Mapping[str, SiteFile]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The paths of all other files, then those of the pages, each sorted."""
    return tuple(sorted(p for p in files if not is_page(p))), tuple(sorted(p for p in files if is_page(p)))
