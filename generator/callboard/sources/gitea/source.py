"""The ``gitea`` source: an organization on Gitea or Forgejo → trees of its repositories, their descriptors, and teams and members."""

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
from callboard.sources.gitea.api import GiteaApi, people_id, people_tree
from callboard.sources.host_source import AT_ONCE, HostSource, topics_of
from callboard.sources.hosted.folders import HostedCommit
from callboard.sources.hosted.listing import FolderEntry, entries_of
from callboard.sources.hosted.rest_folders import HISTORY, RestFolders
from callboard.sources.selection import ListedRepository

NAME = re.compile(r"\w[\w.-]{0,99}/(?!\.{1,2}$)[\w.-]{1,100}", re.ASCII)


GIT_USER = "x-access-token"
"""User that goes with a token."""


@dataclass(frozen=True, slots=True)
class GiteaFiles:
    """The files of one repository at one commit."""

    api: GiteaApi
    name: str
    commit: str

    def content(self, path: str, limit: int) -> bytes:
        """The content of one file."""
        return self.api.content(self.name, self.commit, path, limit)

    def at(self, ref: str) -> GiteaFiles:
        """The files at another branch, tag or commit."""
        return GiteaFiles(self.api, self.name, found(self.api.commit_of(self.name, ref), ref))

    def listing(self) -> Sequence[str]:
        """Sorted paths of all files."""
        return self.api.listing(self.name, self.commit, recursive=True)

    def changed(self, path: str) -> datetime | None:
        """Time of the last commit to a file."""
        return self.api.changed(self.name, self.commit, path)

    def commits_between(self, before: str, after: str) -> Sequence[datetime] | None:
        """Times of the commits between two revisions; a host older than Gitea 1.22 reports none."""
        return self.api.commits_between(self.name, before, after)


class GiteaSource(HostSource):
    """Descriptors in all repositories of an organization on a Gitea or Forgejo host, and its teams and members."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/gitea.json")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        super().__init__(settings, context, str(settings.options["url"]))
        self._organization = str(self._options["organization"])

    def collect(self) -> Collected:
        """All repositories, teams and members; a repository that cannot be read is a failure of its own. Raises ``HttpError``."""
        token = header("Authorization", str(self._options.get("token", "")), "token ")
        api = GiteaApi(client_for(self._context, f"{self._host}/api/v1", token))
        repositories = [*self._repositories(api)]
        self._read_folders(
            RestFolders(partial(_entries, api)),
            api.client.traffic,
            lambda: (GIT_USER, str(self._options.get("token", "")).strip()),
            HISTORY,
        )
        with ThreadPoolExecutor(AT_ONCE) as pool:
            parts = [*pool.map(lambda node: self._node(api, node), repositories)]
        people_name, people = f"{self._organization} (organization)", people_id(self._host, self._organization)
        parts.append(self._people(people_name, people, lambda options: people_tree(api, self._organization, self._host, options)))
        traffic = (SourceTraffic(self._name, api.client.traffic),)
        return merge_collected([*parts, Collected(traffic=traffic, left_out=tuple(self._left_out))])

    def _repositories(self, api: GiteaApi) -> Iterator[Mapping[str, Any]]:
        """The repositories that the options select."""
        for node in api.repositories(self._organization):
            name = text_of(node.get("full_name"))
            visibility = "private" if node.get("private") is True else "internal" if node.get("internal") is True else "public"
            is_archived, is_fork = node.get("archived") is True, node.get("fork") is True
            if self._is_selected(ListedRepository(name.rpartition("/")[2], is_archived, is_fork, topics_of(node), visibility), name):
                yield node

    def _node(self, api: GiteaApi, node: Mapping[str, Any]) -> Collected:
        name = text_of(node.get("full_name"))
        return self._repository(name, partial(self._metadata, node, name), partial(self._tree, api, node))

    def _metadata(self, node: Mapping[str, Any], name: str) -> Repository:
        remote = parse_remote(f"{self._host}/{name}")
        if remote is None or not NAME.fullmatch(name):
            raise HttpError("wrong-type", "Gitea returned a repository without a name")
        return Repository(
            self._name, remote.url, name, f"{self._host}/{name}",
            description=text_of(node.get("description")),
            topics=topics_of(node),
            default_branch=text_of(node.get("default_branch")),
            pushed_at=text_of(node.get("updated_at")),
            is_archived=node.get("archived") is True,
        )  # fmt: skip

    def _tree(self, api: GiteaApi, node: Mapping[str, Any], metadata: Repository) -> ApiTree | None:
        """The tree of the branch that the options name; None for an empty repository."""
        name = metadata.name

        def commit_of(branch: str) -> str:
            commit = api.commit(name, branch) if node.get("empty") is not True else None
            return commit.id if commit else ""

        head = self._head(metadata, commit_of)
        if head is None:
            return None
        files = GiteaFiles(api, name, head.commit)
        return self._tree_of_branch(metadata, "gitea", head, files, lambda: api.listing(name, head.commit, recursive=False))


def _entries(api: GiteaApi, of: HostedCommit, folder: str) -> Sequence[FolderEntry]:
    """The entries of a folder. Raises ``HttpError``."""
    found = api.entries(of.name, of.commit)
    for name in folder.split("/") if folder else ():
        id_ = text_of(found.get(name, {}).get("sha"))
        if not id_:
            return ()
        found = api.entries(of.name, id_)
    return entries_of([{**entry, "name": path} for path, entry in found.items()])
