"""From a repository as GitHub tells it to a tree, its descriptors and what is known about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from generator.outside.http import HttpError
from generator.sources.addresses import known_addresses
from generator.sources.api_tree import ApiTree, Known
from generator.sources.codeowners import PLACES
from generator.sources.descriptor_text import moment, text_of
from generator.sources.github_api import GitHubApi
from generator.sources.hosts import parse, web
from generator.sources.source import Repository

NAME = re.compile(r"\w[\w-]{0,99}/(?!\.{1,2}$)[\w.-]{1,100}", re.ASCII)
COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class RepositoryFiles:
    """The files of one repository at one commit, over REST."""

    api: GitHubApi
    name: str
    revision: str

    def content(self, path: str, limit: int) -> bytes:
        """One file."""
        return self.api.content(self.name, self.revision, path, limit)

    def listing(self) -> Sequence[str]:
        """All files."""
        return self.api.listing(self.name, self.revision)

    def changed(self, path: str) -> datetime | None:
        """Time of the last commit to a file."""
        return self.api.changed(self.name, self.revision, path)


def tree_of(node: Mapping[str, Any], paths: Sequence[str], host: str, api: GitHubApi) -> ApiTree | None:
    """The tree of a repository's default branch; None for an empty repository. Raises ``HttpError`` for a node that is none."""
    name = text_of(node.get("nameWithOwner"))
    if not NAME.fullmatch(name):
        raise HttpError("wrong-type", "GitHub answers a repository without a name")
    branch = node.get("defaultBranchRef")
    target = branch.get("target") if isinstance(branch, dict) else None
    if not isinstance(target, dict) or not isinstance(branch, dict):
        return None
    revision, ref = text_of(target.get("oid")), text_of(branch.get("name"))
    remote = parse(f"{host}/{name}")
    if remote is None or not COMMIT.fullmatch(revision):
        raise HttpError("wrong-type", f"GitHub answers no commit for {name}")
    addresses = known_addresses(remote, "github", [ref, revision], "branch", is_default=True)
    return ApiTree(
        remote.url, name, revision, addresses, web(remote, "github", ref),
        RepositoryFiles(api, name, revision), Known(dict(_contents(node, paths)), dict(_ages(target, paths))),
    )  # fmt: skip


def about(node: Mapping[str, Any], source: str, host: str) -> Repository:
    """What GitHub says about the repository beside its files."""
    name = text_of(node.get("nameWithOwner"))
    url = f"{host}/{name}"
    release = node.get("latestRelease")
    release = release if isinstance(release, dict) else {}
    remote, branch = parse(url), node.get("defaultBranchRef")
    return Repository(
        source, remote.url if remote else url, name, url,
        description=text_of(node.get("description")),
        topics=tuple(_topics(node)),
        languages=tuple(_languages(node)),
        default_branch=text_of(branch.get("name")) if isinstance(branch, dict) else "",
        pushed_at=text_of(node.get("pushedAt")),
        release=text_of(release.get("tagName")),
        released_at=text_of(release.get("publishedAt")),
        is_archived=node.get("isArchived") is True,
    )  # fmt: skip


def _contents(node: Mapping[str, Any], paths: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
    """What is known of the files that were asked for; one that came in part, or as no text, is not known yet."""
    names = [*((f"d{n}", path) for n, path in enumerate(paths)), *((f"o{n}", place) for n, place in enumerate(PLACES))]
    for alias, path in names:
        blob = node.get(alias)
        if blob is None and alias in node:
            yield path, None
        elif isinstance(blob, dict) and isinstance(blob.get("text"), str) and blob.get("isTruncated") is False:
            yield path, blob["text"].encode("utf-8", "replace")


def _ages(target: Mapping[str, Any], paths: Sequence[str]) -> Iterator[tuple[str, datetime | None]]:
    for n, path in enumerate(paths):
        history = target.get(f"h{n}")
        nodes = history.get("nodes") if isinstance(history, dict) else None
        if isinstance(nodes, list) and nodes and isinstance(nodes[0], dict):
            yield path, moment(nodes[0].get("committedDate"))


def _topics(node: Mapping[str, Any]) -> Iterator[str]:
    for item in _list(node.get("repositoryTopics"), "nodes"):
        topic = item.get("topic")
        if isinstance(topic, dict) and (name := text_of(topic.get("name"), 100)):
            yield name


def _languages(node: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for edge in _list(node.get("languages"), "edges"):
        language, size = edge.get("node"), edge.get("size")
        if isinstance(language, dict) and isinstance(size, int) and (name := text_of(language.get("name"), 100)):
            yield name, size


def _list(value: Any, field: str) -> list[dict[str, Any]]:
    items = value.get(field) if isinstance(value, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
