"""The text of a definition → its quality: the rules of its format, applied; kept by digest between builds."""

from __future__ import annotations

from hashlib import blake2b

from callboard.api_reference.loading import UnreadableDefinitionError, load, reading_time
from callboard.api_reference.model import Entry, Reference, ValueShape
from callboard.api_reference.openapi_operations import declared_tags, listed_operations, named_schemas
from callboard.api_reference.quality.examples import check_examples
from callboard.api_reference.quality.openapi import OpenApiRules
from callboard.api_reference.quality.tally import Tally, names_successor
from callboard.api_reference.reading import RENDERER, format_name, read_reference
from callboard.api_reference.schemas import SchemaReader
from callboard.api_reference.texts import Texts
from callboard.model.facts.api_quality import ApiQuality

RULES = 2
"""Version of the rules: definitions are checked again when it changes."""
MAX_TAGS = 20


def quality_key(text: str, api_type: str, *, is_public: bool) -> str:
    """Digest of all that the quality depends on."""
    head = f"{RULES}\0{RENDERER}\0{api_type}\0{is_public}\0"
    return blake2b(head.encode() + text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def quality_of(text: str, api_type: str, *, is_public: bool) -> ApiQuality | None:
    """The quality of a definition; None for a format without a reference, and for a text that cannot be read."""
    name = format_name(text, api_type)
    if not name:
        return None
    try:
        with reading_time():
            return _of_openapi(text, is_public=is_public) if name == "openapi" else _of_reference(name, text, api_type, is_public=is_public)
    except UnreadableDefinitionError:
        return None


def _of_openapi(text: str, *, is_public: bool) -> ApiQuality | None:
    """Of the document itself: making its reference would take three times as long. Raises ``UnreadableDefinitionError``."""
    document = load(text)
    if not isinstance(document, dict):
        return None
    tally, texts = Tally(text, is_public), Texts(is_public)
    listed = listed_operations(document, SchemaReader(document, texts))
    if not listed and not named_schemas(document):
        return None
    OpenApiRules(document, tally).run()
    check_examples(document, tally)
    declared = declared_tags(document)
    found = dict.fromkeys(each.tag for each in listed)
    tags = (*(tag for tag in declared if tag in found), *(tag for tag in found if tag not in declared))
    return ApiQuality(
        format="openapi",
        rules=len(tally.seen),
        operations=len(listed),
        deprecated=sum(each.operation.get("deprecated") is True for each in listed),
        tags=tuple(texts.line(tag) for tag in tags[:MAX_TAGS]),
        findings=tally.findings(),
    )


def _of_reference(name: str, text: str, api_type: str, *, is_public: bool) -> ApiQuality | None:
    """Of the model that its reference is made of."""
    reference = read_reference(text, api_type, is_public=is_public)
    if reference is None or not (reference.entries or reference.types):
        return None
    tally = Tally(text, is_public)
    _of_model(reference, tally)
    return ApiQuality(
        format=name,
        rules=len(tally.seen),
        operations=len(reference.entries),
        deprecated=sum(bool(each.deprecated) for each in reference.entries),
        tags=tuple(group.name for group in reference.groups[:MAX_TAGS]),
        findings=tally.findings(),
    )


def _of_model(reference: Reference, tally: Tally) -> None:
    """Rules for the formats whose words stand in the model: AsyncAPI, GraphQL, Protocol Buffers and those of plugins."""
    for entry in reference.entries:
        place = (entry.address.rpartition("/")[2] or entry.address,)
        tally.look("operation-description", not (entry.description or entry.summary), place)
        if entry.deprecated:
            said = entry.deprecated != "yes" or names_successor(f"{entry.description} {entry.summary}")
            tally.look("successor", not said, place)
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
    marked = [(each.deprecated, each.description) for each in shape.allowed]
    marked += [(field.shape.deprecated, field.shape.description) for field in shape.fields]
    for reason, words in marked:
        if reason:
            tally.look("successor", reason == "yes" and not names_successor(words), (name,))
