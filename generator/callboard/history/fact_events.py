"""Facts of two builds → changes: the events that each family finds, and changes of integrations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from typing import Protocol

from callboard.history.facts.families import all_families
from callboard.model.data_classes import dataclass
from callboard.model.errors import FOREIGN_EXCEPTIONS
from callboard.model.facts.events import EventKind, FactDelta, FactEvent, Identity
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.plugins.installed_families import installed_families
from callboard.plugins.integrations.collector import family_failed
from callboard.state.summaries import short
from callboard.state.values import Change, CollectionTime

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""In place of an unknown time."""
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


def fact_changes(
    before: FactsSnapshot,
    after: FactsSnapshot,
    names: Mapping[EntityRef, EntityRef],
    owners: Mapping[EntityRef, EntityRef | None],
    at: datetime,
    problems: list[Problem] | None = None,
) -> tuple[Change, ...]:
    """The changes of facts of entities that both builds queried, and of integrations, in no order.

    Args:
        before: the facts of the earlier build.
        after: the facts of the later build.
        names: references of renamed entities, old to new.
        owners: the owner of each entity of the later build.
        at: time of the later build.
        problems: gets a problem for each family whose plugin raised an error; its events are left out.
    """
    by_kind: defaultdict[str, list[Change]] = defaultdict(list)
    finder = _EventFinder(problems if problems is not None else [])
    for family, delta in _deltas(before, after, names):
        if delta.subject in owners:
            owner = owners[delta.subject]
            for e in finder.events(family, delta):
                by_kind[e.kind].append(Change(at, e.kind, delta.subject, "", e.before, e.after, None, owner, "", e.about, e.number))
    for kind in finder.incomplete_kinds():
        by_kind.pop(kind, None)
    listed = (change for changes in by_kind.values() for change in (changes if len(changes) <= MANY else _by_team(changes)))
    return *listed, *_integration_changes(before.collections, after, at)


@dataclass(slots=True)
class _EventFinder:
    """Calls the functions of families; a plugin's function may raise, which costs the events of its family in this build."""

    problems: list[Problem]
    _failed: set[str] = field(default_factory=set)

    def events(self, family: str, delta: FactDelta) -> Sequence[FactEvent]:
        """The events of one entity's facts."""
        known = all_families()[family]
        if known.events is None or family in self._failed:
            return ()
        if not known.package:
            return tuple(known.events(delta))
        try:
            process = installed_families().processes.get(family)
            return tuple(_checked(event, known.kinds) for event in (process.events(delta) if process else known.events(delta)))
        except FOREIGN_EXCEPTIONS as error:  # a plugin may raise anything
            self._failed.add(family)
            self.problems.append(family_failed(family, known.package, error))
            return ()

    def incomplete_kinds(self) -> Iterator[str]:
        """The kinds of events of families that raised an error, after some of their events may have been found."""
        return (kind for family in self._failed for kind in all_families()[family].kinds)


def _checked(event: FactEvent, kinds: Mapping[str, EventKind]) -> FactEvent:
    """A plugin's event, bounded. Raises ``ValueError`` for a kind that the family does not have."""
    if event.kind not in kinds:
        raise ValueError(f"the kind of event {event.kind!r} is not one of the family's")
    return FactEvent(event.kind, short(event.before), short(event.after), short(event.about), int(event.number))


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
        if _has_events(m.family) and key in was_complete and (m.family, m.source) not in rekeyed:
            since = last.get((m.source, m.family)) or EARLIEST
            yield m.family, FactDelta(m.subject, old.get(key, {}), new.get(key, {}), since, was_complete[key], m.complete)


def _grouped(facts: Iterable[Fact], names: Mapping[EntityRef, EntityRef]) -> _FactsByKey:
    groups: defaultdict[_MeasurementKey, dict[Identity, Fact]] = defaultdict(dict)
    for fact in facts:
        if _has_events(fact.family):
            groups[fact.family, fact.source, names.get(fact.subject, fact.subject)][fact.environment, fact.key] = fact
    return groups


def _has_events(family: str) -> bool:
    known = all_families().get(family)
    return known is not None and known.events is not None


def _rekeyed(old: _FactsByKey, new: _FactsByKey) -> frozenset[tuple[str, str]]:
    """Families of integrations whose keys all changed at once: whether one was found or fixed is unknown."""
    keys: defaultdict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for index, side in enumerate((old, new)):
        for (family, source, _), facts in side.items():
            if all_families()[family].has_lasting_keys:
                keys[family, source][index].update(key for _, key in facts)
    return frozenset(at for at, (a, b) in keys.items() if min(len(a), len(b)) >= REKEYED and not a & b)


@dataclass(slots=True)
class _IntegrationStatus:
    """The last collection of one integration: that of the family that was read last."""

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
            status.as_of = max(filter(None, (c.as_of, status.as_of)), default=None)
            status.tried_at = c.tried_at or status.tried_at
            status.families.add(c.family)
    return statuses
