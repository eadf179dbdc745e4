"""The ``gitlab`` source: a GitLab group → trees of all its projects, their descriptors, and its subgroups and members."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from callboard.io.http.auth import header
from callboard.io.http.client import client_for
from callboard.io.http.errors import HttpError
from callboard.model.errors import SourceError, TreeError
from callboard.model.tree import DescriptorFile
from callboard.plugins.sources import Collected, Repository, SourceContext, SourceFailure, SourceTraffic, joined, options_schema
from callboard.settings.settings import SourceSettings
from callboard.sources.addresses import known_addresses
from callboard.sources.api_tree import ApiTree, RepositoryMetadata
from callboard.sources.generated import suggested, text_of
from callboard.sources.gitlab.api import GitLabApi, GitLabCommit, identity, people_id, people_tree
from callboard.sources.hosts import parse, web
from callboard.sources.paths import compiled_any, descriptor_paths, is_glob

PUBLIC = "https://gitlab.com"
AT_ONCE = 8
DESCRIPTOR_LIMIT = 2_000_000
DEFAULT_PATHS = ("catalog-info.yaml", "catalog-info.yml")
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

    def listing(self) -> Sequence[str]:
        """Sorted paths of all files."""
        return self.api.listing(self.project, self.commit, recursive=True)

    def changed(self, path: str) -> datetime | None:
        """Time of the last commit to a file."""
        commit = self.api.commit(self.project, self.commit, path, immutable=True)
        return commit.time if commit else None


class GitLabSource:
    """Descriptors in all projects of a GitLab group and its subgroups, and the groups and their members."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("gitlab")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._name = settings.name
        self._options = settings.options
        self._host = str(self._options.get("url", PUBLIC)).rstrip("/")
        self._group = str(self._options["group"]).strip("/")
        self._context = context
        self._include = tuple(self._options.get("include", DEFAULT_PATHS))

    def collect(self) -> Collected:
        """All projects, groups and members; a project that cannot be read is a failure of its own. Raises ``HttpError``."""
        token = header("PRIVATE-TOKEN", str(self._options.get("token", "")))
        api = GitLabApi(client_for(self._context, f"{self._host}/api/v4", token))
        projects = [*self._projects(api)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            parts = [*pool.map(lambda project: self._project(api, project), projects)]
        if self._options.get("people", False):
            parts.append(self._people(api))
        return joined([*parts, Collected(traffic=(SourceTraffic(self._name, api.client.traffic),))])

    def _projects(self, api: GitLabApi) -> Iterator[Mapping[str, Any]]:
        """The projects that the options select, by their paths in the group."""
        included = compiled_any(tuple(self._options.get("repositories", ("**",)))).fullmatch
        excluded = compiled_any(tuple(self._options.get("exclude_repositories", ()))).fullmatch
        for project in api.projects(self._group, archived=self._options.get("archived", False) is True):
            inside = text_of(project.get("path_with_namespace")).removeprefix(f"{self._group}/")
            is_fork = isinstance(project.get("forked_from_project"), dict)
            is_selected = not inside or (included(inside) and not excluded(inside))  # without a path it becomes a failure
            if is_selected and (not is_fork or self._options.get("forks", False)):
                yield project

    def _project(self, api: GitLabApi, project: Mapping[str, Any]) -> Collected:
        name = text_of(project.get("path_with_namespace"))
        metadata = None
        try:
            metadata = self._metadata(project, name)
            tree = self._tree(api, project, metadata)
            paths = self._descriptors(tree) if tree else ()
        except (SourceError, TreeError) as error:
            return Collected(failures=(self._failure(name, str(error), error.hint, metadata.tree if metadata else ""),))
        if tree is None or not paths:
            undescribed = () if metadata.is_archived else (suggested(metadata, tree, "gitlab.com/project-slug"),)
            return Collected(undescribed=undescribed, repositories=(metadata,))
        files = tuple(DescriptorFile(self._name, tree, path) for path in paths)
        return Collected((tree,), files, repositories=(metadata,))

    def _metadata(self, project: Mapping[str, Any], name: str) -> Repository:
        remote = parse(f"{self._host}/{name}")
        if remote is None or not NAME.fullmatch(name):
            raise HttpError("wrong-type", "GitLab returned a project without a path")
        topics = project.get("topics")
        return Repository(
            self._name, remote.url, name, f"{self._host}/{name}",
            description=text_of(project.get("description")),
            topics=tuple(t for t in topics if isinstance(t, str)) if isinstance(topics, list) else (),
            default_branch=text_of(project.get("default_branch")),
            pushed_at=text_of(project.get("last_activity_at")),
            is_archived=project.get("archived") is True,
        )  # fmt: skip

    def _tree(self, api: GitLabApi, project: Mapping[str, Any], metadata: Repository) -> ApiTree | None:
        """The tree of the default branch; None for an empty repository."""
        ref, remote, id_ = metadata.default_branch, parse(metadata.url), identity(project.get("id"))
        commit = self._commit(api, id_, ref)
        if commit is None or remote is None:
            return None
        root = [] if self._needs_listing() else api.listing(id_, commit.id, recursive=False)
        absent = {path: None for path in (*self._include, *_OWNERS) if "/" not in path and path not in root}
        addresses = known_addresses(remote, "gitlab", [ref, commit.id], "branch", is_default=True)
        return ApiTree(
            remote.url, metadata.name, commit.id, addresses, web(remote, "gitlab", ref), ProjectFiles(api, id_, commit.id),
            RepositoryMetadata({} if self._needs_listing() else absent),
        )  # fmt: skip

    def _commit(self, api: GitLabApi, project: str, ref: str) -> GitLabCommit | None:
        if not ref:
            return None
        try:
            return api.commit(project, ref)
        except HttpError as error:
            if error.status == 404:  # noqa: PLR2004 - a repository without a commit yet
                return None
            raise

    def _needs_listing(self) -> bool:
        return any(is_glob(path) for path in self._include)

    def _descriptors(self, tree: ApiTree) -> Sequence[str]:
        """The paths of descriptors that exist. Each is read: one that cannot be fetched must not look deleted. Raises ``TreeError``."""
        candidates = tree.glob("**") if self._needs_listing() else self._include
        paths = descriptor_paths(candidates, {**self._options, "include": self._include})
        return sorted(path for path in paths if tree.has(path, DESCRIPTOR_LIMIT))

    def _people(self, api: GitLabApi) -> Collected:
        try:
            tree = people_tree(api, self._group, self._host)
        except SourceError as error:
            people = people_id(self._host, self._group)
            return Collected(failures=(self._failure(f"{self._group} (groups and members)", str(error), error.hint, people),))
        return Collected((tree,), tuple(DescriptorFile(self._name, tree, path) for path in tree.files))

    def _failure(self, repository: str, message: str, hint: str = "", tree: str = "") -> SourceFailure:
        redact = self._context.redactor.with_also([str(self._options.get("token", ""))]).redact
        return SourceFailure(self._name, redact(repository), redact(message), redact(hint), tree)


_OWNERS = ("CODEOWNERS",)
