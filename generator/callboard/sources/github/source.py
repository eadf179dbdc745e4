"""The ``github`` source: an organization or user → trees of its repositories, their descriptors, and teams and members."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from callboard.plugins.sources import (
    GITHUB_HEADERS,
    GITHUB_URL,
    Anonymous,
    Client,
    Collected,
    Credential,
    HttpError,
    Remote,
    Repository,
    SourceContext,
    SourceSettings,
    SourceTraffic,
    client_for,
    connect_github,
    is_glob,
    json_resource,
    merge_collected,
    parse_remote,
)
from callboard.sources.addresses import known_addresses
from callboard.sources.api_tree import ApiTree, RepositoryMetadata, found
from callboard.sources.codeowners import PLACES
from callboard.sources.generated import moment, text_of
from callboard.sources.github.api import GitHubApi, file_variables, repositories_query
from callboard.sources.github.folders import GitHubFolders
from callboard.sources.github.people import people_id, people_tree
from callboard.sources.host_source import AT_ONCE, HostSource
from callboard.sources.hosted.folders import HostedFolders
from callboard.sources.hosts import web
from callboard.sources.selection import ListedRepository, MissingBranchError

NAME = re.compile(r"\w[\w-]{0,99}/(?!\.{1,2}$)[\w.-]{1,100}", re.ASCII)
PAGE = 50
MAX_QUERIED = 10
"""Paths that are queried with every repository; further ones are matched against its listing."""
COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
GIT_USER = "x-access-token"
"""User that goes with a token."""
FoldersOf = Callable[[Remote, str, str], HostedFolders | None]
"""Repository, its name and a commit → how its folders are read."""


@dataclass(frozen=True, slots=True)
class GitHubFiles:
    """The files of one repository at one commit, from the REST API."""

    api: GitHubApi
    name: str
    revision: str

    def content(self, path: str, limit: int) -> bytes:
        """The content of one file."""
        return self.api.content(self.name, self.revision, path, limit)

    def at(self, ref: str) -> GitHubFiles:
        """The files at another branch, tag or commit."""
        return GitHubFiles(self.api, self.name, found(self.api.commit(self.name, ref), ref))

    def listing(self) -> Sequence[str]:
        """Sorted paths of all files."""
        return self.api.listing(self.name, self.revision)

    def changed(self, path: str) -> datetime | None:
        """Time of the last commit to a file."""
        return self.api.changed(self.name, self.revision, path)

    def commits_between(self, before: str, after: str) -> Sequence[datetime] | None:
        """Times of the commits between two revisions."""
        return self.api.commits_between(self.name, before, after)


def tree_of(
    node: Mapping[str, Any],
    paths: Sequence[str],
    host: str,
    api: GitHubApi,
    *,
    is_default: bool = True,
    folders_of: FoldersOf | None = None,
) -> ApiTree | None:
    """The tree of the branch in ``defaultBranchRef``; None for an empty repository. Raises ``HttpError`` for an invalid node."""
    name = text_of(node.get("nameWithOwner"))
    if not NAME.fullmatch(name):
        raise HttpError("wrong-type", "GitHub returned a repository without a name")
    branch = node.get("defaultBranchRef")
    target = branch.get("target") if isinstance(branch, dict) else None
    if not isinstance(target, dict) or not isinstance(branch, dict):
        return None
    revision, ref = text_of(target.get("oid")), text_of(branch.get("name"))
    remote = parse_remote(f"{host}/{name}")
    if remote is None or not COMMIT.fullmatch(revision):
        raise HttpError("wrong-type", f"GitHub returned no commit for {name}")
    addresses = known_addresses(remote, "github", [ref, revision], "branch", is_default=is_default)
    return ApiTree(
        remote.url, name, revision, addresses, web(remote, "github", ref),
        GitHubFiles(api, name, revision), RepositoryMetadata(dict(_contents(node, paths)), dict(_ages(target, paths))),
        folders=folders_of(remote, name, revision) if folders_of else None,
    )  # fmt: skip


def metadata_of(node: Mapping[str, Any], source: str, host: str) -> Repository:
    """GitHub's metadata of the repository."""
    name = text_of(node.get("nameWithOwner"))
    url = f"{host}/{name}"
    release = node.get("latestRelease")
    release = release if isinstance(release, dict) else {}
    remote, branch = parse_remote(url), node.get("defaultBranchRef")
    return Repository(
        source, remote.url if remote else url, name, url,
        description=text_of(node.get("description")),
        topics=tuple(_topics(node)),
        languages=tuple(_languages(node)),
        default_branch=text_of(branch.get("name")) if isinstance(branch, dict) else "",
        pushed_at=text_of(node.get("pushedAt")),
        release=text_of(release.get("tagName")),
        released_at=text_of(release.get("publishedAt")),
        is_archived=node.get("isArchived") is True,
    )  # fmt: skip


