"""URLs and options of git repositories → addresses with their credentials apart."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from callboard.io.git.remote import SCP, Remote, host_software, parse_remote
from callboard.model.data_classes import dataclass

TOKEN_USERS = {"bitbucket": "x-token-auth", "gitlab": "oauth2"}
"""User names that go with a token, where the host requires a certain one; others accept any."""
ANY_USER = "x-access-token"


@dataclass(frozen=True, slots=True)
class GitAddress:
    """The URL of a repository, with its credentials apart."""

    clean: str
    """For git and for messages: without a password, and for HTTP without a user."""
    remote: Remote
    """The repository, independent of the protocol."""
    rewrite: Mapping[str, str] = field(default_factory=dict, repr=False)
    """``clean`` mapped to the same URL with credentials."""


def git_address(url: str, options: Mapping[str, Any], root: Path) -> GitAddress | None:
    """The address for a URL, or for a path relative to ``root``; None for one that git may not use."""
    if "://" not in url and not SCP.fullmatch(url):
        folder = root / url
        if url.startswith("-") or "::" in url or not folder.exists():
            return None
        url = f"file://{quote(os.path.realpath(folder))}"
    remote = parse_remote(url)
    if remote is None or any(c.isspace() or not c.isprintable() for c in url):
        return None
    if remote.scheme in {"http", "https"} and "://" in url:
        return _over_http(url, remote, options)
    return GitAddress(_without_password(url), remote)


def url_password(url: str) -> str:
    """The password in a URL, or an empty string."""
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""


def _over_http(url: str, remote: Remote, options: Mapping[str, Any]) -> GitAddress:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    clean = urlunsplit((parts.scheme, host, parts.path, "", ""))
    user, password = parts.username or "", parts.password or ""
    if token := options.get("token"):
        runs = options.get("host") or host_software(remote)
        user, password = quote(str(options.get("username") or TOKEN_USERS.get(runs, ANY_USER)), safe=""), quote(str(token), safe="")
    if not user:
        return GitAddress(clean, remote)
    login = f"{user}:{password}" if password else user
    return GitAddress(clean, remote, {clean: urlunsplit((parts.scheme, f"{login}@{host}", parts.path, "", ""))})


def _without_password(url: str) -> str:
    """The URL without a password; an SSH URL keeps its user, which the host needs."""
    if "://" not in url:
        return url
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    netloc = f"{user.split(':')[0]}@{host}" if user else host
    return urlunsplit((parts.scheme, netloc, parts.path, "", ""))
