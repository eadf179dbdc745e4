"""The ``gitea`` source: an organization on Gitea or Forgejo → trees of its repositories, their descriptors, and teams and members."""

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
from callboard.sources.gitea.api import GiteaApi, people_id, people_tree
from callboard.sources.hosts import parse, web
from callboard.sources.paths import compiled_any, descriptor_paths, is_glob

AT_ONCE = 8
DESCRIPTOR_LIMIT = 2_000_000
DEFAULT_PATHS = ("catalog-info.yaml", "catalog-info.yml")
OWNERS = ("CODEOWNERS",)
NAME = re.compile(r"\w[\w.-]{0,99}/(?!\.{1,2}$)[\w.-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class GiteaFiles:
    """The files of one repository at one commit."""

    api: GiteaApi
    name: str
    commit: str

    def content(self, path: str, limit: int) -> bytes:
        """The content of one file."""
        return self.api.content(self.name, self.commit, path, limit)

    def listing(self) -> Sequence[str]:
        """Sorted paths of all files."""
        return self.api.listing(self.name, self.commit, recursive=True)

    def changed(self, path: str) -> datetime | None:
        """Time of the last commit to a file."""
        return self.api.changed(self.name, self.commit, path)


class GiteaSource:
    """Descriptors in all repositories of an organization on a Gitea or Forgejo host, and its teams and members."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("gitea")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._name = settings.name
        self._options = settings.options
        self._host = str(self._options["url"]).rstrip("/")
        self._organization = str(self._options["organization"])
        self._context = context
        self._include = tuple(self._options.get("include", DEFAULT_PATHS))
        self._lists_all = any(is_glob(path) for path in self._include)

    def collect(self) -> Collected:
        """All repositories, teams and members; a repository that cannot be read is a failure of its own. Raises ``HttpError``."""
        token = header("Authorization", str(self._options.get("token", "")), "token ")
        api = GiteaApi(client_for(self._context, f"{self._host}/api/v1", token))
        repositories = [*self._repositories(api)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            parts = [*pool.map(lambda node: self._repository(api, node), repositories)]
        if self._options.get("people", False):
            parts.append(self._people(api))
        return joined([*parts, Collected(traffic=(SourceTraffic(self._name, api.client.traffic),))])

    def _repositories(self, api: GiteaApi) -> Iterator[Mapping[str, Any]]:
        """The repositories that the options select."""
        included = compiled_any(tuple(self._options.get("repositories", ("*",)))).fullmatch
        excluded = compiled_any(tuple(self._options.get("exclude_repositories", ()))).fullmatch
        for node in api.repositories(self._organization):
            name = text_of(node.get("full_name")).rpartition("/")[2]
            is_selected = not name or (included(name) and not excluded(name))  # without a name it becomes a failure
            if is_selected and self._is_included(node, "archived", "archived") and self._is_included(node, "fork", "forks"):
                yield node

    def _is_included(self, node: Mapping[str, Any], field: str, option: str) -> bool:
        return node.get(field) is not True or self._options.get(option, False) is True

    def _repository(self, api: GiteaApi, node: Mapping[str, Any]) -> Collected:
        name, metadata = text_of(node.get("full_name")), None
        try:
            metadata = self._metadata(node, name)
            tree = self._tree(api, node, metadata)
            paths = self._descriptors(tree) if tree else ()
        except (SourceError, TreeError) as error:
            return Collected(failures=(self._failure(name, str(error), error.hint, metadata.tree if metadata else ""),))
        if tree is None or not paths:
            undescribed = () if metadata.is_archived else (suggested(metadata, tree),)
            return Collected(undescribed=undescribed, repositories=(metadata,))
        files = tuple(DescriptorFile(self._name, tree, path) for path in paths)
        return Collected((tree,), files, repositories=(metadata,))

    def _metadata(self, node: Mapping[str, Any], name: str) -> Repository:
        remote = parse(f"{self._host}/{name}")
        if remote is None or not NAME.fullmatch(name):
            raise HttpError("wrong-type", "Gitea returned a repository without a name")
        topics = node.get("topics")
        return Repository(
            self._name, remote.url, name, f"{self._host}/{name}",
            description=text_of(node.get("description")),
            topics=tuple(t for t in topics if isinstance(t, str)) if isinstance(topics, list) else (),
            default_branch=text_of(node.get("default_branch")),
            pushed_at=text_of(node.get("updated_at")),
            is_archived=node.get("archived") is True,
        )  # fmt: skip

    def _tree(self, api: GiteaApi, node: Mapping[str, Any], metadata: Repository) -> ApiTree | None:
        """The tree of the default branch; None for an empty repository."""
        ref, remote = metadata.default_branch, parse(metadata.url)
        commit = api.commit(metadata.name, ref) if ref and node.get("empty") is not True else None
        if commit is None or remote is None:
            return None
        root = [] if self._lists_all else api.listing(metadata.name, commit.id, recursive=False)
        absent = {path: None for path in (*self._include, *OWNERS) if "/" not in path and path not in root}
        addresses = known_addresses(remote, "gitea", [ref, commit.id], "branch", is_default=True)
        return ApiTree(
            remote.url, metadata.name, commit.id, addresses, web(remote, "gitea", ref), GiteaFiles(api, metadata.name, commit.id),
            RepositoryMetadata({} if self._lists_all else absent),
        )  # fmt: skip

    def _descriptors(self, tree: ApiTree) -> Sequence[str]:
        """The paths of descriptors that exist. Each is read: one that cannot be fetched must not look deleted. Raises ``TreeError``."""
        candidates = tree.glob("**") if self._lists_all else self._include
        paths = descriptor_paths(candidates, {**self._options, "include": self._include})
        return sorted(path for path in paths if tree.has(path, DESCRIPTOR_LIMIT))

    def _people(self, api: GiteaApi) -> Collected:
        try:
            tree = people_tree(api, self._organization, self._host)
        except SourceError as error:
            people = people_id(self._host, self._organization)
            return Collected(failures=(self._failure(f"{self._organization} (organization)", str(error), error.hint, people),))
        return Collected((tree,), tuple(DescriptorFile(self._name, tree, path) for path in tree.files))

    def _failure(self, repository: str, message: str, hint: str = "", tree: str = "") -> SourceFailure:
        redact = self._context.redactor.with_also([str(self._options.get("token", ""))]).redact
        return SourceFailure(self._name, redact(repository), redact(message), redact(hint), tree)
