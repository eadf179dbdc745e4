"""The description that a reader or plugin gives of a definition → its reference: texts are masked, JSON Schemas become shapes."""

from __future__ import annotations

from callboard.api_reference.loading import within_limits
from callboard.api_reference.model import ApiAnswer, ApiServer, Entry, EntryGroup, NamedType, Payload, Reference
from callboard.api_reference.schemas import SchemaReader
from callboard.api_reference.texts import ReferenceAnchors, Texts
from callboard.plugins.api_formats import ApiDescription, ApiOperation

MAX_OPERATIONS = 10_000
"""Operations, and types, of one definition."""


def reference_of(found: ApiDescription, label: str, texts: Texts) -> Reference:
    """The reference. Raises ``UnreadableDefinitionError`` for schemas with too many values or levels."""
    root = {"types": within_limits({name: found.types[name] for name in list(found.types)[:MAX_OPERATIONS]})}
    names = {f"#/types/{name}": name for name in root["types"]}
    schemas, anchors = SchemaReader(root, texts, names), ReferenceAnchors()
    groups: dict[str, list[Entry]] = {}
    for operation in found.operations[:MAX_OPERATIONS]:
        groups.setdefault(operation.group, []).append(_entry(operation, texts, anchors, schemas))
    return Reference(
        format=texts.line(label, 60),
        title=texts.line(found.title),
        version=texts.line(found.version, 60),
        description=texts.prose(found.description),
        servers=tuple(ApiServer(texts.line(url)) for url in found.servers[:20]),
        groups=tuple(EntryGroup(texts.line(name), anchors.of("group", name), entries=tuple(each)) for name, each in groups.items()),
        types={
            name: NamedType(name, texts.line(name), anchors.of("type", name), schemas.shape(each)) for name, each in root["types"].items()
        },
        troubles=tuple(texts.line(each) for each in found.troubles[:20]),
    )


def _entry(operation: ApiOperation, texts: Texts, anchors: ReferenceAnchors, schemas: SchemaReader) -> Entry:
    sent = operation.input
    answers = (
        ApiAnswer(texts.line(case, 60), payloads=(Payload("", schemas.shape(within_limits(schema))),))
        for case, schema in operation.outputs.items()
    )
    return Entry(
        anchor=anchors.of("op", f"{operation.group}.{operation.address}"),
        verb=texts.line(operation.verb, 30),
        address=texts.line(operation.address),
        summary=texts.line(operation.summary),
        description=texts.prose(operation.description),
        deprecated=texts.line(operation.deprecated),
        inputs=(Payload("", schemas.shape(within_limits(sent))),) if sent is not None else (),
        outputs=tuple(answers),
        sample=texts.mask(operation.sample[:2000]),
    )
