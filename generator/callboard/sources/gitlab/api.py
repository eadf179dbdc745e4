"""Requests to GitLab's REST API → projects, files and commits, and a tree of its groups and members."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from callboard.plugins.sources import Client, HttpError, MemoryTree, Params
from callboard.sources.generated import MAX_NAME, commit_times, moment, text_of
from callboard.sources.hosts import file_content
from callboard.sources.people import Members, PeopleOptions, Person, Team, members_of_teams, people_files

DELETION = re.compile(r"-deletion_scheduled-\d+$")
PAGE = 100
"""Maximum that GitLab allows."""


@dataclass(frozen=True, slots=True)
class GitLabCommit:
    """The newest commit of a branch, or of a file on it."""

    id: str
    time: datetime | None


class GitLabApi:
    """Requests to one GitLab host."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def listed(self, path: str, params: Params | None = None, *, immutable: bool = False) -> Iterator[Mapping[str, Any]]:
        """The objects on all pages of a listing. Raises ``HttpError``."""
        for page in self.client.pages(path, {"per_page": PAGE, **(params or {})}, immutable=immutable):
            for item in page.array():
                if not isinstance(item, dict):
                    raise page.invalid("a list of objects", [item])
                yield item

    def projects(self, group: str) -> Iterator[Mapping[str, Any]]:
        """Projects of a group and its subgroups, also archived ones, in the order of their ids."""
        query: dict[str, str | int] = {"include_subgroups": "true", "with_shared": "false", "order_by": "id", "sort": "asc"}
        yield from self.listed(f"/groups/{quote(group, safe='')}/projects", query)

    def path_of_group(self, group: str) -> str:
        """The path of a group that is named by its path in any case, or by its id."""
        answer = self.client.get(f"/groups/{quote(group, safe='')}", {"with_projects": "false"})
        return text_of(answer.object().get("full_path"))

    def groups(self, group: str) -> Iterator[Mapping[str, Any]]:
        """A group and all its subgroups."""
        yield self.client.get(f"/groups/{quote(group, safe='')}", {"with_projects": "false"}).object()
        yield from self.listed(f"/groups/{quote(group, safe='')}/descendant_groups", {"order_by": "id", "sort": "asc"})

    def members(self, group_id: str) -> Iterator[Mapping[str, Any]]:
        """Direct members of a group."""
        yield from self.listed(f"/groups/{quote(group_id, safe='')}/members")

    def commit(self, project: str, ref: str, path: str = "", *, immutable: bool = False) -> GitLabCommit | None:
        """The newest commit of a ref, to ``path`` where it is given; None where there is none."""
        query: dict[str, str | int] = {"ref_name": ref, "per_page": 1}
        answer = self.client.get(f"{_project(project)}/repository/commits", query | ({"path": path} if path else {}), immutable=immutable)
        for item in answer.array()[:1]:
            if not isinstance(item, dict) or not text_of(item.get("id")):
                raise answer.invalid("a list of commits", [item])
            return GitLabCommit(text_of(item.get("id")), moment(item.get("committed_date")))
        return None

    def commits_between(self, project: str, before: str, after: str) -> Sequence[datetime] | None:
        """Times of the commits, without merges, between two revisions; None where GitLab gave up. Raises ``HttpError``."""
        query = {"from": before, "to": after}
        found = self.client.get(f"{_project(project)}/repository/compare", query, immutable=True).object()
        commits = found.get("commits")
        if not isinstance(commits, list) or found.get("compare_timeout") is True:
            return None
        return commit_times(commits, (), "committed_date")

    def listing(self, project: str, commit: str, *, recursive: bool) -> Sequence[str]:
        """Sorted paths of the files of a commit: at the root, or all of them."""
        entries = self.entries(project, commit, recursive=recursive)
        return sorted(path for entry in entries if entry.get("type") == "blob" and (path := text_of(entry.get("path"))))

    def entries(self, project: str, commit: str, folder: str = "", *, recursive: bool = False) -> Iterator[Mapping[str, Any]]:
        """The entries of a folder of a commit; of the root for an empty string."""
        query = {"ref": commit, "pagination": "keyset", "recursive": "true" if recursive else "false"}
        yield from self.listed(f"{_project(project)}/repository/tree", query | ({"path": folder} if folder else {}), immutable=True)

    def content(self, project: str, commit: str, path: str, limit: int) -> bytes:
        """A file at a commit. Raises ``HttpError``, with status 404 where there is none."""
        place = f"{_project(project)}/repository/files/{quote(path, safe='')}/raw"
        return file_content(self.client.get(place, {"ref": commit}, accept="*/*", immutable=True, limit=limit), path)


