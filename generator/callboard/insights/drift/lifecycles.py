"""Lifecycles that do not fit the repository or the deployments of an entity, and repositories that have another name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from callboard.descriptors.patching import SetValue
from callboard.ingestion.archived import ENDED
from callboard.insights.drift.evidence import IDLE, DriftEvidence, FoundDrift
from callboard.model.entity import Entity
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.drift import Confidence, DriftKind
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.fact import Fact
from callboard.model.facts.repository import RepositoryActivity
from callboard.state.event_history import EVERYTHING

_FIELD, _PATH = "spec.lifecycle", ("spec", "lifecycle")
_SLUGS = ("github.com/project-slug", "gitlab.com/project-slug", "gitea.com/repo-slug", "bitbucket.org/project-slug")
_TYPES = frozenset({"service", "website"})
"""Types that are expected to be deployed: libraries and jobs may rest for years."""


def lifecycle_drift(evidence: DriftEvidence, entity: Entity) -> Iterator[FoundDrift]:
    """Differences of ``spec.lifecycle``; an archived repository goes before deployments."""
    lifecycle = entity.spec.get("lifecycle")
    if not isinstance(lifecycle, str) or not lifecycle.strip():
        return
    found = _archived(evidence, entity, lifecycle) or _deployed(evidence, entity, lifecycle) or _idle(evidence, entity, lifecycle)
    if found:
        yield found


def repository_drift(evidence: DriftEvidence, entity: Entity) -> Iterator[FoundDrift]:
    """A repository that its host knows by another name than an annotation."""
    facts = [fact for fact in evidence.of_family(entity.ref, "repository") if fact.source in evidence.hosts]
    annotations = entity.metadata.get("annotations")
    slugs = [(key, annotations[key]) for key in _SLUGS if isinstance(annotations, dict) and isinstance(annotations.get(key), str)]
    if len(facts) != 1 or len(slugs) != 1:
        return
    (key, written), name = slugs[0], str(getattr(facts[0].value, "name", ""))
    if name.casefold() == written.strip().casefold() or name.count("/") != written.strip().count("/") or "/" not in name:
        return
    yield FoundDrift(
        entity, DriftKind.RENAMED, f'metadata.annotations["{key}"]', written.strip(), name, evidence.tool(facts[0].source),
        Confidence.CERTAIN, SetValue(("metadata", "annotations", key), name), facts[0].observed_at,
    )  # fmt: skip


def _archived(evidence: DriftEvidence, entity: Entity, lifecycle: str) -> FoundDrift | None:
    if lifecycle.lower() in ENDED:
        return None
    origin = entity.origin
    known = next(
        (each for each in evidence.repositories if (each.source, each.tree) == (origin.source, origin.tree) and each.is_archived), None
    )
    name, source = (known.name, known.source) if known else ("", "")
    for fact in evidence.of_family(entity.ref, "repository") if known is None else ():
        if isinstance(fact.value, RepositoryActivity) and fact.value.is_archived:
            name, source = fact.value.name, evidence.tool(fact.source)
    if not source:
        return None
    return FoundDrift(
        entity, DriftKind.ARCHIVED, _FIELD, lifecycle, name, source, Confidence.CERTAIN, SetValue(_PATH, "deprecated")
    )  # fmt: skip


def _deployed(evidence: DriftEvidence, entity: Entity, lifecycle: str) -> FoundDrift | None:
    is_experimental = lifecycle.lower() == "experimental"
    if not is_experimental and lifecycle.lower() not in ENDED:
        return None
    found = [fact for fact in _production(evidence, entity) if _runs(fact.value)]
    if not found:
        return None
    latest = max(found, key=_time)
    since_it_ended = is_experimental or evidence.now - _time(latest) < IDLE
    if not since_it_ended:  # what was deployed long before it was deprecated still runs: that is usual
        return None
    confidence = Confidence.LIKELY if is_experimental else Confidence.POSSIBLE
    return FoundDrift(
        entity, DriftKind.DEPLOYED, _FIELD, lifecycle, _version(latest), evidence.tool(latest.source), confidence,
        SetValue(_PATH, "production"), _time(latest) if _time(latest) != EVERYTHING else None,
    )  # fmt: skip


def _idle(evidence: DriftEvidence, entity: Entity, lifecycle: str) -> FoundDrift | None:
    if lifecycle.lower() != "production" or entity.spec.get("type") not in _TYPES:
        return None
    histories = [each for each in evidence.histories if each.subject == entity.ref and each.family == "deployment"]
    since = [each.whole_since for each in histories]
    if not since or any(at is None or evidence.now - at < IDLE for at in since):
        return None  # not everything that happened in these days is known
    facts = evidence.of_family(entity.ref, "deployment")
    times = [_time(fact) for fact in facts if isinstance(fact.value, Deployment)]
    if EVERYTHING in times or any(evidence.now - at < IDLE for at in times):
        return None
    source = evidence.tool(histories[0].source)
    return FoundDrift(
        entity, DriftKind.IDLE, _FIELD, lifecycle, "", source, Confidence.POSSIBLE, SetValue(_PATH, "deprecated"), max(times, default=None)
    )  # fmt: skip


def _production(evidence: DriftEvidence, entity: Entity) -> list[Fact]:
    return [fact for fact in evidence.of_family(entity.ref, "deployment") if fact.environment.lower() in evidence.environments]


def _runs(value: object) -> bool:
    return isinstance(value, Deployment) and value.state in {RunState.SUCCEEDED, RunState.UNKNOWN} and not value.is_unhealthy


def _time(fact: Fact) -> datetime:
    value = fact.value
    return (value.happened_at(fact.observed_at) if isinstance(value, Deployment) else None) or EVERYTHING


def _version(fact: Fact) -> str:
    return fact.value.version if isinstance(fact.value, Deployment) else ""
