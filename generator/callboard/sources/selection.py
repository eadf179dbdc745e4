"""The options of a source of repositories, and what a host lists about one → whether it is read, or which option leaves it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callboard.plugins.sources import SourceError, compiled_globs

Globs = Sequence[str]


@dataclass(frozen=True, slots=True)
class ListedRepository:
    """What a host lists about a repository, before anything of it is requested."""

    name: str
    """Name, or path in its group, that globs are compared with; empty if the host returned none."""
    is_archived: bool = False
    is_fork: bool = False
    topics: tuple[str, ...] = ()
    visibility: str = ""
    """``public``, ``internal`` or ``private``; empty if the host does not say."""


class MissingBranchError(SourceError):
    """A repository has none of the branches in the option ``branches``."""


@dataclass(frozen=True, slots=True)
class RepositorySelection:
    """The options that choose repositories."""

    repositories: Globs
    excluded: Globs = ()
    topics: Globs = ()
    excluded_topics: Globs = ()
    visibility: Sequence[str] = ()
    branches: Sequence[str] = ()
    """Names of branches, of which the first that exists is read; empty for the default branch."""
    with_archived: bool = False
    with_forks: bool = False

    @classmethod
    def of(cls, options: Mapping[str, Any], every: str) -> RepositorySelection:
        """The selection of a source with these options; ``every`` is the glob that all names match."""
        return cls(
            tuple(options.get("repositories", (every,))), tuple(options.get("exclude_repositories", ())),
            tuple(options.get("topics", ())), tuple(options.get("exclude_topics", ())),
            tuple(options.get("visibility", ())), tuple(options.get("branches", ())),
            options.get("archived", False) is True, options.get("forks", False) is True,
        )  # fmt: skip

    def left_out_by(self, repository: ListedRepository) -> str:
        """The option that leaves the repository out; empty if it is read. One without a name is read, so that it becomes a failure."""
        return next(self._reasons(repository), "") if repository.name else ""

    def _reasons(self, repository: ListedRepository) -> Iterator[str]:
        if not _matches(self.repositories, [repository.name]) or _matches(self.excluded, [repository.name]):
            yield "names"
        if repository.is_archived and not self.with_archived:
            yield "archived"
        if repository.is_fork and not self.with_forks:
            yield "forks"
        if (self.topics and not _matches(self.topics, repository.topics)) or _matches(self.excluded_topics, repository.topics):
            yield "topics"
        if self.visibility and repository.visibility not in self.visibility:
            yield "visibility"


def _matches(globs: Globs, names: Sequence[str]) -> bool:
    return any(compiled_globs(tuple(globs)).fullmatch(name) for name in names)
