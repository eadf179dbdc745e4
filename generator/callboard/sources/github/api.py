"""GitHub's two APIs behind one client, and the GraphQL queries that are sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from callboard.io.github import JSON
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.sources.codeowners import PLACES
from callboard.sources.generated import moment, text_of

FILE = "fragment File on Blob { oid byteSize isTruncated isBinary text }"


def repositories_query(paths: Sequence[str]) -> str:
    """A page of an owner's repositories, with the files at ``paths`` and the CODEOWNERS, and when those files changed.

    Variables: ``owner``, ``cursor``, ``size`` and ``p0``, ``p1`` … with the paths (variables, so that no path can be part of the query).
    """
    files = [f"d{n}: object(expression: $e{n}) {{ ...File }}" for n, _ in enumerate(paths)]
    owners = [f'o{n}: object(expression: "HEAD:{place}") {{ ...File }}' for n, place in enumerate(PLACES)]
    ages = [f"h{n}: history(first: 1, path: $p{n}) {{ nodes {{ committedDate }} }}" for n, _ in enumerate(paths)]
    declared = "".join(f", $e{n}: String!, $p{n}: String!" for n, _ in enumerate(paths))
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
        defaultBranchRef {{ name target {{ oid ... on Commit {{ {" ".join(["committedDate", *ages])} }} }} }}
        {" ".join([*files, *owners])}
      }}
    }}
  }}
}}
{FILE}
"""


def file_variables(paths: Sequence[str]) -> dict[str, str]:
    """The variables of ``repositories_query`` that name the paths."""
    return {name: value for n, path in enumerate(paths) for name, value in ((f"e{n}", f"HEAD:{path}"), (f"p{n}", path))}


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
"""Teams with their first hundred own members."""

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

MEMBERS = """
query Members($owner: String!, $cursor: String, $size: Int!) {
  organization(login: $owner) {
    membersWithRole(first: $size, after: $cursor) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { login name url avatarUrl }
    }
  }
}
"""
"""Who belongs to the organization. Addresses are not asked for: a token without ``user:email`` would get nothing at all."""


RAW = "application/vnd.github.raw+json"
MOST_PAGES = 1_000
SMALLEST_PAGE = 5
TOO_MUCH = frozenset({"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED"})


class GitHubApi:
    """Asks one GitHub host."""

    def __init__(self, client: Client, rest: str = "") -> None:
        self.client = client
        self._rest = rest

    def query(self, text: str, variables: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
        """The data of a GraphQL query, and what GitHub says is missing in it. Raises ``HttpError`` where there is no data."""
        answer = self.client.post("/graphql", {"query": text, "variables": dict(variables)})
        value = answer.object()
        data, errors = value.get("data"), value.get("errors")
        said = _said(errors)
        if isinstance(data, dict) and any(part is not None for part in data.values()):
            return data, said
        types = {error.get("type") for error in errors if isinstance(error, dict)} if isinstance(errors, list) else set()
        if "RATE_LIMITED" in types:
            raise HttpError("rate-limited", f"GitHub's allowance for GraphQL is used up: {said}")
        if "NOT_FOUND" in types or (isinstance(data, dict) and not errors):
            raise HttpError(
                "status", f"GitHub has no such organization or user, or hides it from us{f': {said}' if said else ''}", status=404
            )
        if types & TOO_MUCH:
            raise HttpError("too-large", f"GitHub says that we ask for too much at once: {said}")
        raise HttpError("wrong-type", f"GitHub did not answer our question{f': {said}' if said else ''}")

    def connection(
        self, text: str, variables: Mapping[str, Any], way: Sequence[str], size: int, lost: Callable[[str], None]
    ) -> Iterator[Mapping[str, Any]]:
        """The nodes of a connection, page by page; ``way`` leads from the data to it. ``lost`` is told what is missing in the answers.

        A page that is too much for GitHub is asked for in smaller parts.
        """
        cursor: str | None = None
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            (data, said), size = self._page(text, {**variables, "cursor": cursor}, size)
            connection = _at(data, way)
            nodes = connection.get("nodes")
            if not isinstance(nodes, list):
                raise HttpError("wrong-type", f"GitHub answers without {'.'.join(way)}{f': {said}' if said else ''}")
            found = [node for node in nodes if isinstance(node, dict)]
            if said or len(found) < len(nodes):
                lost(said or "no reason given")
            yield from found
            page = _at(connection, ("pageInfo",))
            if page.get("hasNextPage") is not True:
                return
            cursor = text_of(page.get("endCursor"))
            if not cursor or cursor in seen:
                raise HttpError("repeated-url", "GitHub's paging goes round in a circle")
            seen.add(cursor)
        raise HttpError("too-many-pages", f"GitHub has more than {MOST_PAGES:,} pages of {way[-1]}")

    def content(self, repository: str, revision: str, path: str, limit: int) -> bytes:
        """A file at a commit. Raises ``HttpError``, with status 404 for a folder too."""
        place = f"{self._rest}/repos/{quote(repository)}/contents/{quote(path)}"
        answer = self.client.get(place, {"ref": revision}, accept=RAW, fixed=True, limit=limit)
        if answer.headers.get("content-type", "").startswith("application/json"):
            raise HttpError("status", f"{path} is a folder", status=404)
        return answer.body

    def listing(self, repository: str, revision: str) -> Sequence[str]:
        """The paths of all files of a commit. Raises ``HttpError`` where GitHub leaves some out."""
        place = f"{self._rest}/repos/{quote(repository)}/git/trees/{quote(revision)}"
        answer = self.client.get(place, {"recursive": "1"}, accept=JSON, fixed=True)
        value = answer.object()
        entries = value.get("tree")
        if not isinstance(entries, list):
            raise answer.odd("a tree", entries)
        if value.get("truncated") is True:
            raise HttpError(
                "too-large", f"{repository} has too many files for one listing", "Name the descriptors without globs, or use a git source."
            )
        files = (e for e in entries if isinstance(e, dict) and e.get("type") == "blob")
        return sorted(path for e in files if (path := text_of(e.get("path"))))

    def changed(self, repository: str, revision: str, path: str) -> datetime | None:
        """Time of the last commit to a file before a commit."""
        place = f"{self._rest}/repos/{quote(repository)}/commits"
        for commit in self.client.get(place, {"sha": revision, "path": path, "per_page": "1"}, accept=JSON, fixed=True).array()[:1]:
            return moment(_at(commit, ("commit", "committer")).get("date"))
        return None

    def _page(self, text: str, variables: Mapping[str, Any], size: int) -> tuple[tuple[Mapping[str, Any], str], int]:
        while True:
            try:
                return self.query(text, {**variables, "size": size}), size
            except HttpError as error:
                is_too_much = error.kind in {"timeout", "too-large"} or error.status in {502, 504}
                if not is_too_much or size <= SMALLEST_PAGE:
                    raise
                size = max(SMALLEST_PAGE, size // 3)


def _at(value: Any, way: Sequence[str]) -> Mapping[str, Any]:
    """The object at the end of a way of names; an empty one where there is none."""
    for name in way:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _said(errors: Any) -> str:
    texts = [text_of(e.get("message"), 200) for e in errors if isinstance(e, dict)] if isinstance(errors, list) else []
    return "; ".join(dict.fromkeys(filter(None, texts[:3])))
