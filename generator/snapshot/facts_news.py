"""What of one family of one entity is news between two answers of a tool; each family has its own words for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from generator.model.facts import (
    Availability,
    Deployment,
    Fact,
    GateState,
    Incident,
    IncidentState,
    QualityGate,
    RunState,
    Severity,
    Vulnerability,
)
from generator.model.ref import EntityRef
from generator.snapshot.portraits import short

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
class Two:
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
class News:
    """A change that has no owner and time yet."""

    kind: str
    before: str = ""
    after: str = ""
    about: str = ""
    number: int = 0


def _incidents(two: Two) -> Iterator[News]:
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


def _incident(fact: Fact, kind: str) -> News:
    value = fact.value
    assert isinstance(value, Incident)  # noqa: S101 - of the family
    title, about = short(value.title), str(value.severity)
    return News(kind, after=title, about=about) if kind == "incident-opened" else News(kind, title, about=about)


def _vulnerabilities(two: Two) -> Iterator[News]:
    new = [fact for key, fact in two.after.items() if key not in two.before and two.is_new(_first_seen(fact))]
    yield from _weaknesses(new, "vulnerability-found")
    yield from _weaknesses([*two.gone()], "vulnerability-fixed")


def _first_seen(fact: Fact) -> datetime | None:
    return fact.value.first_seen if isinstance(fact.value, Vulnerability) else None


def _weaknesses(facts: Sequence[Fact], kind: str) -> Iterator[News]:
    """A few by name, many as numbers by severity."""
    values = [fact.value for fact in facts if isinstance(fact.value, Vulnerability)]
    if len(values) > APART:
        counts = Counter(value.severity for value in values)
        yield News(kind, about=", ".join(f"{counts[severity]} {severity}" for severity in Severity if counts[severity]), number=len(values))
        return
    for value in values:
        said = short(f"{value.id} {value.package}".strip())
        yield News(kind, "" if kind == "vulnerability-found" else said, said if kind == "vulnerability-found" else "", str(value.severity))


def _deployments(two: Two) -> Iterator[News]:
    """One line for each environment."""
    for environment in sorted({environment for environment, _ in two.after}):
        yield from _deployed_to(environment, [*_landed(two.before, environment)], two)


def _deployed_to(environment: str, old: Sequence[Fact], two: Two) -> Iterator[News]:
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
            yield News("deployed", before, _version(now), short(environment), len(versions) if len(versions) > 1 else 0)


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


def _gates(two: Two) -> Iterator[News]:
    for key, fact in two.after.items():
        before, after = _gate(two.before.get(key)), _gate(fact)
        if {before, after} in ({GateState.FAILED, GateState.PASSED}, {GateState.FAILED, GateState.WARNING}):
            kind = "gate-failed" if after is GateState.FAILED else "gate-passed"
            yield News(kind, after=short(fact.key) if len(two.after) > 1 else "")


def _gate(fact: Fact | None) -> GateState:
    return fact.value.state if fact and isinstance(fact.value, QualityGate) else GateState.NONE


def _objectives(two: Two) -> Iterator[News]:
    for key, fact in two.after.items():
        old, value = two.before.get(key), fact.value
        if old is None or not isinstance(value, Availability) or not isinstance(old.value, Availability):
            continue
        before, after = old.value.is_met(), value.is_met()
        if None not in {before, after} and before != after:
            wanted = f"{value.measured:.7g} {value.objective:.7g}"
            yield News("objective-met" if after else "objective-missed", after=short(value.name), about=wanted)


TELLERS: Mapping[str, Callable[[Two], Iterator[News]]] = {
    "incident": _incidents, "vulnerability": _vulnerabilities, "deployment": _deployments, "quality-gate": _gates,
    "availability": _objectives,
}  # fmt: skip
"""How each family tells its news; the others have none worth a line."""