def _contents(node: Mapping[str, Any], paths: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
    """Contents of the queried files by path; a truncated or binary one is left out, and is requested later."""
    names = [*((f"d{n}", path) for n, path in enumerate(paths)), *((f"o{n}", place) for n, place in enumerate(PLACES))]
    for alias, path in names:
        blob = node.get(alias)
        if blob is None and alias in node:
            yield path, None
        elif isinstance(blob, dict) and isinstance(blob.get("text"), str) and blob.get("isTruncated") is False:
            yield path, blob["text"].encode("utf-8", "replace")


def _ages(target: Mapping[str, Any], paths: Sequence[str]) -> Iterator[tuple[str, datetime | None]]:
    for n, path in enumerate(paths):
        history = target.get(f"h{n}")
        nodes = history.get("nodes") if isinstance(history, dict) else None
        if isinstance(nodes, list) and nodes and isinstance(nodes[0], dict):
            yield path, moment(nodes[0].get("committedDate"))


def _topics(node: Mapping[str, Any]) -> Iterator[str]:
    for item in _list(node.get("repositoryTopics"), "nodes"):
        topic = item.get("topic")
        if isinstance(topic, dict) and (name := text_of(topic.get("name"), 100)):
            yield name


def _languages(node: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for edge in _list(node.get("languages"), "edges"):
        language, size = edge.get("node"), edge.get("size")
        if isinstance(language, dict) and isinstance(size, int) and (name := text_of(language.get("name"), 100)):
            yield name, size


def _list(value: Any, field: str) -> list[dict[str, Any]]:
    items = value.get(field) if isinstance(value, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


class GitHubSource(HostSource):
    """Descriptors in all repositories of a GitHub organization or user, and the organization's teams and members."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/github.json")
    annotation = "github.com/project-slug"

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        super().__init__(settings, context, str(settings.options.get("url", GITHUB_URL)))
        self._owner = str(self._options["organization"])
        self._clients: list[Client] = []
        self._credential: Credential = Anonymous()
        self._queried = [path for path in self._include if not is_glob(path)][:MAX_QUERIED]
        self._needs_listing = set(self._queried) != set(self._include)

    def collect(self) -> Collected:
        """All repositories, teams and members; a repository that cannot be read is a failure of its own. Raises ``HttpError``."""
        api = GitHubApi(connect_github(self._options, self._host, self._owner, self._client, self._context.clock))
        self._read_folders(GitHubFolders(api.graphql), self._clients[-1].traffic, self._login)
        missing: list[str] = []
        nodes = [*self._repositories(api, missing)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            parts = [*pool.map(lambda node: self._node(api, node), nodes)]
        people_name, people = f"{self._owner} (organization)", people_id(self._host, self._owner)
        parts.append(self._people(people_name, people, lambda options: people_tree(api, self._owner, self._host, options, missing.append)))
        failures = tuple(self._failure("", f"GitHub left something out: {reason}") for reason in dict.fromkeys(missing))
        traffic = tuple(SourceTraffic(self._name, client.traffic) for client in self._clients)
        return merge_collected([*parts, Collected(failures=failures, traffic=traffic, left_out=tuple(self._left_out))])

    def _client(self, base: str, credential: Credential) -> Client:
        client = client_for(self._context, base, credential, GITHUB_HEADERS)
        self._clients.append(client)
        self._credential = credential  # the last client is the one for repositories
        return client

    def _login(self) -> tuple[str, str]:
        """User and token for git. Raises ``HttpError`` for an App that gets no token."""
        return GIT_USER, self._credential.headers().get("Authorization", "").rpartition(" ")[2]

    def _repositories(self, api: GitHubApi, missing: list[str]) -> Iterator[Mapping[str, Any]]:
        """The repositories that the options select."""
        branches = self._selection.branches
        variables = {"owner": self._owner, **file_variables(self._queried, branches)}
        query = repositories_query(self._queried, branches, with_visibility=bool(self._selection.visibility))
        for node in api.graphql.nodes(query, variables, ("repositoryOwner", "repositories"), PAGE, missing.append):
            is_archived, is_fork = node.get("isArchived") is True, node.get("isFork") is True
            topics, visibility = tuple(_topics(node)), text_of(node.get("visibility")).lower()
            listed = ListedRepository(text_of(node.get("name")), is_archived, is_fork, topics, visibility)
            if self._is_selected(listed, text_of(node.get("nameWithOwner"))):
                yield node

    def _node(self, api: GitHubApi, node: Mapping[str, Any]) -> Collected:
        metadata = metadata_of(node, self._name, self._host)
        return self._repository(metadata.name, lambda: metadata, lambda _: self._tree(api, node, metadata))

    def _tree(self, api: GitHubApi, node: Mapping[str, Any], metadata: Repository) -> ApiTree | None:
        """The tree of the branch that the options name. Raises ``MissingBranchError``, and ``HttpError`` for an invalid node."""
        branches = self._selection.branches
        if not branches or not isinstance(node.get("defaultBranchRef"), dict):
            return tree_of(node, self._queried, self._host, api, folders_of=self._folders)
        existing = next((n for n, _ in enumerate(branches) if isinstance(node.get(f"b{n}"), dict)), None)
        if existing is None:
            raise MissingBranchError(f"{metadata.name} has none of the branches {', '.join(branches)}")
        of_branch = {name.removeprefix(f"b{existing}"): value for name, value in node.items() if name.startswith(f"b{existing}")}
        chosen = {**node, **of_branch, "defaultBranchRef": node[f"b{existing}"]}
        is_default = branches[existing] == metadata.default_branch
        return tree_of(chosen, self._queried, self._host, api, is_default=is_default, folders_of=self._folders)
