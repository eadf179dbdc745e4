"""Scorecards and what their rules read → the files below ``/api/scorecards/`` by which ``callboard score --portal`` judges entities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import blake2b

import msgspec

from callboard.model.facts import FAMILIES
from callboard.model.published_json import inert, plain_json, published_json
from callboard.model.ref import ref_of
from callboard.model.times import time_text
from callboard.pages.scorecards.context import ScorecardContext
from callboard.plugins.installed_families import value_types
from callboard.redaction.masking import masked, masked_values
from callboard.scorecards.documents import document_of, encoded_document
from callboard.scorecards.portal_scorecards import RELATIONS
from callboard.scorecards.published_scorecards import CARDS, INPUTS, TIMES, VERSION, shard_count, shard_path
from callboard.scorecards.shapes import shape_of
from callboard.website.data_files import DataFile, DeferredFile

_EMPTY = b"{}"


def scorecard_files(context: ScorecardContext) -> Iterator[DataFile]:
    """The scorecards themselves, the times of queries, and what rules read of each entity."""
    contents, is_public = context.judged.inputs.contents, context.is_public
    count = shard_count(len(contents))
    shards: dict[str, list[str]] = {f"{INPUTS}{number:03}.json": [] for number in range(count)}
    for ref in contents:
        shards[shard_path(ref, count)].append(ref)
    has_levels = any(need.of_anybody.levels for need in context.judged.world.needs.related.values())
    for path, refs in shards.items():
        documents = {ref: _with_levels(context, ref) if has_levels else contents[ref] for ref in refs}
        content = _shard({ref: document for ref, document in documents.items() if document != _EMPTY})
        key = blake2b(content, digest_size=9).hexdigest()
        yield DeferredFile(path, key, partial(_published, content, is_public))
    yield CARDS, _json(_cards(context, count), is_public=is_public)
    yield TIMES, published_json(_times(context))


def _with_levels(context: ScorecardContext, ref: str) -> bytes:
    """The document with the levels of related entities, which are known only after all are judged."""
    world = context.judged.world
    return encoded_document(document_of(world.subject(world.catalog.entities[ref_of(ref)]), world.needs))


def _shard(documents: Mapping[str, bytes]) -> bytes:
    lines = (plain_json(ref).encode() + b":" + document for ref, document in documents.items())
    return b'{"version":1,"entities":{\n' + b",\n".join(lines) + b"\n}}\n"


def _published(content: bytes, is_public: bool, _: object) -> bytes:  # noqa: FBT001 - bound by ``partial``
    text = content.decode("utf-8", "replace")
    if masked(text, is_public=is_public).text == text:
        return inert(text)
    return published_json(masked_values(msgspec.json.decode(content), is_public=is_public))


def _json(value: object, *, is_public: bool) -> bytes:
    return published_json(masked_values(msgspec.to_builtins(value), is_public=is_public))


def _cards(context: ScorecardContext, count: int) -> Mapping[str, object]:
    judged, world = context.judged, context.judged.world
    own = {name: shape_of(kind) for name, kind in value_types().items() if name in world.needs.families and name not in FAMILIES}
    sources = {source for source, family in world.collected if family in world.needs.families and family not in world.hidden}
    return {
        "version": VERSION,
        "timezone": judged.zone.key,
        "shards": count,
        "tools": {name: title for name, title in context.tools.items() if name in sources},
        "relations": sorted({*RELATIONS, *(relation.type for of in world.catalog.relations.values() for relation in of)}),
        "shapes": own,
        "cards": [judged.sources[card.name] for card in context.cards],
    }


def _times(context: ScorecardContext) -> Mapping[str, object]:
    """When it was judged, and when each integration was last queried; of a public portal for the families that it shows."""
    world = context.judged.world
    collected = [
        [source, family, time_text(at)]
        for (source, family), at in sorted(world.collected.items())
        if family in world.needs.families and family not in world.hidden
    ]
    return {"version": VERSION, "now": time_text(world.clock.now), "collected": collected}
