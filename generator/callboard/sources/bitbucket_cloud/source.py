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

PUBLIC = "https://bitbucket.org"
API = "https://api.bitbucket.org"


@dataclass(frozen=True, slots=True)
class BitbucketFiles:
    """The files of one repository at one commit."""

    api: BitbucketApi
    slug: str
    commit: str

    def content(self, path: str, limit: int) -> bytes:
        """The content of one file."""
        return self.api.content(self.slug, self.commit, path, limit)

    def at(self, ref: str) -> BitbucketFiles:
        """The files at another branch, tag or commit."""
        return BitbucketFiles(self.api, self.slug, found(self.api.commit_of(self.slug, ref), ref))

    def listing(self) -> Sequence[str]:
        """Sorted paths of all files."""
        return self.api.listing(self.slug, self.commit, recursive=True)

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
        repositories = [node for node in api.repositories() if self._selects(node)]
        self._read_folders(RestFolders(not_listed), api.client.traffic, self._git_login, HISTORY)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            parts = [*pool.map(lambda node: self._node(api, node), repositories)]
        self._heads.save()
        people_name = f"{self._workspace} (workspace members)"
        parts.append(self._people(people_name, people_id(self._workspace), lambda options: people_tree(api, self._workspace, options)))
        traffic = (SourceTraffic(self._name, api.client.traffic),)
        return merge_collected([*parts, Collected(traffic=traffic, left_out=tuple(self._left_out))])

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

    def _node(self, api: BitbucketApi, node: Mapping[str, Any]) -> Collected:
        name = text_of(node.get("full_name"))
        return self._repository(name, partial(self._metadata, node, name), partial(self._tree, api, node))

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

    def _tree(self, api: BitbucketApi, node: Mapping[str, Any], metadata: Repository) -> ApiTree | None:
        """The tree of the branch that the options name; None for an empty repository."""
        slug = _slug(node)
        head = self._head(metadata, partial(self._commit, api, node))
        if head is None:
            return None
        files = BitbucketFiles(api, slug, head.commit)
        return self._tree_of_branch(metadata, "bitbucket", head, files, lambda: api.listing(slug, head.commit, recursive=False))

    def _commit(self, api: BitbucketApi, node: Mapping[str, Any], branch: str) -> str:
        """Id of the newest commit of a branch, without a request if the repository was not changed since it was requested."""
        id_, changed = text_of(node.get("uuid")) or _slug(node), text_of(node.get("updated_on"))
        known = self._heads.find(id_, branch, changed)
        if known:
            return known
        commit = api.commit(_slug(node), branch)
        if commit is None:
            return ""
        self._heads.keep(id_, branch, changed, commit.id)
        return commit.id


def _slug(node: Mapping[str, Any]) -> str:
    return text_of(node.get("slug")) or text_of(node.get("full_name")).rpartition("/")[2]
