"""Families and environments in, GraphQL queries out; GitLab's answers in, values of facts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from callboard.plugins.integrations import (
    Deployment,
    FactSeverity,
    PipelineRun,
    RunState,
    Vulnerability,
    number_at,
    objects_at,
    parse_enum,
    string_at,
    time_at,
    value_at,
)

PIPELINES = "pipelines(first: 20) { nodes { id iid name status ref createdAt startedAt duration path user { username } } }"
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
    fields = [PIPELINES, *deployments] if "pipeline-run" in families else deployments
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


def pipeline_run(node: GitLabNode, now: datetime) -> PipelineRun:
    """A pipeline; its name is ``pipeline`` if GitLab has none."""
    state = parse_enum(RunState, string_at(node, "status"), RunState.UNKNOWN)
    begun = time_at(node, now, "startedAt") or time_at(node, now, "createdAt")
    by = string_at(node, "user", "username")
    return PipelineRun(string_at(node, "name") or "pipeline", begun, state, string_at(node, "ref"), number_at(node, "duration"), by)


def deployment(node: GitLabNode, now: datetime) -> Deployment:
    """A deployment; its version is the branch or tag."""
    state = parse_enum(RunState, string_at(node, "status"), RunState.UNKNOWN)
    ended = time_at(node, now, "finishedAt") or time_at(node, now, "createdAt")
    return Deployment(string_at(node, "ref"), ended, state, string_at(node, "triggerer", "username"), string_at(node, "sha"))


def vulnerability(node: GitLabNode, now: datetime) -> Vulnerability:
    """A finding of a scanner; its name is the CVE if there is one, else the first identifier, else the title."""
    names = objects_at(node, "identifiers")
    cve = next((string_at(one, "name") for one in names if string_at(one, "externalType").lower() == "cve"), "")
    first = next((string_at(one, "name") for one in names), "")
    where = node.get("location")
    file, line = string_at(where, "file") or string_at(where, "image"), string_at(where, "startLine")
    package = value_at(where, "dependency")
    return Vulnerability(
        cve or first or string_at(node, "title"),
        parse_enum(FactSeverity, string_at(node, "severity"), FactSeverity.UNKNOWN),
        string_at(node, "title"),
        string_at(package, "package", "name"),
        string_at(package, "version"),
        first_seen=time_at(node, now, "detectedAt"),
        place=f"{file}:{line}" if file and line else file,
    )
