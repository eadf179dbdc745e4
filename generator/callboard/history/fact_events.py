"""Facts of two builds compared: what opened, closed, was deployed or turned, as changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.values import Availability, Deployment, Incident, QualityGate, Vulnerability
from callboard.model.facts.words import FactSeverity, GateState, IncidentState, RunState
from callboard.model.ref import EntityRef
from callboard.state.summaries import short
from callboard.state.values import Change, CollectionTime

FAMILY_OF: Mapping[str, str] = {
    "incident-opened": "incident", "incident-resolved": "incident", "deployed": "deployment",
    "vulnerability-found": "vulnerability", "vulnerability-fixed": "vulnerability",
    "gate-failed": "quality-gate", "gate-passed": "quality-gate",
    "objective-missed": "availability", "objective-met": "availability",
}  # fmt: skip
"""Kinds of change that tell of facts, with their families. ``tool-…`` tell of integrations and have none."""
APART = 3
"""Weaknesses of one entity that are told one by one; more become one line with a number."""
_LANDED = frozenset({RunState.SUCCEEDED, RunState.UNKNOWN})
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
Identity = tuple[str, str]
"""Environment and key."""


@dataclass(frozen=True, slots=True)
class FactDelta:
    """One family of one entity as one integration told it in two builds."""

    subject: EntityRef
    before: Mapping[Identity, Fact]
    after: Mapping[Identity, Fact]
    since: datetime
    """When the tool answered before."""
    was_complete: bool
    """Whatever the earlier answer lacks is new; else only what is younger is."""
    is_complete: bool
    """The later answer has all that there is."""

    def is_new(self, at: datetime | None) -> bool:
        """Something that the earlier answer does not have, with its own time."""
        return self.was_complete or self.is_young(at)

    def is_young(self, at: datetime | None) -> bool:
        """It came about after the earlier answer."""
        return at is not None and at > self.since

    def gone(self) -> Iterator[Fact]:
        """What is known to be there no more."""
        return (fact for key, fact in self.before.items() if self.is_complete and key not in self.after)


@dataclass(frozen=True, slots=True)
class FactEvents:
    """A change that has no owner and time yet."""

    kind: str
    before: str = ""
    after: str = ""
    about: str = ""
    number: int = 0


def _incidents(two: FactDelta) -> Iterator[FactEvents]:
    for key, fact in two.after.items():
        value, old = fact.value, two.before.get(key)
        assert isinstance(value, Incident)  # noqa: S101 - of the family
        is_open = _is_open(fact)
        is_news = is_open != _is_open(old) if old else two.is_new(value.opened) if is_open else two.is_young(value.opened)
        if is_news:
            yield _incident(fact, "incident-opened" if is_open else "incident-resolved")
    yield from (_incident(fact, "incident-resolved") for fact in two.gone() if _is_open(fact))


def _is_open(fact: Fact) -> bool:
    return isinstance(fact.value, Incident) and fact.value.state is not IncidentState.RESOLVED


def _incident(fact: Fact, kind: str) -> FactEvents:
    value = fact.value
    assert isinstance(value, Incident)  # noqa: S101 - of the family
    title, about = short(value.title), str(value.severity)
    return FactEvents(kind, after=title, about=about) if kind == "incident-opened" else FactEvents(kind, title, about=about)


def _vulnerabilities(two: FactDelta) -> Iterator[FactEvents]:
    new = [fact for key, fact in two.after.items() if key not in two.before and two.is_new(_first_seen(fact))]
    yield from _weaknesses(new, "vulnerability-found")
    yield from _weaknesses([*two.gone()], "vulnerability-fixed")


def _first_seen(fact: Fact) -> datetime | None:
    return fact.value.first_seen if isinstance(fact.value, Vulnerability) else None


def _weaknesses(facts: Sequence[Fact], kind: str) -> Iterator[FactEvents]:
    """A few by name, many as numbers by severity."""
    values = [fact.value for fact in facts if isinstance(fact.value, Vulnerability)]
    if len(values) > APART:
        counts = Counter(value.severity for value in values)
        yield FactEvents(
            kind, about=", ".join(f"{counts[severity]} {severity}" for severity in FactSeverity if counts[severity]), number=len(values)
        )
        return
    for value in values:
        said = short(f"{value.id} {value.package}".strip())
        yield FactEvents(
            kind, "" if kind == "vulnerability-found" else said, said if kind == "vulnerability-found" else "", str(value.severity)
        )


def _deployments(two: FactDelta) -> Iterator[FactEvents]:
    """One line for each environment."""
    for environment in sorted({environment for environment, _ in two.after}):
        yield from _deployed_to(environment, [*_landed(two.before, environment)], two)


def _deployed_to(environment: str, old: Sequence[Fact], two: FactDelta) -> Iterator[FactEvents]:
    """What ran there, what runs there now, and how many versions came: another one in a known place, or what is younger than all known."""
    places, last = {fact.key: fact for fact in old}, max(old, key=_deployed, default=None)
    came = [fact for fact in _landed(two.after, environment) if fact.key not in places or _version(fact) != _version(places[fact.key])]
    newest = _deployed(last) if last else (EARLIEST, "")
    came = [fact for fact in came if fact.key in places or (two.is_new(_deployed_at(fact)) and _deployed(fact) >= newest)]
    if came:
        now = max(came, key=_deployed)
        same = places.get(now.key, last)
        before, versions = _version(same) if same else "", {_version(fact) for fact in came}
        if _version(now) != before:
            yield FactEvents("deployed", before, _version(now), short(environment), len(versions) if len(versions) > 1 else 0)


def _landed(facts: Mapping[Identity, Fact], environment: str) -> Iterator[Fact]:
    """Versions that run, or ran, in an environment."""
    for (where, _), fact in facts.items():
        if where == environment and isinstance(fact.value, Deployment) and fact.value.state in _LANDED and _version(fact):
            yield fact


def _version(fact: Fact) -> str:
    value = fact.value
    return (short(value.version) or short(value.revision[:12])) if isinstance(value, Deployment) else ""


def _deployed_at(fact: Fact) -> datetime | None:
    return (fact.value.at if isinstance(fact.value, Deployment) else None) or fact.observed_at


def _deployed(fact: Fact) -> tuple[datetime, str]:
    return _deployed_at(fact) or EARLIEST, fact.key


def _gates(two: FactDelta) -> Iterator[FactEvents]:
    for key, fact in two.after.items():
        before, after = _gate(two.before.get(key)), _gate(fact)
        if {before, after} in ({GateState.FAILED, GateState.PASSED}, {GateState.FAILED, GateState.WARNING}):
            kind = "gate-failed" if after is GateState.FAILED else "gate-passed"
            yield FactEvents(kind, after=short(fact.key) if len(two.after) > 1 else "")


def _gate(fact: Fact | None) -> GateState:
    return fact.value.state if fact and isinstance(fact.value, QualityGate) else GateState.NONE


def _objectives(two: FactDelta) -> Iterator[FactEvents]:
    for key, fact in two.after.items():
        old, value = two.before.get(key), fact.value
        if old is None or not isinstance(value, Availability) or not isinstance(old.value, Availability):
            continue
        before, after = old.value.is_met(), value.is_met()
        if None not in {before, after} and before != after:
            wanted = f"{value.measured:.7g} {value.objective:.7g}"
            yield FactEvents("objective-met" if after else "objective-missed", after=short(value.name), about=wanted)


TELLERS: Mapping[str, Callable[[FactDelta], Iterator[FactEvents]]] = {
    "incident": _incidents, "vulnerability": _vulnerabilities, "deployment": _deployments, "quality-gate": _gates,
    "availability": _objectives,
}  # fmt: skip
"""How each family tells its news; the others have none worth a line."""


MANY = 300
"""Changes of one kind in one night that are told by entity; more are told by team."""
REKEYED = 5
"""From so many facts on, a tool that calls all of them otherwise than yesterday changed its names, not the world."""
_Asked = tuple[str, str, EntityRef]
"""Family, integration and subject."""


class FactsSnapshot(Protocol):
    """What one build knew: a ``State`` or ``CollectedFacts``."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All of them."""

    @property
    def measurements(self) -> tuple[Measurement, ...]:
        """What was asked."""

    @property
    def collections(self) -> tuple[CollectionTime, ...]:
        """How asking went; those of sources are left aside."""


