"""Facts of two builds → changes: opened and resolved incidents, deployments, vulnerabilities, gates, SLOs, and integrations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from callboard.model.facts.availability import Availability
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.enumerations import FactSeverity, RunState
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.quality_gate import GateState, QualityGate
from callboard.model.facts.vulnerability import Vulnerability
from callboard.model.ref import EntityRef
from callboard.state.summaries import short
from callboard.state.values import Change, CollectionTime

FAMILY_OF: Mapping[str, str] = {
    "incident-opened": "incident", "incident-resolved": "incident", "deployed": "deployment",
    "vulnerability-found": "vulnerability", "vulnerability-fixed": "vulnerability",
    "gate-failed": "quality-gate", "gate-passed": "quality-gate",
    "objective-missed": "availability", "objective-met": "availability",
}  # fmt: skip
"""Kinds of change of facts, with their families. ``tool-…`` are changes of integrations and have none."""
MOST_SINGLE = 3
"""Vulnerabilities of one entity with a change each; more are one change with their number."""
_DEPLOYED = frozenset({RunState.SUCCEEDED, RunState.UNKNOWN})
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""In place of an unknown time."""
Identity = tuple[str, str]
"""Environment and key."""
MANY = 300
"""Changes of one kind in one build that are listed by entity; more are summed up by team."""
REKEYED = 5
"""If all keys of an integration change at once, and there are at least this many, they are treated as renamed."""
_MeasurementKey = tuple[str, str, EntityRef]
"""Family, integration and subject."""
_FactsByKey = Mapping[_MeasurementKey, Mapping[Identity, Fact]]


class FactsSnapshot(Protocol):
    """The facts of one build: a ``State`` or ``CollectedFacts``."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All facts."""

    @property
    def measurements(self) -> tuple[Measurement, ...]:
        """Which families of which entities were queried."""

    @property
    def collections(self) -> tuple[CollectionTime, ...]:
        """Collection times; those of sources are ignored."""


@dataclass(frozen=True, slots=True)
class FactEvent:
    """A change of an entity, without its owner and time; fields as those of ``Change``."""

    kind: str
    before: str = ""
    after: str = ""
    about: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class FactDelta:
    """The facts of one family of one entity from one integration in two builds."""

    subject: EntityRef
    before: Mapping[Identity, Fact]
    after: Mapping[Identity, Fact]
    since: datetime
    """Time of the earlier collection."""
    was_complete: bool
    """True if the earlier facts were complete: every other fact is new. Else only facts after ``since`` are."""
    is_complete: bool
    """True if the later facts are complete."""

    def is_new(self, at: datetime | None) -> bool:
        """Whether a fact of that time that is missing from the earlier facts is new."""
        return self.was_complete or self.is_after(at)

    def is_after(self, at: datetime | None) -> bool:
        """Whether the time is after the earlier collection."""
        return at is not None and at > self.since

    def gone(self) -> Iterator[Fact]:
        """Earlier facts that no longer exist; none if the later facts are incomplete."""
        return (fact for key, fact in self.before.items() if self.is_complete and key not in self.after)


def fact_changes(
    before: FactsSnapshot,
    after: FactsSnapshot,
    names: Mapping[EntityRef, EntityRef],
    owners: Mapping[EntityRef, EntityRef | None],
    at: datetime,
) -> tuple[Change, ...]:
    """The changes of facts of entities that both builds queried, and of integrations, in no order.

    Args:
        before: the facts of the earlier build.
        after: the facts of the later build.
        names: references of renamed entities, old to new.
        owners: the owner of each entity of the later build.
        at: time of the later build.
    """
    by_kind: defaultdict[str, list[Change]] = defaultdict(list)
    for family, delta in _deltas(before, after, names):
        if delta.subject in owners:
            owner = owners[delta.subject]
            for e in _EVENTS[family](delta):
                by_kind[e.kind].append(Change(at, e.kind, delta.subject, "", e.before, e.after, None, owner, "", e.about, e.number))
    listed = (change for changes in by_kind.values() for change in (changes if len(changes) <= MANY else _by_team(changes)))
    return *listed, *_integration_changes(before.collections, after, at)


