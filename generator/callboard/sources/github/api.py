"""GraphQL queries and REST requests about an organization's repositories, teams and members → JSON and file contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from callboard.plugins.sources import GITHUB_JSON, GitHubConnection, HttpError
from callboard.sources.codeowners import PLACES
from callboard.sources.generated import commit_times, moment, text_of
from callboard.sources.hosts import file_content

FILE = "fragment File on Blob { oid byteSize isTruncated isBinary text }"
TEAMS = """
query Teams($owner: String!, $cursor: String, $size: Int!) {
  organization(login: $owner) {
    teams(first: $size, after: $cursor, orderBy: {field: NAME, direction: ASC}) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        slug name description url avatarUrl
        parentTeam { slug }
        members(first: 100, membership: IMMEDIATE) { pageInfo { hasNextPage endCursor } nodes { login } }
      }
    }
  }
}
"""
"""Teams with their first hundred direct members."""
TEAM_MEMBERS = """
query TeamMembers($owner: String!, $slug: String!, $cursor: String, $size: Int!) {
  organization(login: $owner) {
    team(slug: $slug) {
      members(first: $size, after: $cursor, membership: IMMEDIATE) { pageInfo { hasNextPage endCursor } nodes { login } }
    }
  }
}
"""
"""The other members of a large team."""
SUSPENDED = " suspendedAt"
"""A field of users that only Enterprise servers have."""
MEMBERS = """
query Members($owner: String!, $cursor: String, $size: Int!) {
  organization(login: $owner) {
    membersWithRole(first: $size, after: $cursor) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { login name url avatarUrl%s }
    }
  }
}
"""
"""Members of the organization. E-mail addresses are not queried: a token without ``user:email`` would get no data at all."""
RAW = "application/vnd.github.raw+json"


def repositories_query(paths: Sequence[str], branches: Sequence[str] = (), *, with_visibility: bool = False) -> str:
    """The query for a page of an owner's repositories, with the files at ``paths``, their last changes, and CODEOWNERS.

    Of each of ``branches`` it has the commit and the files: ``b0``, ``b0d0`` … Variables: ``owner``, ``cursor``, ``size`` and those of
    ``file_variables`` (variables, so that no path and no branch can be part of the query).
    """
    prefixes = [f"b{n}" for n, _ in enumerate(branches)] or [""]
    files = [f"{prefix}d{n}: object(expression: ${prefix}e{n}) {{ ...File }}" for prefix in prefixes for n, _ in enumerate(paths)]
    owners = [f"{prefix}o{n}: object(expression: ${prefix}c{n}) {{ ...File }}" for prefix in prefixes for n, _ in enumerate(PLACES)]
    ages = [f"h{n}: history(first: 1, path: $p{n}) {{ nodes {{ committedDate }} }}" for n, _ in enumerate(paths)]
    heads = [f"{prefix}: ref(qualifiedName: ${prefix}) {{ ...Head }}" for prefix in prefixes if prefix]
    declared = "".join(f", ${name}: String!" for name in file_variables(paths, branches))
    more = [*(["visibility"] if with_visibility else []), *heads, *files, *owners]
    return f"""
