"""Families and environments in, GraphQL queries out; GitLab's answers in, values of facts out."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from callboard.plugins.integrations import (
    Deployment,
    FactSeverity,
    PipelineRun,
    Vulnerability,
    number_at,
    objects_at,
    parse_run_state,
    parse_word,
    string_at,
    time_at,
    value_at,
)

_PIPELINES = "{ pageInfo { hasNextPage endCursor } nodes { id iid name status ref createdAt startedAt duration path user { username } } }"
PIPELINES = f"pipelines(first: 50) {_PIPELINES}"
MORE_PIPELINES = f"""
query MorePipelines($path: ID!, $ref: String!, $cursor: String) {{
  project(fullPath: $path) {{ pipelines(first: 100, ref: $ref, after: $cursor) {_PIPELINES} }}
}}
"""
"""Pipelines of one branch, from the newest on."""
DEFAULT_BRANCH = "repository { rootRef }"
OF_MERGE_REQUEST = "refs/merge-requests/"
VERSION = re.compile(r"v?\d++[._-]\w++(?:[.-]\w++)*+")
"""A tag that is a version, such as ``v1.4``. Whether a reference is a tag or a branch is not known to all versions of GitLab."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COMMIT_LENGTH = 12
"""Characters of a commit that stand for a version."""
STATES = {"succeeded": "SUCCESS", "failed": "FAILED", "running": "RUNNING"}
LAST = " ".join(f"{name}: lastDeployment(status: {status}) {{ ...Deployed }}" for name, status in STATES.items())
DEPLOYED = "fragment Deployed on Deployment { id iid status ref sha createdAt finishedAt webPath triggerer { username } }"
FOUND = """
fragment Found on VulnerabilityConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    id title severity detectedAt webUrl
    identifiers { name externalType }
    location {
      ... on VulnerabilityLocationDependencyScanning { file dependency { version package { name } } }
      ... on VulnerabilityLocationContainerScanning { image dependency { version package { name } } }
      ... on VulnerabilityLocationSast { file startLine }
      ... on VulnerabilityLocationSecretDetection { file startLine }
    }
  }
}"""
OPEN = "first: 100, state: [DETECTED, CONFIRMED]"


BY: Mapping[str, tuple[str, str]] = {"paths": ("$paths: [String!]", "fullPaths: $paths"), "ids": ("$ids: [ID!]", "ids: $ids")}
"""How a query names its projects, by path or by global id: the declaration of its variable, and the argument."""


def work_query(by: str, families: Sequence[str], environments: int) -> str:
    """The query for pipelines, and for the last deployments to each environment; their names are the variables ``e0``, ``e1`` and so on.

    ``environments`` is their number. They are queried by name, because GitLab lists all environments for one project per query only.
    """
    names = [*range(environments)] if "deployment" in families else []
    deployments = [f"e{n}: environment(name: $e{n}) {{ name externalUrl {LAST} }}" for n in names]
    fields = [DEFAULT_BRANCH, *([PIPELINES] if "pipeline-run" in families else ()), *deployments]
    return _projects("Work", by, fields, "".join(f", $e{n}: String!" for n in names)) + (DEPLOYED if names else "")


def vulnerabilities_query(by: str) -> str:
    """The query for open vulnerabilities, apart from the others because the Community Edition does not have this field."""
    return _projects("Weaknesses", by, [f"vulnerabilities({OPEN}) {{ ...Found }}"]) + FOUND


def _projects(name: str, by: str, fields: Sequence[str], more: str = "") -> str:
    declared, argument = BY[by]
    return f"""
query {name}({declared}, $size: Int!{more}) {{
  projects({argument}, first: $size) {{
    nodes {{
      id fullPath webUrl
      {" ".join(fields)}
    }}
  }}
}}
"""


MORE_VULNERABILITIES = f"""
query More($path: ID!, $cursor: String) {{
  project(fullPath: $path) {{ vulnerabilities({OPEN}, after: $cursor) {{ ...Found }} }}
}}
{FOUND}"""


GitLabNode = Mapping[str, Any]


def default_branch(project: GitLabNode) -> str:
    """The name of the default branch; empty if the repository is empty, or hidden from the token."""
    return string_at(project, "repository", "rootRef")


def runs_of_default_branch(project: GitLabNode) -> list[GitLabNode]:
    """The listed pipelines of the default branch; if its name is unknown, those that do not belong to a merge request."""
    branch = default_branch(project)
    runs = objects_at(project, "pipelines", "nodes")
    return [run for run in runs if (string_at(run, "ref") == branch if branch else not string_at(run, "ref").startswith(OF_MERGE_REQUEST))]


def runs_since(project: GitLabNode) -> datetime | None:
    """The time of the oldest listed pipeline if the project has older ones; None if all are listed."""
    if value_at(project, "pipelines", "pageInfo", "hasNextPage") is not True:
        return None
    return min(creation_times(objects_at(project, "pipelines", "nodes")), default=None)


def creation_times(nodes: Iterable[GitLabNode]) -> Iterator[datetime]:
    """The valid times of creation; an invalid one is reported with its fact."""
    for node in nodes:
        with contextlib.suppress(ValueError):
            if time := time_at(node, EPOCH, "createdAt"):
                yield time


def pipeline_run(node: GitLabNode, now: datetime) -> PipelineRun:
    """A pipeline; its name is ``pipeline`` if GitLab has none."""
    state, word = parse_run_state(string_at(node, "status"))
    begun = time_at(node, now, "startedAt") or time_at(node, now, "createdAt")
    by = string_at(node, "user", "username")
    name, branch = string_at(node, "name") or "pipeline", string_at(node, "ref")
    return PipelineRun(name, begun, state, branch, number_at(node, "duration"), by, state_word=word)


def deployment(node: GitLabNode, branch: str, now: datetime) -> Deployment:
    """A deployment; its version is the tag, or else the commit. ``branch`` is the project's default branch."""
    ref, commit = string_at(node, "ref"), string_at(node, "sha")
    version = ref if ref != branch and VERSION.fullmatch(ref) else commit[:COMMIT_LENGTH] or ref
    state, word = parse_run_state(string_at(node, "status"))
    ended = time_at(node, now, "finishedAt") or time_at(node, now, "createdAt")
    return Deployment(version, ended, state, string_at(node, "triggerer", "username"), commit, state_word=word)


def vulnerability(node: GitLabNode, now: datetime) -> Vulnerability:
    """A finding of a scanner; its name is the CVE if there is one, else the first identifier, else the title."""
    names = objects_at(node, "identifiers")
    cve = next((string_at(one, "name") for one in names if string_at(one, "externalType").lower() == "cve"), "")
    first = next((string_at(one, "name") for one in names), "")
    where = node.get("location")
    file, line = string_at(where, "file") or string_at(where, "image"), string_at(where, "startLine")
    package = value_at(where, "dependency")
    severity, word = parse_word(FactSeverity, string_at(node, "severity"), FactSeverity.UNKNOWN)
    return Vulnerability(
        cve or first or string_at(node, "title"),
        severity,
        string_at(node, "title"),
        string_at(package, "package", "name"),
        string_at(package, "version"),
        first_seen=time_at(node, now, "detectedAt"),
        place=f"{file}:{line}" if file and line else file,
        severity_word=word,
    )
