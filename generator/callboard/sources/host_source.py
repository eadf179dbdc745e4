"""Repositories and people of a host with an API → trees, descriptors and failures: what the sources of all such hosts share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.sources import (
    Collected,
    DescriptorFile,
    LeftOutRepository,
    MemoryTree,
    Remote,
    Repository,
    SourceContext,
    SourceError,
    SourceFailure,
    SourceSettings,
    Traffic,
    TreeError,
    descriptor_paths,
    is_glob,
    parse_remote,
)
from callboard.sources.addresses import known_addresses
from callboard.sources.api_tree import ApiTree, Files, RepositoryMetadata
from callboard.sources.generated import suggested
from callboard.sources.hosted.file_contents import prune_contents
from callboard.sources.hosted.folders import HostedCommit, HostedFolders, HostedRepositories, HostQueries
from callboard.sources.hosted.kept_folders import FolderCache
from callboard.sources.hosted.shallow import GitAccess
from callboard.sources.hosts import web
from callboard.sources.people import PeopleOptions
from callboard.sources.selection import ListedRepository, MissingBranchError, RepositorySelection
from callboard.sources.waiting import WaitingError

AT_ONCE = 8
"""Repositories that are read at the same time."""
DESCRIPTOR_LIMIT = 2_000_000
"""Bytes of a descriptor."""
DEFAULT_PATHS = ("catalog-info.yaml", "catalog-info.yml")
OWNERS = ("CODEOWNERS",)


@dataclass(frozen=True, slots=True)
class BranchHead:
    """A branch, and its newest commit."""

    branch: str
    commit: str


class HostSource:
    """The base class of sources that read all repositories of an organization, user or group on a host."""

    every: ClassVar[str] = "*"
    """The glob that the names of all repositories match."""
    annotation = ""
    """The host's annotation with the name of a repository; empty where it has none."""

    def __init__(self, settings: SourceSettings, context: SourceContext, host: str) -> None:
        """``host`` is the base URL of the host's pages."""
        self._name = settings.name
        self._options = settings.options
        self._context = context
        self._host = host.rstrip("/")
        self._include = tuple(self._options.get("include", DEFAULT_PATHS))
        self._needs_listing = any(is_glob(path) for path in self._include)
        """True if descriptors are found in a repository's listing, and not by their paths."""
        self._selection = RepositorySelection.of(self._options, self.every)
        self._left_out: list[LeftOutRepository] = []
        self._waiting: list[Repository] = []
        """Repositories that are not read in this build, because the host permits no more requests."""
        self._hosted: HostedRepositories | None = None
        """How folders of documentation are read; set where repositories are collected."""

    def _is_selected(self, listed: ListedRepository, name: str) -> bool:
        """Whether the options select a repository, with this name for people; one that they do not select is counted."""
        reason = self._selection.left_out_by(listed)
        if reason:
            self._left_out.append(LeftOutRepository(self._name, name, reason))
        return not reason

    def _repository(self, name: str, metadata_of: Callable[[], Repository], tree_of: Callable[[Repository], ApiTree | None]) -> Collected:
        """The tree and the descriptors of one repository; what cannot be read of it is a failure of its own."""
        metadata = None
        try:
            metadata = metadata_of()
            tree = tree_of(metadata)
            paths = self._descriptors(tree) if tree else ()
        except MissingBranchError:
            return Collected(left_out=(LeftOutRepository(self._name, name, "branches"),))
        except WaitingError:
            self._waiting.extend([metadata] if metadata else [])
            return Collected()
        except (SourceError, TreeError) as error:
            return Collected(failures=(self._failure(name, str(error), error.hint, metadata.tree if metadata else ""),))
        if tree is None or not paths:
            undescribed = () if metadata.is_archived else (suggested(metadata, tree, self.annotation),)
            return Collected(undescribed=undescribed, repositories=(metadata,))
        files = tuple(DescriptorFile(self._name, tree, path) for path in paths)
        return Collected((tree,), files, repositories=(metadata,))

    def _descriptors(self, tree: ApiTree) -> Sequence[str]:
        """The paths of descriptors that exist. Each is read: one that cannot be fetched must not look deleted. Raises ``TreeError``."""
        candidates = tree.glob("**") if self._needs_listing else self._include
        paths = descriptor_paths(candidates, {**self._options, "include": self._include})
        return sorted(path for path in paths if tree.has(path, DESCRIPTOR_LIMIT))

    def _head(self, metadata: Repository, commit_of: Callable[[str], str]) -> BranchHead | None:
        """The first branch of the option ``branches`` that exists, or the default branch; None for an empty repository.

        ``commit_of`` requests the newest commit of a branch, empty where there is none. Raises ``MissingBranchError``.
        """
        for branch in self._selection.branches or filter(None, [metadata.default_branch]):
            if commit := commit_of(branch):
                return BranchHead(branch, commit)
        if self._selection.branches:
            raise MissingBranchError(f"{metadata.name} has none of the branches {', '.join(self._selection.branches)}")
        return None

    def _tree_of_branch(
        self, metadata: Repository, software: str, head: BranchHead, files: Files, root: Callable[[], Sequence[str]]
    ) -> ApiTree | None:
        """The tree of a branch; one listing of its ``root`` shows which files need not be requested."""
        remote, branch = parse_remote(metadata.url), head.branch
        if remote is None:
            return None
        absent: dict[str, bytes | None] = {}
        if not self._needs_listing:
            names = root()
            absent = {path: None for path in (*self._include, *OWNERS) if "/" not in path and path not in names}
        is_default = branch == metadata.default_branch
        addresses = known_addresses(remote, software, [branch, head.commit], "branch", is_default=is_default)
        return ApiTree(
            remote.url, metadata.name, head.commit, addresses, web(remote, software, branch), files, RepositoryMetadata(absent),
            folders=self._folders(remote, metadata.name, head.commit),
        )  # fmt: skip

    def _read_folders(self, queries: HostQueries, traffic: Traffic, login: Callable[[], tuple[str, str]], depth: int = 1) -> None:
        """Read folders of documentation by git; ``login`` returns user and token, empty for none."""
        cache = self._context.cache
        contents = cache / "hosted" / "contents"
        prune_contents(contents, self._context.clock.time())
        access = GitAccess(cache / "hosted" / "fetches", self._context.environ, lambda url: _with_login(url, *login()), depth)
        self._hosted = HostedRepositories(access, FolderCache(cache / "hosted" / "repositories"), contents, queries, traffic)

    def _folders(self, remote: Remote, name: str, commit: str) -> HostedFolders | None:
        return self._hosted.folders(HostedCommit(name, self._git_url(remote), commit)) if self._hosted else None

    def _git_url(self, remote: Remote) -> str:
        """The URL of a repository for git, without credentials."""
        return f"{self._host}/{remote.path}.git"

    def _people(self, name: str, tree_id: str, tree_of: Callable[[PeopleOptions], MemoryTree]) -> Collected:
        """Teams and members, where the option ``people`` is set; ``name`` and ``tree_id`` are for a failure."""
        options = PeopleOptions.of(self._options.get("people"))
        if options is None:
            return Collected()
        try:
            tree = tree_of(options)
        except SourceError as error:
            return Collected(failures=(self._failure(name, str(error), error.hint, tree_id),))
        return Collected((tree,), tuple(DescriptorFile(self._name, tree, path) for path in tree.files))

    def _failure(self, repository: str, message: str, hint: str = "", tree: str = "", trees: Sequence[str] = ()) -> SourceFailure:
        redact = self._context.redactor.with_also([str(self._options.get("token", ""))]).redact
        return SourceFailure(self._name, redact(repository), redact(message), redact(hint), tree, trees=tuple(trees))


def _with_login(url: str, user: str, token: str) -> Mapping[str, str]:
    """The URL by itself with user and token; nothing without a token."""
    scheme, _, place = url.partition("://")
    return {url: f"{scheme}://{quote(user, safe='')}:{quote(token, safe='')}@{place}"} if token else {}


def topics_of(node: Mapping[str, Any]) -> tuple[str, ...]:
    """The strings in the field ``topics`` of a repository."""
    topics = node.get("topics")
    return tuple(topic for topic in topics if isinstance(topic, str)) if isinstance(topics, list) else ()
