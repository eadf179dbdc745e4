"""Names of repositories and families in, GraphQL queries out. A test validates each query against GitHub's own schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

WEEKS = 12
PARTS: Mapping[str, str] = {
    "deployment": """
  deployments(first: 20, orderBy: {field: CREATED_AT, direction: DESC}) { pageInfo { hasNextPage endCursor } nodes { ...Deployed } }""",
    "pipeline-run": """
  runs: defaultBranchRef { name target { ... on Commit { history(first: 5) { ...Commits } } } }""",
    "vulnerability": """
  hasVulnerabilityAlertsEnabled
  vulnerabilityAlerts(first: 100, states: [OPEN]) { ...Alerts }""",
    "repository": """
  pullRequests(first: 20, states: [OPEN], orderBy: {field: CREATED_AT, direction: ASC}) {
    totalCount nodes { title url createdAt isDraft author { login } }
  }
  issues(states: [OPEN]) { totalCount }
  beginners: issues(first: 5, states: [OPEN], labels: ["good first issue"], orderBy: {field: CREATED_AT, direction: DESC}) {
    nodes { title url }
  }
  languages(first: 10, orderBy: {field: SIZE, direction: DESC}) { totalSize edges { size node { name } } }
  releases(first: 5, orderBy: {field: CREATED_AT, direction: DESC}) { nodes { name tagName publishedAt url isDraft } }
  licenseInfo { key }
  codeOfConduct { key }
  contributingGuidelines { url }
  isSecurityPolicyEnabled
  readme0: object(expression: "HEAD:README.md") { oid }
  readme1: object(expression: "HEAD:README.rst") { oid }
  readme2: object(expression: "HEAD:README") { oid }
  codeowners0: object(expression: "HEAD:.github/CODEOWNERS") { oid }
  codeowners1: object(expression: "HEAD:CODEOWNERS") { oid }
  codeowners2: object(expression: "HEAD:docs/CODEOWNERS") { oid }
  isArchived createdAt stargazerCount forkCount
  repositoryTopics(first: 20) { nodes { topic { name } } }
  activity: defaultBranchRef {
    refUpdateRule { pattern } RULES
    target {
      ... on Commit {
        committedDate
        docs: history(first: 1, path: "docs") { nodes { committedDate } }
        readme: history(first: 1, path: "README.md") { nodes { committedDate } }
        recent: history(first: 100, since: $since) { pageInfo { hasNextPage } nodes { author { email user { login } } } }
        %s
      }
    }
  }""",
}
"""The part of the query for each family."""
RULES = "rules(first: 1) { totalCount }"
DEPLOYED = """
fragment Deployed on Deployment {
  databaseId environment createdAt commitOid state creator { login } ref { name prefix }
  latestStatus { state createdAt logUrl environmentUrl }
  statuses(first: 20) { nodes { state createdAt } }
}
"""
COMMITS = """
fragment Commits on CommitHistoryConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    committedDate
    checkSuites(first: 50) {
      pageInfo { hasNextPage }
      nodes {
        status conclusion createdAt updatedAt creator { login }
        workflowRun { databaseId runNumber url createdAt updatedAt workflow { name } }
      }
    }
  }
}
"""
OF_ENVIRONMENT = (
    "e{0}: deployments(first: 5, environments: [$e{0}], orderBy: {{field: CREATED_AT, direction: DESC}}) {{ nodes {{ ...Deployed }} }}"
)
"""The last deployments to one environment, which many newer ones to others may hide."""
ALERTS = """
fragment Alerts on RepositoryVulnerabilityAlertConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    number createdAt vulnerableManifestPath vulnerableRequirements
    securityAdvisory { ghsaId summary identifiers { type value } }
    securityVulnerability { severity vulnerableVersionRange package { name } firstPatchedVersion { identifier } }
  }
}
"""
MORE_ALERTS = f"""
query MoreAlerts($owner: String!, $name: String!, $cursor: String) {{
  repository(owner: $owner, name: $name) {{ vulnerabilityAlerts(first: 100, after: $cursor, states: [OPEN]) {{ ...Alerts }} }}
}}
{ALERTS}"""
"""The next page of alerts of a repository with more than a hundred."""
MORE_DEPLOYMENTS = f"""
query MoreDeployments($owner: String!, $name: String!, $cursor: String!) {{
  repository(owner: $owner, name: $name) {{
    deployments(first: 100, after: $cursor, orderBy: {{field: CREATED_AT, direction: DESC}}) {{
      pageInfo {{ hasNextPage endCursor }} nodes {{ ...Deployed }}
    }}
  }}
}}
{DEPLOYED}"""
MORE_COMMITS = f"""
query MoreCommits($owner: String!, $name: String!, $cursor: String!) {{
  repository(owner: $owner, name: $name) {{
    runs: defaultBranchRef {{ target {{ ... on Commit {{ history(first: 25, after: $cursor) {{ ...Commits }} }} }} }}
  }}
}}
{COMMITS}"""


def repositories_query(
    slugs: Sequence[str], families: Sequence[str], now: datetime, environments: Sequence[str] = (), *, has_rulesets: bool = False
) -> tuple[str, dict[str, str]]:
    """The query about these repositories, named ``r0``, ``r1`` …, and its variables.

    The last deployments to each of the environments are ``e0``, ``e1`` … of a repository. Owners, names and environments are variables,
    so that no text of an annotation or a setting becomes part of the query. ``has_rulesets``: whether the host has rulesets of branches,
    which older Enterprise servers have not.
    """
    rules = RULES if has_rulesets else ""
    parts = [PARTS[family].replace("RULES", rules) for family in PARTS if family in families]
    named = {f"e{n}": name for n, name in enumerate(environments)} if "deployment" in families else {}
    parts += [f"\n  {OF_ENVIRONMENT.format(n)}" for n, _ in enumerate(named)]
    variables = {name: part for n, slug in enumerate(slugs) for name, part in zip((f"o{n}", f"n{n}"), slug.split("/"), strict=True)}
    variables |= named
    declared = ", ".join(f"${name}: String!" for name in variables)
    repositories = "\n".join(f"  r{n}: repository(owner: $o{n}, name: $n{n}) {{ ...Known }}" for n, _ in enumerate(slugs))
    fields = "".join(part % _weeks(now) if "%s" in part else part for part in parts)
    if "repository" in families:
        declared, variables = f"{declared}, $since: GitTimestamp!", variables | {"since": _mondays(now)[0]}
    text = f"query Repositories({declared}) {{\n{repositories}\n}}\nfragment Known on Repository {{\n  nameWithOwner url{fields}\n}}\n"
    fragments = {"deployment": DEPLOYED, "pipeline-run": COMMITS, "vulnerability": ALERTS}
    return text + "".join(fragment for family, fragment in fragments.items() if family in families), variables


def _mondays(now: datetime) -> list[str]:
    """The beginnings of the last weeks; Mondays, so that only the numbers of the last week change from day to day."""
    monday = datetime.combine(now.date() - timedelta(days=now.weekday()), time(), now.tzinfo)
    return [(monday - timedelta(weeks=WEEKS - 1 - n)).strftime("%Y-%m-%dT%H:%M:%SZ") for n in range(WEEKS)]


def _weeks(now: datetime) -> str:
    mondays = _mondays(now)
    until = [f', until: "{end}"' for end in mondays[1:]] + [""]
    return " ".join(f'w{n}: history(since: "{mondays[n]}"{until[n]}) {{ totalCount }}' for n in range(WEEKS))
