"""Kinds of change about the contracts of APIs, with their words: what breaks consumers, and which consumers it breaks."""

from __future__ import annotations

from collections.abc import Mapping

from callboard.model.counting import counted
from callboard.state.values import Change

KIND_OF_LEVEL: Mapping[str, str] = {"breaking": "api-breaking", "may break": "api-may-break", "planned": "api-planned"}
"""Kind of change by the level of a finding."""
CONSUMED: Mapping[str, str] = {"breaking": "consumed-api-breaking", "may break": "consumed-api-may-break"}
"""Kind of change of consumers, by the worst level; ``about`` is the API."""
VERSION_KEPT, EXCEPTED, NOT_COMPARED = "api-version-kept", "api-excepted", "api-not-compared"
NAMES: Mapping[str, str] = {
    "api-breaking": "breaking change",
    "api-may-break": "change that may break",
    "api-planned": "planned removal",
    "api-deprecated": "deprecated",
    "api-added": "added to the API",
    VERSION_KEPT: "version not raised",
    EXCEPTED: "changes that do not count",
    NOT_COMPARED: "definition not compared",
    "consumed-api-breaking": "uses an API that changed incompatibly",
    "consumed-api-may-break": "uses an API whose changes may break",
}
"""Kinds of change, and their short names in English."""
PLURALS: Mapping[str, tuple[str, str]] = {
    "api-breaking": ("breaking API change", "breaking API changes"),
    "api-may-break": ("API change that may break", "API changes that may break"),
    "api-planned": ("planned API removal", "planned API removals"),
    "api-deprecated": ("deprecation in an API", "deprecations in APIs"),
    "api-added": ("API addition", "API additions"),
    VERSION_KEPT: ("API version not raised", "API versions not raised"),
    EXCEPTED: ("API change that does not count", "API changes that do not count"),
    NOT_COMPARED: ("definition not compared", "definitions not compared"),
    "consumed-api-breaking": ("consumer affected", "consumers affected"),
    "consumed-api-may-break": ("consumer perhaps affected", "consumers perhaps affected"),
}
"""What one and several changes of a kind are called, in the order of the paragraph."""
NUMBERED = frozenset({"api-added", EXCEPTED})
"""Kinds whose number is that of changes; the number of others is that of operations, or of changes of the API that is used."""


def news_sentence(change: Change) -> str:
    """The change in words: ``breaking change: POST /orders request body: type changed: string → integer (1.2.0 → 1.3.0)``."""
    return ": ".join(filter(None, (NAMES[change.kind], news_text(change)))) + (f" ({versions(change)})" if versions(change) else "")


def news_text(change: Change) -> str:
    """What changed and where, without the kind and the versions."""
    if change.kind in CONSUMED.values():
        return f"{change.about}, {counted(change.number, 'change', 'changes')}"
    if change.kind in NUMBERED:
        return f"{change.number:,}{f' ({change.about})' if change.about else ''}"
    of = f" (in {counted(change.number, 'operation', 'operations')})" if change.number else ""
    return ": ".join(filter(None, (change.field, change.about))) + of


def versions(change: Change) -> str:
    """``1.2.0 → 1.3.0``; one version if both are the same, nothing if none is stated."""
    known = [each for each in dict.fromkeys((change.before, change.after)) if each]
    return " → ".join(known)
