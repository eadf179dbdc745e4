"""From what GitLab says about a project to facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from generator.integrations import parsing
from generator.integrations.answers import at, items, share_at, text_at, time_at
from generator.model.facts import Deployment, PipelineRun, RunState, Severity, Vulnerability

Node = Mapping[str, Any]


def pipeline_run(node: Node, now: datetime) -> PipelineRun:
    """A pipeline; one without a name is called ``pipeline``."""
    state = parsing.known_word(RunState, text_at(node, "status"), RunState.UNKNOWN)
    begun = time_at(node, now, "startedAt") or time_at(node, now, "createdAt")
    by = text_at(node, "user", "username")
    return PipelineRun(text_at(node, "name") or "pipeline", begun, state, text_at(node, "ref"), share_at(node, "duration"), by)


def deployment(node: Node, now: datetime) -> Deployment:
    """A deployment; what people call it is the branch or tag."""
    state = parsing.known_word(RunState, text_at(node, "status"), RunState.UNKNOWN)
    ended = time_at(node, now, "finishedAt") or time_at(node, now, "createdAt")
    return Deployment(text_at(node, "ref"), ended, state, text_at(node, "triggerer", "username"), text_at(node, "sha"))


def vulnerability(node: Node, now: datetime) -> Vulnerability:
    """A finding of a scanner, by its CVE where it has one."""
    names = items(node, "identifiers")
    cve = next((text_at(one, "name") for one in names if text_at(one, "externalType").lower() == "cve"), "")
    first = next((text_at(one, "name") for one in names), "")
    where = node.get("location")
    file, line = text_at(where, "file") or text_at(where, "image"), text_at(where, "startLine")
    package = at(where, "dependency")
    return Vulnerability(
        cve or first or text_at(node, "title"),
        parsing.known_word(Severity, text_at(node, "severity"), Severity.UNKNOWN),
        text_at(node, "title"),
        text_at(package, "package", "name"),
        text_at(package, "version"),
        first_seen=time_at(node, now, "detectedAt"),
        place=f"{file}:{line}" if file and line else file,
    )
