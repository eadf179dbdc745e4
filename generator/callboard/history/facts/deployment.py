"""Deployments of two builds → which versions were deployed to which environments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from callboard.history.facts.family import FamilyEvents
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.events import EventKind, FactDelta, FactEvent, Identity
from callboard.model.facts.fact import Fact
from callboard.state.summaries import short
from callboard.state.values import Change

DEPLOYED = "deployed"
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""In place of an unknown time."""
_DEPLOYED = frozenset({RunState.SUCCEEDED, RunState.UNKNOWN})


def _events(delta: FactDelta) -> Iterator[FactEvent]:
    """One event for each environment."""
    for environment in sorted({environment for environment, _ in delta.after}):
        yield from _deployed_to(environment, [*_in_environment(delta.before, environment)], delta)


def _deployed_to(environment: str, old: Sequence[Fact], delta: FactDelta) -> Iterator[FactEvent]:
    """The version before and after, and the number of new versions: changed ones of known keys, and new keys after all known ones."""
    by_key, last = {fact.key: fact for fact in old}, max(old, key=_deployment_order, default=None)
    newest = _deployment_order(last) if last else (EARLIEST, "")
    new = []
    for fact in _in_environment(delta.after, environment):
        known = by_key.get(fact.key)
        is_later = delta.is_new(_deployed_at(fact)) and _deployment_order(fact) >= newest
        if _version(fact) != _version(known) if known else is_later:
            new.append(fact)
    if new:
        now = max(new, key=_deployment_order)
        same = by_key.get(now.key, last)
        before, versions = _version(same) if same else "", {_version(fact) for fact in new}
        if _version(now) != before:
            yield FactEvent(DEPLOYED, before, _version(now), short(environment), len(versions) if len(versions) > 1 else 0)


def _in_environment(facts: Mapping[Identity, Fact], environment: str) -> Iterator[Fact]:
    """Deployments to an environment that have a version."""
    for (fact_environment, _), fact in facts.items():
        if fact_environment == environment and isinstance(fact.value, Deployment) and _is_deployed(fact.value) and _version(fact):
            yield fact


def _is_deployed(value: Deployment) -> bool:
    """Whether it succeeded, or its tool reports no states; an unknown word may mean anything."""
    return value.state in _DEPLOYED and not value.state_word


def _version(fact: Fact) -> str:
    value = fact.value
    return (short(value.version) or short(value.revision[:12])) if isinstance(value, Deployment) else ""


def _deployed_at(fact: Fact) -> datetime | None:
    return fact.value.happened_at(fact.observed_at) if isinstance(fact.value, Deployment) else None


def _deployment_order(fact: Fact) -> tuple[datetime, str]:
    return _deployed_at(fact) or EARLIEST, fact.key


def _sentence(change: Change, kind: EventKind) -> str:
    """``deployed to production: 1.2 → 1.3 (4 versions)``."""
    if not change.after:
        return f"{kind.singular if change.number == 1 else kind.plural}: {change.number:,}"
    versions = " → ".join(filter(None, (change.before, change.after)))
    more = f" ({change.number} versions)" if change.number else ""
    return f"{kind.name}{f' to {change.about}' if change.about else ''}: {versions}{more}"


EVENTS = FamilyEvents(
    events=_events,
    kinds={DEPLOYED: EventKind("deployed", "versions deployed", singular="version deployed", icon="deployment", order=4)},
    sentence=_sentence,
)
