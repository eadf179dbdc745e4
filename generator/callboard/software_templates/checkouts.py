"""URLs of folders, files and repositories → copies of them on this machine, read with the person's own git credentials."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from callboard.io.git.personal import PersonalGit
from callboard.model.data_classes import dataclass
from callboard.model.errors import SourceError
from callboard.plugins.actions import ActionError

_VIEW = re.compile(r"/(?:-/)?(?:tree|blob|raw|edit|src(?:/(?:branch|tag|commit))?+)/")
"""What stands between the repository and the revision in the path of a page."""
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/@+-]*+")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+:|//|\\\\")
_CLONE_URL = re.compile(r"(?:https?|ssh|git|file)://[^\s\x00-\x1f]++|[A-Za-z0-9._-]++@[A-Za-z0-9.-]++:[^\s\x00-\x1f:]++")


class RemoteFolder(NamedTuple):
    """A folder or file of a repository."""

    repository: str
    """URL for git."""
    revisions: tuple[tuple[str, str], ...]
    """Revision and path in it, in the order in which they are tried: a URL does not tell where a branch with slashes ends."""


def is_absolute(url: str) -> bool:
    """Whether a URL names a host, or is a path of the machine."""
    return _ABSOLUTE.match(url) is not None or url.startswith("/")


def remote_folder(url: str, hosts: Mapping[str, str]) -> RemoteFolder:
    """The parts of a URL. Raises ``ActionError`` unless it is https and its host is one of ``hosts``."""
    try:
        parts = urlsplit(url)
        host, scheme, path = parts.netloc.lower(), parts.scheme, unquote(parts.path)
    except ValueError:
        host, scheme, path = "", "", ""
    if scheme != "https" or host not in hosts:
        raise ActionError(
            f"The template reads {url[:300]!r}, which is at no host of the portal's sources.", f"Hosts: {', '.join(hosts) or 'none'}."
        )
    found = _VIEW.search(path, 2)
    rest = path[found.end() :].strip("/") if found else ""
    repository = f"https://{host}{(path[: found.start()] if found and rest else path).rstrip('/')}"
    if not rest:
        return RemoteFolder(repository, (("", ""),))
    names = rest.split("/")
    return RemoteFolder(repository, tuple(("/".join(names[:end]), "/".join(names[end:])) for end in range(1, min(len(names), 3) + 1)))


@dataclass(slots=True)
class Checkouts:
    """Work trees in a temporary folder, each repository and revision once."""

    folder: Path
    git: PersonalGit
    _done: dict[tuple[str, str], Path] = field(default_factory=dict)

    def of(self, url: str, revision: str = "") -> Path:
        """The work tree of a repository at a branch, tag or commit; empty: its default branch.

        Raises ``SourceError`` if it cannot be had.
        """
        if not _CLONE_URL.fullmatch(url) or (revision and (not _REVISION.fullmatch(revision) or ".." in revision)):
            raise SourceError(f"{url} at {revision or 'its default branch'} is no address of a repository", "Check the template.")
        if (url, revision) not in self._done:
            self._done[url, revision] = self._checkout(url, revision)
        return self._done[url, revision]

    def _checkout(self, url: str, revision: str) -> Path:
        place = self.folder / f"checkout-{len(self._done) + 1}"
        place.mkdir()
        git = self.git
        git.output(place, "init", "--quiet")
        git.output(place, "remote", "add", "--", "origin", url)
        code, _, reason = git.result(place, "fetch", "--quiet", "--depth=1", "--no-tags", "origin", revision or "HEAD")
        if code and _COMMIT.fullmatch(revision):  # some hosts give a commit only as part of its branch
            git.output(place, "fetch", "--quiet", "origin")
            git.output(place, "checkout", "--quiet", "--detach", revision)
            return place
        if code:
            raise SourceError(f"{url} cannot be read: {reason[0]}", reason[1] or "Sign in to the host with git, and try again.")
        git.output(place, "checkout", "--quiet", "--detach", "FETCH_HEAD")
        return place


def inside(root: Path, path: str) -> Path:
    """A file or folder below ``root``. Raises ``ActionError`` if there is none, or it is outside, also through a link."""
    place = (root / path).resolve()
    base = root.resolve()
    if not place.is_relative_to(base) or ".git" in place.relative_to(base).parts:
        raise ActionError(f"The template reads {path!r}, which is outside of its repository.", "Correct the template.")
    if not place.exists():
        raise ActionError(f"The template reads {path!r}, which does not exist.", "Correct the template.")
    return place