def _by_team(changes: Sequence[Change]) -> Iterator[Change]:
    """The changes of one kind summed up by owner."""
    counts: Counter[EntityRef | None] = Counter()
    for change in changes:
        counts[change.owner] += change.number or 1
    first = changes[0]
    return (Change(first.at, first.kind, owner, owner=owner, number=number) for owner, number in counts.items())


def _deltas(before: FactsSnapshot, after: FactsSnapshot, names: Mapping[EntityRef, EntityRef]) -> Iterator[tuple[str, FactDelta]]:
    """Family and facts of everything that both builds queried. Facts of a renamed entity are compared under its new name."""
    old, new = _grouped(before.facts, names), _grouped(after.facts, {})
    was_complete = {(m.family, m.source, names.get(m.subject, m.subject)): m.complete for m in before.measurements}
    last = {(c.source, c.family): c.as_of for c in before.collections}
    rekeyed = _rekeyed(old, new)
    for m in after.measurements:
        key = m.family, m.source, m.subject
        if m.family in _EVENTS and key in was_complete and (m.family, m.source) not in rekeyed:
            since = last.get((m.source, m.family)) or EARLIEST
            yield m.family, FactDelta(m.subject, old.get(key, {}), new.get(key, {}), since, was_complete[key], m.complete)


def _grouped(facts: Iterable[Fact], names: Mapping[EntityRef, EntityRef]) -> _FactsByKey:
    groups: defaultdict[_MeasurementKey, dict[Identity, Fact]] = defaultdict(dict)
    for fact in facts:
        if fact.family in _EVENTS:
            groups[fact.family, fact.source, names.get(fact.subject, fact.subject)][fact.environment, fact.key] = fact
    return groups


def _rekeyed(old: _FactsByKey, new: _FactsByKey) -> frozenset[tuple[str, str]]:
    """Families of integrations whose keys all changed at once: whether one was found or fixed is unknown."""
    keys: defaultdict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for index, side in enumerate((old, new)):
        for (family, source, _), facts in side.items():
            if family == "vulnerability":
                keys[family, source][index].update(key for _, key in facts)
    return frozenset(at for at, (a, b) in keys.items() if min(len(a), len(b)) >= REKEYED and not a & b)


def _incidents(delta: FactDelta) -> Iterator[FactEvent]:
    for key, fact in delta.after.items():
        value, old = fact.value, delta.before.get(key)
        assert isinstance(value, Incident)  # noqa: S101 - of the family
        is_open = _is_open(fact)
        is_event = is_open != _is_open(old) if old else delta.is_new(value.opened) if is_open else delta.is_after(value.opened)
        if is_event:
            yield _incident(fact, "incident-opened" if is_open else "incident-resolved")
    yield from (_incident(fact, "incident-resolved") for fact in delta.gone() if _is_open(fact))


def _is_open(fact: Fact) -> bool:
    return isinstance(fact.value, Incident) and fact.value.state is not IncidentState.RESOLVED


def _incident(fact: Fact, kind: str) -> FactEvent:
    value = fact.value
    assert isinstance(value, Incident)  # noqa: S101 - of the family
    title, about = short(value.title), str(value.severity)
    return FactEvent(kind, after=title, about=about) if kind == "incident-opened" else FactEvent(kind, title, about=about)


def _vulnerabilities(delta: FactDelta) -> Iterator[FactEvent]:
    new = [fact for key, fact in delta.after.items() if key not in delta.before and delta.is_new(_first_seen(fact))]
    yield from _vulnerability_events(new, "vulnerability-found")
    yield from _vulnerability_events([*delta.gone()], "vulnerability-fixed")


def _first_seen(fact: Fact) -> datetime | None:
    return fact.value.first_seen if isinstance(fact.value, Vulnerability) else None


def _vulnerability_events(facts: Sequence[Fact], kind: str) -> Iterator[FactEvent]:
    """One event for each of a few vulnerabilities, one with counts by severity for many."""
    values = [fact.value for fact in facts if isinstance(fact.value, Vulnerability)]
    if len(values) > MOST_SINGLE:
        counts = Counter(value.severity for value in values)
        yield FactEvent(
            kind, about=", ".join(f"{counts[severity]} {severity}" for severity in FactSeverity if counts[severity]), number=len(values)
        )
        return
    for value in values:
        name, is_found = short(f"{value.id} {value.package}".strip()), kind == "vulnerability-found"
        yield FactEvent(kind, "" if is_found else name, name if is_found else "", str(value.severity))


