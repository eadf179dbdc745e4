"""What the URL of a file tells about its repository, for people."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST_URL = 300
_INSIDE = re.compile(r"/(?:-/)?(?:blob|tree|raw|src|edit|browse|blame)/")
_AZURE = re.compile(r"(.*/_git/[^/]+)")
RAW_GITHUB = "raw.githubusercontent.com"


def clean_url(url: str) -> str:
    """The URL without a user and password, cut to a length that people read."""
    head, slashes, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    shown = f"{head}://{authority.rpartition('@')[2]}{slash}{path}" if slashes else url
    return shown if len(shown) <= LONGEST_URL else shown[: LONGEST_URL - 1] + "…"


def repository_of(url: str) -> str:
    """The address of the repository that a file's URL lies in, as well as one can tell from the URL."""
    try:
        parts = urlsplit(clean_url(url))
    except ValueError:
        return clean_url(url)
    host, path = parts.netloc, parts.path
    if host == RAW_GITHUB:
        host, path = "github.com", "/".join(path.split("/")[:3])
    azure = _AZURE.match(path)
    path = azure[1] if azure else _INSIDE.split(path, maxsplit=1)[0]
    return f"{parts.scheme}://{host}{path.rstrip('/')}"