def identity(value: Any) -> str:
    """The id of a project or group as a string. Raises ``HttpError`` where there is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise HttpError("wrong-type", "GitLab returned an object without an id")
    return str(value)


def _project(project: str) -> str:
    return f"/projects/{quote(project, safe='')}"


def people_tree(api: GitLabApi, group: str, host: str, options: PeopleOptions) -> MemoryTree:
    """A tree of Groups and Users; blocked users and bots are left out. Raises ``HttpError``."""
    name, root, teams = urlsplit(host).hostname or host, "", []
    for node in api.groups(group):
        root = root or text_of(node.get("full_path"))
        if not is_being_deleted(node):
            teams.append(_team(node, root, name, options.group_name))
    members = Members()
    for team, node in members_of_teams(teams, api.members):
        login = text_of(node.get("username"), MAX_NAME)
        if node.get("state") == "active" and not _is_bot(login):
            members.add(login, node, team)
    people = members.people(partial(_person, name, options.user_name))
    return MemoryTree.of(people_id(host, group), f"{group} (groups and members)", people_files(teams, people, options))


def people_id(host: str, group: str) -> str:
    """Id of the tree: where people look at them."""
    return f"{host}/groups/{group}/-/group_members"


def _team(node: Mapping[str, Any], root: str, host: str, name: str) -> Team:
    """A team named by its path below the root group, so that names are short, unless the options name another value."""
    path = text_of(node.get("full_path"))
    inside = path.removeprefix(f"{root}/") if path != root else path.rpartition("/")[2]
    parent, id_ = node.get("parent_id"), identity(node.get("id"))
    names = {"full_path": path, "path": path.rpartition("/")[2], "name": text_of(node.get("name"), MAX_NAME), "id": id_}
    return Team(
        id_, names.get(name) or inside.replace("/", "-"),
        title=text_of(node.get("name"), MAX_NAME),
        description=text_of(node.get("description")),
        url=text_of(node.get("web_url")),
        parent=str(parent) if isinstance(parent, int) else "",
        picture=text_of(node.get("avatar_url")),
        annotations={f"{host}/team-path": path},
    )  # fmt: skip


def _person(host: str, name: str, login: str, node: Mapping[str, Any], teams: Sequence[str]) -> Person:
    email = text_of(node.get("public_email") or node.get("email"), MAX_NAME)
    names = {"name": text_of(node.get("name"), MAX_NAME), "email": email.partition("@")[0]}
    return Person(
        login, names.get(name) or login,
        title=text_of(node.get("name"), MAX_NAME),
        url=text_of(node.get("web_url")),
        picture=text_of(node.get("avatar_url")),
        email=email,
        teams=tuple(teams),
        annotations={f"{host}/user-login": login},
    )  # fmt: skip


def _is_bot(login: str) -> bool:
    """Whether GitLab created the user for an access token or a service account: ``group_12_bot_ab12``, ``service_account_ab12``."""
    return login.startswith("service_account_") or (login.startswith(("group_", "project_")) and "_bot" in login)


def is_being_deleted(node: Mapping[str, Any]) -> bool:
    """Whether a project or group is marked for deletion; newer versions of GitLab rename it, and no longer archive it."""
    path = text_of(node.get("path_with_namespace") or node.get("full_path"))
    is_marked = node.get("marked_for_deletion_on") or node.get("marked_for_deletion_at")
    return bool(is_marked) or any(DELETION.search(part) for part in path.split("/"))
