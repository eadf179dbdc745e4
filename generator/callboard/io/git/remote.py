"""Addresses of repositories → canonical remotes, and the software of their hosts."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from callboard.model.data_classes import dataclass

SCP = re.compile(r"(?:[^@/:\s]+@)?(?P<host>[^/:@\s-][^/:@\s]+):(?P<path>(?!//)\S+)")
"""``git@host:acme/payments.git``; a single letter before the colon is a drive of Windows."""
KNOWN_HOSTS = {
    "github.com": "github", "gitlab.com": "gitlab", "bitbucket.org": "bitbucket", "codeberg.org": "gitea", "gitea.com": "gitea",
    "dev.azure.com": "azure", "ssh.dev.azure.com": "azure",
}  # fmt: skip
HOST_NAME_WORDS = {"github": "github", "gitlab": "gitlab", "gitea": "gitea", "forgejo": "gitea", "visualstudio": "azure"}
"""Parts of a host name that reveal its software (``gitlab.acme.example``)."""


@dataclass(frozen=True, slots=True)
class Remote:
    """The address of a repository without user, password, ``.git`` and differences between protocols."""

    scheme: str
    host: str
    """In lower case, with an explicit port of HTTP; empty for a local folder."""
    path: str
    """``acme/payments``; an absolute path for a local folder."""

    @property
    def url(self) -> str:
        """The canonical URL: the address for a browser, or ``file:///…``."""
        return (
            f"file://{quote(self.path)}" if not self.host else f"{'http' if self.scheme == 'http' else 'https'}://{self.host}/{self.path}"
        )

    @property
    def name(self) -> str:
        """Name for people: ``acme/payments``, or the name of a local folder."""
        return unquote(self.path.replace("/_git/", "/")) if self.host else self.path.rsplit("/", 1)[-1] or "/"


def parse_remote(address: str) -> Remote | None:
    """The remote for an address of a repository in any of git's forms; None for another string."""
    if "://" not in address:
        match = SCP.fullmatch(address)
        return _remote("ssh", match["host"], match["path"]) if match else None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme == "file":
        return Remote("file", "", "/" + unquote(parts.path).strip("/").removesuffix(".git").rstrip("/"))
    if not host or host.startswith("-") or parts.scheme not in {"https", "http", "ssh", "git"}:
        return None
    has_port = port is not None and parts.scheme in {"https", "http"} and port != {"https": 443, "http": 80}[parts.scheme]
    return _remote(parts.scheme, f"{host}:{port}" if has_port else host, parts.path)


def _remote(scheme: str, host: str, path: str) -> Remote:
    host, path = host.lower(), path.strip("/").removesuffix(".git").rstrip("/")
    if host == "ssh.dev.azure.com" and path.count("/") == 3:  # noqa: PLR2004 - v3/organization/project/repository
        _, organization, project, name = path.split("/")
        return Remote("https", "dev.azure.com", f"{organization}/{project}/_git/{name}")
    return Remote(scheme, host, path)


def host_software(remote: Remote) -> str:
    """``github``, ``gitlab``, ``gitea``, ``bitbucket`` or ``azure``; an empty string where the host's name does not reveal its software."""
    host = remote.host.split(":")[0]
    if host in KNOWN_HOSTS:
        return KNOWN_HOSTS[host]
    parts = re.split(r"[.-]", host)
    return next((HOST_NAME_WORDS[part] for part in parts if part in HOST_NAME_WORDS), "")
