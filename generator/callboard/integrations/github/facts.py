"""GitHub's answers about a repository in, values of facts out. Each function raises ``FactError`` for an invalid answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from callboard.integrations.github.queries import WEEKS
from callboard.plugins.integrations import (
    Deployment,
    FactSeverity,
    GoodFirstIssue,
    PipelineRun,
    PullRequest,
    Release,
    RepositoryActivity,
    RunState,
    Vulnerability,
    count_at,
    number_at,
    objects_at,
    parse_enum,
    string_at,
    time_at,
    url_at,
    value_at,
)

FactNode = Mapping[str, Any]
STATES = {"abandoned": RunState.CANCELLED, "destroyed": RunState.CANCELLED, "inactive": RunState.SUCCEEDED}
HUNDRED = 100


def deployment(node: FactNode, now: datetime) -> Deployment:
    """A deployment with its latest status."""
    status = string_at(node, "state").lower()
    state = STATES.get(status) or parse_enum(RunState, status, RunState.UNKNOWN)
    revision, ref = string_at(node, "commitOid"), string_at(node, "ref", "name")
    changed = time_at(node, now, "latestStatus", "updatedAt") or time_at(node, now, "createdAt")
    return Deployment(ref or revision[:12], changed, state, string_at(node, "creator", "login"), revision)


def pipeline_run(suite: FactNode, branch: str, now: datetime) -> PipelineRun:
    """A run of a workflow of Actions."""
    run = suite.get("workflowRun")
    begun, changed = time_at(run, now, "createdAt"), time_at(run, now, "updatedAt")
    is_over = string_at(suite, "status") == "COMPLETED"
    word = string_at(suite, "conclusion" if is_over else "status")
    seconds = (changed - begun).total_seconds() if is_over and begun and changed else None
    state = parse_enum(RunState, word, RunState.UNKNOWN)
    return PipelineRun(string_at(run, "workflow", "name"), begun, state, branch, seconds, string_at(suite, "creator", "login"))


def vulnerability(alert: FactNode, now: datetime) -> Vulnerability:
    """A Dependabot alert."""
    advisory, weakness = alert.get("securityAdvisory"), alert.get("securityVulnerability")
    cve = next((string_at(one, "value") for one in objects_at(advisory, "identifiers") if string_at(one, "type") == "CVE"), "")
    return Vulnerability(
        cve or string_at(advisory, "ghsaId"),
        parse_enum(FactSeverity, string_at(weakness, "severity"), FactSeverity.UNKNOWN),
        string_at(advisory, "summary"),
        string_at(weakness, "package", "name"),
        string_at(alert, "vulnerableRequirements").removeprefix("= "),
        string_at(weakness, "firstPatchedVersion", "identifier"),
        time_at(alert, now, "createdAt"),
        string_at(alert, "vulnerableManifestPath"),
    )


def finding(alert: FactNode, now: datetime) -> Vulnerability:
    """An alert of code scanning (REST)."""
    rule, instance = alert.get("rule"), alert.get("most_recent_instance")
    severity = string_at(rule, "security_severity_level") or string_at(rule, "severity")
    file, line = string_at(instance, "location", "path"), string_at(instance, "location", "start_line")
    return Vulnerability(
        string_at(rule, "id") or string_at(rule, "name"),
        parse_enum(FactSeverity, severity, FactSeverity.UNKNOWN),
        string_at(rule, "description"),
        first_seen=time_at(alert, now, "created_at"),
        place=f"{file}:{line}" if file and line else file,
    )


def activity(node: FactNode, now: datetime) -> RepositoryActivity:
    """The activity of a repository: commits, pull requests, issues, releases, languages, community files."""
    head, recent = value_at(node, "activity", "target"), value_at(node, "activity", "target", "recent")
    authors = {string_at(one, "author", "user", "login") or string_at(one, "author", "email") for one in objects_at(recent, "nodes")} - {""}
    weeks = [count_at(head, f"w{n}", "totalCount") for n in range(WEEKS)]
    is_complete = isinstance(recent, Mapping) and value_at(recent, "pageInfo", "hasNextPage") is False
    return RepositoryActivity(
        string_at(node, "nameWithOwner"),
        time_at(head, now, "committedDate"),
        tuple(week or 0 for week in weeks) if None not in weeks else (),
        len(authors) if is_complete else None,
        count_at(node, "pullRequests", "totalCount"),
        tuple(_pull_request(one, now) for one in objects_at(node, "pullRequests", "nodes")),
        count_at(node, "issues", "totalCount"),
        tuple(GoodFirstIssue(string_at(one, "title"), url_at(one, "url")) for one in objects_at(node, "beginners", "nodes")),
        _languages(node),
        tuple(_release(one, now) for one in objects_at(node, "releases", "nodes") if one.get("isDraft") is not True),
        _community(node),
    )


def _pull_request(node: FactNode, now: datetime) -> PullRequest:
    return PullRequest(
        string_at(node, "title"), url_at(node, "url"), time_at(node, now, "createdAt"), string_at(node, "author", "login"),
        node.get("isDraft") is True,
    )  # fmt: skip


def _release(node: FactNode, now: datetime) -> Release:
    return Release(string_at(node, "name") or string_at(node, "tagName"), time_at(node, now, "publishedAt"), url_at(node, "url"))


def _languages(node: FactNode) -> tuple[tuple[str, float], ...]:
    """The ten largest languages with their percentage of the size of all languages."""
    total = number_at(node, "languages", "totalSize") or 0
    named = [(string_at(edge, "node", "name"), number_at(edge, "size")) for edge in objects_at(node, "languages", "edges")]
    return tuple((name, round(size / total * HUNDRED, 1)) for name, size in named if name and size and total > 0)


def _community(node: FactNode) -> tuple[str, ...]:
    """The community files that GitHub finds."""
    files = {
        "readme": any(node.get(f"readme{n}") for n in range(3)),
        "license": bool(node.get("licenseInfo")),
        "contributing": bool(node.get("contributingGuidelines")),
        "code-of-conduct": bool(node.get("codeOfConduct")),
        "security": node.get("isSecurityPolicyEnabled") is True,
        "codeowners": any(node.get(f"codeowners{n}") for n in range(3)),
    }
    return tuple(name for name, exists in files.items() if exists)
