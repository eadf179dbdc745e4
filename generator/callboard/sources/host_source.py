"""Repositories and people of a host with an API → trees, descriptors and failures: what the sources of all such hosts share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from callboard.plugins.sources import (
    Collected,
    DescriptorFile,
    MemoryTree,
    Repository,
    SourceContext,
    SourceError,
    SourceFailure,
    SourceSettings,
    TreeError,
    compiled_globs,
    descriptor_paths,
    is_glob,
    parse_remote,
)
from callboard.sources.addresses import known_addresses
from callboard.sources.api_tree import ApiTree, Files, RepositoryMetadata
from callboard.sources.generated import suggested
from callboard.sources.hosts import web
from callboard.sources.people import PeopleOptions

AT_ONCE = 8
"""Repositories that are read at the same time."""
DESCRIPTOR_LIMIT = 2_000_000
"""Bytes of a descriptor."""
DEFAULT_PATHS = ("catalog-info.yaml", "catalog-info.yml")
OWNERS = ("CODEOWNERS",)


class HostSource:
    """The base class of sources that read all repositories of an organization, user or group on a host."""

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

    def _is_selected(self, name: str, default: str = "*") -> bool:
        """Whether the options select a repository by its name; one without a name is selected, so that it becomes a failure."""
        included = compiled_globs(tuple(self._options.get("repositories", (default,)))).fullmatch
        excluded = compiled_globs(tuple(self._options.get("exclude_repositories", ()))).fullmatch
        return not name or (included(name) is not None and excluded(name) is None)

    def _is_enabled(self, option: str, has_property: bool) -> bool:  # noqa: FBT001 - a property of the repository
        """Whether a repository is read, which may have a property (an archive, a fork) that the boolean ``option`` includes."""
        return not has_property or self._options.get(option, False) is True

    def _repository(self, name: str, metadata_of: Callable[[], Repository], tree_of: Callable[[Repository], ApiTree | None]) -> Collected:
        """The tree and the descriptors of one repository; what cannot be read of it is a failure of its own."""
        metadata = None
        try:
            metadata = metadata_of()
            tree = tree_of(metadata)
            paths = self._descriptors(tree) if tree else ()
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

    def _default_branch_tree(
        self, metadata: Repository, software: str, revision: str, files: Files, root: Callable[[], Sequence[str]]
    ) -> ApiTree | None:
        """The tree of a repository's default branch; one listing of its ``root`` shows which files need not be requested."""
        remote, branch = parse_remote(metadata.url), metadata.default_branch
        if remote is None:
            return None
        absent: dict[str, bytes | None] = {}
        if not self._needs_listing:
            names = root()
            absent = {path: None for path in (*self._include, *OWNERS) if "/" not in path and path not in names}
        addresses = known_addresses(remote, software, [branch, revision], "branch", is_default=True)
        return ApiTree(remote.url, metadata.name, revision, addresses, web(remote, software, branch), files, RepositoryMetadata(absent))

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

    def _failure(self, repository: str, message: str, hint: str = "", tree: str = "") -> SourceFailure:
        redact = self._context.redactor.with_also([str(self._options.get("token", ""))]).redact
        return SourceFailure(self._name, redact(repository), redact(message), redact(hint), tree)


def topics_of(node: Mapping[str, Any]) -> tuple[str, ...]:
    """The strings in the field ``topics`` of a repository."""
    topics = node.get("topics")
    return tuple(topic for topic in topics if isinstance(topic, str)) if isinstance(topics, list) else ()
