"""Where Callboard was installed from, or what the user chose → the command with which a workflow installs it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any
from urllib.parse import urlsplit

from callboard import __version__
from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError

PACKAGE = "callboard"
_PACKAGE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*+")
_URL = re.compile(r"https://[A-Za-z0-9.:-]++/[A-Za-z0-9._~/%+:-]++")
_REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*+")


@dataclass(frozen=True, slots=True)
class Installation:
    """Which package of Callboard a workflow installs, and from where."""

    package: str = PACKAGE
    git_url: str = ""
    """``https://`` URL of a repository; empty for a package index."""
    revision: str = ""
    """Tag or commit of the repository."""
    index_url: str = ""
    """URL of a package index in place of the default one."""
    extras: tuple[str, ...] = ()

    def command(self) -> str:
        """The command line."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        if self.git_url:
            revision = f"@{self.revision}" if self.revision else ""
            requirement = f"{self.package}{extras} @ git+{self.git_url}{revision}"
        else:
            requirement = f"{self.package}{extras}=={__version__}"
        index = ["--index-url", self.index_url] if self.index_url else []
        return shlex.join(["pip", "install", *index, requirement])


def installation(package: str = "", git: str = "", index_url: str = "", extras: Iterable[str] = ()) -> Installation:
    """The installation that the user chose; without a choice, the repository from which this Callboard was installed, or an index.

    ``git``: the URL of a repository, with a tag or a commit after ``@``.

    Raises ``CallboardError`` for a value that is not safe in a command, or a URL with a password.
    """
    found = Installation(extras=tuple(sorted(set(extras)))) if package or git or index_url else _installed(extras)
    url, _, revision = git.partition("@")
    checks = ((package, _PACKAGE_NAME, "package"), (url, _URL, "git"), (revision, _REVISION, "git"), (index_url, _URL, "index-url"))
    for value, pattern, name in checks:
        if value and not pattern.fullmatch(value):
            raise CallboardError(f"The value of --{name} cannot be used in a workflow.", _HINTS[name])
    return Installation(package or found.package, url or found.git_url, revision or found.revision, index_url, found.extras)


_HINTS = {
    "package": "Write the name of a package, such as callboard or acme-callboard.",
    "git": "Write https://HOST/OWNER/NAME.git@TAG, without a user and a password.",
    "index-url": "Write an https:// URL without a user and a password; store credentials in the runner's pip configuration.",
}


def _installed(extras: Iterable[str]) -> Installation:
    """From the record that pip writes about packages that it did not take from an index (PEP 610)."""
    wanted = tuple(sorted(set(extras)))
    record = _direct_url()
    url, vcs = record.get("url"), record.get("vcs_info")
    if not isinstance(url, str) or not isinstance(vcs, dict) or urlsplit(url).scheme != "https" or not _URL.fullmatch(url):
        return Installation(extras=wanted)
    revision = str(vcs.get("requested_revision") or vcs.get("commit_id") or "")
    return Installation(git_url=url, revision=revision if _REVISION.fullmatch(revision) else "", extras=wanted)


def is_from_folder() -> bool:
    """Whether this Callboard was installed from a folder or a file, so that a workflow cannot install the same."""
    record = _direct_url()
    return bool(record) and "vcs_info" not in record


def _direct_url() -> dict[str, Any]:
    try:
        record = json.loads(distribution(PACKAGE).read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError, OSError):
        return {}
    return record if isinstance(record, dict) else {}
