"""The published scorecards and inputs of a portal → results of entities, the same as on its site, also with local descriptors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from callboard.catalog.graph import Catalog
from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError
from callboard.model.facts import FAMILIES
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef, ref_of
from callboard.scorecards.ages import time_of
from callboard.scorecards.card_data import cards_of
from callboard.scorecards.cards import Scorecard
from callboard.scorecards.documents import Document
from callboard.scorecards.entity_subject import EntitySubject, JudgedWorld, JudgingTime
from callboard.scorecards.judging import ExplainedResult, Judgement, explained_card
from callboard.scorecards.published_subject import LocalSubject, PublishedSubject, PublishedWorld
from callboard.scorecards.results import CardResult, judge_card
from callboard.scorecards.shapes import FieldShape, RowShape, shape_of
from callboard.scorecards.subject import Row, Subject

CARDS = "api/scorecards/cards.json"
TIMES = "api/scorecards/times.json"
INPUTS = "api/scorecards/inputs/"
VERSION = 1
MOST_SHARDS = 256
_OF_SHARD = 40
"""Entities of a shard, as long as there are no more than 256 shards."""
_LOCAL_CODES = ("ANN", "FIL", "SEC", "ENT", "YML", "PLC", "SPC", "REF", "API002")
"""Beginnings of codes of problems that a local descriptor alone shows, where the names of all entities are known."""
Read = Callable[[str], Any]
"""Reads a file of JSON of the portal by its path. Raises ``CallboardError``."""


def shard_count(entities: int) -> int:
    """Into how many files the inputs of so many entities are divided: a power of two."""
    count = 1
    while count * _OF_SHARD < entities and count < MOST_SHARDS:
        count *= 2
    return count


def shard_path(ref: str, count: int) -> str:
    """The file with the inputs of an entity."""
    return f"{INPUTS}{int.from_bytes(blake2b(ref.encode(), digest_size=2).digest()) % count:03}.json"


class UnreadablePortalError(CallboardError):
    """What a portal publishes of its scorecards cannot be read."""


@dataclass(slots=True)
class PublishedScorecards:
    """The scorecards of a portal, and the entities that were read of it so far."""

    read: Read
    cards: tuple[Scorecard, ...]
    world: PublishedWorld
    zone: ZoneInfo
    shards: int
    tools: Mapping[str, str]
    sources: Mapping[str, Any]
    """The data of each scorecard by name."""
    relations: frozenset[str]
    _loaded: dict[str, Mapping[str, Document]] = field(default_factory=dict)

    @classmethod
    def of(cls, read: Read) -> PublishedScorecards:
        """Read the scorecards and times of a portal. Raises ``CallboardError``."""
        data, times = _json(read, CARDS), _json(read, TIMES)
        try:
            if data["version"] != VERSION:
                raise UnreadablePortalError("The portal's scorecards are of another version.", "Use the Callboard that built the portal.")
            shapes = {**{name: shape_of(kind) for name, kind in FAMILIES.items()}, **_shapes(data["shapes"])}
            collected = {(source, family): at for source, family, text in times["collected"] if (at := time_of(text))}
            now = time_of(times["now"]) or datetime.min.replace(tzinfo=ZoneInfo("UTC"))
            relations = frozenset(map(str, data["relations"]))
            cards = cards_of(data["cards"], shapes, relations)
            world = PublishedWorld(JudgingTime(now), shapes, collected)
            sources = {str(each["name"]): each for each in data["cards"]}
            return cls(read, cards, world, ZoneInfo(data["timezone"]), int(data["shards"]), dict(data["tools"]), sources, relations)
        except (KeyError, TypeError, ValueError, AttributeError, ZoneInfoNotFoundError, msgspec.ValidationError) as error:
            raise UnreadablePortalError(
                f"{CARDS} of the portal cannot be read: {error}.", "Use the Callboard that built the portal."
            ) from error

    def document(self, ref: str) -> Document | None:
        """What is published of an entity; None if the portal does not have it. Raises ``CallboardError``."""
        path = shard_path(ref, self.shards)
        if path not in self._loaded:
            entities = _json(self.read, path).get("entities", {})
            self._loaded[path] = entities if isinstance(entities, Mapping) else {}
        return self._loaded[path].get(ref)

    def subject(self, ref: str) -> Subject | None:
        """An entity as a subject: with its local descriptor, if there is one; None if nobody has it."""
        if ref in self.world.local:
            return self.world.local[ref]
        document = self.document(ref)
        return None if document is None else PublishedSubject(self.world, ref, document)

    def all_refs(self) -> Iterator[str]:
        """All entities of the portal. It reads all files."""
        for number in range(self.shards):
            path = f"{INPUTS}{number:03}.json"
            if path not in self._loaded:
                self._loaded[path] = _json(self.read, path).get("entities", {})
            yield from self._loaded[path]

    def use_local(self, catalog: Catalog, problems: Sequence[Problem], local: JudgedWorld) -> tuple[str, ...]:
        """Judge the entities of a local catalog by their local descriptors; returns their references."""
        for ref, entity in catalog.entities.items():
            name = str(ref)
            published = PublishedSubject(self.world, name, self.document(name) or {})
            rows = [*_local_problems(problems, ref), *_kept_problems(published)]
            self.world.local[name] = LocalSubject(
                published, EntitySubject(local, entity, name), self._merger(catalog, ref, published), rows
            )
        return tuple(map(str, catalog.entities))

    def _merger(self, catalog: Catalog, me: EntityRef, published: PublishedSubject) -> Callable[[str], Sequence[Subject | None]]:
        def merged(relation: str) -> Sequence[Subject | None]:
            there = {other["ref"]: other for other in published.document.get("related", {}).get(relation, ())}
            kept = (ref for ref, other in there.items() if other.get("declared_there") and ref_of(ref) not in catalog.entities)
            targets = sorted({*(str(target) for target in catalog.targets(me, relation)), *kept}, key=ref_of)
            return [self._target(ref, there.get(ref)) for ref in targets]

        return merged

    def _target(self, ref: str, published: Document | None) -> Subject | None:
        """A related entity: local, as it is published with the entity that is judged, or as it is published itself."""
        if ref in self.world.local:
            return self.world.local[ref]
        if published is not None:
            return None if published.get("missing") else PublishedSubject(self.world, ref, published)
        return self.subject(ref)

    def judge(self, refs: Iterable[str], cards: Sequence[Scorecard] | None = None) -> Judgement:
        """The results of these entities; those that nobody has are left out."""
        today = self.world.clock.now.astimezone(self.zone).date()
        subjects = [subject for ref in refs if (subject := self.subject(ref)) is not None]
        results: dict[str, dict[str, CardResult]] = {}
        chosen = self.cards if cards is None else cards
        for card in chosen:
            judged = ((subject.ref, judge_card(card, subject, today)) for subject in subjects)
            results[card.name] = {ref: result for ref, result in judged if result is not None}
            self.world.levels[card.name] = {ref: result.reached.level for ref, result in results[card.name].items()}
        return Judgement(tuple(chosen), results)

    def explain(self, result: CardResult) -> tuple[ExplainedResult, ...]:
        """Why each rule has its result."""
        subject = self.subject(result.ref)
        return explained_card(self.world.clock, subject, result, self.zone) if subject is not None else ()


def _local_problems(problems: Iterable[Problem], ref: EntityRef) -> Iterator[Row]:
    return (
        {"code": each.code, "severity": each.severity.value}
        for each in problems
        if each.subject == ref and each.code.startswith(_LOCAL_CODES)
    )


def _kept_problems(published: PublishedSubject) -> Iterator[Row]:
    """Problems that only the whole portal shows."""
    return (row for row in published.problems() if not str(row["code"]).startswith(_LOCAL_CODES))


def _json(read: Read, path: str) -> Any:
    found = read(path)
    if not isinstance(found, Mapping):
        raise UnreadablePortalError(f"{path} of the portal is not JSON of scorecards.", "Build and publish the portal again.")
    return found


def _shapes(data: Any) -> Mapping[str, RowShape]:
    return msgspec.convert(data, dict[str, dict[str, FieldShape]])
