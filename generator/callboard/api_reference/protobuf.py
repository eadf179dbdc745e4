"""Protocol Buffers (one file, its imports need not be there) → its reference: rpcs by service, a type for each message and enum."""

from __future__ import annotations

from callboard.api_reference.model import (
    AllowedValue,
    ApiAnswer,
    Entry,
    EntryGroup,
    NamedType,
    Payload,
    Reference,
    ShapeField,
    Streaming,
    ValueShape,
)
from callboard.api_reference.protobuf_parser import ProtoBlock, ProtoFile, parse_proto
from callboard.api_reference.protobuf_statements import ProtoField
from callboard.api_reference.samples import grpcurl
from callboard.api_reference.texts import ReferenceAnchors, Texts

_STREAMING: dict[tuple[bool, bool], Streaming] = {
    (False, False): "",
    (False, True): "server",
    (True, False): "client",
    (True, True): "both",
}


def read_protobuf(text: str, texts: Texts) -> Reference:
    """The reference of a file."""
    return _Proto(parse_proto(text), texts).reference()


class _Proto:
    def __init__(self, file: ProtoFile, texts: Texts) -> None:
        self.file, self.texts, self.anchors = file, texts, ReferenceAnchors()
        self.blocks = {block.name: block for block in file.blocks if block.word != "service"}

    def reference(self) -> Reference:
        file, texts = self.file, self.texts
        services = [block for block in file.blocks if block.word == "service"]
        imports = ", ".join(texts.line(each) for each in file.imports[:50])
        return Reference(
            format=f"Protocol Buffers ({texts.line(file.syntax, 30) or 'proto2'})",
            title=texts.line(file.package),
            description=texts.prose(f"{file.comment}\n\n`import {imports}`" if imports else file.comment),
            groups=tuple(self._group(block) for block in services),
            types={name: self._type(block) for name, block in self.blocks.items()},
            troubles=tuple(texts.line(f"Line {line}: {sentence}") for line, sentence in file.troubles),
        )

    def _group(self, block: ProtoBlock) -> EntryGroup:
        name = f"{self.file.package}.{block.name}" if self.file.package else block.name
        entries = tuple(self._entry(name, block, each) for each in block.fields)
        return EntryGroup(self.texts.line(block.name), self.anchors.of("group", block.name), self.texts.prose(block.comment), entries)

    def _entry(self, service: str, block: ProtoBlock, rpc: ProtoField) -> Entry:
        address = self.texts.line(f"/{service}/{rpc.name}")
        target = self.blocks.get(self._key(rpc.type, ""))
        http = self.texts.line(rpc.options.get("http"))
        return Entry(
            anchor=self.anchors.of("op", f"{block.name}.{rpc.name}"),
            verb="rpc",
            address=address,
            description=self.texts.prose(rpc.comment),
            deprecated="yes" if "deprecated" in rpc.options else "",
            inputs=(Payload("", self._shape(rpc.type, "")),),
            is_input_required=True,
            outputs=(ApiAnswer("", payloads=(Payload("", self._shape(rpc.output, "")),)),),
            streaming=_STREAMING[rpc.client_stream, rpc.server_stream],
            notes=(("google.api.http", http),) if http else (),
            sample=grpcurl(address, bool(target and target.fields)),
        )

    def _type(self, block: ProtoBlock) -> NamedType:
        texts = self.texts
        deprecated = "yes" if block.options.get("deprecated") == "true" else ""
        limits = tuple(("reserved", texts.line(each)) for each in block.reserved)
        description = texts.prose(block.comment)
        if block.word == "enum":
            allowed = tuple(
                AllowedValue(f"{texts.line(v.name)} = {texts.line(v.number, 20)}", texts.prose(v.comment), _deprecated(v))
                for v in block.fields
            )
            shape = ValueShape("scalar", description=description, deprecated=deprecated, allowed=allowed, limits=limits)
        else:
            fields = tuple(self._field(each, block.name) for each in block.fields)
            shape = ValueShape("object", description=description, deprecated=deprecated, fields=fields, limits=limits)
        return NamedType(block.name, texts.line(block.name), self.anchors.of("type", block.name), shape, block.word)

    def _field(self, each: ProtoField, scope: str) -> ShapeField:
        texts, shape = self.texts, self._shape(each.type, scope)
        described = ValueShape(
            shape.kind, shape.words, shape.target, description=texts.prose(each.comment), deprecated=_deprecated(each),
            default=texts.line(each.options.get("default")), additional=shape.additional,
        )  # fmt: skip
        if each.label == "repeated":
            described = ValueShape("list", description=described.description, deprecated=described.deprecated, items=shape)
        notes = [f"oneof {texts.line(each.oneof)}" if each.oneof else "", "optional" if each.label == "optional" else ""]
        note = ", ".join(note for note in notes if note)
        return ShapeField(texts.line(each.name), described, each.label == "required", texts.line(each.number, 20), note=note)

    def _shape(self, name: str, scope: str) -> ValueShape:
        if name.startswith("map<"):
            value = name.removeprefix("map<").removesuffix(">").partition(", ")[2]
            return ValueShape("object", self.texts.line(name), additional=self._shape(value, scope))
        key = self._key(name, scope)
        return ValueShape("reference", target=key) if key else ValueShape("scalar", self.texts.line(name))

    def _key(self, name: str, scope: str) -> str:
        """The type that a name means in a scope: the innermost one; empty if it stands in another file."""
        package = f"{self.file.package}."
        if name.startswith("."):
            name = name[1:].removeprefix(package)
            return name if name in self.blocks else ""
        name = name.removeprefix(package)
        while scope:
            if f"{scope}.{name}" in self.blocks:
                return f"{scope}.{name}"
            scope = scope.rpartition(".")[0]
        return name if name in self.blocks else ""


def _deprecated(each: ProtoField) -> str:
    return "yes" if each.options.get("deprecated") == "true" else ""
