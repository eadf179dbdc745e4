"""A JSON Schema, or an Avro schema or protocol → its description: named types, and the messages of a protocol as operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from callboard.api_reference.loading import UnreadableDefinitionError, load
from callboard.api_reference.schemas import names_by_id
from callboard.api_reference.texts import mapping, sequence
from callboard.model.data_classes import dataclass
from callboard.plugins.api_formats import ApiDescription, ApiOperation

_NUMBERS = {"int": "integer", "long": "integer", "float": "number", "double": "number"}
_SIMPLE = {"null": "null", "boolean": "boolean", "bytes": "string", "string": "string", **_NUMBERS}
MAX_LEVELS = 60


def read_json_schema(text: str) -> ApiDescription:
    """The schema as a type of its own, and each of its definitions. Raises ``UnreadableDefinitionError``."""
    schema = load(text)
    if not isinstance(schema, dict):
        msg = "The JSON Schema is no mapping."
        raise UnreadableDefinitionError(msg)
    title = schema["title"] if isinstance(schema.get("title"), str) else ""
    inner = {**mapping(schema.get("definitions")), **mapping(schema.get("$defs"))}
    root = title or "Schema"
    while root in inner:
        root += " "
    pointers = {**names_by_id({root: schema, **inner}), "#": root}
    pointers |= {f"#/{key}/{name}": name for key in ("definitions", "$defs") for name in mapping(schema.get(key))}
    own = {key: value for key, value in schema.items() if key not in {"definitions", "$defs", "title", "description"}}
    types = {root: _renamed(own, pointers), **{name: _renamed(each, pointers) for name, each in inner.items()}}
    return ApiDescription(title, description=str(schema.get("description") or ""), types=types)


def _renamed(value: Any, pointers: Mapping[str, str]) -> Any:
    """A schema with its references to definitions as those to types."""
    if isinstance(value, list):
        return [_renamed(each, pointers) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: _renamed(each, pointers) for key, each in value.items()}
    if isinstance(found.get("$ref"), str) and found["$ref"] in pointers:
        found["$ref"] = f"#/types/{pointers[found['$ref']]}"
    return found


def read_avro(text: str) -> ApiDescription:
    """Its records, enumerations and fixed types; of a protocol also the messages. Raises ``UnreadableDefinitionError``."""
    value = load(text)
    reader = _Avro()
    if isinstance(value, dict) and "protocol" in value:
        space = str(value.get("namespace") or "")
        for each in sequence(value.get("types")):
            reader.schema(each, space)
        name = str(value["protocol"])
        operations = tuple(reader.operations(name, mapping(value.get("messages")), space))
        return ApiDescription(name, description=str(value.get("doc") or ""), operations=operations, types=reader.types)
    for each in value if isinstance(value, list) else [value]:
        reader.schema(each, "")
    if not reader.types:
        msg = "The Avro schema has no record, enumeration or fixed type."
        raise UnreadableDefinitionError(msg)
    return ApiDescription(next(iter(reader.types)).rpartition(".")[2], types=reader.types)


def avro_schema(value: Any) -> tuple[dict[str, Any], Mapping[str, Mapping[str, Any]]]:
    """A schema of Avro as JSON Schema, and its named types, to which it refers as ``#/types/<name>``."""
    reader = _Avro()
    return reader.schema(value, ""), reader.types


@dataclass(slots=True)
class _Avro:
    types: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """JSON Schema by full name."""

    def schema(self, value: Any, space: str, level: int = 0) -> dict[str, Any]:
        """The JSON Schema of a type; a named one is kept and referred to."""
        if level > MAX_LEVELS:
            return {}
        if isinstance(value, list):
            kinds = [self.schema(each, space, level + 1) for each in value if each != "null"]
            found: dict[str, Any] = kinds[0] if len(kinds) == 1 else {"oneOf": kinds}
            return {**found, "nullable": True} if "null" in value else found
        if isinstance(value, str):
            return self._by_name(value, space)
        return self._declared(mapping(value), space, level)

    def _by_name(self, name: str, space: str) -> dict[str, Any]:
        if name in _SIMPLE:
            return {"type": _SIMPLE[name], **({"format": name} if name in _NUMBERS or name == "bytes" else {})}
        return {"$ref": f"#/types/{name if '.' in name or not space else f'{space}.{name}'}"}

    def _declared(self, value: dict[str, Any], space: str, level: int) -> dict[str, Any]:
        sort = value.get("type")
        if sort == "array":
            return {"type": "array", "items": self.schema(value.get("items"), space, level + 1)}
        if sort == "map":
            return {"type": "object", "additionalProperties": self.schema(value.get("values"), space, level + 1)}
        if sort not in {"record", "error", "enum", "fixed"}:
            inner = self.schema(sort, space, level + 1) if sort is not None else {}
            return {**inner, "format": str(value["logicalType"])} if "logicalType" in value else inner
        space = str(value.get("namespace") or space)
        name = str(value.get("name") or "unnamed")
        full = name if "." in name or not space else f"{space}.{name}"
        self.types[full] = {}
        self.types[full] = self._named(value, sort, full.rpartition(".")[0], level)
        return {"$ref": f"#/types/{full}"}

    def _named(self, value: dict[str, Any], sort: object, space: str, level: int) -> dict[str, Any]:
        about = {"description": value["doc"]} if isinstance(value.get("doc"), str) else {}
        if sort == "enum":
            return {"type": "string", "enum": sequence(value.get("symbols")), **about}
        if sort == "fixed":
            return {"type": "string", "format": f"fixed {value.get('size')}", **about}
        fields = [each for each in sequence(value.get("fields")) if isinstance(each, dict) and isinstance(each.get("name"), str)]
        made = {each["name"]: self._field(each, space, level) for each in fields}
        return {"type": "object", "properties": made, "required": [f["name"] for f in fields if "default" not in f], **about}

    def _field(self, each: dict[str, Any], space: str, level: int) -> dict[str, Any]:
        found = self.schema(each.get("type"), space, level + 1)
        about = {"description": each["doc"]} if isinstance(each.get("doc"), str) else {}
        return {**found, **about, **({"default": each["default"]} if "default" in each else {})}

    def operations(self, protocol: str, messages: dict[str, Any], space: str) -> Iterator[ApiOperation]:
        """The messages of a protocol."""
        for name, value in messages.items():
            message = mapping(value)
            sent = {
                str(each.get("name")): self._field(each, space, 0) for each in sequence(message.get("request")) if isinstance(each, dict)
            }
            outputs = {"": self.schema(message.get("response", "null"), space)}
            outputs |= {f"error {number + 1}": self.schema(each, space) for number, each in enumerate(sequence(message.get("errors")))}
            yield ApiOperation(
                protocol, "message", name, description=str(message.get("doc") or ""),
                input={"type": "object", "properties": sent, "required": list(sent)} if sent else None, outputs=outputs,
            )  # fmt: skip
