"""What happened in the world between two builds, told in the words of the families: no tool is known here.

Only what an answer says is told. Something is over where a complete answer does not have it any more; what serves from the last good
copy is no news, and what a tool says the first time that it is asked was there before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from generator.model.facts import Fact, Measurement
from generator.model.ref import EntityRef
from generator.snapshot.facts_news import EARLIEST, TELLERS, Identity, Two
from generator.snapshot.values import Change, Collection

MANY = 300
"""Changes of one kind in one night that are told by entity; more are told by team."""
REKEYED = 5
"""From so many facts on, a tool that calls all of them otherwise than yesterday changed its names, not the world."""
_Asked = tuple[str, str, EntityRef]
"""Family, integration and subject."""


class World(Protocol):
    """What one build knew: a ``State`` or ``ServedFacts``."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All of them."""

    @property
    def measurements(self) -> tuple[Measurement, ...]:
        """What was asked."""

    @property
    def collections(self) -> tuple[Collection, ...]:
        """How asking went; those of sources are left aside."""


def happened(
    before: World, after: World, names: Mapping[EntityRef, EntityRef], owners: Mapping[EntityRef, EntityRef | None], at: datetime
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


def _pairs(before: World, after: World, names: Mapping[EntityRef, EntityRef]) -> Iterator[tuple[str, Two]]:
    """What both builds asked about. Facts of an entity that was renamed are those of its new name."""
    old, new = _grouped(before.facts, names), _grouped(after.facts, {})
    asked = {(one.family, one.source, names.get(one.subject, one.subject)): one.complete for one in before.measurements}
    last = {(one.source, one.family): one.as_of for one in before.collections}
    rekeyed = _rekeyed(old, new)
    for one in after.measurements:
        key = one.family, one.source, one.subject
        if one.family in TELLERS and key in asked and (one.family, one.source) not in rekeyed:
            since = last.get((one.source, one.family)) or EARLIEST
            yield one.family, Two(one.subject, old.get(key, {}), new.get(key, {}), since, asked[key], one.complete)


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


def _tools(before: Sequence[Collection], after: World, at: datetime) -> Iterator[Change]:
    """Integrations that began to say something, fell silent, or are back."""
    old, new = _by_tool(before), _by_tool(after.collections)
    for name, tool in new.items():
        was = old.get(name)
        if tool.is_good and (was is None or was.as_of is None):
            yield Change(at, "tool-known", None, after=name, about=", ".join(sorted(tool.families - {"facts"})))
        elif was is not None and was.as_of is not None and was.is_good != tool.is_good:
            yield Change(at, "tool-back" if tool.is_good else "tool-failed", None, after=name)


def _by_tool(collections: Sequence[Collection]) -> Mapping[str, _Tool]:
    found: defaultdict[str, _Tool] = defaultdict(_Tool)
    for one in collections:
        if one.family != "entities":
            tool = found[one.source]
            tool.as_of, tool.tried_at = one.as_of or tool.as_of, one.tried_at or tool.tried_at
            tool.families.add(one.family)
    return found
