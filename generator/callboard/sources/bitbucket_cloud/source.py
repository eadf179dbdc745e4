"""The ``bitbucket-cloud`` source: a workspace on Bitbucket Cloud → trees of its repositories, their descriptors, and its members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from callboard.plugins.sources import (
    Collected,
    Credential,
    HttpError,
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
from callboard.sources.bitbucket_cloud.api import BitbucketApi, people_id, people_tree
from callboard.sources.bitbucket_cloud.known_heads import KnownHeads
from callboard.sources.generated import text_of
from callboard.sources.host_source import AT_ONCE, HostSource
from callboard.sources.hosted.rest_folders import HISTORY, RestFolders, not_listed
from callboard.sources.selection import ListedRepository
from callboard.sources.waiting import RequestBudget, WaitingError, waiting_error

PUBLIC = "https://bitbucket.org"
API = "https://api.bitbucket.org"
REQUESTS = 900
"""Requests of a build, unless the option says another number: Bitbucket permits 1,000 an hour."""


@dataclass(frozen=True, slots=True)
class BitbucketFiles:
    """The files of one repository at one commit."""

    api: BitbucketApi
    slug: str
    commit: str
    budget: RequestBudget

    def content(self, path: str, limit: int) -> bytes:
        """The content of one file. Raises ``HttpError``, and ``WaitingError`` for a refusal."""
        with self.budget.watched():
            return self.api.content(self.slug, self.commit, path, limit)

    def at(self, ref: str) -> BitbucketFiles:
        """The files at another branch, tag or commit."""
        return BitbucketFiles(self.api, self.slug, found(self.api.commit_of(self.slug, ref), ref), self.budget)

    def listing(self, *, recursive: bool = True) -> Sequence[str]:
        """Sorted paths of all files, or of those at the root. Raises ``HttpError``, and ``WaitingError`` for a refusal."""
        with self.budget.watched():
            return self.api.listing(self.slug, self.commit, recursive=recursive)

    def changed(self, path: str) -> datetime | None:
        """Time of the last commit to a file."""
        return self.api.changed(self.slug, self.commit, path)

    def commits_between(self, before: str, after: str) -> Sequence[datetime] | None:
        """Times of the commits between two revisions."""
        return self.api.commits_between(self.slug, before, after)


class BitbucketCloudSource(HostSource):
    """Descriptors in all repositories of a workspace on Bitbucket Cloud, and its members."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/bitbucket-cloud.json")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        super().__init__(settings, context, PUBLIC)
        self._workspace = str(self._options["workspace"])
        self._api_url = str(self._options.get("url", API)).rstrip("/")
        self._heads = KnownHeads(context, f"{self._api_url} {self._workspace}")

    def collect(self) -> Collected:
        """All repositories and members; a repository that cannot be read is a failure of its own. Raises ``HttpError``."""
        api = BitbucketApi(client_for(self._context, f"{self._api_url}/2.0", self._credential()), self._workspace)
        budget = RequestBudget(api.client.traffic, int(self._options.get("requests", REQUESTS)))
        repositories = [node for node in api.repositories() if self._selects(node)]
        self._read_folders(RestFolders(not_listed), api.client.traffic, self._git_login, HISTORY)
        in_turn = sorted(range(len(repositories)), key=lambda number: self._heads.turn(_id(repositories[number])))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            read = dict(zip(in_turn, pool.map(lambda number: self._node(api, budget, repositories[number]), in_turn), strict=True))
        parts = [read[number] for number in range(len(repositories))]
        if self._waiting:
            parts.append(self._told_waiting(repositories, is_refused=budget.is_refused))
        self._heads.save()
        people_name = f"{self._workspace} (workspace members)"
        parts.append(self._people(people_name, people_id(self._workspace), lambda options: people_tree(api, self._workspace, options)))
        traffic = (SourceTraffic(self._name, api.client.traffic),)
        return merge_collected([*parts, Collected(traffic=traffic, left_out=tuple(self._left_out))])

    def _told_waiting(self, repositories: Sequence[Mapping[str, Any]], *, is_refused: bool) -> Collected:
        """One failure for all repositories that wait, whose last good copies are served."""
        ids = {text_of(node.get("full_name")): _id(node) for node in repositories}
        error = waiting_error([self._heads.keep_old(ids[one.name]) for one in self._waiting], "Bitbucket", is_refused=is_refused)
        trees = sorted(one.tree for one in self._waiting)
        return Collected(failures=(self._failure(f"{self._workspace} (waiting repositories)", str(error), error.hint, trees=trees),))

    def _credential(self) -> Credential:
        """An API token of the account ``email``, or an access token of a workspace, project or repository."""
        email, token = str(self._options.get("email", "")), str(self._options.get("token", "")).strip()
        return basic(email, token) if email else bearer(token)

    def _git_login(self) -> tuple[str, str]:
        user = "x-bitbucket-api-token-auth" if self._options.get("email") else "x-token-auth"
        return user, str(self._options.get("token", "")).strip()

    def _selects(self, node: Mapping[str, Any]) -> bool:
        name, slug = text_of(node.get("full_name")), _slug(node)
        visibility = "private" if node.get("is_private") is True else "public"
        return self._is_selected(ListedRepository(slug, is_fork=isinstance(node.get("parent"), dict), visibility=visibility), name)

    def _node(self, api: BitbucketApi, budget: RequestBudget, node: Mapping[str, Any]) -> Collected:
        name = text_of(node.get("full_name"))
        return self._repository(name, partial(self._metadata, node, name), partial(self._tree, api, budget, node))

    def _metadata(self, node: Mapping[str, Any], name: str) -> Repository:
        remote, branch, language = parse_remote(f"{PUBLIC}/{name}"), node.get("mainbranch"), text_of(node.get("language"))
        if remote is None or name.count("/") != 1 or not _slug(node):
            raise HttpError("wrong-type", "Bitbucket returned a repository without a name")
        return Repository(
            self._name, remote.url, name, f"{PUBLIC}/{name}",
            description=text_of(node.get("description")),
            languages=((language, 1),) if language else (),
            default_branch=text_of(branch.get("name")) if isinstance(branch, dict) else "",
            pushed_at=text_of(node.get("updated_on")),
        )  # fmt: skip

    def _tree(self, api: BitbucketApi, budget: RequestBudget, node: Mapping[str, Any], metadata: Repository) -> ApiTree | None:
        """The tree of the branch that the options name; None for an empty repository. Raises ``WaitingError``."""
        head = self._head(metadata, partial(self._commit, api, budget, node))
        if head is None:
            return None
        files = BitbucketFiles(api, _slug(node), head.commit, budget)
        return self._tree_of_branch(metadata, "bitbucket", head, files, partial(files.listing, recursive=False))

    def _commit(self, api: BitbucketApi, budget: RequestBudget, node: Mapping[str, Any], branch: str) -> str:
        """Id of the newest commit of a branch, without a request if the repository was not changed since it was requested."""
        id_, changed = _id(node), text_of(node.get("updated_on"))
        known = self._heads.find(id_, branch, changed, of_any_age=budget.is_spent)
        if known:
            return known
        if budget.is_spent:
            raise WaitingError(f"{_slug(node)} waits for a later build")
        with budget.watched():
            commit = api.commit(_slug(node), branch)
        if commit is None:
            return ""
        self._heads.keep(id_, branch, changed, commit.id)
        return commit.id


def _id(node: Mapping[str, Any]) -> str:
    """The id of a repository, which a rename does not change."""
    return text_of(node.get("uuid")) or _slug(node)


def _slug(node: Mapping[str, Any]) -> str:
    return text_of(node.get("slug")) or text_of(node.get("full_name")).rpartition("/")[2]
