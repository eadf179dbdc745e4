"""Where a repository is fetched from, with its credentials kept apart."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from generator.sources.hosts import SCP, Remote, parse, software

USERS = {"bitbucket": "x-token-auth", "gitlab": "oauth2"}
"""Users that go with a token, where a host asks for a certain one; others take any."""
ANY_USER = "x-access-token"


@dataclass(frozen=True, slots=True)
class Address:
    """An address in three forms."""

    clean: str
    """What git is given and what is shown: without a password, and for HTTP without a user."""
    remote: Remote
    """Who it is, whatever the protocol."""
    rewrite: Mapping[str, str] = field(default_factory=dict, repr=False)
    """``clean`` to the same with credentials."""


def address(url: str, options: Mapping[str, Any], root: Path) -> Address | None:
    """The address of an item's URL or of a path that starts at ``root``; None where it is none that git may use."""
    if "://" not in url and not SCP.fullmatch(url):
        folder = root / url
        if url.startswith("-") or "::" in url or not folder.exists():
            return None
        url = f"file://{quote(os.path.realpath(folder))}"
    remote = parse(url)
    if remote is None or any(c.isspace() or not c.isprintable() for c in url):
        return None
    if remote.scheme in {"http", "https"} and "://" in url:
        return _over_http(url, remote, options)
    return Address(_without_password(url), remote)


def password(url: str) -> str:
    """The password that is written in a URL, or an empty text."""
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""


def _over_http(url: str, remote: Remote, options: Mapping[str, Any]) -> Address:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    clean = urlunsplit((parts.scheme, host, parts.path, "", ""))
    user, password = parts.username or "", parts.password or ""
    if token := options.get("token"):
        runs = options.get("host") or software(remote)
        user, password = quote(str(options.get("username") or USERS.get(runs, ANY_USER)), safe=""), quote(str(token), safe="")
    if not user:
        return Address(clean, remote)
    named = f"{user}:{password}" if password else user
    return Address(clean, remote, {clean: urlunsplit((parts.scheme, f"{named}@{host}", parts.path, "", ""))})


def _without_password(url: str) -> str:
    """``ssh://git:secret@host/x`` has its user still: the host needs it."""
    if "://" not in url:
        return url
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    named = f"{user.split(':')[0]}@{host}" if user else host
    return urlunsplit((parts.scheme, named, parts.path, "", ""))
