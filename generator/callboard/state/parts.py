"""The values of a state ↔ the contents of its parts: sorted lines of JSON, one for each value; of facts, one for each entity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from itertools import groupby
from operator import attrgetter
from typing import Any

import msgspec

from callboard.io.rows import Lines, RowError, as_row, encoded, encoded_exactly, plain, row_type
from callboard.model.entity import Entity
from callboard.model.facts import FAMILIES
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.validation import FactError
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.skipped import SkippedFile
from callboard.plugins.installed_families import value_type
from callboard.plugins.sources import Repository, Undescribed
from callboard.state.event_history import EventHistory
from callboard.state.event_lines import event_lines, events_of
from callboard.state.packing import is_packed, needs_packing, packed, unpacked
from callboard.state.result_history import CardTrend, Standing
from callboard.state.values import Change, CollectionTime, EntitySummary, ProblemSummary, StaleCopy, State, TreeRecord

PLAIN: Mapping[str, Lines[Any]] = {
    "problems": Lines(Problem),
    "trees": Lines(TreeRecord),
    "collections": Lines(CollectionTime),
    "stale": Lines(StaleCopy),
    "repositories": Lines(Repository),
    "undescribed": Lines(Undescribed),
    "skipped_files": Lines(SkippedFile),
    "summaries": Lines(EntitySummary),
    "problem_summaries": Lines(ProblemSummary),
    "changes": Lines(Change),
    "event_histories": Lines(EventHistory),
    "card_trends": Lines(CardTrend),
    "standings": Lines(Standing),
}
"""By field of ``State``, which is also the name of the part."""
FACTS = "facts"
"""Name of the part with facts and measurements."""
KEPT_EVENTS = "kept_events"
"""Name of the part with events that the integrations no longer return."""
ENTITIES = "entities."
"""Prefix of the parts with the entities of one source."""
UNIDENTIFIED = "unidentified"
"""Name of the part with the descriptors that have no valid name."""
COMPARED = frozenset({"summaries", "problem_summaries", "collections", FACTS})
"""Parts that a diff compares."""
_ENTITY = Lines(Entity)


class FactLine(msgspec.Struct, omit_defaults=True, frozen=True):
    """A fact without its entity. The class of the value follows from the family."""

    family: str
    key: str
    value: msgspec.Raw
    """As read; in a line to write, the ``row_type`` of the value, which is encoded with the line and not before."""
    source: str
    environment: str = ""
    url: str = ""
    observed_at: datetime | None = None

    @classmethod
    def of(cls, fact: Fact) -> FactLine:
        """The fact as written. Raises ``RowError`` if a field of the value has another type."""
        kind: type = type(fact.value)
        value: Any = as_row(fact.value, row_type(kind))
        return cls(fact.family, fact.key, value, fact.source, fact.environment, fact.url, fact.observed_at)

    def fact(self, subject: EntityRef, kind: type) -> Fact:
        """The fact about an entity. Raises ``msgspec.DecodeError`` if the value is none of the class."""
        value = _decoder(kind).decode(self.value)
        return Fact(subject, self.family, self.key, value, self.source, self.environment, self.url, self.observed_at)


class MeasurementLine(msgspec.Struct, omit_defaults=True, frozen=True):
    """A measurement without its entity."""

    family: str
    source: str
    complete: bool = True
    since: datetime | None = None
    observed: datetime | None = None


class SubjectLine(msgspec.Struct, omit_defaults=True, frozen=True):
    """The facts and measurements of one entity."""

    subject: EntityRef
    facts: tuple[FactLine, ...] = ()
    measurements: tuple[MeasurementLine, ...] = ()


_SUBJECT = Lines(SubjectLine)


def part_lines(state: State, put: Callable[[bytes], str]) -> Iterator[tuple[str, list[bytes]]]:
    """Name and sorted lines of each part, one after the other; empty ones are left out. ``put`` stores a blob and returns its digest."""
    parts: dict[str, Callable[[], Iterable[bytes]]] = {
        name: partial(map, lines.line, getattr(state, name)) for name, lines in PLAIN.items()
    }
    parts[FACTS] = partial(fact_lines, state.facts, state.measurements)
    parts[KEPT_EVENTS] = partial(event_lines, state.kept_events)
    parts[UNIDENTIFIED] = partial(map, partial(_entity_line, put=put), state.unidentified)
    for source, entities in groupby(sorted(state.entities, key=_source), _source):
        parts[f"{ENTITIES}{source}"] = partial(map, partial(_entity_line, put=put), [*entities])
    for name, rows in parts.items():
        if lines := sorted(rows()):
            yield name, [line + b"\n" for line in lines]


def part_values(name: str, content: bytes, get: Callable[[str], bytes]) -> Mapping[str, Sequence[Any]]:
    """The values in a part, by field of ``State``. ``get`` reads a blob. Raises ``RowError``; unknown parts have no values."""
    if name == FACTS:
        facts, measurements = facts_of(content)
        return {"facts": facts, "measurements": measurements}
    if name == KEPT_EVENTS:
        return {name: events_of(content)}
    if name.startswith(ENTITIES):
        return {"entities": _entities(content, get)}
    if name == UNIDENTIFIED:
        return {name: _entities(content, get)}
    return {name: PLAIN[name].values(content)} if name in PLAIN else {}


def fact_lines(facts: Iterable[Fact], measurements: Iterable[Measurement]) -> Iterator[bytes]:
    """One line for each entity."""
    by_subject: defaultdict[EntityRef, tuple[list[Fact], list[Measurement]]] = defaultdict(lambda: ([], []))
    for fact in facts:
        by_subject[fact.subject][0].append(fact)
    for measurement in measurements:
        by_subject[measurement.subject][1].append(measurement)
    for subject, (its_facts, its_measurements) in by_subject.items():
        its_facts.sort(key=attrgetter("family", "source", "environment", "key"))
        its_measurements.sort(key=attrgetter("family", "source"))
        of_measurements = [MeasurementLine(m.family, m.source, m.complete, m.since, m.observed) for m in its_measurements]
        yield encoded(SubjectLine(subject, tuple(map(FactLine.of, its_facts)), tuple(of_measurements)))


def facts_of(content: bytes) -> tuple[list[Fact], list[Measurement]]:
    """The facts and measurements of the entities in a content, without those of unknown families. Raises ``RowError``.

    Where a plugin has changed the values of its family, facts of before are left out and their measurements are incomplete: their number
    is not known until the next query.
    """
    facts, measurements = [], []
    for line in _SUBJECT.values(content):
        read = [(row, fact_of_line(row, line.subject)) for row in line.facts]
        facts += [fact for _, fact in read if fact is not None]
        lost = {(row.family, row.source) for row, fact in read if fact is None}
        measurements += [
            Measurement(line.subject, m.family, m.source, m.complete and (m.family, m.source) not in lost, m.observed, m.since)
            for m in line.measurements
            if value_type(m.family) is not None
        ]
    return facts, measurements


def fact_of_line(row: FactLine, subject: EntityRef) -> Fact | None:
    """The fact about an entity; None for a plugin that is not installed any more, or that has changed the family's values.

    Raises ``RowError``.
    """
    kind: type | None = value_type(row.family)
    if kind is None:
        return None
    try:
        return row.fact(subject, kind)
    except (msgspec.MsgspecError, RecursionError, FactError) as error:
        if row.family not in FAMILIES:
            return None
        raise RowError(f"{error}, in the fact {row.family} {row.key!r:.80} of {subject}") from error


@cache
def _decoder(kind: type) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _source(entity: Entity) -> str:
    return entity.origin.source


def _entity_line(entity: Entity, put: Callable[[bytes], str]) -> bytes:
    """The entity with its long strings as blobs; ``metadata`` and ``spec`` keep the order of their keys, which pages show."""
    row = _ENTITY.row(entity)
    line = encoded_exactly(row)
    return encoded(packed(plain(row), put)) if line is None or needs_packing(line) else line


def _entities(content: bytes, get: Callable[[str], bytes]) -> list[Entity]:
    if not is_packed(content):
        return _ENTITY.values(content)
    return [_packed_entity(line, get) if is_packed(line) else _ENTITY.value(line) for line in content.splitlines()]


def _packed_entity(line: bytes, get: Callable[[str], bytes]) -> Entity:
    try:
        return _ENTITY.value_of(unpacked(msgspec.json.decode(line), get))
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
        raise RowError(str(error)) from error
