"""The ``github`` source: all repositories of an organization or a user, and the organization's teams and members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ClassVar

from generator.errors import SourceError, TreeError
from generator.model.tree import DescriptorFile
from generator.outside.github import HEADERS, PUBLIC, api_base, signed_in
from generator.outside.http import Client, Credential
from generator.settings.settings import SourceSettings
from generator.sources.api_tree import ApiTree
from generator.sources.descriptor_text import text_of
from generator.sources.finding import descriptors
from generator.sources.github_api import GitHubApi
from generator.sources.github_people import people_id, people_tree
from generator.sources.github_queries import file_variables, repositories_query
from generator.sources.github_repositories import about, tree_of
from generator.sources.globs import compiled_any, is_glob
from generator.sources.http_client import client_for
from generator.sources.source import Collected, SourceContext, SourceFailure, SourceTraffic, joined, options_schema
from generator.sources.suggesting import suggested

PAGE = 50
AT_ONCE = 8
DESCRIPTOR_LIMIT = 2_000_000
DEFAULT_PATHS = ("catalog-info.yaml", "catalog-info.yml")
MOST_ASKED = 10
"""Paths that are asked for with every repository; further ones are looked for in its listing."""


class GitHubSource:
    """Descriptors in all repositories of a GitHub organization or user, and the organization's teams and members."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("github")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._name = settings.name
        self._options = settings.options
        self._host = str(self._options.get("url", PUBLIC)).rstrip("/")
        self._owner = str(self._options["organization"])
        self._context = context
        self._clients: list[Client] = []
        self._include = tuple(self._options.get("include", DEFAULT_PATHS))
        self._asked = [path for path in self._include if not is_glob(path)][:MOST_ASKED]

    def collect(self) -> Collected:
        """Repositories by pages of fifty; what cannot be read of one of them is a failure of that one. Raises ``HttpError``."""
        base, rest = api_base(self._host)
        credential = signed_in(self._options, partial(self._client, base), rest, self._owner, self._context.clock)
        api = GitHubApi(self._client(base, credential), rest)
        lost: list[str] = []
        nodes = [*self._repositories(api, lost)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            parts = [*pool.map(lambda node: self._repository(api, node), nodes)]
        if self._options.get("people", False):
            parts.append(self._people(api, lost))
        failures = tuple(self._failure("", f"GitHub left something out: {said}") for said in dict.fromkeys(lost))
        traffic = tuple(SourceTraffic(self._name, client.traffic) for client in self._clients)
        return joined([*parts, Collected(failures=failures, traffic=traffic)])

    def _client(self, base: str, credential: Credential) -> Client:
        client = client_for(self._context, base, credential, HEADERS)
        self._clients.append(client)
        return client

    def _repositories(self, api: GitHubApi, lost: list[str]) -> Iterator[Mapping[str, Any]]:
        """Those that the options leave."""
        variables = {"owner": self._owner, **file_variables(self._asked)}
        included = compiled_any(tuple(self._options.get("repositories", ("*",)))).fullmatch
        excluded = compiled_any(tuple(self._options.get("exclude_repositories", ()))).fullmatch
        query = repositories_query(self._asked)
        for node in api.connection(query, variables, ("repositoryOwner", "repositories"), PAGE, lost.append):
            name = text_of(node.get("name"))
            wanted = not name or (included(name) and not excluded(name))  # without a name it is told as a failure
            if wanted and self._is_kept(node, "isArchived", "archived") and self._is_kept(node, "isFork", "forks"):
                yield node

    def _is_kept(self, node: Mapping[str, Any], field: str, option: str) -> bool:
        return node.get(field) is not True or self._options.get(option, False) is True

    def _repository(self, api: GitHubApi, node: Mapping[str, Any]) -> Collected:
        known = about(node, self._name, self._host)
        try:
            tree = tree_of(node, self._asked, self._host, api)
            paths = self._descriptors(tree) if tree else ()
        except (SourceError, TreeError) as error:
            return Collected(failures=(self._failure(known.name, str(error), error.hint, known.tree),))
        if tree is None or not paths:
            bare = () if known.is_archived else (suggested(known, tree, "github.com/project-slug"),)
            return Collected(undescribed=bare, repositories=(known,))
        files = tuple(DescriptorFile(self._name, tree, path) for path in paths)
        return Collected((tree,), files, repositories=(known,))

    def _descriptors(self, tree: ApiTree) -> Sequence[str]:
        """The paths that are there, each read: what cannot be fetched must not look as if it were gone. Raises ``TreeError``."""
        wanted = self._asked if set(self._asked) == set(self._include) else tree.glob("**")
        found = descriptors(wanted, {**self._options, "include": self._include})
        return sorted(path for path in found if tree.has(path, DESCRIPTOR_LIMIT))

    def _people(self, api: GitHubApi, lost: list[str]) -> Collected:
        try:
            tree = people_tree(api, self._owner, self._host, lost.append)
        except SourceError as error:
            people = people_id(self._host, self._owner)
            return Collected(failures=(self._failure(f"{self._owner} (organization)", str(error), error.hint, people),))
        return Collected((tree,), tuple(DescriptorFile(self._name, tree, path) for path in tree.files))

    def _failure(self, repository: str, message: str, hint: str = "", tree: str = "") -> SourceFailure:
        redact = self._context.redactor.with_also([str(self._options.get("token", ""))]).redact
        return SourceFailure(self._name, redact(repository), redact(message), redact(hint), tree)
