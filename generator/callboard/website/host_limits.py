"""The size of a site, and the service that serves it → a warning where a limit of the service is near."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from callboard.io.site_folder.staging import Committed
from callboard.model.counting import counted
from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem
from callboard.settings.invalid import portal_origin
from callboard.settings.settings import Settings
from callboard.website.rules import NEAR_LIMIT

NEAR = 0.8
"""The share of a limit from which on a build warns."""


@dataclass(frozen=True, slots=True)
class Host:
    """A service that serves sites, with its limits; 0 stands for none."""

    name: str
    bytes: int = 0
    files: int = 0
    entries: int = 0
    """Files and folders together."""


HOSTS: Mapping[str, Host] = {
    "github-pages": Host("GitHub Pages", bytes=10**9),
    "gitlab-pages": Host("GitLab Pages", bytes=10**9, entries=200_000),
    "cloudflare-pages": Host("Cloudflare Pages (free plan)", files=20_000),
    "cloudflare-pages-paid": Host("Cloudflare Pages (paid plans)", files=100_000),
}
"""By the value of ``publish.host``."""
_OF_REPOSITORIES = {"github.com": "github-pages", "gitlab.com": "gitlab-pages"}


def host_of(settings: Settings) -> Host | None:
    """The service that the portal names, or that serves the branch of one of its ``git`` targets; None if unknown."""
    if settings.host:
        return HOSTS[settings.host]
    targets = [each for each in settings.sections.get("publish") or () if isinstance(each, Mapping) and each.get("type") == "git"]
    found = (_OF_REPOSITORIES.get(_server(str(each.get("url", "")))) for each in targets)
    return next((HOSTS[name] for name in found if name), None)


def _server(url: str) -> str:
    """``github.com`` of ``https://github.com/acme/portal`` and of ``git@github.com:acme/portal``; empty for an invalid URL."""
    try:
        return urlsplit(url if "://" in url else f"ssh://{url.replace(':', '/', 1)}").hostname or ""
    except ValueError:
        return ""


def limit_problems(settings: Settings, committed: Committed, paths: Collection[str], host: Host | None = None) -> tuple[Problem, ...]:
    """A warning for each limit that the site nears.

    Args:
        settings: of the portal.
        committed: the size of the site.
        paths: of its files.
        host: the service; None for that of the portal.
    """
    host = host or host_of(settings)
    if host is None:
        return ()
    origin = portal_origin(settings.file, settings.root)
    hint = (
        "Set data.by_name to false, leave out documentation and sources, or use another host: see “Plan for a large catalog” in the manual."
    )
    return tuple(NEAR_LIMIT.problem(message, origin=origin, field="publish", hint=hint) for message in _near(host, committed, paths))


def _near(host: Host, committed: Committed, paths: Collection[str]) -> Iterator[str]:
    if host.bytes and committed.bytes >= NEAR * host.bytes:
        size, limit = f"{committed.bytes / 10**6:,.0f} MB", f"{host.bytes / 10**6:,.0f} MB"
        yield f"The site has {size}; {host.name} serves at most {limit}."
    if host.files and len(paths) >= NEAR * host.files:
        yield f"The site has {counted(len(paths), 'file', 'files')}; {host.name} serves at most {host.files:,}."
    if host.entries and len(paths) >= NEAR * host.entries / 2:  # a folder holds at least one file
        entries = len(paths) + len({parent for path in paths for parent in PurePosixPath(path).parents})
        if entries >= NEAR * host.entries:
            yield f"The site has {counted(entries, 'file or folder', 'files and folders')}; {host.name} serves at most {host.entries:,}."
