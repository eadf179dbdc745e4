"""Facts that integrations collected and the previous state → facts, with the last good copy of integrations that failed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.errors import with_hint
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.plugins.integrations.base import FactBatch, IntegrationFailure, IntegrationSettings
from callboard.plugins.run_integrations import IntegrationInfo, IntegrationResult
from callboard.state.event_history import RecordedEvents
from callboard.state.values import CollectionTime, State

_MeasurementKey = tuple[str, EntityRef, str]
"""Integration, subject and family."""


@dataclass(frozen=True, slots=True)
class CollectedFacts:
    """The facts of one build, with the collection times and problems of its integrations."""

    facts: tuple[Fact, ...] = ()
    """Sorted by subject, family, integration, environment and key."""
    measurements: tuple[Measurement, ...] = ()
    collections: tuple[CollectionTime, ...] = ()
    """One for each integration and family."""
    problems: tuple[Problem, ...] = ()
    failures: tuple[IntegrationFailure, ...] = ()
    connections: tuple[IntegrationInfo, ...] = ()
    recorded: RecordedEvents = field(default_factory=RecordedEvents)
    """What is recorded over time of deployments, incidents and pipeline runs."""

    def by_subject(self) -> Mapping[EntityRef, tuple[Fact, ...]]:
        """The facts of each entity that has any."""
        return _grouped(self.facts)

    def measured(self) -> Mapping[EntityRef, tuple[Measurement, ...]]:
        """The measurements of each entity: which families were queried."""
        return _grouped(self.measurements)


def with_last_good_facts(
    collected: IntegrationResult, items: Sequence[IntegrationSettings], previous: State | None, now: datetime
) -> CollectedFacts:
    """The collected facts. Where nothing could be read, the facts of the previous state, with incomplete measurements and their age."""
    names = [item.name for item in items]
    failed = {failure.integration for failure in collected.gathered.failures if not failure.place}
    measured = {_measurement_key(measurement): measurement for measurement in collected.gathered.measurements}
    for measurement in previous.measurements if previous else ():
        if measurement.source in failed and measurement.source in names:
            measured.setdefault(_measurement_key(measurement), replace(measurement, complete=False))
    if previous is not None:
        measured |= dict(_dated(measured.values(), collected.gathered.facts, previous))
    by_key = {_key(fact): fact for fact in _retained(previous, measured)} | {_key(fact): fact for fact in collected.gathered.facts}
    facts = tuple(by_key[key] for key in sorted(by_key))
    measurements = tuple(measured[key] for key in sorted(measured, key=lambda key: (key[1], key[2], key[0])))
    collections = tuple(_collections(collected, names, failed, previous, facts, measurements, now))
    batch = collected.gathered
    return CollectedFacts(facts, measurements, collections, batch.problems, batch.failures, collected.connections)


def with_own_facts(
    collected: CollectedFacts, info: IntegrationInfo, facts: Iterable[Fact], measurements: Iterable[Measurement], now: datetime
) -> CollectedFacts:
    """The collected facts with those that the build itself has found, under the name of ``info``."""
    own, measured = tuple(facts), tuple(measurements)
    if not measured:
        return collected
    counts = Counter(fact.family for fact in own)
    times = (CollectionTime(info.name, family, now, now, counts[family]) for family in info.families)
    return replace(
        collected,
        facts=tuple(sorted((*collected.facts, *own), key=_key)),
        measurements=tuple(sorted((*collected.measurements, *measured), key=lambda each: (each.subject, each.family, each.source))),
        collections=(*collected.collections, *times),
        connections=(*collected.connections, info),
    )


def facts_of_state(state: State, connected: IntegrationResult, items: Sequence[IntegrationSettings]) -> CollectedFacts:
    """The facts of the state, without network; ``connected`` has only the connections of the integrations."""
    names = {item.name: number for number, item in enumerate(items)}
    collections = sorted((c for c in state.collections if c.source in names), key=lambda c: (names[c.source], c.family))
    return CollectedFacts(
        tuple(sorted((fact for fact in state.facts if fact.source in names), key=_key)),
        tuple(measurement for measurement in state.measurements if measurement.source in names),
        tuple(collections),
        connections=connected.connections,
    )


def facts_counts(collected: CollectedFacts) -> Mapping[str, Any]:
    """Counts for the report of a build: facts by family, and facts, requests, failures and success of each integration."""
    tools: dict[str, dict[str, Any]] = {}
    for c in collected.collections:
        tool = tools.setdefault(c.source, {"facts": {}, "requests": 0, "failures": 0, "answered": False})
        tool["answered"] |= c.as_of == c.tried_at
        tool["facts"] |= {c.family: c.count} if c.count else {}
        tool["requests"] += c.requests or 0
        tool["failures"] += len(c.errors)
    families = Counter(fact.family for fact in collected.facts)
    return {"facts": len(collected.facts), "facts_by_family": dict(sorted(families.items())), "integrations": tools}


def _dated(measured: Iterable[Measurement], facts: Iterable[Fact], previous: State) -> Iterator[tuple[_MeasurementKey, Measurement]]:
    """The incomplete measurements without a fact of this build, with the time at which the facts that are kept were read."""
    fresh = {(fact.source, fact.subject, fact.family) for fact in facts}
    kept = {(fact.source, fact.subject, fact.family) for fact in previous.facts}
    before = {_measurement_key(measurement): measurement for measurement in previous.measurements}
    times = {(each.source, each.family): each.as_of for each in previous.collections}
    for measurement in measured:
        key = _measurement_key(measurement)
        last = before.get(key)
        if last is None or measurement.complete or key in fresh:
            continue
        was_read = last.complete or key in kept
        at = last.observed or (times.get((measurement.source, measurement.family)) if was_read else None)
        yield key, replace(measurement, observed=at)


def _retained(previous: State | None, measured: Mapping[_MeasurementKey, Measurement]) -> Iterator[Fact]:
    """Facts of the previous state that may still hold: their family was queried incompletely in this build."""
    for fact in previous.facts if previous else ():
        measurement = measured.get((fact.source, fact.subject, fact.family))
        if measurement is not None and not measurement.complete:
            yield fact


def _collections(
    collected: IntegrationResult,
    names: Sequence[str],
    failed: set[str],
    previous: State | None,
    facts: Sequence[Fact],
    measurements: Sequence[Measurement],
    now: datetime,
) -> Iterator[CollectionTime]:
    """The collection times of each integration and family; the first family of an integration has its requests and errors."""
    last = {(c.source, c.family): c for c in previous.collections} if previous else {}
    counts = Counter((fact.source, fact.family) for fact in facts)
    families: defaultdict[str, set[str]] = defaultdict(set)
    for source, family in (*counts, *((measurement.source, measurement.family) for measurement in measurements)):
        families[source].add(family)
    requests: Counter[str] = Counter()
    for traffic in collected.gathered.traffic:
        requests[traffic.integration] += traffic.traffic.counts.requests
    errors: defaultdict[str, list[str]] = defaultdict(list)
    for failure in collected.gathered.failures:
        place = f"{failure.place}: " if failure.place else ""
        errors[failure.integration].append(place + with_hint(failure.message, failure.hint))
    read = _read(collected.gathered)
    for name in names:
        for index, family in enumerate(sorted(families[name]) or ["facts"]):
            old = last.get((name, family))
            is_unread = name in failed or (name in errors and (name, family) not in read)
            as_of = (old.as_of if old else None) if is_unread else now
            requested = requests[name] if name in requests and not index else None
            yield CollectionTime(name, family, as_of, now, counts[name, family], requested, tuple(errors[name]) if not index else ())


def _read(gathered: FactBatch) -> set[tuple[str, str]]:
    """Integrations and families of which at least something was read: a family with failed queries alone was not."""
    complete = ((measurement.source, measurement.family) for measurement in gathered.measurements if measurement.complete)
    return {*complete, *((fact.source, fact.family) for fact in gathered.facts)}


def _grouped(items: Iterable[Fact | Measurement]) -> Mapping[EntityRef, tuple]:  # type: ignore[type-arg]
    groups: defaultdict[EntityRef, list[Fact | Measurement]] = defaultdict(list)
    for item in items:
        groups[item.subject].append(item)
    return {ref: tuple(group) for ref, group in groups.items()}


def _measurement_key(measurement: Measurement) -> _MeasurementKey:
    return measurement.source, measurement.subject, measurement.family


def _key(fact: Fact) -> tuple[EntityRef, str, str, str, str]:
    return fact.subject, fact.family, fact.source, fact.environment, fact.key
