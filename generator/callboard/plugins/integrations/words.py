"""Words of vendors for states and severities → values of our enumerations, in a table for each enumeration, with its sources.

Words are compared in lower case, with hyphens in place of spaces, underscores and changes of case: ``inProgress`` is ``in-progress``.
A word that only says that something is over, such as ``completed``, is ``unknown``: it is no success.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from callboard.model.data_classes import dataclass
from callboard.model.facts.alert import AlertState
from callboard.model.facts.deployment import Health
from callboard.model.facts.enumerations import FactSeverity, RunState
from callboard.model.facts.incident import IncidentState
from callboard.model.facts.quality_gate import GateState

_SEPARATORS = re.compile(r"[\s_]+|(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class VendorWords:
    """Words of one tool, or of several."""

    tool: str
    source: str
    """URL of the vendor's description of the words; empty for words that many tools have."""
    words: Mapping[str, str]
    """Values by word."""


def normal_word(text: str) -> str:
    """A word as the tables have it."""
    return _SEPARATORS.sub("-", text.strip()).lower()


_SEVERAL = "several tools"
_OVER = {"completed": "unknown", "complete": "unknown", "finished": "unknown", "done": "unknown", "ended": "unknown", "inactive": "unknown"}
VENDOR_WORDS: Mapping[type[StrEnum], tuple[VendorWords, ...]] = {
    RunState: (
        VendorWords(_SEVERAL, "", {
            "success": "succeeded", "successful": "succeeded", "passed": "succeeded", "ok": "succeeded", "deployed": "succeeded",
            "active": "succeeded", "synced": "succeeded", "stable": "succeeded", "failure": "failed", "error": "failed",
            "broken": "failed", "in-progress": "running", "inprogress": "running", "progressing": "running", "started": "running",
            "building": "running", "terminating": "running", "queued": "waiting", "pending": "waiting", "created": "waiting",
            "scheduled": "waiting", "blocked": "waiting", "preparing": "waiting", "canceled": "cancelled", "canceling": "cancelled",
            "cancelling": "cancelled", "aborted": "cancelled", "skipped": "cancelled", "reverted": "rolled-back",
            "rolledback": "rolled-back", "undefined": "unknown", "": "unknown", **_OVER,
        }),
        VendorWords("GitHub", "https://docs.github.com/graphql/reference/enums", {
            "timed-out": "failed", "startup-failure": "failed", "action-required": "waiting", "requested": "waiting",
            "neutral": "cancelled", "stale": "cancelled",
        }),
        VendorWords("GitLab", "https://docs.gitlab.com/api/graphql/reference/#pipelinestatusenum", {
            "manual": "waiting", "waiting-for-resource": "waiting", "waiting-for-callback": "waiting",
        }),
        VendorWords("Azure DevOps", "https://learn.microsoft.com/rest/api/azure/devops/build/builds", {
            "not-started": "waiting", "postponed": "waiting", "partially-succeeded": "succeeded", "succeeded-with-issues": "succeeded",
            "not-deployed": "waiting", "abandoned": "cancelled",
        }),
        VendorWords("Bitbucket", "https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pipelines/", {
            "paused": "waiting", "halted": "waiting", "parsing": "waiting", "undeployed": "waiting", "stopped": "cancelled",
            "expired": "cancelled",
        }),
        VendorWords("AWS", "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecution.html", {
            "stopping": "cancelled", "stop-requested": "cancelled", "superseded": "cancelled", "fault": "failed",
            "rollback-requested": "running", "rollback-in-progress": "running", "rollback-successful": "rolled-back",
            "rollback-failed": "failed",
        }),
        VendorWords("Jenkins", "https://javadoc.jenkins.io/hudson/model/Result.html", {"unstable": "failed", "not-built": "cancelled"}),
        VendorWords("Buildkite", "https://buildkite.com/docs/apis/rest-api/builds", {
            "failing": "running", "creating": "waiting", "not-run": "cancelled",
        }),
        VendorWords("CircleCI", "https://circleci.com/docs/api/v2/", {
            "on-hold": "waiting", "setup-pending": "waiting", "errored": "failed", "unauthorized": "failed",
        }),
        VendorWords("Travis CI", "https://developer.travis-ci.com/resource/build", {"received": "waiting"}),
    ),
    IncidentState: (
        VendorWords(_SEVERAL, "", {
            "triggered": "open", "new": "open", "created": "open", "in-progress": "acknowledged", "acked": "acknowledged",
            "closed": "resolved", "done": "resolved", "completed": "resolved", "canceled": "resolved", "cancelled": "resolved",
        }),
        VendorWords("Statuspage", "https://developer.statuspage.io/", {
            "investigating": "open", "identified": "acknowledged", "monitoring": "acknowledged", "verifying": "acknowledged",
            "postmortem": "resolved",
        }),
        VendorWords("incident.io", "https://api-docs.incident.io/", {
            "triage": "open", "live": "open", "paused": "acknowledged", "learning": "resolved", "merged": "resolved",
            "declined": "resolved",
        }),
        VendorWords("Rootly", "https://docs.rootly.com/", {
            "in-triage": "open", "started": "open", "detected": "open", "mitigated": "acknowledged",
        }),
        VendorWords("New Relic", "https://docs.newrelic.com/docs/apis/nerdgraph/", {
            "activated": "open", "deactivated": "resolved",
        }),
        VendorWords("ServiceNow", "https://www.servicenow.com/docs/", {
            "on-hold": "acknowledged",
        }),
    ),
    FactSeverity: (
        VendorWords(_SEVERAL, "", {
            "blocker": "critical", "fatal": "critical", "emergency": "critical", "page": "critical", "highest": "critical",
            "p1": "critical", "sev1": "critical", "sev-1": "critical", "error": "high", "major": "high", "important": "high",
            "p2": "high", "sev2": "high", "sev-2": "high", "moderate": "medium", "warning": "medium", "warn": "medium",
            "normal": "medium", "p3": "medium", "sev3": "medium", "sev-3": "medium", "minor": "low", "info": "low",
            "informational": "low", "information": "low", "note": "low", "none": "low", "negligible": "low", "trivial": "low",
            "lowest": "low", "p4": "low", "p5": "low", "sev4": "low", "sev-4": "low", "sev5": "low", "sev-5": "low",
            "undefined": "unknown", "": "unknown",
        }),
        VendorWords("Dependency-Track", "https://docs.dependencytrack.org/", {"unassigned": "unknown"}),
    ),
    AlertState: (
        VendorWords(_SEVERAL, "", {
            "active": "firing", "alert": "firing", "warn": "firing", "triggered": "firing", "ok": "resolved", "closed": "resolved",
            "recovered": "resolved",
        }),
        VendorWords("Prometheus", "https://prometheus.io/docs/prometheus/latest/querying/api/", {"inactive": "resolved"}),
        VendorWords("Alertmanager", "https://prometheus.io/docs/alerting/latest/alertmanager/", {
            "unprocessed": "firing", "suppressed": "silenced",
        }),
        VendorWords("Grafana", "https://grafana.com/docs/grafana/latest/alerting/", {
            "alerting": "firing", "normal": "resolved", "no-data": "firing", "nodata": "firing", "error": "firing", "recovering": "firing",
        }),
    ),
    Health: (
        VendorWords(_SEVERAL, "", {"ok": "healthy", "good": "healthy", "": "unknown"}),
        VendorWords("Argo Rollouts", "https://argo-rollouts.readthedocs.io/en/stable/features/specification/", {"paused": "progressing"}),
    ),
    GateState: (
        VendorWords("SonarQube", "https://next.sonarqube.com/sonarqube/web_api", {
            "ok": "passed", "success": "passed", "warn": "warning", "error": "failed", "failure": "failed", "": "none",
        }),
    ),
}  # fmt: skip
"""The words by enumeration; each word stands once in an enumeration."""
SYNONYMS: Mapping[type[StrEnum], Mapping[str, str]] = {
    kind: {word: value for vendor in vendors for word, value in vendor.words.items()} for kind, vendors in VENDOR_WORDS.items()
}
"""Values by word, of all tools."""
