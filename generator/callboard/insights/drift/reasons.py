"""A difference → one English sentence for the request that proposes its patch."""

from __future__ import annotations

from callboard.insights.drift.evidence import FoundDrift
from callboard.model.facts.drift import DriftKind

_SENTENCES = {
    DriftKind.OWNER: "The owner {declared} is no group or user of the {evidence}; perhaps {found} is meant.",
    DriftKind.EMPTY_OWNER: "The group {declared} has no members in the {evidence}; perhaps {found}, the team above it, has taken over.",
    DriftKind.LEFT: "{declared} is not in the {evidence} any more.",
    DriftKind.ARCHIVED: "The lifecycle is {declared}, and {evidence} says that {found} is archived.",
    DriftKind.RENAMED: "{evidence} knows {declared} as {found}.",
    DriftKind.DEPLOYED: "The lifecycle is {declared}, and {evidence} has {found} in production.",
    DriftKind.IDLE: "The lifecycle is {declared}, and {evidence} knows of no deployment in the last 180 days.",
    DriftKind.LINK: "{declared} was answered with {found} in two builds.",
    DriftKind.UNDECLARED: "{evidence} uses {declared}, which {found} publishes.",
}


def reason_of(drift: FoundDrift) -> str:
    """The sentence."""
    return _SENTENCES[drift.kind].format(declared=drift.declared[:200], found=drift.found[:200], evidence=drift.evidence[:200])