def _deployments(delta: FactDelta) -> Iterator[FactEvent]:
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
            yield FactEvent("deployed", before, _version(now), short(environment), len(versions) if len(versions) > 1 else 0)


def _in_environment(facts: Mapping[Identity, Fact], environment: str) -> Iterator[Fact]:
    """Deployments to an environment that have a version."""
    for (fact_environment, _), fact in facts.items():
        if fact_environment == environment and isinstance(fact.value, Deployment) and fact.value.state in _DEPLOYED and _version(fact):
            yield fact


def _version(fact: Fact) -> str:
    value = fact.value
    return (short(value.version) or short(value.revision[:12])) if isinstance(value, Deployment) else ""


def _deployed_at(fact: Fact) -> datetime | None:
    return (fact.value.at if isinstance(fact.value, Deployment) else None) or fact.observed_at


def _deployment_order(fact: Fact) -> tuple[datetime, str]:
    return _deployed_at(fact) or EARLIEST, fact.key


def _gates(delta: FactDelta) -> Iterator[FactEvent]:
    for key, fact in delta.after.items():
        before, after = _gate(delta.before.get(key)), _gate(fact)
        if {before, after} in ({GateState.FAILED, GateState.PASSED}, {GateState.FAILED, GateState.WARNING}):
            kind = "gate-failed" if after is GateState.FAILED else "gate-passed"
            yield FactEvent(kind, after=short(fact.key) if len(delta.after) > 1 else "")


def _gate(fact: Fact | None) -> GateState:
    return fact.value.state if fact and isinstance(fact.value, QualityGate) else GateState.NONE


def _objectives(delta: FactDelta) -> Iterator[FactEvent]:
    for key, fact in delta.after.items():
        old, value = delta.before.get(key), fact.value
        if old is None or not isinstance(value, Availability) or not isinstance(old.value, Availability):
            continue
        before, after = old.value.is_met(), value.is_met()
        if None not in {before, after} and before != after:
            about = f"{value.measured:.7g} {value.objective:.7g}"
            yield FactEvent("objective-met" if after else "objective-missed", after=short(value.name), about=about)


_EVENTS: Mapping[str, Callable[[FactDelta], Iterator[FactEvent]]] = {
    "incident": _incidents, "vulnerability": _vulnerabilities, "deployment": _deployments, "quality-gate": _gates,
    "availability": _objectives,
}  # fmt: skip
"""By family: the function that finds its events. Other families have none."""


@dataclass(slots=True)
class _IntegrationStatus:
    """The last collection of one integration."""

    as_of: datetime | None = None
    tried_at: datetime | None = None
    families: set[str] = field(default_factory=set)

    @property
    def is_good(self) -> bool:
        """True if the last try succeeded."""
        return self.as_of is not None and self.as_of == self.tried_at


def _integration_changes(before: Sequence[CollectionTime], after: FactsSnapshot, at: datetime) -> Iterator[Change]:
    """Integrations that are new, failed or recovered."""
    old, new = _statuses(before), _statuses(after.collections)
    for name, status in new.items():
        previous = old.get(name)
        if status.is_good and (previous is None or previous.as_of is None):
            yield Change(at, "tool-known", None, after=name, about=", ".join(sorted(status.families - {"facts"})))
        elif previous is not None and previous.as_of is not None and previous.is_good != status.is_good:
            yield Change(at, "tool-back" if status.is_good else "tool-failed", None, after=name)


def _statuses(collections: Sequence[CollectionTime]) -> Mapping[str, _IntegrationStatus]:
    statuses: defaultdict[str, _IntegrationStatus] = defaultdict(_IntegrationStatus)
    for c in collections:
        if c.family != "entities":
            status = statuses[c.source]
            status.as_of, status.tried_at = c.as_of or status.as_of, c.tried_at or status.tried_at
            status.families.add(c.family)
    return statuses
