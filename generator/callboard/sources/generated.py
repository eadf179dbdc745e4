"""Metadata of entities and repositories → texts and times for generated descriptors, and starter descriptors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any

from callboard.plugins.sources import MissingFileError, Repository, Undescribed
from callboard.sources.api_tree import ApiTree
from callboard.sources.guesses.describing import described
from callboard.sources.guesses.evidence import RepositoryEvidence
from callboard.sources.guesses.writing import descriptor_lines

TEXT_LENGTH = 2_000
README = "README.md"
MAX_NAME = 200
"""Characters of names, logins and addresses that a host reports."""


def text_of(value: Any, length: int = TEXT_LENGTH) -> str:
    """The string, cut to ``length``; an empty string for any other type."""
    return value[:length] if isinstance(value, str) else ""


def moment(value: Any) -> datetime | None:
    """A time in UTC from ISO 8601 with a zone; None for any other value."""
    try:
        time = datetime.fromisoformat(text_of(value))
    except ValueError:
        return None
    return in_all_zones(time) if time.tzinfo else None


def in_all_zones(time: datetime) -> datetime | None:
    """The time in UTC; None in the first and the last year of ``datetime``, whose ends have no date in some time zones."""
    try:
        utc = time.astimezone(UTC)
    except OverflowError:
        return None
    return utc if MINYEAR < utc.year < MAXYEAR else None


def suggested(repository: Repository, tree: ApiTree | None, annotation: str = "") -> Undescribed:
    """A repository with a starter descriptor from what its host says; ``annotation`` is the host's key for the name, if there is one.

    Of its files, CODEOWNERS is read, and the README where the host has no description; both are kept by their commit.
    """

    def content(path: str, limit: int) -> bytes:
        is_read = path == "CODEOWNERS" or (path == README and not repository.description)
        known = tree.read(path, limit) if tree and is_read else tree.known.contents.get(path) if tree else None
        if known is None or len(known) > limit:
            raise MissingFileError(path)
        return known

    evidence = RepositoryEvidence(
        repository.name, repository.description, repository.topics, repository.languages, repository.release,
        annotation=(annotation, repository.name) if annotation else ("", ""), is_archived=repository.is_archived, content=content,
    )  # fmt: skip
    return Undescribed(repository.source, repository.name, repository.url, descriptor_lines(described(evidence)))


def commit_times(commits: Iterable[Any], path: Sequence[str], name: str) -> list[datetime]:
    """The times of commits in the answer of a host, without merges; ``path`` leads to the mapping that has the time ``name``."""
    found = []
    for commit in commits:
        value = commit
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        at = moment(value.get(name)) if isinstance(value, dict) else None
        parents = (commit.get("parents") or commit.get("parent_ids")) if isinstance(commit, dict) else None
        if at is not None and not (isinstance(parents, list) and len(parents) > 1):
            found.append(at)
    return found
