"""The ``gitlab`` source: a GitLab group → trees of all its projects, their descriptors, and its subgroups and members."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from callboard.plugins.sources import (
    Collected,
    HttpError,
    Repository,
    SourceContext,
    SourceSettings,
    SourceTraffic,
    client_for,
    header,
    json_resource,
    merge_collected,
    parse_remote,
)
from callboard.sources.api_tree import ApiTree, found
from callboard.sources.generated import text_of
from callboard.sources.gitlab.api import GitLabApi, identity, is_being_deleted, people_id, people_tree
from callboard.sources.host_source import AT_ONCE, HostSource, topics_of
from callboard.sources.hosted.listing import entries_of
from callboard.sources.hosted.rest_folders import HISTORY, RestFolders
from callboard.sources.selection import ListedRepository

PUBLIC = "https://gitlab.com"
GIT_USER = "oauth2"
"""User that goes with a token."""
NAME = re.compile(r"\w[\w.-]{0,254}(?:/\w[\w.-]{0,254}){1,30}")


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """The files of one project at one commit."""

    api: GitLabApi
    project: str
    commit: str

    def content(self, path: str, limit: int) -> bytes:
        """The content of one file."""
        return self.api.content(self.project, self.commit, path, limit)

    def at(self, ref: str) -> ProjectFiles:
        """The files at another branch, tag or commit."""
        commit = self.api.commit(self.project, ref)
        return ProjectFiles(self.api, self.project, found(commit.id if commit else "", ref))

    def listing(self) -> Sequence[str]:
        """Sorted paths of all files."""
        return self.api.listing(self.project, self.commit, recursive=True)

    def changed(self, path: str) -> datetime | None:
        """Time of the last commit to a file."""
        commit = self.api.commit(self.project, self.commit, path, immutable=True)
        return commit.time if commit else None

    def commits_between(self, before: str, after: str) -> Sequence[datetime] | None:
        """Times of the commits between two revisions."""
        return self.api.commits_between(self.project, before, after)


class GitLabSource(HostSource):
    """Descriptors in all projects of a GitLab group and its subgroups, and the groups and their members."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/gitlab.json")
    every = "**"
    annotation = "gitlab.com/project-slug"

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        super().__init__(settings, context, str(settings.options.get("url", PUBLIC)))
        self._group = str(self._options["group"]).strip("/")

    def collect(self) -> Collected:
        """All projects, groups and members; a project that cannot be read is a failure of its own. Raises ``HttpError``."""
        token = header("PRIVATE-TOKEN", str(self._options.get("token", "")))
        api = GitLabApi(client_for(self._context, f"{self._host}/api/v4", token))
        projects = [*self._projects(api)]
        ids = {text_of(project.get("path_with_namespace")): project.get("id") for project in projects}
        self._read_folders(
            RestFolders(lambda of, folder: entries_of([*api.entries(identity(ids[of.name]), of.commit, folder)])), api.client.traffic,
            lambda: (GIT_USER, str(self._options.get("token", "")).strip()), HISTORY,
        )  # fmt: skip
        with ThreadPoolExecutor(AT_ONCE) as pool:
            parts = [*pool.map(lambda project: self._project(api, project), projects)]
        people_name, people = f"{self._group} (groups and members)", people_id(self._host, self._group)
        parts.append(self._people(people_name, people, lambda options: people_tree(api, self._group, self._host, options)))
        traffic = (SourceTraffic(self._name, api.client.traffic),)
        return merge_collected([*parts, Collected(traffic=traffic, left_out=tuple(self._left_out))])

    def _projects(self, api: GitLabApi) -> Iterator[Mapping[str, Any]]:
        """The projects that the options select, by their paths in the group; not those without a repository, or marked for deletion."""
        root = self._group
        for project in api.projects(self._group):
            path = text_of(project.get("path_with_namespace"))
            if not path.startswith(f"{root}/") and root == self._group:
                root = api.path_of_group(self._group)
            inside = path.removeprefix(f"{root}/")
            if is_being_deleted(project) or project.get("repository_access_level") == "disabled":
                continue
            is_fork, visibility = isinstance(project.get("forked_from_project"), dict), text_of(project.get("visibility"))
            listed = ListedRepository(inside, project.get("archived") is True, is_fork, topics_of(project), visibility)
            if self._is_selected(listed, path):
                yield project

    def _project(self, api: GitLabApi, project: Mapping[str, Any]) -> Collected:
        name = text_of(project.get("path_with_namespace"))
        return self._repository(name, partial(self._metadata, project, name), partial(self._tree, api, project))

    def _metadata(self, project: Mapping[str, Any], name: str) -> Repository:
        remote = parse_remote(f"{self._host}/{name}")
        if remote is None or not NAME.fullmatch(name):
            raise HttpError("wrong-type", "GitLab returned a project without a path")
        return Repository(
            self._name, remote.url, name, f"{self._host}/{name}",
            description=text_of(project.get("description")),
            topics=topics_of(project),
            default_branch=text_of(project.get("default_branch")),
            pushed_at=text_of(project.get("last_activity_at")),
            is_archived=project.get("archived") is True,
        )  # fmt: skip

    def _tree(self, api: GitLabApi, project: Mapping[str, Any], metadata: Repository) -> ApiTree | None:
        """The tree of the branch that the options name; None for an empty repository."""
        id_ = identity(project.get("id"))
        head = self._head(metadata, lambda branch: self._commit(api, id_, branch))
        if head is None:
            return None
        files = ProjectFiles(api, id_, head.commit)
        return self._tree_of_branch(metadata, "gitlab", head, files, lambda: api.listing(id_, head.commit, recursive=False))

    def _commit(self, api: GitLabApi, project: str, branch: str) -> str:
        """Id of the newest commit of a branch; empty if there is no such branch, or no commit yet."""
        try:
            commit = api.commit(project, branch)
        except HttpError as error:
            if error.status == 404:  # noqa: PLR2004 - a repository without a commit yet
                return ""
            raise
        return commit.id if commit else ""
