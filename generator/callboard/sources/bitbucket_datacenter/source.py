"""The ``bitbucket-datacenter`` source: projects of a server → trees of their repositories, their descriptors, and groups and users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.sources import (
    Collected,
    Credential,
    HttpError,
    Remote,
    Repository,
    SourceContext,
    SourceSettings,
    SourceTraffic,
    basic,
    bearer,
    client_for,
    json_resource,
    merge_collected,
    parse_remote,
)
from callboard.sources.api_tree import ApiTree, found
from callboard.sources.bitbucket_datacenter.api import DatacenterApi, people_id, people_tree
from callboard.sources.generated import text_of
from callboard.sources.host_source import AT_ONCE, OWNERS, HostSource
from callboard.sources.hosted.rest_folders import HISTORY, RestFolders, not_listed
from callboard.sources.selection import ListedRepository

GIT_USER = "x-token-auth"
"""User that goes with a token."""
AVAILABLE = "AVAILABLE"
"""State of a repository that is not being made or moved."""


@dataclass(frozen=True, slots=True)
class DatacenterFiles:
    """The files of one repository at one commit."""

    api: DatacenterApi
    place: str
    commit: str

    def content(self, path: str, limit: int) -> bytes:
        """The content of one file."""
        return self.api.content(self.place, self.commit, path, limit)

    def at(self, ref: str) -> DatacenterFiles:
        """The files at another branch, tag or commit."""
        commits = self.api.commits(self.place, ref)
        return DatacenterFiles(self.api, self.place, found(text_of(commits[0].get("id")) if commits else "", ref))

    def listing(self) -> Sequence[str]:
        """Sorted paths of all files."""
        return self.api.listing(self.place, self.commit)

    def changed(self, path: str) -> datetime | None:
        """Time of the last commit to a file."""
        return self.api.changed(self.place, self.commit, path)

    def commits_between(self, before: str, after: str) -> Sequence[datetime] | None:
        """Times of the commits between two revisions."""
        return self.api.commits_between(self.place, before, after)


class BitbucketDatacenterSource(HostSource):
    """Descriptors in all repositories of a Bitbucket Data Center server or project, and its groups and users."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/bitbucket-datacenter.json")
    every = "**"

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        super().__init__(settings, context, str(settings.options["url"]))
        self._default_commits: dict[str, str] = {}
        """The newest commits of default branches, which come together with their names, by repository."""

    def collect(self) -> Collected:
        """All repositories, groups and users; a repository that cannot be read is a failure of its own. Raises ``HttpError``."""
        api = DatacenterApi(client_for(self._context, f"{self._host}/rest/api/latest", self._credential()))
        repositories = [node for node in api.repositories(str(self._options.get("project", ""))) if self._selects(node)]
        self._read_folders(RestFolders(not_listed), api.client.traffic, self._git_login, HISTORY)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            parts = [*pool.map(lambda node: self._node(api, node), repositories)]
        people_name = f"{self._host.partition('://')[2]} (groups and users)"
        parts.append(self._people(people_name, people_id(self._host), lambda options: people_tree(api, self._host, options)))
        traffic = (SourceTraffic(self._name, api.client.traffic),)
        return merge_collected([*parts, Collected(traffic=traffic, left_out=tuple(self._left_out))])

    def _credential(self) -> Credential:
        """An HTTP access token, or user and password."""
        user, token = str(self._options.get("user", "")), str(self._options.get("token", ""))
        return basic(user, str(self._options.get("password", ""))) if user else bearer(token)

    def _git_login(self) -> tuple[str, str]:
        user = str(self._options.get("user", ""))
        return (user, str(self._options.get("password", ""))) if user else (GIT_USER, str(self._options.get("token", "")).strip())

    def _git_url(self, remote: Remote) -> str:
        return f"{remote.url}.git"

    def _selects(self, node: Mapping[str, Any]) -> bool:
        """Whether the options select a repository; one that is being made or moved has no files yet."""
        if text_of(node.get("state") or AVAILABLE) != AVAILABLE:
            return False
        visibility = "public" if node.get("public") is True else "private"
        is_archived, is_fork = node.get("archived") is True, isinstance(node.get("origin"), dict)
        return self._is_selected(ListedRepository(_name(node), is_archived, is_fork, visibility=visibility), _name(node))

    def _node(self, api: DatacenterApi, node: Mapping[str, Any]) -> Collected:
        return self._repository(_name(node), partial(self._metadata, api, node), partial(self._tree, api, node))

    def _metadata(self, api: DatacenterApi, node: Mapping[str, Any]) -> Repository:
        """Data about a repository. The default branch is requested: the listing does not have it."""
        key, slug = _key(node), text_of(node.get("slug"))
        remote = parse_remote(f"{self._host}/scm/{quote(key.lower(), safe='~')}/{quote(slug, safe='')}")
        if remote is None or not key or not slug:
            raise HttpError("wrong-type", "Bitbucket returned a repository without a name")
        branch = api.default_branch(_place(node))
        self._default_commits[_name(node)] = branch.commit if branch else ""
        page = f"users/{quote(key[1:], safe='')}" if key.startswith("~") else f"projects/{quote(key, safe='')}"
        return Repository(
            self._name, remote.url, _name(node), f"{self._host}/{page}/repos/{quote(slug, safe='')}",
            description=text_of(node.get("description")),
            default_branch=branch.name if branch else "",
            is_archived=node.get("archived") is True,
        )  # fmt: skip

    def _tree(self, api: DatacenterApi, node: Mapping[str, Any], metadata: Repository) -> ApiTree | None:
        """The tree of the branch that the options name; None for an empty repository."""
        place = _place(node)

        def commit_of(branch: str) -> str:
            is_default = branch == metadata.default_branch
            return self._default_commits[metadata.name] if is_default else api.commit(place, branch)

        head = self._head(metadata, commit_of)
        if head is None:
            return None
        files = DatacenterFiles(api, place, head.commit)
        return self._tree_of_branch(metadata, "bitbucket-server", head, files, lambda: self._root(api, place, head.commit))

    def _root(self, api: DatacenterApi, place: str, commit: str) -> Sequence[str]:
        """Names of the files at the root; those of descriptors, so that they are requested, if the root has too many files."""
        names = api.root(place, commit)
        return (*self._include, *OWNERS) if names is None else names


def _key(node: Mapping[str, Any]) -> str:
    """The key of the project: ``~user`` for a user's own repositories."""
    project = node.get("project")
    return text_of(project.get("key")) if isinstance(project, dict) else ""


def _name(node: Mapping[str, Any]) -> str:
    key, slug = _key(node), text_of(node.get("slug"))
    return f"{key}/{slug}" if key and slug else ""


def _place(node: Mapping[str, Any]) -> str:
    return f"/projects/{quote(_key(node), safe='~')}/repos/{quote(text_of(node.get('slug')), safe='')}"
