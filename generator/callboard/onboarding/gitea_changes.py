"""The REST API of Gitea and Forgejo as a host that takes pull requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from callboard.io.http.auth import header
from callboard.io.http.client import client_for
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
from callboard.onboarding.github_changes import BODY
from callboard.onboarding.pacing import PacedChanges
from callboard.plugins.sources import SourceContext
from callboard.sources.api_tree import Files
from callboard.sources.generated import text_of
from callboard.sources.gitea.api import PAGE, GiteaApi
from callboard.sources.gitea.source import GiteaFiles
from callboard.sources.host_source import topics_of


class GiteaChanges:
    """One Gitea or Forgejo host with one token."""

    noun = "pull request"
    needs = "The token needs the scope write:repository, and its user the right to push to this repository."
    annotation = ""

    def __init__(self, options: Mapping[str, Any], host: str, context: SourceContext) -> None:
        client = client_for(context, f"{host}/api/v1", header("Authorization", str(options.get("token", "")), "token "))
        self._api = GiteaApi(client)
        self._changes = PacedChanges(client, context.clock)
        self._host = host

    def repository(self, name: str) -> HostedRepository:
        """The repository, under its current name."""
        node = self._api.client.get(f"/repos/{quote(name)}").object()
        permissions, full = node.get("permissions"), text_of(node.get("full_name")) or name
        return HostedRepository(
            full, quote(full), f"{self._host}/{full}", "" if node.get("empty") is True else text_of(node.get("default_branch")),
            text_of(node.get("description")), topics_of(node), text_of(node.get("website")), node.get("archived") is True,
            node.get("fork") is True, permissions.get("push") is True if isinstance(permissions, dict) else None,
        )  # fmt: skip

    def languages(self, repository: HostedRepository) -> Sequence[tuple[str, int]]:
        """Languages with their bytes, largest first."""
        return sizes(self._api.client.get(f"/repos/{repository.id}/languages").object())

    def release(self, repository: HostedRepository) -> str:
        """Tag of the latest release."""
        return text_of((object_or_none(self._api.client.get, f"/repos/{repository.id}/releases/latest") or {}).get("tag_name"))

    def files(self, repository: HostedRepository, commit: str) -> Files:
        """The files at a commit."""
        return GiteaFiles(self._api, repository.name, commit)

    def head(self, repository: HostedRepository, branch: str) -> str:
        """Newest commit of a branch."""
        commit = self._api.commit(repository.name, branch) if branch else None
        return commit.id if commit else ""

    def file(self, repository: HostedRepository, ref: str, path: str) -> HostedFile | None:
        """A file at a branch or commit."""
        return encoded_file(object_or_none(self._api.client.get, f"/repos/{repository.id}/contents/{quote(path)}", {"ref": ref}), "sha")

    def requests(self, repository: HostedRepository, branch: str) -> Sequence[ChangeRequest]:
        """All pull requests from a branch of the repository itself: Gitea lists them without a filter by branch.

        The label of the head is compared, because its ``ref`` is another one once the branch is deleted.
        """
        found: list[ChangeRequest] = []
        for page in self._api.client.pages(f"/repos/{repository.id}/pulls", {"state": "all", "sort": "recentupdate", "limit": PAGE}):
            nodes = (node for node in page.array() if isinstance(node, dict) and isinstance(node.get("head"), dict))
            found += [_request(node) for node in nodes if branch in {node["head"].get("label"), node["head"].get("ref")}]
        return found

    def commit(self, repository: HostedRepository, change: BranchChange) -> None:
        """One commit, which makes the branch where it is new."""
        branches = {"branch": change.base, "new_branch": change.branch} if change.is_new_branch else {"branch": change.branch}
        value = {"message": change.message, "content": base64_text(change.content), **branches}
        known = {"sha": change.replaced.id} if change.replaced else {}
        self._changes.send(
            "PUT" if change.replaced else "POST", f"/repos/{repository.id}/contents/{quote(change.path)}", {**value, **known}
        )

    def open(self, repository: HostedRepository, branch: str, title: str, body: str) -> ChangeRequest:
        """Open a pull request."""
        value = {"head": branch, "base": repository.default_branch, "title": title, "body": body}
        return _request(self._changes.send("POST", f"/repos/{repository.id}/pulls", value).object())

    def update(self, repository: HostedRepository, request: ChangeRequest, body: str) -> None:
        """Replace the text."""
        self._changes.send("PATCH", f"/repos/{repository.id}/pulls/{request.number}", {"body": body})


def _request(node: Mapping[str, Any]) -> ChangeRequest:
    state: RequestState = "open" if node.get("state") == "open" else "merged" if node.get("merged") is True else "closed"
    return ChangeRequest(str(node.get("number", "")), text_of(node.get("html_url")), state, text_of(node.get("body"), BODY))
