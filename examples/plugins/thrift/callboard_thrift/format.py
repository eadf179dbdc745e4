"""The text of a Thrift file → its services, structures and enumerations, as JSON Schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from callboard.plugins.api_formats import ApiDescription, ApiFormat, ApiOperation

api_version = 1
_COMMENT = re.compile(r"/\*(?:[^*]|\*(?!/))*+\*/|(?://|#)[^\n]*")
_BLOCK = re.compile(r"\b(service|struct|exception|union|enum)\s++(\w++)[^{]{0,200}\{([^}]*+)\}")
_FUNCTION = re.compile(r"(oneway\s++)?(\w[\w.<>, ]{0,199}?)\s++(\w++)\s*+\(([^)]*+)\)(?:\s*+throws\s*+\(([^)]*+)\))?")
_FIELD = re.compile(r"\d++\s*+:\s*+(required|optional)?\s*+([\w.<>, ]{1,200}?)\s++(\w++)\s*+(?:=\s*+([^,;\n]++))?(?=[,;\d]|\Z)")
_NUMBERS = {"byte": "integer", "i8": "integer", "i16": "integer", "i32": "integer", "i64": "integer", "double": "number"}
_SIMPLE = {"bool": "boolean", "string": "string", "binary": "string", "void": "null", **_NUMBERS}


def read(text: str) -> ApiDescription:
    """Describe a Thrift file. Raises ``ValueError`` if it has nothing that can be shown."""
    blocks = _BLOCK.findall(_COMMENT.sub(" ", text))
    if not blocks:
        message = "The Thrift file has no service, struct, exception, union or enum."
        raise ValueError(message)
    types = {name: _type(word, body) for word, name, body in blocks if word != "service"}
    operations = tuple(each for word, name, body in blocks if word == "service" for each in _operations(name, body))
    return ApiDescription(operations=operations, types=types)


def _type(word: str, body: str) -> dict[str, Any]:
    if word == "enum":
        return {"type": "string", "enum": re.findall(r"\b([A-Za-z_]\w*+)", body)}
    return _object(body)


def _object(body: str) -> dict[str, Any]:
    fields = _FIELD.findall(body)
    required = [name for need, _, name, _ in fields if need == "required"]
    return {"type": "object", "properties": {name: _schema(sort) for _, sort, name, _ in fields}, "required": required}


def _schema(sort: str) -> dict[str, Any]:
    sort = sort.strip()
    if sort in _SIMPLE:
        return {"type": _SIMPLE[sort], **({"format": sort} if sort in _NUMBERS else {})}
    if match := re.fullmatch(r"(?:list|set)\s*+<(.++)(?<=>)", sort):
        return {"type": "array", "items": _schema(match[1][:-1])}
    if match := re.fullmatch(r"map\s*+<\s*+\w++\s*+,(.++)(?<=>)", sort):
        return {"type": "object", "additionalProperties": _schema(match[1][:-1])}
    return {"$ref": f"#/types/{sort}"}


def _operations(service: str, body: str) -> Iterator[ApiOperation]:
    for oneway, result, name, sent, thrown in _FUNCTION.findall(body):
        outputs = {} if oneway else {"": _schema(result)}
        outputs |= {field: _schema(sort) for _, sort, field, _ in _FIELD.findall(thrown)}
        yield ApiOperation(service, "oneway" if oneway else "call", name, input=_object(sent) if sent.strip() else None, outputs=outputs)


def matches(text: str, api_type: str) -> bool:
    """Whether the text is a Thrift file: it has a block whose fields have numbers."""
    return api_type == "thrift" or any(_FIELD.search(body) for _, _, body in _BLOCK.findall(text))


FORMAT = ApiFormat("thrift", "Apache Thrift", matches, read, "Services and structures of Apache Thrift files.")
