"""GitHub's answers about a repository in, values of facts out. Each function raises ``FactError`` for an invalid answer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from callboard.integrations.github.queries import WEEKS
from callboard.plugins.integrations import (
    Deployment,
    FactError,
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
    parse_run_state,
    parse_word,
    string_at,
    time_at,
    url_at,
    value_at,
)

FactNode = Mapping[str, Any]
STATES = {"abandoned": RunState.CANCELLED, "destroyed": RunState.CANCELLED}
OVER = frozenset({"inactive", "abandoned", "destroyed"})
"""States of a deployment that is no longer the active one; they do not tell how it went."""
TAGS = "refs/tags/"
COMMIT_LENGTH = 12
"""Characters of a commit that stand for a version."""
LONGEST_RUN = 6 * 3_600
"""Seconds that a job may take on GitHub's own machines. GraphQL has no time of the last attempt: a run that seems to have taken longer
was run again, or waited for an approval, and how long it took is unknown."""
HUNDRED = 100


def deployment(node: FactNode, now: datetime) -> Deployment:
    """A deployment as it ended; its version is the tag, or else the commit: a branch is the same one in every deployment.

    GitHub makes a deployment inactive when a newer one succeeds, or when its environment is removed. That is not its end: a deployment
    with a successful status succeeded, at the time of this status.
    """
    status, revision = string_at(node, "state").lower(), string_at(node, "commitOid")
    tag = string_at(node, "ref", "name") if string_at(node, "ref", "prefix") == TAGS else ""
    begun, succeeded = time_at(node, now, "createdAt"), _succeeded(node, now)
    if status in OVER:
        state = RunState.SUCCEEDED if succeeded else STATES.get(status, RunState.UNKNOWN)
        word = status if state is RunState.UNKNOWN else ""
        ended = succeeded or begun
    else:
        state, word = parse_run_state(status)
        ended = (succeeded if state is RunState.SUCCEEDED else None) or time_at(node, now, "latestStatus", "createdAt") or begun
    return Deployment(tag or revision[:COMMIT_LENGTH], ended, state, string_at(node, "creator", "login"), revision, state_word=word)


def _succeeded(node: FactNode, now: datetime) -> datetime | None:
    """The time of the first successful status; None if there is none among the listed ones."""
    statuses = [*objects_at(node, "statuses", "nodes"), value_at(node, "latestStatus")]
    times = [time_at(status, now, "createdAt") for status in statuses if string_at(status, "state") == "SUCCESS"]
    return min((time for time in times if time), default=None)


def deployments_since(node: FactNode, now: datetime) -> datetime | None:
    """The time of the oldest listed deployment if the repository has older ones; None if all are listed."""
    if value_at(node, "deployments", "pageInfo", "hasNextPage") is not True:
        return None
    return min(_times(objects_at(node, "deployments", "nodes"), now), default=None)


def runs_since(node: FactNode, now: datetime) -> datetime | None:
    """The time of the oldest listed commit, or that of its first run, if the branch has older commits; None if all are listed."""
    history = value_at(node, "runs", "target", "history")
    commits = objects_at(history, "nodes")
    if not commits or value_at(history, "pageInfo", "hasNextPage") is not True:
        return None
    oldest = commits[-1]
    first_run = min(_times(objects_at(oldest, "checkSuites", "nodes"), now), default=None)
    return max((time for time in (*_times([oldest], now, "committedDate"), first_run) if time), default=None)


def _times(nodes: Iterable[FactNode], now: datetime, field: str = "createdAt") -> Iterator[datetime]:
    """The valid times of a field; an invalid one is reported with its fact."""
    for node in nodes:
        with contextlib.suppress(FactError):
            if time := time_at(node, now, field):
                yield time


def pipeline_run(suite: FactNode, branch: str, now: datetime) -> PipelineRun:
    """A run of a workflow of Actions."""
    run = suite.get("workflowRun")
    begun, changed = time_at(run, now, "createdAt"), time_at(run, now, "updatedAt")
    is_over = string_at(suite, "status") == "COMPLETED"
    state, word = parse_run_state(string_at(suite, "conclusion" if is_over else "status"))
    seconds = (changed - begun).total_seconds() if is_over and begun and changed else None
    seconds = seconds if seconds is not None and 0 <= seconds <= LONGEST_RUN else None
    name, by = string_at(run, "workflow", "name"), string_at(suite, "creator", "login")
    return PipelineRun(name, begun, state, branch, seconds, by, state_word=word)


def vulnerability(alert: FactNode, now: datetime) -> Vulnerability:
    """A Dependabot alert."""
    advisory, weakness = alert.get("securityAdvisory"), alert.get("securityVulnerability")
    cve = next((string_at(one, "value") for one in objects_at(advisory, "identifiers") if string_at(one, "type") == "CVE"), "")
    severity, word = parse_word(FactSeverity, string_at(weakness, "severity"), FactSeverity.UNKNOWN)
    return Vulnerability(
        cve or string_at(advisory, "ghsaId"),
        severity,
        string_at(advisory, "summary"),
        string_at(weakness, "package", "name"),
        string_at(alert, "vulnerableRequirements").removeprefix("= "),
        string_at(weakness, "firstPatchedVersion", "identifier"),
        time_at(alert, now, "createdAt"),
        string_at(alert, "vulnerableManifestPath"),
        word,
    )


def finding(alert: FactNode, now: datetime) -> Vulnerability:
    """An alert of code scanning (REST)."""
    rule, instance = alert.get("rule"), alert.get("most_recent_instance")
    written = string_at(rule, "security_severity_level") or string_at(rule, "severity")
    severity, word = parse_word(FactSeverity, written, FactSeverity.UNKNOWN)
    file, line = string_at(instance, "location", "path"), string_at(instance, "location", "start_line")
    return Vulnerability(
        string_at(rule, "id") or string_at(rule, "name"),
        severity,
        string_at(rule, "description"),
        first_seen=time_at(alert, now, "created_at"),
        place=f"{file}:{line}" if file and line else file,
        severity_word=word,
    )


def secret(alert: FactNode, now: datetime) -> Vulnerability:
    """An alert of secret scanning (REST), never with the secret; severity by what GitHub knows about its use."""
    location, is_valid = alert.get("first_location_detected"), string_at(alert, "validity")
    is_known_to_others = is_valid == "active" or value_at(alert, "publicly_leaked") is True
    usable = FactSeverity.CRITICAL if is_known_to_others else FactSeverity.HIGH
    file, line = string_at(location, "path"), string_at(location, "start_line")
    return Vulnerability(
        string_at(alert, "secret_type") or "secret",
        FactSeverity.LOW if is_valid == "inactive" else usable,
        string_at(alert, "secret_type_display_name"),
        first_seen=time_at(alert, now, "created_at"),
        place=f"{file}:{line}" if file and line else file,
    )


def activity(node: FactNode, now: datetime, *, keeps_names: bool = False) -> RepositoryActivity:
    """The activity of a repository: commits, pull requests, issues, releases, languages, community files."""
    head, recent = value_at(node, "activity", "target"), value_at(node, "activity", "target", "recent")
    accounts = [string_at(one, "author", "user", "login") or string_at(one, "author", "email") for one in objects_at(recent, "nodes")]
    weeks = [count_at(head, f"w{n}", "totalCount") for n in range(WEEKS)]
    is_complete = isinstance(recent, Mapping) and value_at(recent, "pageInfo", "hasNextPage") is False
    found = RepositoryActivity(
        string_at(node, "nameWithOwner"),
        time_at(head, now, "committedDate"),
        tuple(week or 0 for week in weeks) if None not in weeks else (),
        len({*accounts} - {""}) if is_complete else None,
        count_at(node, "pullRequests", "totalCount"),
        tuple(_pull_request(one, now) for one in objects_at(node, "pullRequests", "nodes")),
        count_at(node, "issues", "totalCount"),
        tuple(GoodFirstIssue(string_at(one, "title"), url_at(one, "url")) for one in objects_at(node, "beginners", "nodes")),
        _languages(node),
        tuple(_release(one, now) for one in objects_at(node, "releases", "nodes") if one.get("isDraft") is not True),
        _community(node),
        node.get("isArchived") if isinstance(node.get("isArchived"), bool) else None,
        _is_protected(node.get("activity")),
        next((time for part in ("docs", "readme") for time in _times(objects_at(head, part, "nodes"), now, "committedDate")), None),
        topics=tuple(name for one in objects_at(node, "repositoryTopics", "nodes") if (name := string_at(one, "topic", "name"))),
        contributing_url=url_at(value_at(node, "contributingGuidelines"), "url"),
        stars=count_at(node, "stargazerCount"),
        forks=count_at(node, "forkCount"),
        created=time_at(node, now, "createdAt"),
        maintainers=node.get("maintainers", ()),
    )
    return found.with_commits_by(accounts, keeps_names=keeps_names) if is_complete else found


def _pull_request(node: FactNode, now: datetime) -> PullRequest:
    return PullRequest(
        string_at(node, "title"), url_at(node, "url"), time_at(node, now, "createdAt"), string_at(node, "author", "login"),
        node.get("isDraft") is True,
    )  # fmt: skip


def _release(node: FactNode, now: datetime) -> Release:
    return Release(string_at(node, "name") or string_at(node, "tagName"), time_at(node, now, "publishedAt"), url_at(node, "url"))


def _is_protected(branch: Any) -> bool | None:
    """Whether a rule of the repository or a ruleset protects a branch; None where the host does not tell about both."""
    rules = count_at(branch, "rules", "totalCount")
    if isinstance(value_at(branch, "refUpdateRule"), Mapping) or rules:
        return True
    return None if rules is None or "refUpdateRule" not in branch else False


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