query Repositories($owner: String!, $cursor: String, $size: Int!{declared}) {{
  repositoryOwner(login: $owner) {{
    repositories(first: $size, after: $cursor, ownerAffiliations: [OWNER], orderBy: {{field: NAME, direction: ASC}}) {{
      totalCount
      pageInfo {{ hasNextPage endCursor }}
      nodes {{
        name nameWithOwner description isArchived isFork isEmpty pushedAt
        languages(first: 10, orderBy: {{field: SIZE, direction: DESC}}) {{ edges {{ size node {{ name }} }} }}
        repositoryTopics(first: 20) {{ nodes {{ topic {{ name }} }} }}
        latestRelease {{ tagName publishedAt }}
        defaultBranchRef {{ ...Head }}
        {" ".join(more)}
      }}
    }}
  }}
}}
{FILE}
fragment Head on Ref {{ name target {{ oid ... on Commit {{ {" ".join(["committedDate", *ages])} }} }} }}
"""


def file_variables(paths: Sequence[str], branches: Sequence[str] = ()) -> dict[str, str]:
    """The variables of ``repositories_query`` that name the branches and the paths."""
    named = {f"b{n}": branch for n, branch in enumerate(branches)}
    variables = {name: f"refs/heads/{branch}" for name, branch in named.items()}
    for prefix, revision in [(name, f"refs/heads/{branch}") for name, branch in named.items()] or [("", "HEAD")]:
        variables |= {f"{prefix}e{n}": f"{revision}:{path}" for n, path in enumerate(paths)}
        variables |= {f"{prefix}c{n}": f"{revision}:{place}" for n, place in enumerate(PLACES)}
    return variables | {f"p{n}": path for n, path in enumerate(paths)}


class GitHubApi:
    """Requests to one GitHub host."""

    def __init__(self, connection: GitHubConnection) -> None:
        self.graphql = connection.graphql
        self._client = connection.client
        self._rest = connection.rest

    def content(self, repository: str, revision: str, path: str, limit: int) -> bytes:
        """A file at a commit. Raises ``HttpError``, with status 404 for a folder too."""
        place = f"{self._rest}/repos/{quote(repository)}/contents/{quote(path)}"
        answer = self._client.get(place, {"ref": revision}, accept=RAW, immutable=True, limit=limit)
        if answer.headers.get("content-type", "").startswith("application/json"):
            raise HttpError("status", f"{path} is a folder", status=404)
        return file_content(answer, path)

    def listing(self, repository: str, revision: str) -> Sequence[str]:
        """Sorted paths of all files of a commit. Raises ``HttpError`` where GitHub leaves some out."""
        place = f"{self._rest}/repos/{quote(repository)}/git/trees/{quote(revision)}"
        answer = self._client.get(place, {"recursive": "1"}, accept=GITHUB_JSON, immutable=True)
        value = answer.object()
        entries = value.get("tree")
        if not isinstance(entries, list):
            raise answer.invalid("a tree", entries)
        if value.get("truncated") is True:
            raise HttpError(
                "too-large", f"{repository} has too many files for one listing", "Name the descriptors without globs, or use a git source."
            )
        files = (e for e in entries if isinstance(e, dict) and e.get("type") == "blob")
        return sorted(path for e in files if (path := text_of(e.get("path"))))

    def commit(self, repository: str, ref: str) -> str:
        """Id of the newest commit of a branch, tag or commit; an empty string for none. Raises ``HttpError``."""
        place = f"{self._rest}/repos/{quote(repository)}/commits"
        for commit in self._client.get(place, {"sha": ref, "per_page": "1"}, accept=GITHUB_JSON).array()[:1]:
            return text_of(commit.get("sha")) if isinstance(commit, dict) else ""
        return ""

    def commits_between(self, repository: str, before: str, after: str) -> Sequence[datetime] | None:
        """Times of the commits, without merges, between two revisions; None for more than the first page has. Raises ``HttpError``."""
        place = f"{self._rest}/repos/{quote(repository)}/compare/{quote(before, safe='')}...{quote(after, safe='')}"
        found = self._client.get(place, {"per_page": "100"}, accept=GITHUB_JSON, immutable=True).object()
        commits, total = found.get("commits"), found.get("total_commits")
        if not isinstance(commits, list) or not isinstance(total, int) or total > len(commits):
            return None
        return commit_times(commits, ("commit", "committer"), "date")

    def changed(self, repository: str, revision: str, path: str) -> datetime | None:
        """Time of the last commit to a file, up to a commit."""
        place = f"{self._rest}/repos/{quote(repository)}/commits"
        for commit in self._client.get(place, {"sha": revision, "path": path, "per_page": "1"}, accept=GITHUB_JSON, immutable=True).array()[
            :1
        ]:
            return moment(_at(commit, ("commit", "committer")).get("date"))
        return None


def _at(value: Any, path: Sequence[str]) -> Mapping[str, Any]:
    """The object at the end of a path of names; an empty one where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
