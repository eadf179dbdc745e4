"""GitLab's REST API as a host that takes merge requests."""

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
    encoded_file,
    object_or_none,
    sizes,
)
from callboard.onboarding.github_changes import BODY
from callboard.onboarding.pacing import PacedChanges
from callboard.plugins.sources import SourceContext
from callboard.sources.api_tree import Files
from callboard.sources.generated import text_of
from callboard.sources.gitlab.api import GitLabApi, identity
from callboard.sources.gitlab.source import ProjectFiles
from callboard.sources.host_source import topics_of

DEVELOPER = 30
"""GitLab's number of the lowest role that may push to a branch."""


class GitLabChanges:
    """One GitLab host with one token."""

    noun = "merge request"
    needs = "The token needs the scope api and the role Developer in this project."
    annotation = "gitlab.com/project-slug"

    def __init__(self, options: Mapping[str, Any], host: str, context: SourceContext) -> None:
        client = client_for(context, f"{host}/api/v4", header("PRIVATE-TOKEN", str(options.get("token", ""))))
        self._api = GitLabApi(client)
        self._changes = PacedChanges(client, context.clock)
        self._host = host

    def repository(self, name: str) -> HostedRepository:
        """The project, under its current path."""
        node = self._api.client.get(f"/projects/{quote(name, safe='')}").object()
        full = text_of(node.get("path_with_namespace")) or name
        branch = "" if node.get("empty_repo") is True else text_of(node.get("default_branch"))
        return HostedRepository(
            full, identity(node.get("id")), f"{self._host}/{full}", branch,
            text_of(node.get("description")), topics_of(node), "", node.get("archived") is True,
            isinstance(node.get("forked_from_project"), dict), _may_write(node.get("permissions")),
        )  # fmt: skip

    def languages(self, repository: HostedRepository) -> Sequence[tuple[str, int]]:
        """Languages with their shares in per cent, largest first."""
        return sizes(self._api.client.get(f"/projects/{repository.id}/languages").object())

    def release(self, repository: HostedRepository) -> str:
        """Tag of the latest release."""
        return text_of((object_or_none(self._api.client.get, f"/projects/{repository.id}/releases/permalink/latest") or {}).get("tag_name"))

    def files(self, repository: HostedRepository, commit: str) -> Files:
        """The files at a commit."""
        return ProjectFiles(self._api, repository.id, commit)

    def head(self, repository: HostedRepository, branch: str) -> str:
        """Newest commit of a branch."""
        place = f"/projects/{repository.id}/repository/branches/{quote(branch, safe='')}"
        commit = (object_or_none(self._api.client.get, place) or {}).get("commit") if branch else None
        return text_of(commit.get("id")) if isinstance(commit, dict) else ""

    def file(self, repository: HostedRepository, ref: str, path: str) -> HostedFile | None:
        """A file at a branch or commit."""
        place = f"/projects/{repository.id}/repository/files/{quote(path, safe='')}"
        return encoded_file(object_or_none(self._api.client.get, place, {"ref": ref}), "last_commit_id")

    def requests(self, repository: HostedRepository, branch: str) -> Sequence[ChangeRequest]:
        """All merge requests from a branch of the project itself; those of forks have the same name of the branch."""
        query: dict[str, str | int] = {"source_branch": branch, "state": "all", "per_page": 100}
        nodes = self._api.client.get(f"/projects/{repository.id}/merge_requests", query).array()
        own = (node for node in nodes if isinstance(node, dict) and str(node.get("source_project_id")) == repository.id)
        return [_request(node) for node in own]

    def commit(self, repository: HostedRepository, change: BranchChange) -> None:
        """One commit, which makes the branch where it is new."""
        action = {"action": "update" if change.replaced else "create", "file_path": change.path, "content": change.content}
        if change.replaced:
            action["last_commit_id"] = change.replaced.id
        start = {"start_sha": change.base_commit} if change.is_new_branch else {}
        value = {"branch": change.branch, "commit_message": change.message, "actions": [action], **start}
        self._changes.send("POST", f"/projects/{repository.id}/repository/commits", value)

    def open(self, repository: HostedRepository, branch: str, title: str, body: str) -> ChangeRequest:
        """Open a merge request, whose branch is removed when it is merged."""
        value = {"source_branch": branch, "target_branch": repository.default_branch, "title": title, "description": body}
        answer = self._changes.send("POST", f"/projects/{repository.id}/merge_requests", {**value, "remove_source_branch": True})
        return _request(answer.object())

    def update(self, repository: HostedRepository, request: ChangeRequest, body: str) -> None:
        """Replace the text."""
        self._changes.send("PUT", f"/projects/{repository.id}/merge_requests/{request.number}", {"description": body})


def _request(node: Mapping[str, Any]) -> ChangeRequest:
    written = node.get("state")
    state: RequestState = "merged" if written == "merged" else "closed" if written == "closed" else "open"
    return ChangeRequest(str(node.get("iid", "")), text_of(node.get("web_url")), state, text_of(node.get("description"), BODY))


def _may_write(permissions: Any) -> bool | None:
    """Whether the role in the project or its group allows to push; None where GitLab reports none."""
    roles = [permissions.get(key) for key in ("project_access", "group_access")] if isinstance(permissions, dict) else []
    levels = [role["access_level"] for role in roles if isinstance(role, dict) and isinstance(role.get("access_level"), int)]
    return max(levels) >= DEVELOPER if levels else None
