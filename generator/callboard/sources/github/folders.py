"""Repositories with folders and files → GraphQL queries for many of them at once: entries of folders, and last commits of files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from callboard.plugins.sources import FileCommit, GraphqlClient, HttpError
from callboard.sources.generated import MAX_NAME, moment, text_of
from callboard.sources.hosted.folders import HostedCommit
from callboard.sources.hosted.listing import FolderEntries, entries_of

AT_ONCE = 50
"""Folders or files of one query."""
SMALLEST = 5
MOST_DATES = 20_000
"""Files of which one build asks for the last commit."""
TOO_LARGE = frozenset({502, 504})


@dataclass(frozen=True, slots=True)
class GitHubFolders:
    """Queries about folders and files."""

    graphql: GraphqlClient

    def entries(self, wanted: Mapping[HostedCommit, Sequence[str]]) -> Mapping[HostedCommit, FolderEntries]:
        """The entries of folders. Raises ``HttpError``."""
        found: dict[HostedCommit, dict[str, Any]] = {}
        for part in _portions([(of, folder) for of, folders in wanted.items() for folder in folders], AT_ONCE):
            data = self.graphql.query(folders_query(len(part)), _variables(part)).data
            for number, (of, folder) in enumerate(part):
                tree = _object(data, f"r{number}")
                if isinstance(tree.get("entries"), list):
                    found.setdefault(of, {})[folder] = entries_of(tree["entries"])
        return found

    def last_commits(self, wanted: Mapping[HostedCommit, Sequence[str]]) -> Mapping[HostedCommit, Mapping[str, FileCommit]]:
        """The last commits of files; those that GitHub does not tell are left out. Raises ``HttpError``."""
        pairs = [(of, path) for of, paths in wanted.items() for path in paths][:MOST_DATES]
        found: dict[HostedCommit, dict[str, FileCommit]] = {}
        start, size = 0, AT_ONCE
        while start < len(pairs):
            part = pairs[start : start + size]
            try:
                data = self.graphql.query(history_query(len(part)), _variables(part, commit=True)).data
            except HttpError as error:
                if (error.kind in {"timeout", "too-large"} or error.status in TOO_LARGE) and size > SMALLEST:
                    size = max(SMALLEST, size // 3)
                    continue
                raise
            start += len(part)
            for number, (of, path) in enumerate(part):
                if (commit := _commit(_object(data, f"r{number}"))) is not None:
                    found.setdefault(of, {})[path] = commit
        return found


def folders_query(count: int) -> str:
    """The query for the entries of so many folders, with variables such as ``o0`` (owner), ``n0`` (name), ``e0`` (commit and path)."""
    return _query("Folders", count, "... on Tree { entries { name oid type mode } }")


def history_query(count: int) -> str:
    """The query for the last commits of so many files, with variables such as ``o0``, ``n0``, ``e0`` (commit), ``p0`` (path)."""
    return _query("History", count, "... on Commit { history(first: 1, path: $p%) { nodes { committedDate author { name } } } }")


def _query(name: str, count: int, fields: str) -> str:
    letters = "onep" if "$p" in fields else "one"
    declared = ", ".join(f"${letter}{number}: String!" for number in range(count) for letter in letters)
    part = f"  r%: repository(owner: $o%, name: $n%) {{ object(expression: $e%) {{ {fields} }} }}"
    parts = "\n".join(part.replace("%", str(number)) for number in range(count))
    return f"query {name}({declared}) {{\n{parts}\n}}"


def _variables(part: Sequence[tuple[HostedCommit, str]], *, commit: bool = False) -> dict[str, str]:
    variables: dict[str, str] = {}
    for number, (of, path) in enumerate(part):
        owner, _, name = of.name.partition("/")
        variables |= {f"o{number}": owner, f"n{number}": name, f"e{number}": of.commit if commit else f"{of.commit}:{path}"}
        if commit:
            variables[f"p{number}"] = path
    return variables


def _object(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    repository = data.get(name)
    found = repository.get("object") if isinstance(repository, dict) else None
    return found if isinstance(found, dict) else {}


def _commit(found: Mapping[str, Any]) -> FileCommit | None:
    history = found.get("history")
    nodes = history.get("nodes") if isinstance(history, dict) else None
    node = nodes[0] if isinstance(nodes, list) and nodes and isinstance(nodes[0], dict) else {}
    at, author = moment(node.get("committedDate")), node.get("author")
    return FileCommit(at, text_of(author.get("name"), MAX_NAME) if isinstance(author, dict) else "") if at else None


def _portions(items: Sequence[tuple[HostedCommit, str]], size: int) -> Iterator[Sequence[tuple[HostedCommit, str]]]:
    left = iter(items)
    while part := [*islice(left, size)]:
        yield part
