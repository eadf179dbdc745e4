"""A subject and what conditions may read of it → one document of plain values, as it is published, compared and judged elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import field
from hashlib import blake2b
from typing import Any

import msgspec

from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef
from callboard.scorecards.entity_subject import EntitySubject, JudgedWorld
from callboard.scorecards.needs import Needs

Document = Mapping[str, Any]
"""``fields``, ``facts`` and ``queries`` by family, ``related`` by relation, ``problems``, ``files``, ``checks`` and ``levels``; what is
empty is left out."""
_ENCODER = msgspec.json.Encoder(enc_hook=str)


def document_of(subject: EntitySubject, needs: Needs, *, is_root: bool = True) -> dict[str, Any]:
    """Everything that conditions may read of an entity. ``is_root``: whether it is judged itself, and not only related to one that is."""
    found: dict[str, Any] = {}
    if needs.fields:
        found["fields"] = {name: value for name in sorted(needs.fields) if (value := subject.field(name)) is not None}
    if needs.families:
        found["facts"] = {family: list(rows) for family in needs.families if (rows := subject.rows(family))}
        found["queries"] = dict(_queries(subject, needs))
    if needs.related:
        related = ((relation, list(_related(subject, relation, inner, is_root=is_root))) for relation, inner in needs.related.items())
        found["related"] = {relation: targets for relation, targets in related if targets}
    return {key: value for key, value in (found | _rest(subject, needs, is_root=is_root)).items() if value}


def _rest(subject: EntitySubject, needs: Needs, *, is_root: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if needs.problems:
        found["problems"] = [[row["code"], row["severity"]] for row in subject.problems()]
    if needs.files:
        found["files"] = {path: subject.has_file(path) for path in sorted(needs.files)}
    if needs.checks:
        found["checks"] = {each: subject.check(each) for each in sorted(needs.checks) if subject.ref in subject.world.checks.get(each, ())}
    if needs.levels and not is_root:
        found["levels"] = {card: level for card in sorted(needs.levels) if (level := subject.level(card)) is not None}
    return found


def _queries(subject: EntitySubject, needs: Needs) -> Iterator[tuple[str, list[list[Any]]]]:
    """The queries by family, each with its integration, whether it was complete, its own time and since when it is whole."""
    hidden, found = subject.world.hidden, dict[str, list[list[Any]]]()
    for each in subject.world.measurements.get(subject.entity.ref, ()):
        if each.family in needs.families and each.family not in hidden:
            found.setdefault(each.family, []).append([each.source, each.complete, each.observed, each.since])
    return iter(found.items())


def _related(subject: EntitySubject, relation: str, needs: Needs, *, is_root: bool) -> Iterator[dict[str, Any]]:
    """The targets of a relation with their documents; of an entity that is judged also who declares the relation."""
    catalog, me = subject.world.catalog, subject.entity.ref
    others: set[EntityRef] = set()
    targets = catalog.targets(me, relation)
    if is_root and targets:
        others = {each.target for each in catalog.relations.get(me, ()) if each.type == relation and each.declared_by != me}
    for target in targets:
        entity = catalog.get(target)
        document: dict[str, Any] = {"ref": str(target)}
        if entity is None:
            document["missing"] = True
        else:
            document |= document_of(subject.world.subject(entity), needs, is_root=False)
        if target in others:
            document["declared_there"] = True
        yield document


def encoded_document(document: Document) -> bytes:
    """The document as JSON."""
    try:
        return _ENCODER.encode(document)
    except UnicodeEncodeError:  # a lone surrogate, which UTF-8 cannot encode
        return json.dumps(document, default=str).encode()


@dataclass(frozen=True, slots=True)
class InputDocuments:
    """What conditions may read of each entity."""

    contents: Mapping[str, bytes] = field(default_factory=dict)
    """The documents as JSON, by reference, without levels of related entities."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """Of each document, and of which of its queries are too old."""

    @classmethod
    def of(cls, world: JudgedWorld, program: str) -> InputDocuments:
        """The documents of all entities. ``program``: digest of what judges them."""
        contents, digests, needs = {}, {}, world.needs
        for entity in world.catalog.entities.values():
            subject = world.subject(entity)
            document = document_of(subject, needs)
            content = contents[subject.ref] = encoded_document(document)
            stale = staleness(world, document) if needs.ages else []
            digests[subject.ref] = blake2b(program.encode() + content + bytes(stale), digest_size=9).hexdigest()
        return cls(contents, digests)


def staleness(world: JudgedWorld, document: Document) -> list[bool]:
    """Which of the queries in a document are too old for the conditions that say how old one may be."""
    now, collected, ages = world.clock.now, world.collected, world.needs.ages
    return [
        now - at > age
        for family, queries in document.get("queries", {}).items()
        for age in ages.get(family, ())
        for source, _, observed, _ in queries
        if (at := observed or collected.get((source, family))) is not None
    ]
