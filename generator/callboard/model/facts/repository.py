"""The recent activity of a repository: commits, pull requests, releases and community files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from callboard.model.facts.field_kinds import Percent
from callboard.model.facts.validation import Validated
from callboard.model.facts.value import FactValue


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

    def sort_key(self, observed_at: datetime | None) -> str:  # noqa: ARG002
        """By name."""
        return self.name


COMMUNITY_FILES = ("readme", "license", "contributing", "code-of-conduct", "security", "codeowners")
