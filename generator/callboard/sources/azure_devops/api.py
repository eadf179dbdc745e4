"""Requests to the REST API 7.1 of Azure DevOps Services and Server → projects, repositories, files, commits, teams and members.

https://learn.microsoft.com/rest/api/azure/devops/, sections Core and Git. Each request names the version of the API.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from callboard.plugins.sources import Client, HttpError, MemoryTree, Offset, Params
from callboard.sources.generated import MAX_NAME, commit_times, moment, text_of
from callboard.sources.hosts import file_content
from callboard.sources.people import Members, PeopleOptions, Person, Team, members_of_teams, people_files

PAGE = 1_000
VERSION = "7.1"
TEAMS_VERSION = "7.1-preview.3"
"""The listing of the teams of all projects has no version without preview."""
EMPTY = "0" * 40
COMMIT = re.compile(r"[0-9a-fA-F]{40}")
"""The full id of a commit; Azure DevOps knows no short ones."""


@dataclass(frozen=True, slots=True)
class AzureRepository:
    """A repository of a project."""

    id: str
    project: str
    name: str
    branch: str
    """The default branch; empty for an empty repository."""
    is_disabled: bool
    is_fork: bool

    @property
    def full_name(self) -> str:
        """Project and repository, as the annotation ``dev.azure.com/project-repo`` has it."""
        return f"{self.project}/{self.name}" if self.project and self.name else ""


class AzureDevOpsApi:
    """Requests to one organization, or to one collection of a server."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def listed(self, path: str, params: Params | None = None, version: str = VERSION) -> Iterator[Mapping[str, Any]]:
        """The objects on all pages of a listing. Raises ``HttpError``."""
        query = {"api-version": version, "$top": PAGE, "$skip": 0, **(params or {})}
        for page in self.client.pages(path, query, by=Offset("value", PAGE, "$skip")):
            yield from _values(page.object(), path)

    def repositories(self) -> Iterator[AzureRepository]:
        """The repositories of all projects that the token may see: one request for each project."""
        for project in self.listed("/_apis/projects"):
            name = text_of(project.get("name"), MAX_NAME)
            path = f"/{quote(name, safe='')}/_apis/git/repositories"
            for node in _values(self.client.get(path, {"api-version": VERSION}).object(), path):
                yield AzureRepository(
                    text_of(node.get("id"), MAX_NAME), name, text_of(node.get("name"), MAX_NAME),
                    text_of(node.get("defaultBranch")).removeprefix("refs/heads/"),
                    node.get("isDisabled") is True, node.get("isFork") is True or isinstance(node.get("parentRepository"), dict),
                )  # fmt: skip

    def commit(self, repository: AzureRepository, branch: str) -> str:
        """Id of the newest commit of a branch; empty where there is none."""
        query = {"api-version": VERSION, "filter": f"heads/{branch}"}
        refs = _values(self.client.get(f"{_place(repository)}/refs", query).object(), "refs")
        found = (text_of(ref.get("objectId")) for ref in refs if ref.get("name") == f"refs/heads/{branch}")
        return next((commit for commit in found if commit != EMPTY), "")

    def entries(
        self, repository: AzureRepository, commit: str, folder: str = "", *, recursive: bool = False
    ) -> Sequence[Mapping[str, Any]]:
        """The entries of a folder of a commit, or of all folders below it. Paths begin with a slash."""
        level = "full" if recursive else "oneLevel"
        query = {**_at(commit), "scopePath": f"/{folder}", "recursionLevel": level}
        return _values(self.client.get(f"{_place(repository)}/items", query, immutable=True).object(), "items")

    def listing(self, repository: AzureRepository, commit: str, *, recursive: bool) -> Sequence[str]:
        """Sorted paths of the files of a commit: at the root, or all of them."""
        found = self.entries(repository, commit, recursive=recursive)
        files = (text_of(entry.get("path")).lstrip("/") for entry in found if entry.get("isFolder") is not True)
        return sorted(path for path in files if path)

    def content(self, repository: AzureRepository, commit: str, path: str, limit: int) -> bytes:
        """A file at a commit. Raises ``HttpError``, with status 404 where there is none."""
        query = {**_at(commit), "path": f"/{path}", "$format": "octetStream"}
        answer = self.client.get(f"{_place(repository)}/items", query, accept="application/octet-stream", immutable=True, limit=limit)
        return file_content(answer, path)

    def commits(self, repository: AzureRepository, version: str, kind: str, path: str = "") -> Sequence[Mapping[str, Any]]:
        """The newest commit of a branch, tag or commit, to ``path`` where it is given; a list of at most one."""
        query: dict[str, str | int] = {
            "api-version": VERSION, "searchCriteria.$top": 1,
            "searchCriteria.itemVersion.version": version, "searchCriteria.itemVersion.versionType": kind,
        }  # fmt: skip
        if path:
            query["searchCriteria.itemPath"] = f"/{path}"
        return _values(self.client.get(f"{_place(repository)}/commits", query, immutable=kind == "commit").object(), "commits")[:1]

    def commits_between(self, repository: AzureRepository, before: str, after: str) -> Sequence[datetime] | None:
        """Times of the commits that ``after`` has and ``before`` has not; None for more than a page. Raises ``HttpError``.

        ``compareVersion`` is where the walk begins, and ``itemVersion`` what it leaves out. Merges count where the answer tells no parents.
        """
        query: dict[str, str | int] = {"api-version": VERSION, "searchCriteria.$top": PAGE}
        for name, version in (("itemVersion", before), ("compareVersion", after)):
            query[f"searchCriteria.{name}.version"] = version
            query[f"searchCriteria.{name}.versionType"] = "commit" if COMMIT.fullmatch(version) else "tag"
        found = _values(self.client.get(f"{_place(repository)}/commits", query, immutable=True).object(), "commits")
        return commit_times(found, ("committer",), "date") if len(found) < PAGE else None

    def changed(self, repository: AzureRepository, commit: str, path: str) -> datetime | None:
        """Time of the last commit to a file, up to a commit."""
        for found in self.commits(repository, commit, "commit", path):
            by = found.get("committer")
            return moment(by.get("date")) if isinstance(by, dict) else None
        return None

    def teams(self) -> Iterator[Mapping[str, Any]]:
        """The teams of all projects."""
        yield from self.listed("/_apis/teams", version=TEAMS_VERSION)

    def team_members(self, project: str, team: str) -> Iterator[Mapping[str, Any]]:
        """The members of a team; a group of a directory is one member, and its users are not listed."""
        for member in self.listed(f"/_apis/projects/{quote(project, safe='')}/teams/{quote(team, safe='')}/members"):
            identity = member.get("identity")
            if isinstance(identity, dict) and identity.get("isContainer") is not True:
                yield identity


