"""What an object store is told about a file: its type, and how long readers may keep it."""

from __future__ import annotations

import re

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
_NAMED_BY_CONTENT = re.compile(
    r"""
    (^|/)assets/(stylesheets|javascripts)/(\S+/)?[\w-]+\.[0-9a-f]{8}\.min\.(css|js)  # the theme's own files
    | (^|/)pagefind/(fragment|index)/[\w-]+_[0-9a-f]{7,}\.pf_(fragment|index)        # pieces of the search
    | (^|/)pagefind/pagefind\.[\w-]+_[0-9a-f]{7,}\.pf_meta
    """,
    re.VERBOSE,
)
YEAR = 31_536_000


def content_type(path: str) -> str:
    """The type of a file of the site; ``application/octet-stream`` for what browsers should not look into."""
    if _BY_NAME.search(path):  # names of entities may have a full stop in them
        return "application/json"
    extension = path.rpartition("/")[2].rpartition(".")[2].lower()
    return _TEXT if extension in _TEXTS else _TYPES.get(extension, "application/octet-stream")


def cache_control(path: str, *, is_public: bool) -> str:
    """Files whose name changes with their content are kept for a year; everything else is asked for anew, and mostly not sent again.

    A portal for colleagues is not to be kept by caches on the way.
    """
    who = "public" if is_public else "private"
    return f"{who}, max-age={YEAR}, immutable" if _NAMED_BY_CONTENT.search(path) else f"{who}, no-cache"
