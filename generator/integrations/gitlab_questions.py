"""What GitLab is asked over GraphQL about projects (https://docs.gitlab.com/api/graphql/reference/)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
