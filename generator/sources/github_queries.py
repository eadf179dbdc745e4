"""What GitHub is asked over GraphQL. A test holds each query to GitHub's own schema."""

from __future__ import annotations

from collections.abc import Sequence

from generator.sources.codeowners import PLACES

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
