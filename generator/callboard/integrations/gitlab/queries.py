"""The GraphQL queries that are sent to GitLab, and their answers as facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from callboard.model.facts.values import Deployment, PipelineRun, Vulnerability
from callboard.model.facts.words import FactSeverity, RunState
from callboard.plugins.integrations import parsing
from callboard.plugins.integrations.json_access import at, items, share_at, text_at, time_at

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
"""How projects can be named: by path, fifty at once, or by global id."""


def work_question(by: str, families: Sequence[str], environments: int) -> str:
    """Pipelines, and what was deployed last to each environment; their names are the variables ``e0``, ``e1`` and so on.

    ``environments`` without a name is answered for one project in a question only, which is why they are named.
    """
    names = [*range(environments)] if "deployment" in families else []
    asked = [f"e{n}: environment(name: $e{n}) {{ name externalUrl {LAST} }}" for n in names]
    fields = [PIPELINES, *asked] if "pipeline-run" in families else asked
    return _projects("Work", by, fields, "".join(f", $e{n}: String!" for n in names)) + (DEPLOYED if names else "")


def weaknesses_question(by: str) -> str:
    """Open vulnerabilities: a question of its own, since the Community Edition does not know the field."""
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


MORE_WEAKNESSES = f"""
query More($path: ID!, $cursor: String) {{
  project(fullPath: $path) {{ vulnerabilities({OPEN}, after: $cursor) {{ ...Found }} }}
}}
{FOUND}"""


GitLabNode = Mapping[str, Any]


def pipeline_run(node: GitLabNode, now: datetime) -> PipelineRun:
    """A pipeline; one without a name is called ``pipeline``."""
    state = parsing.known_word(RunState, text_at(node, "status"), RunState.UNKNOWN)
    begun = time_at(node, now, "startedAt") or time_at(node, now, "createdAt")
    by = text_at(node, "user", "username")
    return PipelineRun(text_at(node, "name") or "pipeline", begun, state, text_at(node, "ref"), share_at(node, "duration"), by)


def deployment(node: GitLabNode, now: datetime) -> Deployment:
    """A deployment; what people call it is the branch or tag."""
    state = parsing.known_word(RunState, text_at(node, "status"), RunState.UNKNOWN)
    ended = time_at(node, now, "finishedAt") or time_at(node, now, "createdAt")
    return Deployment(text_at(node, "ref"), ended, state, text_at(node, "triggerer", "username"), text_at(node, "sha"))


def vulnerability(node: GitLabNode, now: datetime) -> Vulnerability:
    """A finding of a scanner, by its CVE where it has one."""
    names = items(node, "identifiers")
    cve = next((text_at(one, "name") for one in names if text_at(one, "externalType").lower() == "cve"), "")
    first = next((text_at(one, "name") for one in names), "")
    where = node.get("location")
    file, line = text_at(where, "file") or text_at(where, "image"), text_at(where, "startLine")
    package = at(where, "dependency")
    return Vulnerability(
        cve or first or text_at(node, "title"),
        parsing.known_word(FactSeverity, text_at(node, "severity"), FactSeverity.UNKNOWN),
        text_at(node, "title"),
        text_at(package, "package", "name"),
        text_at(package, "version"),
        first_seen=time_at(node, now, "detectedAt"),
        place=f"{file}:{line}" if file and line else file,
    )
