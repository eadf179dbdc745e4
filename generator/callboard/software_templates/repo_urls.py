"""``host?owner=…&repo=…``, as pickers of repositories give it → the repository, its addresses, and its host's programs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, quote, urlsplit

from callboard.model.data_classes import dataclass
from callboard.plugins.actions import ActionError

_PART = re.compile(r"[A-Za-z0-9_.~ -]++(?:/[A-Za-z0-9_.~ -]++)*+")
_TOOLS = {"github": "gh", "gitlab": "glab"}


@dataclass(frozen=True, slots=True)
class TargetRepository:
    """A repository at a host, which may not exist yet."""

    host: str
    type: str
    """``github``, ``gitlab``, ``gitea`` …"""
    owner: str
    """Owner, group or workspace; project for Azure."""
    name: str

    @property
    def path(self) -> str:
        """``acme/orders``."""
        return f"{self.owner}/_git/{self.name}" if self.type == "azure" else f"{self.owner}/{self.name}"

    @property
    def web_url(self) -> str:
        """Its address for a browser."""
        return f"https://{self.host}/{quote(self.path)}"

    @property
    def clone_url(self) -> str:
        """Its address for git."""
        return self.web_url if self.type == "azure" else f"{self.web_url}.git"

    @property
    def tool(self) -> str:
        """The host's program for the command line; empty if it has none that Callboard uses."""
        return _TOOLS.get(self.type, "")

    def contents_url(self, branch: str) -> str:
        """The address of its files."""
        view = {"github": "blob", "gitlab": "-/blob", "gitea": "src/branch"}.get(self.type, "src")
        return f"{self.web_url}/{view}/{quote(branch)}"


def target_repository(text: str, hosts: Mapping[str, str]) -> TargetRepository:
    """The repository. Raises ``ActionError`` for a host that is none of the portal's, and for missing or odd parts."""
    try:
        parts = urlsplit(f"https://{text.removeprefix('https://')}")
        host, query = (parts.netloc or "").lower(), parse_qs(parts.query, max_num_fields=20)
    except ValueError:
        host, query = "", {}
    given = {key: values[0].strip("/") for key, values in query.items()}
    if host not in hosts:
        known = ", ".join(hosts) or "none"
        raise ActionError(f"The repository {text!r} is at the host {host or '?'}, which no source of the portal reads.", f"Hosts: {known}.")
    owner = given.get("owner") or given.get("workspace") or ""
    if hosts[host] == "azure":
        owner = "/".join(part for part in (given.get("organization", ""), given.get("project", "")) if part)
    owner, name = owner or given.get("project", ""), given.get("repo", "")
    for value, what in ((owner, "owner"), (name, "repo")):
        if not _PART.fullmatch(value) or value.startswith("-") or ".." in value:
            raise ActionError(f"The repository {text!r} has no usable {what}.", "Write HOST?owner=OWNER&repo=NAME.")
    return TargetRepository(host, hosts[host], owner, name)
