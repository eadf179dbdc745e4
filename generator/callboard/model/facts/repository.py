"""The recent activity of a repository: commits, pull requests, releases and community files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import field, replace
from datetime import datetime
from itertools import accumulate
from typing import ClassVar, Self

from callboard.model.data_classes import dataclass
from callboard.model.facts.field_kinds import Percent
from callboard.model.facts.validation import Validated
from callboard.model.facts.value import PERSONAL, FactValue

AUTHORS = 20
"""People of a repository that are kept."""
_BOT = "[bot]"


@dataclass(frozen=True, slots=True)
class PullRequest(Validated):
    """An open pull request."""

    title: str
    url: str = ""
    opened: datetime | None = None
    author: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Release(Validated):
    """A published release."""

    name: str
    at: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class GoodFirstIssue(Validated):
    """An issue labeled as a good first issue."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class CommitAuthor(Validated):
    """A person with commits to a repository."""

    account: str
    """E-mail address or account on the host. A public portal shows none."""
    commits: int


@dataclass(frozen=True, slots=True)
class RepositoryActivity(FactValue):
    """Recent activity of a repository. None: not measured."""

    is_public: ClassVar[bool] = True
    name: str
    """``acme/payments``."""
    last_commit: datetime | None = None
    commits: tuple[int, ...] = ()
    """Number by week, oldest first; the last week may be incomplete."""
    contributors: int | None = None
    """Number of people with a commit in those weeks."""
    open_pull_requests: int | None = None
    pull_requests: tuple[PullRequest, ...] = ()
    """Open pull requests, oldest first; may be incomplete."""
    open_issues: int | None = None
    good_first_issues: tuple[GoodFirstIssue, ...] = ()
    languages: tuple[tuple[str, Percent], ...] = ()
    """Name and percent, largest first."""
    releases: tuple[Release, ...] = ()
    """Newest first."""
    community: tuple[str, ...] | None = None
    """Those of ``COMMUNITY_FILES`` that exist; None: not measured."""
    is_archived: bool | None = None
    """Whether the repository is read-only on its host."""
    is_protected: bool | None = None
    """Whether a rule protects the default branch."""
    documented: datetime | None = None
    """Time of the last change of the documentation: the folder ``docs``, else the README."""
    authors: tuple[CommitAuthor, ...] = field(default=(), metadata=PERSONAL)
    """The people with the most commits in those weeks, ``AUTHORS`` at most; none where the commits are not all known, and where the
    integration is not asked to keep them."""
    bus_factor: int | None = None
    """The smallest number of people who together have at least half of the commits in those weeks."""
    topics: tuple[str, ...] = ()
    """Topics of the repository on its host."""
    contributing_url: str = ""
    """The contributing guide on the host."""
    stars: int | None = None
    forks: int | None = None
    created: datetime | None = None
    """When the repository was created."""
    maintainers: tuple[str, ...] = field(default=(), metadata=PERSONAL)
    """Teams that may administer or maintain the repository, as its host writes them: ``@acme/payments``."""

    def sort_key(self, observed_at: datetime | None) -> str:  # noqa: ARG002
        """By name."""
        return self.name

    def with_commits_by(self, accounts: Iterable[str], *, keeps_names: bool) -> Self:
        """The activity with numbers about the authors of its commits, one for each commit; automatic accounts are left out.

        ``keeps_names``: whether the people with the most commits are kept, too.
        """
        counts = Counter(account for account in accounts if account and _BOT not in account)
        order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        sums = accumulate(number for _, number in order)
        half = next((place for place, total in enumerate(sums, 1) if 2 * total >= counts.total()), None)
        authors = tuple(CommitAuthor(account, number) for account, number in order[:AUTHORS]) if keeps_names else ()
        return replace(self, authors=authors, bus_factor=half)


COMMUNITY_FILES = ("readme", "license", "contributing", "code-of-conduct", "security", "codeowners")
