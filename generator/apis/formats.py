"""What an API's type says of its definition: language, file extension, words for people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """One type of API, as ``spec.type`` names it."""

    type: str
    label: str
    """For people: ``OpenAPI``."""
    language: str
    """A name that ``highlighting.highlight`` knows; ``text`` for plain."""
    extension: str
    """Of the definition's file, without a dot."""


_FORMATS = {
    f.type: f
    for f in (
        Format("openapi", "OpenAPI", "yaml", "yaml"),
        Format("asyncapi", "AsyncAPI", "yaml", "yaml"),
        Format("graphql", "GraphQL", "graphql", "graphql"),
        Format("grpc", "gRPC", "protobuf", "proto"),
        Format("mcp-server", "MCP server", "yaml", "yaml"),
        Format("wsdl", "WSDL", "xml", "wsdl"),
        Format("trpc", "tRPC", "typescript", "ts"),
    )
}


def format_of(api_type: object, definition: str = "") -> Format:
    """The format of a definition; a YAML one that begins with ``{`` or ``[`` is JSON. An unknown type is plain text, under its own name."""
    name = api_type.strip().lower() if isinstance(api_type, str) else ""
    known = _FORMATS.get(name) or Format(name or "unknown", str(api_type).strip()[:60] if name else "Unknown type", "text", "txt")
    if known.language in {"yaml", "text"} and definition.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        return Format(known.type, known.label, "json", "json")
    return known