def people_tree(api: AzureDevOpsApi, base: str, options: PeopleOptions) -> MemoryTree:
    """A tree of Groups and Users. Raises ``HttpError``."""
    nodes = {text_of(node.get("id"), MAX_NAME): node for node in api.teams() if text_of(node.get("id"))}
    teams = [_team(node, id_, base, options.group_name) for id_, node in nodes.items()]
    members = Members()
    for team, identity in members_of_teams(teams, lambda id_: api.team_members(text_of(nodes[id_].get("projectId")), id_)):
        members.add(text_of(identity.get("id"), MAX_NAME), identity, team)
    people = members.people(lambda id_, node, of: _person(options.user_name, id_, node, of))
    return MemoryTree.of(people_id(base), f"{base.rpartition('/')[2]} (teams and members)", people_files(teams, people, options))


def people_id(base: str) -> str:
    """Id of the tree: where people look at them."""
    return f"{base}/_settings/users"


def _team(node: Mapping[str, Any], id_: str, base: str, entity: str) -> Team:
    """A team; the name of a team is unique in its project."""
    name, project = text_of(node.get("name"), MAX_NAME), text_of(node.get("projectName"), MAX_NAME)
    names = {"id": id_, "full_name": f"{project}-{name}"}
    return Team(
        id_, names.get(entity) or name,
        title=name,
        description=text_of(node.get("description")),
        url=f"{base}/{quote(project, safe='')}/_settings/teams?teamId={quote(id_, safe='')}" if project else "",
        annotations={"dev.azure.com/team-path": f"{project}/{name}"},
    )  # fmt: skip


def _person(entity: str, id_: str, node: Mapping[str, Any], teams: Sequence[str]) -> Person:
    """A user; ``uniqueName`` is the e-mail address, or domain and login on a server."""
    unique, title = text_of(node.get("uniqueName"), MAX_NAME), text_of(node.get("displayName"), MAX_NAME)
    login = unique.rpartition("\\")[2].partition("@")[0]
    return Person(
        id_, {"id": id_, "name": title}.get(entity) or login or title,
        title=title,
        email=unique if "@" in unique else "",
        teams=tuple(teams),
        annotations={"dev.azure.com/user-id": id_},
    )  # fmt: skip


def _place(repository: AzureRepository) -> str:
    return f"/{quote(repository.project, safe='')}/_apis/git/repositories/{quote(repository.id, safe='')}"


def _at(commit: str) -> dict[str, str | int]:
    return {"api-version": VERSION, "versionDescriptor.version": commit, "versionDescriptor.versionType": "commit"}


def _values(body: Mapping[str, Any], what: str) -> Sequence[Mapping[str, Any]]:
    items = body.get("value")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise HttpError("wrong-type", f"Azure DevOps returned no list of objects for {what}")
    return items
