"""Facts with their last good copy: what an integration could not say tonight, it said before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from callboard.integrations.collect import IntegrationInfo, IntegrationResult
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.plugins.integrations.base import DeclaredFamily, IntegrationFailure, IntegrationSettings
from callboard.state.values import CollectionTime, State

_Asked = tuple[str, EntityRef, str]
"""Integration, subject and family."""


@dataclass(frozen=True, slots=True)
class CollectedFacts:
    """What a build says of the world."""

    facts: tuple[Fact, ...] = ()
    """Sorted by subject, family, integration, environment and key."""
    measurements: tuple[Measurement, ...] = ()
    collections: tuple[CollectionTime, ...] = ()
    """One for each integration and family."""
    problems: tuple[Problem, ...] = ()
    failures: tuple[IntegrationFailure, ...] = ()
    connections: tuple[IntegrationInfo, ...] = ()
    declared: tuple[DeclaredFamily, ...] = ()

    def by_subject(self) -> Mapping[EntityRef, tuple[Fact, ...]]:
        """The facts of each entity that has any."""
        return _grouped(self.facts)

    def measured(self) -> Mapping[EntityRef, tuple[Measurement, ...]]:
        """What was asked about each entity."""
        return _grouped(self.measurements)


def with_last_good_facts(
    known: IntegrationResult, items: Sequence[IntegrationSettings], previous: State | None, now: datetime
) -> CollectedFacts:
    """What integrations said, and where they could not, what they said before: then still counted as incomplete."""
    names = [item.name for item in items]
    failed = {failure.integration for failure in known.gathered.failures if not failure.place}
    asked = {_asked(one): one for one in known.gathered.measurements}
    held = [one for one in (previous.measurements if previous else ()) if one.source in failed and one.source in names]
    for one in held:
        asked.setdefault(_asked(one), replace(one, complete=False))
    facts = {_key(fact): fact for fact in _kept(previous, asked)} | {_key(fact): fact for fact in known.gathered.facts}
    served = tuple(facts[key] for key in sorted(facts))
    found = tuple(asked[key] for key in sorted(asked, key=lambda key: (key[1], key[2], key[0])))
    collections = tuple(_collections(known, names, failed, previous, served, found, now))
    return CollectedFacts(
        served, found, collections, known.gathered.problems, known.gathered.failures, known.connections, known.declared
    )  # fmt: skip


def facts_of_state(state: State, known: IntegrationResult, items: Sequence[IntegrationSettings]) -> CollectedFacts:
    """What the last build said, without asking anybody; ``known`` holds the connections alone."""
    names = {item.name: number for number, item in enumerate(items)}
    collections = sorted((one for one in state.collections if one.source in names), key=lambda one: (names[one.source], one.family))
    return CollectedFacts(
        tuple(sorted((fact for fact in state.facts if fact.source in names), key=_key)),
        tuple(one for one in state.measurements if one.source in names),
        tuple(collections),
        connections=known.connections,
        declared=known.declared,
    )


def facts_counts(known: CollectedFacts) -> Mapping[str, Any]:
    """For the report of a build: facts by family; of each integration its facts, requests and failures, and whether it answered at all."""
    tools: dict[str, dict[str, Any]] = {}
    for one in known.collections:
        tool = tools.setdefault(one.source, {"facts": {}, "requests": 0, "failures": 0, "answered": one.as_of == one.tried_at})
        tool["facts"] |= {one.family: one.count} if one.count else {}
        tool["requests"] += one.requests or 0
        tool["failures"] += len(one.errors)
    families = Counter(fact.family for fact in known.facts)
    return {"facts": len(known.facts), "facts_by_family": dict(sorted(families.items())), "integrations": tools}


def _kept(previous: State | None, asked: Mapping[_Asked, Measurement]) -> Iterator[Fact]:
    """Facts of the last build about which nobody could say tonight whether they still hold."""
    for fact in previous.facts if previous else ():
        one = asked.get((fact.source, fact.subject, fact.family))
        if one is not None and not one.complete:
            yield fact


def _collections(
    known: IntegrationResult,
    names: Sequence[str],
    failed: set[str],
    previous: State | None,
    facts: Sequence[Fact],
    asked: Sequence[Measurement],
    now: datetime,
) -> Iterator[CollectionTime]:
    before = {(c.source, c.family): c for c in previous.collections} if previous else {}
    counts = Counter((fact.source, fact.family) for fact in facts)
    families: defaultdict[str, set[str]] = defaultdict(set)
    for source, family in (*counts, *((one.source, one.family) for one in asked)):
        families[source].add(family)
    requests: Counter[str] = Counter()
    for traffic in known.gathered.traffic:
        requests[traffic.integration] += traffic.traffic.counts.requests
    said: defaultdict[str, list[str]] = defaultdict(list)
    for failure in known.gathered.failures:
        said[failure.integration].append(" ".join(filter(None, (f"{failure.place}:" * bool(failure.place), failure.message, failure.hint))))
    for name in names:
        for index, family in enumerate(sorted(families[name]) or ["facts"]):
            old = before.get((name, family))
            at = (old.as_of if old else None) if name in failed else now
            asked_for = requests[name] if name in requests and not index else None
            yield CollectionTime(name, family, at, now, counts[name, family], asked_for, tuple(said[name]) if not index else ())


def _grouped(found: Iterable[Fact | Measurement]) -> Mapping[EntityRef, tuple]:  # type: ignore[type-arg]
    groups: defaultdict[EntityRef, list[Fact | Measurement]] = defaultdict(list)
    for one in found:
        groups[one.subject].append(one)
    return {ref: tuple(those) for ref, those in groups.items()}


def _asked(one: Measurement) -> _Asked:
    return one.source, one.subject, one.family


def _key(fact: Fact) -> tuple[EntityRef, str, str, str, str]:
    return fact.subject, fact.family, fact.source, fact.environment, fact.key
