"""The text of a definition → its reference, by the format that the text itself shows; a row of ``READERS`` for each format."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from callboard.api_reference.asyncapi import read_asyncapi
from callboard.api_reference.described import reference_of
from callboard.api_reference.kept import KeptByText
from callboard.api_reference.loading import UnreadableDefinitionError, load, reading_time
from callboard.api_reference.model import Reference
from callboard.api_reference.openapi import outline_openapi, read_openapi
from callboard.api_reference.plugin_formats import plugin_formats
from callboard.api_reference.protobuf import read_protobuf
from callboard.api_reference.schema_formats import read_avro, read_json_schema
from callboard.api_reference.texts import Texts
from callboard.model.data_classes import dataclass
from callboard.plugins.api_formats import ApiDescription

RENDERER = 7
"""Version of what is read of definitions; pages of references are made again when it changes."""
KEPT_CHARACTERS = 8_000_000
"""Characters of all definitions whose references are kept: in memory a reference takes about fifteen times as much."""
_HEAD = 4_000
"""Characters that show the format of a text that is neither JSON nor YAML."""
_COMMENTS = re.compile(r"^[ \t]*(?://|#|/\*|\*)[^\n]*$", re.MULTILINE)
_PROTOBUF = re.compile(
    r"^[ \t]*+(?:syntax[ \t]*+=[ \t]*+[\"']proto|edition[ \t]*+=|package[ \t]++[\w.]++[ \t]*+;|(?:message|service)[ \t]++\w++\s*+\{)",
    re.MULTILINE,
)
_GRAPHQL = re.compile(
    r"^[ \t]*+(?:extend[ \t]++)?(?:(?:type|interface|input|enum)[ \t]++\w++[^:{\n]*+\{|schema\b[^:{\n]*+\{|scalar[ \t]++\w++[ \t]*+$"
    r"|union[ \t]++\w++[ \t]*+=|directive[ \t]++@)",
    re.MULTILINE,
)
_WSDL_ROOT = re.compile(r"<(?:\w++:)?definitions\b[^>]{0,4000}schemas\.xmlsoap\.org/wsdl/")
_AVRO = re.compile(r'"type"\s*+:\s*+"(?:record|error)"|"protocol"\s*+:')
_JSON_SCHEMA = re.compile(r"""["']?\$schema["']?\s*+:\s*+["']?https?://json-schema\.org/""")
_KEY = re.compile(
    r"""^[{\s]*["']?(openapi|swagger|asyncapi|__schema)["']?\s*:|["'](openapi|swagger|asyncapi|__schema)["']\s*:""", re.MULTILINE
)
_FAR_JSON = re.compile(r'"(openapi|swagger|asyncapi)"\s*+:\s*+"\d')
_FAR_YAML = re.compile(r"""^["']?(openapi|swagger|asyncapi)["']?[ \t]*+:[ \t]*+["']?\d""", re.MULTILINE)
"""The version of a format behind the head of a text: what sorts keys by their names writes it behind the components."""


@dataclass(frozen=True, slots=True)
class ReferenceFormat:
    """One format of definitions."""

    name: str
    """``openapi``."""
    matches: Callable[[str, str], bool]
    """Whether a text, with this ``spec.type``, is of the format."""
    read: Callable[[str, Texts], Reference]
    """Raises ``UnreadableDefinitionError``."""


def _key_in(*names: str) -> Callable[[str, str], bool]:
    def matches(text: str, api_type: str) -> bool:  # noqa: ARG001  # as in other formats
        found = [match[1] or match[2] for match in _KEY.finditer(text[:_HEAD])]
        return any(each in names for each in found) or (not found and _far_key(text, names) in names)

    return matches


def _far_key(text: str, names: tuple[str, ...]) -> str:
    """The key with a version behind the head of a text, at the beginning of a line if the text is YAML; empty for none."""
    if len(text) <= _HEAD or not any(name in text for name in names):
        return ""
    is_json = text.lstrip("\ufeff \t\r\n").startswith("{")
    match = (_FAR_JSON if is_json else _FAR_YAML).search(text)
    return match[1] if match else ""


def _openapi(text: str, texts: Texts) -> Reference:
    return read_openapi(_document(text), texts)


def _asyncapi(text: str, texts: Texts) -> Reference:
    return read_asyncapi(_document(text), texts)


def _document(text: str) -> dict[str, Any]:
    value = load(text)
    if not isinstance(value, dict):
        msg = "The definition is no mapping."
        raise UnreadableDefinitionError(msg)
    return value


