"""From what GitHub says about a repository to facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from callboard.integrations.github.queries import WEEKS
from callboard.model.facts.values import Deployment, GoodFirstIssue, PipelineRun, PullRequest, Release, RepositoryActivity, Vulnerability
from callboard.model.facts.words import FactSeverity, RunState
from callboard.plugins.integrations import parsing
from callboard.plugins.integrations.json_access import at, count_at, items, link_at, share_at, text_at, time_at

FactNode = Mapping[str, Any]
STATES = {"abandoned": RunState.CANCELLED, "destroyed": RunState.CANCELLED, "inactive": RunState.SUCCEEDED}
HUNDRED = 100


def deployment(node: FactNode, now: datetime) -> Deployment:
    """A deployment with its latest status."""
    status = text_at(node, "state").lower()
    state = STATES.get(status) or parsing.known_word(RunState, status, RunState.UNKNOWN)
    revision, ref = text_at(node, "commitOid"), text_at(node, "ref", "name")
    at_ = time_at(node, now, "latestStatus", "updatedAt") or time_at(node, now, "createdAt")
    return Deployment(ref or revision[:12], at_, state, text_at(node, "creator", "login"), revision)


def pipeline_run(suite: FactNode, branch: str, now: datetime) -> PipelineRun:
    """A run of a workflow of Actions."""
    run = suite.get("workflowRun")
    begun, changed = time_at(run, now, "createdAt"), time_at(run, now, "updatedAt")
    is_over = text_at(suite, "status") == "COMPLETED"
    word = text_at(suite, "conclusion" if is_over else "status")
    seconds = (changed - begun).total_seconds() if is_over and begun and changed else None
    state = parsing.known_word(RunState, word, RunState.UNKNOWN)
    return PipelineRun(text_at(run, "workflow", "name"), begun, state, branch, seconds, text_at(suite, "creator", "login"))


def vulnerability(alert: FactNode, now: datetime) -> Vulnerability:
    """A Dependabot alert."""
    advisory, weakness = alert.get("securityAdvisory"), alert.get("securityVulnerability")
    cve = next((text_at(one, "value") for one in items(advisory, "identifiers") if text_at(one, "type") == "CVE"), "")
    return Vulnerability(
        cve or text_at(advisory, "ghsaId"),
        parsing.known_word(FactSeverity, text_at(weakness, "severity"), FactSeverity.UNKNOWN),
        text_at(advisory, "summary"),
        text_at(weakness, "package", "name"),
        text_at(alert, "vulnerableRequirements").removeprefix("= "),
        text_at(weakness, "firstPatchedVersion", "identifier"),
        time_at(alert, now, "createdAt"),
        text_at(alert, "vulnerableManifestPath"),
    )


def finding(alert: FactNode, now: datetime) -> Vulnerability:
    """An alert of code scanning (REST)."""
    rule, instance = alert.get("rule"), alert.get("most_recent_instance")
    severity = text_at(rule, "security_severity_level") or text_at(rule, "severity")
    file, line = text_at(instance, "location", "path"), text_at(instance, "location", "start_line")
    return Vulnerability(
        text_at(rule, "id") or text_at(rule, "name"),
        parsing.known_word(FactSeverity, severity, FactSeverity.UNKNOWN),
        text_at(rule, "description"),
        first_seen=time_at(alert, now, "created_at"),
        place=f"{file}:{line}" if file and line else file,
    )


def activity(node: FactNode, now: datetime) -> RepositoryActivity:
    """How much the repository moves."""
    head, recent = at(node, "activity", "target"), at(node, "activity", "target", "recent")
    authors = {text_at(one, "author", "user", "login") or text_at(one, "author", "email") for one in items(recent, "nodes")} - {""}
    weeks = [count_at(head, f"w{n}", "totalCount") for n in range(WEEKS)]
    is_whole = isinstance(recent, Mapping) and at(recent, "pageInfo", "hasNextPage") is False
    return RepositoryActivity(
        text_at(node, "nameWithOwner"),
        time_at(head, now, "committedDate"),
        tuple(week or 0 for week in weeks) if None not in weeks else (),
        len(authors) if is_whole else None,
        count_at(node, "pullRequests", "totalCount"),
        tuple(_pull_request(one, now) for one in items(node, "pullRequests", "nodes")),
        count_at(node, "issues", "totalCount"),
        tuple(GoodFirstIssue(text_at(one, "title"), link_at(one, "url")) for one in items(node, "beginners", "nodes")),
        _languages(node),
        tuple(_release(one, now) for one in items(node, "releases", "nodes") if one.get("isDraft") is not True),
        _community(node),
    )


def _pull_request(node: FactNode, now: datetime) -> PullRequest:
    return PullRequest(
        text_at(node, "title"), link_at(node, "url"), time_at(node, now, "createdAt"), text_at(node, "author", "login"),
        node.get("isDraft") is True,
    )  # fmt: skip


def _release(node: FactNode, now: datetime) -> Release:
    return Release(text_at(node, "name") or text_at(node, "tagName"), time_at(node, now, "publishedAt"), link_at(node, "url"))


def _languages(node: FactNode) -> tuple[tuple[str, float], ...]:
    """Shares of the size of all languages, of which the ten largest are named."""
    total = share_at(node, "languages", "totalSize") or 0
    named = [(text_at(edge, "node", "name"), share_at(edge, "size")) for edge in items(node, "languages", "edges")]
    return tuple((name, round(size / total * HUNDRED, 1)) for name, size in named if name and size and total > 0)


def _community(node: FactNode) -> tuple[str, ...]:
    """Which files for contributors are there, as GitHub finds them."""
    there = {
        "readme": any(node.get(f"readme{n}") for n in range(3)),
        "license": bool(node.get("licenseInfo")),
        "contributing": bool(node.get("contributingGuidelines")),
        "code-of-conduct": bool(node.get("codeOfConduct")),
        "security": node.get("isSecurityPolicyEnabled") is True,
        "codeowners": any(node.get(f"codeowners{n}") for n in range(3)),
    }
    return tuple(name for name, is_there in there.items() if is_there)
