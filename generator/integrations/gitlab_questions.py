"""What GitLab is asked over GraphQL about projects (https://docs.gitlab.com/api/graphql/reference/)."""

from __future__ import annotations

DEPLOYED = "fragment Deployed on Deployment { id iid status ref sha createdAt finishedAt webPath triggerer { username } }"
WORK = """
      pipelines(first: 20) { nodes { id iid name status ref createdAt startedAt duration path user { username } } }
      environments(first: 20) {
        nodes {
          name externalUrl
          succeeded: lastDeployment(status: SUCCESS) { ...Deployed }
          failed: lastDeployment(status: FAILED) { ...Deployed }
          running: lastDeployment(status: RUNNING) { ...Deployed }
        }
      }"""
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


def _projects(name: str, declared: str, argument: str, fields: str, fragment: str) -> str:
    return f"""
query {name}({declared}, $size: Int!) {{
  projects({argument}, first: $size) {{
    nodes {{
      id fullPath webUrl{fields}
    }}
  }}
}}
{fragment}"""


PATHS, IDS = ("$paths: [String!]", "fullPaths: $paths"), ("$ids: [ID!]", "ids: $ids")
WORK_BY_PATH = _projects("Work", *PATHS, WORK, DEPLOYED)
WORK_BY_ID = _projects("Work", *IDS, WORK, DEPLOYED)
"""Pipelines and what was deployed last to each environment; GitLab takes fifty paths at once."""
WEAKNESSES = f"\n      vulnerabilities({OPEN}) {{ ...Found }}"
WEAKNESSES_BY_PATH = _projects("Weaknesses", *PATHS, WEAKNESSES, FOUND)
WEAKNESSES_BY_ID = _projects("Weaknesses", *IDS, WEAKNESSES, FOUND)
"""Open vulnerabilities: a question of its own, since the Community Edition does not know the field."""
MORE_WEAKNESSES = f"""
query More($path: ID!, $cursor: String) {{
  project(fullPath: $path) {{ vulnerabilities({OPEN}, after: $cursor) {{ ...Found }} }}
}}
{FOUND}"""