def happened(
    before: FactsSnapshot,
    after: FactsSnapshot,
    names: Mapping[EntityRef, EntityRef],
    owners: Mapping[EntityRef, EntityRef | None],
    at: datetime,
) -> tuple[Change, ...]:
    """What happened to entities that both builds knew, in no order; ``names``: of renamed ones, old to new; ``owners``: of all of today."""
    found: defaultdict[str, list[Change]] = defaultdict(list)
    for family, two in _pairs(before, after, names):
        if two.subject in owners:
            for one in TELLERS[family](two):
                owner = owners[two.subject]
                found[one.kind].append(
                    Change(at, one.kind, two.subject, "", one.before, one.after, None, owner, "", one.about, one.number)
                )  # fmt: skip
    told = (change for changes in found.values() for change in (changes if len(changes) <= MANY else _by_team(changes)))
    return *told, *_tools(before.collections, after, at)


def _by_team(changes: Sequence[Change]) -> Iterator[Change]:
    """More than anybody reads, summed up by owner."""
    counts: Counter[EntityRef | None] = Counter()
    for change in changes:
        counts[change.owner] += change.number or 1
    first = changes[0]
    return (Change(first.at, first.kind, owner, owner=owner, number=number) for owner, number in counts.items())


def _pairs(before: FactsSnapshot, after: FactsSnapshot, names: Mapping[EntityRef, EntityRef]) -> Iterator[tuple[str, FactDelta]]:
    """What both builds asked about. Facts of an entity that was renamed are those of its new name."""
    old, new = _grouped(before.facts, names), _grouped(after.facts, {})
    asked = {(one.family, one.source, names.get(one.subject, one.subject)): one.complete for one in before.measurements}
    last = {(one.source, one.family): one.as_of for one in before.collections}
    rekeyed = _rekeyed(old, new)
    for one in after.measurements:
        key = one.family, one.source, one.subject
        if one.family in TELLERS and key in asked and (one.family, one.source) not in rekeyed:
            since = last.get((one.source, one.family)) or EARLIEST
            yield one.family, FactDelta(one.subject, old.get(key, {}), new.get(key, {}), since, asked[key], one.complete)


