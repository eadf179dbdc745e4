"""URLs of files on the web → repository and path, whether or not a source has the repository, at whatever revision."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlsplit

from callboard.plugins.sources import TreeError, normal_path, parse_remote
from callboard.sources.file_names import is_text

LONGEST = 2_000
"""Characters of a URL."""
_FILE = re.compile(
    r"(?P<repository>https?://[^/]+/.+?)/(?:-/)?(?P<view>blob|tree|raw|edit|src(?:/(?:branch|tag|commit))?)/(?P<ref>[^/]+)/(?P<path>.+)"
)
"""A file at GitHub, GitLab, Gitea or Bitbucket Cloud. A branch with slashes only lengthens the path."""
_SERVER_FILE = re.compile(r"(?P<repository>https?://[^/]+/(?:projects|users)/[^/]+/repos/[^/]+)/(?:browse|raw)/(?P<path>.+)")
"""A file at Bitbucket Server."""
_RAW_GITHUB = re.compile(r"https?://raw\.githubusercontent\.com/(?P<repository>[^/]+/[^/]+)/(?:refs/(?:heads|tags)/)?(?P<rest>.+)")


class FileUrl(NamedTuple):
    """The parts of a file's URL."""

    tree: str
    """Canonical URL of the repository."""
    repository: str
    """Its name for people."""
    path: str
    view: str
    """URL of a file of the repository, with ``{path}``."""


def parse_file_url(url: str) -> FileUrl | None:
    """The repository and path of the file at a URL; None for a URL that names no file. Never raises."""
    if len(url) > LONGEST or "\\" in url or not is_text(url):
        return None
    try:
        parts = urlsplit(url.strip())
        query = parse_qs(parts.query, max_num_fields=20)
        if parts.scheme not in {"https", "http"} or not parts.hostname:
            return None
        clean = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        file = _azure(clean, query) or _in_repository(clean, query) or _on_host(clean)
        return file and file._replace(path=normal_path(file.path))
    except (ValueError, TreeError):
        return None


def _azure(url: str, query: Mapping[str, list[str]]) -> FileUrl | None:
    path = query.get("path", [""])[0].strip("/")
    if "/_git/" not in url or not path:
        return None
    version = query.get("version", [""])[0]
    suffix = f"&version={quote(version, safe='/')}" if version else ""
    return _file(url, path, f"{url}?path=/{{path}}{suffix}")


def _in_repository(url: str, query: Mapping[str, list[str]]) -> FileUrl | None:
    raw = _RAW_GITHUB.fullmatch(url)
    if raw:
        url = f"https://github.com/{raw['repository']}/blob/{raw['rest']}"
    server = _SERVER_FILE.fullmatch(url)
    if server:
        at = query.get("at", [""])[0]
        suffix = f"?at={quote(at, safe='/')}" if at else ""
        return _file(server["repository"], unquote(server["path"]), f"{server['repository']}/browse/{{path}}{suffix}")
    match = _FILE.fullmatch(url)
    if match is None:
        return None
    view = re.sub(r"/(?:tree|raw|edit)/$", "/blob/", url[: match.start("ref")])
    return _file(match["repository"], unquote(match["path"]), f"{view}{match['ref']}/{{path}}")


def _on_host(url: str) -> FileUrl | None:
    """A file at any other URL: its host stands for the repository."""
    parts = urlsplit(url)
    path = unquote(parts.path).strip("/")
    root = f"{parts.scheme}://{parts.netloc.lower()}"
    return FileUrl(root, parts.netloc.lower(), path, f"{root}/{{path}}") if path else None


def _file(repository: str, path: str, view: str) -> FileUrl | None:
    remote = parse_remote(repository)
    return FileUrl(remote.url, remote.name, path, view) if remote and path else None
