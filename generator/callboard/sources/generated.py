"""Metadata of entities and repositories → names, texts and times for generated descriptors, and starter descriptors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any

from callboard.plugins.sources import Repository, Undescribed, ascii_text, descriptor_text, usable_tag
from callboard.sources.api_tree import ApiTree
from callboard.sources.codeowners import MAX_BYTES, PLACES, owner_for

TEXT_LENGTH = 2_000
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
    """A repository with a starter descriptor from the host's metadata; ``annotation`` is the host's key for the name, if there is one."""
    owners = _owners(tree)
    metadata = {
        "description": repository.description,
        "annotations": {annotation: repository.name} if annotation else {},
        "tags": [tag for topic in repository.topics if (tag := usable_tag(topic))],
    }
    name = entity_name(repository.name.rpartition("/")[2]) or "unnamed"
    spec = {"type": "service", "lifecycle": "production", "owner": owners[0] if owners else "unknown"}
    return Undescribed(repository.source, repository.name, repository.url, descriptor_text("Component", name, metadata, spec))


def _owners(tree: ApiTree | None) -> list[str]:
    """Names of the groups that own a descriptor by CODEOWNERS, where its content is known already: nothing is requested."""
    contents = [content for place in PLACES if tree and (content := tree.known.contents.get(place))]
    text = contents[0].decode("utf-8", "replace") if contents and len(contents[0]) <= MAX_BYTES else ""
    named = [owner for owner in owner_for(text, "catalog-info.yaml") if owner.startswith("@")]
    teams = [name for owner in named if "/" in owner and (name := entity_name(owner.rpartition("/")[2]))]
    return teams or [f"user:{name}" for owner in named if (name := entity_name(owner[1:]))]


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