def _grouped(facts: Iterable[Fact], names: Mapping[EntityRef, EntityRef]) -> Mapping[_Asked, dict[Identity, Fact]]:
    found: defaultdict[_Asked, dict[Identity, Fact]] = defaultdict(dict)
    for fact in facts:
        if fact.family in TELLERS:
            found[fact.family, fact.source, names.get(fact.subject, fact.subject)][fact.environment, fact.key] = fact
    return found


def _rekeyed(old: Mapping[_Asked, Mapping[Identity, Fact]], new: Mapping[_Asked, Mapping[Identity, Fact]]) -> frozenset[tuple[str, str]]:
    """Families in which a tool has other names for everything: none of them is known to be found or fixed."""
    keys: defaultdict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for index, side in enumerate((old, new)):
        for (family, source, _), facts in side.items():
            if family == "vulnerability":
                keys[family, source][index].update(key for _, key in facts)
    return frozenset(at for at, (a, b) in keys.items() if min(len(a), len(b)) >= REKEYED and not a & b)


@dataclass(slots=True)
class _Tool:
    """How one integration stood."""

    as_of: datetime | None = None
    tried_at: datetime | None = None
    families: set[str] = field(default_factory=set)

    @property
    def is_good(self) -> bool:
        """It answered."""
        return self.as_of is not None and self.as_of == self.tried_at


def _tools(before: Sequence[CollectionTime], after: FactsSnapshot, at: datetime) -> Iterator[Change]:
    """Integrations that began to say something, fell silent, or are back."""
    old, new = _by_tool(before), _by_tool(after.collections)
    for name, tool in new.items():
        was = old.get(name)
        if tool.is_good and (was is None or was.as_of is None):
            yield Change(at, "tool-known", None, after=name, about=", ".join(sorted(tool.families - {"facts"})))
        elif was is not None and was.as_of is not None and was.is_good != tool.is_good:
            yield Change(at, "tool-back" if tool.is_good else "tool-failed", None, after=name)


def _by_tool(collections: Sequence[CollectionTime]) -> Mapping[str, _Tool]:
    found: defaultdict[str, _Tool] = defaultdict(_Tool)
    for one in collections:
        if one.family != "entities":
            tool = found[one.source]
            tool.as_of, tool.tried_at = one.as_of or tool.as_of, one.tried_at or tool.tried_at
            tool.families.add(one.family)
    return found
