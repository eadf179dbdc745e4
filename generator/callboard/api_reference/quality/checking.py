"""The text of a definition → its quality: the rules of its format, applied; kept by digest between builds."""

from __future__ import annotations

from hashlib import blake2b

from callboard.api_reference.loading import UnreadableDefinitionError, load
from callboard.api_reference.model import Entry, Reference, ValueShape
from callboard.api_reference.quality.examples import check_examples
from callboard.api_reference.quality.openapi import OpenApiRules
from callboard.api_reference.quality.tally import Tally
from callboard.api_reference.reading import RENDERER, format_name, read_reference
from callboard.model.facts.api_quality import ApiQuality

RULES = 1
"""Version of the rules: definitions are checked again when it changes."""
MAX_TAGS = 20


def quality_key(text: str, api_type: str, *, is_public: bool) -> str:
    """Digest of all that the quality depends on."""
    head = f"{RULES}\0{RENDERER}\0{api_type}\0{is_public}\0"
    return blake2b(head.encode() + text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def quality_of(text: str, api_type: str, *, is_public: bool) -> ApiQuality | None:
    """The quality of a definition; None for a format without a reference, and for a text that cannot be read."""
    name = format_name(text, api_type)
    reference = read_reference(text, api_type, is_public=is_public) if name else None
    if reference is None or not (reference.entries or reference.types):
        return None
    tally = Tally(text, is_public)
    if name == "openapi":
        try:
            document = load(text)
        except UnreadableDefinitionError:
            return None
        OpenApiRules(document, tally).run()
        check_examples(document, tally)
    else:
        _of_model(reference, tally)
    entries = reference.entries
    return ApiQuality(
        format=name,
        rules=len(tally.seen),
        operations=len(entries),
        deprecated=sum(bool(each.deprecated) for each in entries),
        tags=tuple(group.name for group in reference.groups[:MAX_TAGS]),
        findings=tally.findings(),
    )


def _of_model(reference: Reference, tally: Tally) -> None:
    """Rules for the formats whose words stand in the model: AsyncAPI, GraphQL, Protocol Buffers and those of plugins."""
    for entry in reference.entries:
        place = (entry.address.rpartition("/")[2] or entry.address,)
        tally.look("operation-description", not (entry.description or entry.summary), place)
        if entry.deprecated:
            tally.look("successor", entry.deprecated == "yes", place)
        for each in (*entry.inputs, *(payload for answer in entry.outputs for payload in answer.payloads)):
            tally.look("body-schema", each.shape.kind in {"anything", "unknown"}, place)
    _of_arguments(reference.entries, tally)
    for named in reference.types.values():
        tally.look("type-description", not named.shape.description, (named.name,))
        fields = named.shape.fields
        if fields:
            described = sum(bool(each.shape.description) for each in fields)
            tally.look("field-description", described * 2 < len(fields), (named.name,), f"{described} / {len(fields)}")
        _of_values(named.shape, named.name, tally)


def _of_arguments(entries: tuple[Entry, ...], tally: Tally) -> None:
    for entry in entries:
        for _, fields in entry.parameters:
            for each in fields:
                place = (entry.address.rpartition("/")[2] or entry.address,)
                tally.look("parameter-description", not each.shape.description, place, each.name)


def _of_values(shape: ValueShape, name: str, tally: Tally) -> None:
    for reason in (*(each.deprecated for each in shape.allowed), *(field.shape.deprecated for field in shape.fields)):
        if reason:
            tally.look("successor", reason == "yes", (name,))
