"""GitHub's REST API as a host that takes pull requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from callboard.io.github import GITHUB_HEADERS, GITHUB_JSON, GitHubConnection, connect_github
from callboard.io.http.auth import Credential
from callboard.io.http.cache import Answer
from callboard.io.http.client import Client, client_for
from callboard.onboarding.change_host import (
    BranchChange,
    ChangeRequest,
    HostedFile,
    HostedRepository,
    RequestState,
    base64_text,
    encoded_file,
    object_or_none,
    sizes,
)
from callboard.onboarding.pacing import PacedChanges
from callboard.plugins.sources import SourceContext
from callboard.sources.api_tree import Files
from callboard.sources.generated import text_of
from callboard.sources.github.api import GitHubApi
from callboard.sources.github.source import GitHubFiles
from callboard.sources.host_source import topics_of

BODY = 100_000
"""Characters of a request's text that are read."""


class GitHubChanges:
    """One GitHub host with one token or App."""

    noun = "pull request"
    needs = "The token needs the permissions Contents and Pull requests, both read and write, for this repository."
    annotation = "github.com/project-slug"

    def __init__(self, options: Mapping[str, Any], host: str, context: SourceContext) -> None:
        def client_of(base: str, credential: Credential) -> Client:
            return client_for(context, base, credential, GITHUB_HEADERS)

        self._connection: GitHubConnection = connect_github(options, host, str(options["organization"]), client_of, context.clock)
        self._changes = PacedChanges(self._connection.client, context.clock)
        self._host = host

    def _get(self, path: str, params: Mapping[str, str | int] | None = None) -> Answer:
        return self._connection.client.get(f"{self._connection.rest}{path}", params, accept=GITHUB_JSON)

    def _send(self, method: Any, path: str, value: Any) -> Mapping[str, Any]:
        return self._changes.send(method, f"{self._connection.rest}{path}", value, accept=GITHUB_JSON).object()

    def repository(self, name: str) -> HostedRepository:
        """The repository, under its current name."""
        node = self._get(f"/repos/{quote(name)}").object()
        permissions, full = node.get("permissions"), text_of(node.get("full_name")) or name
        return HostedRepository(
            full, quote(full), f"{self._host}/{full}", text_of(node.get("default_branch")), text_of(node.get("description")),
            topics_of(node), text_of(node.get("homepage")), node.get("archived") is True, node.get("fork") is True,
            permissions.get("push") is True if isinstance(permissions, dict) else None,
        )  # fmt: skip

    def languages(self, repository: HostedRepository) -> Sequence[tuple[str, int]]:
        """Languages with their bytes, largest first."""
        return sizes(self._get(f"/repos/{repository.id}/languages").object())

    def release(self, repository: HostedRepository) -> str:
        """Tag of the latest release."""
        return text_of((object_or_none(self._get, f"/repos/{repository.id}/releases/latest") or {}).get("tag_name"))

    def files(self, repository: HostedRepository, commit: str) -> Files:
        """The files at a commit."""
        return GitHubFiles(GitHubApi(self._connection), repository.name, commit)

    def head(self, repository: HostedRepository, branch: str) -> str:
        """Newest commit of a branch."""
        found = object_or_none(self._get, f"/repos/{repository.id}/git/ref/heads/{quote(branch)}") if branch else None
        target = (found or {}).get("object")
        return text_of(target.get("sha")) if isinstance(target, dict) else ""

    def file(self, repository: HostedRepository, ref: str, path: str) -> HostedFile | None:
        """A file at a branch or commit."""
        return encoded_file(object_or_none(self._get, f"/repos/{repository.id}/contents/{quote(path)}", {"ref": ref}), "sha")

    def requests(self, repository: HostedRepository, branch: str) -> Sequence[ChangeRequest]:
        """All pull requests from a branch of the repository itself."""
        owner = repository.name.partition("/")[0]
        query: dict[str, str | int] = {"state": "all", "head": f"{owner}:{branch}", "per_page": 100}
        found = self._get(f"/repos/{repository.id}/pulls", query).array()
        return [_request(node) for node in found if isinstance(node, dict)]

    def commit(self, repository: HostedRepository, change: BranchChange) -> None:
        """Make the branch where it is new, and write the file to it."""
        if change.is_new_branch:
            self._send("POST", f"/repos/{repository.id}/git/refs", {"ref": f"refs/heads/{change.branch}", "sha": change.base_commit})
        value = {"message": change.message, "content": base64_text(change.content), "branch": change.branch}
        known = {"sha": change.replaced.id} if change.replaced else {}
        self._send("PUT", f"/repos/{repository.id}/contents/{quote(change.path)}", {**value, **known})

    def open(self, repository: HostedRepository, branch: str, title: str, body: str) -> ChangeRequest:
        """Open a pull request."""
        value = {"title": title, "head": branch, "base": repository.default_branch, "body": body}
        return _request(self._send("POST", f"/repos/{repository.id}/pulls", value))

    def update(self, repository: HostedRepository, request: ChangeRequest, body: str) -> None:
        """Replace the text."""
        self._send("PATCH", f"/repos/{repository.id}/pulls/{request.number}", {"body": body})


def _request(node: Mapping[str, Any]) -> ChangeRequest:
    state: RequestState = "open" if node.get("state") == "open" else "merged" if node.get("merged_at") else "closed"
    return ChangeRequest(str(node.get("number", "")), text_of(node.get("html_url")), state, text_of(node.get("body"), BODY))
