"""How a change in the world reads: incidents, deployments, weaknesses, gates, objectives, tools."""

from __future__ import annotations

from collections.abc import Mapping

from generator.model.facts import Severity
from generator.pages.facts.audience import shows
from generator.settings.settings import Portal
from generator.snapshot.values import Change

_GRAVE = frozenset({Severity.CRITICAL, Severity.HIGH})


def what_happened(change: Change, labels: Mapping[str, str]) -> str:
    """``incident opened``, ``deployed to production``, ``7 vulnerabilities found``."""
    name = f"change_{change.kind.replace('-', '_')}"
    what = labels[f"{name}_n"].format(change.number) if change.number > 1 else labels[name]
    return labels["to_environment"].format(what, change.about) if change.kind == "deployed" and change.about else what


def more_about(change: Change, labels: Mapping[str, str], portal: Portal) -> str:
    """How grave it is, what was measured, or what a tool knows; empty for nothing."""
    kind, about = change.kind.partition("-")[0], change.about
    if not about:
        return ""
    if kind == "vulnerability":
        words = ((number, labels[f"severity_{severity}"].lower()) for number, severity in _severities(about))
        return ", ".join(f"{number} {word}".strip() for number, word in words)
    if kind == "tool":
        families = (family for family in about.split(", ") if shows(portal, family))
        return ", ".join(labels.get(f"family_{family.replace('-', '_')}", family) for family in families)
    return labels["severity_n"].format(about) if kind == "incident" else labels["measured_of"].format(*about.split(" ", 1))


def is_grave(change: Change) -> bool:
    """Weaknesses of which one is critical or high."""
    return any(severity in _GRAVE for _, severity in _severities(change.about))


def _severities(about: str) -> list[tuple[str, str]]:
    """``high``, or ``2 critical, 5 low``: numbers as texts, with severities."""
    known = [(number, severity) for number, _, severity in (part.rpartition(" ") for part in about.split(", "))]
    return [(number, severity) for number, severity in known if severity in set(Severity)]