def _graphql(text: str, texts: Texts) -> Reference:
    from callboard.api_reference.graphql_sdl import read_graphql  # noqa: PLC0415  # the library takes a tenth of a second to load

    return read_graphql(text, texts)


def _is_graphql(text: str, api_type: str) -> bool:
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return '"__schema"' in text[:_HEAD]
    return api_type == "graphql" or bool(_GRAPHQL.search(_COMMENTS.sub("", text[:_HEAD])))


def _is_protobuf(text: str, api_type: str) -> bool:
    is_data = text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}
    return not is_data and (api_type in {"grpc", "protobuf"} or bool(_PROTOBUF.search(_COMMENTS.sub("", text[:_HEAD]))))


def _described(label: str, read: Callable[[str], ApiDescription]) -> Callable[[str, Texts], Reference]:
    return lambda text, texts: reference_of(read(text), label, texts)


def _wsdl(text: str) -> ApiDescription:
    from callboard.api_reference.wsdl import read_wsdl  # noqa: PLC0415  # few portals have any

    return read_wsdl(text)


def _is_wsdl(text: str, api_type: str) -> bool:
    is_xml = text.lstrip("\ufeff \t\r\n").startswith("<")
    return is_xml and (api_type in {"wsdl", "soap"} or bool(_WSDL_ROOT.search(text[:_HEAD])))


def _is_avro(text: str, api_type: str) -> bool:
    is_data = text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}
    return is_data and (api_type == "avro" or bool(_AVRO.search(text[:_HEAD])))


def _is_json_schema(text: str, api_type: str) -> bool:
    return api_type in {"json-schema", "jsonschema"} or bool(_JSON_SCHEMA.search(text[:_HEAD]))


READERS = (
    ReferenceFormat("openapi", _key_in("openapi", "swagger"), _openapi),
    ReferenceFormat("asyncapi", _key_in("asyncapi"), _asyncapi),
    ReferenceFormat("protobuf", _is_protobuf, read_protobuf),
    ReferenceFormat("graphql", _is_graphql, _graphql),
    ReferenceFormat("wsdl", _is_wsdl, _described("WSDL 1.1", _wsdl)),
    ReferenceFormat("avro", _is_avro, _described("Avro", read_avro)),
    ReferenceFormat("json-schema", _is_json_schema, _described("JSON Schema", read_json_schema)),
)


@cache
def all_readers() -> tuple[ReferenceFormat, ...]:
    """The built-in formats, then those of plugins by name."""
    return (*READERS, *(ReferenceFormat(each.name, each.matches, each.read) for each in plugin_formats()))


def read_reference(text: str, api_type: str, *, is_public: bool) -> Reference | None:
    """The reference of a definition; None for a format without one. A text that cannot be read is a reference with one trouble.

    References are kept: the quality of a definition, the pages of its API and of providers, and its own pages are made of the same one.
    """
    return REFERENCES(text, api_type, is_public)


def _read(text: str, api_type: str, is_public: bool) -> Reference | None:  # noqa: FBT001  # as in the key
    form = format_of_text(text, api_type)
    if form is None:
        return None
    try:
        with reading_time():
            return form.read(text, Texts(is_public))
    except UnreadableDefinitionError as error:
        return Reference(form.name, troubles=(Texts(is_public).line(str(error)),))


REFERENCES = KeptByText(_read, KEPT_CHARACTERS)


def format_of_text(text: str, api_type: str) -> ReferenceFormat | None:
    """The format that the text, with this ``spec.type``, is of; None if it is of none with a reference."""
    word = api_type.strip().lower()
    return next((each for each in all_readers() if each.matches(text, word)), None)


def format_name(text: str, api_type: str) -> str:
    """The name of a text's format (``openapi``); empty for one without a reference. Reads only its beginning."""
    form = format_of_text(text, api_type) if text.strip() else None
    return form.name if form else ""


def read_outline(text: str, api_type: str, *, is_public: bool) -> Reference | None:
    """The operations of a definition with their anchors; more than that of formats for which it is not less work."""
    form = format_of_text(text, api_type)
    if form is None or form.name != "openapi" or (text, api_type, is_public) in REFERENCES.results:
        return read_reference(text, api_type, is_public=is_public)
    try:
        with reading_time():
            return outline_openapi(_document(text), Texts(is_public))
    except UnreadableDefinitionError:
        return None


def has_reference(text: str, api_type: str) -> bool:
    """Whether the text is of a format with a reference; reads only its beginning."""
    return bool(format_name(text, api_type))
