"""Whether requests are in a vendor's own description: path, method, names and values of parameters, and required ones."""

import functools
import json
import os
import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import jsonschema_rs
import pytest

DATA = os.environ.get("CALLBOARD_TEST_DATA", "")
needs_data = pytest.mark.skipif(not DATA, reason="needs the vendors' descriptions: set CALLBOARD_TEST_DATA")


@functools.cache
def description(name):
    return json.loads((Path(DATA) / "specs" / f"{name}.json").read_text(encoding="utf-8"))


@functools.cache
def own_description(name):
    """A description that this repository holds; ``tests/data/specs/README.md`` says where each is from."""
    return json.loads((Path(__file__).parent / "data" / "specs" / f"{name}.json").read_text(encoding="utf-8"))


def unknown_fields(described, schema, value, place=""):
    """Fields of an answer that its schema (a name, or itself) does not have, with dots; lists are looked at item by item."""
    schema = _target(described, described["components"]["schemas"][schema] if isinstance(schema, str) else schema)
    if isinstance(value, list):
        return [name for item in value for name in unknown_fields(described, schema.get("items", {}), item, place)]
    known = schema.get("properties")
    if not isinstance(value, dict) or known is None:
        return []
    inner = (unknown_fields(described, known[name], item, f"{place}{name}.") for name, item in value.items() if name in known)
    return [*(f"{place}{name}" for name in value if name not in known), *(name for found in inner for name in found)]


def complaints(described, requests, prefix=""):
    """What of the requests the description does not know or forbids; an empty list is what a test wants."""
    return [said for request in requests for said in _complaints(described, request, prefix)]


def _complaints(described, request, prefix):
    parts = urlsplit(request.target)
    path = parts.path.removeprefix(prefix)
    found = _operation(described, request.method.lower(), path)
    if found is None:
        yield f"{request.method} {path} is not described"
        return
    values, parameters = found
    given = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        given.setdefault(name, []).append(value)
    known = {p["name"]: p for p in parameters if p.get("in") == "query"}
    given, deep = {name: v for name, v in given.items() if name in known or "[" not in name}, given
    yield from (f"{path}: the parameter {name} is not described" for name in given.keys() - known.keys())
    yield from (f"{path}: {why}" for name in deep.keys() - given.keys() for why in _wrong_deep(described, known, name, deep[name]))
    for parameter in parameters:
        name, where = parameter["name"], parameter.get("in")
        has = {"query": name in given, "header": name.lower() in request.headers, "path": name in values}.get(where, True)
        if parameter.get("required") and not has:
            yield f"{path}: {where} {name} is missing"
        if where == "query" and name in given:
            yield from (f"{path}: {name}={value}: {why}" for value in given[name] for why in _wrong(described, parameter, value))
        if where == "path":
            yield from (f"{path}: {name}: {why}" for why in _wrong(described, parameter, values[name]))


def _operation(described, method, path):
    """The values in the path and the parameters of the operation; the template with fewest values goes first."""
    for template, item in sorted(described["paths"].items(), key=lambda pair: pair[0].count("{")):
        parameters = [_target(described, p) for p in (*item.get("parameters", ()), *item.get(method, {}).get("parameters", ()))]
        match = _pattern(template, {p["name"] for p in parameters if p.get("x-multi-segment")}).fullmatch(path)
        if match and method in item:
            names = re.findall(r"\{([^}]+)\}", template)
            return dict(zip(names, map(unquote, match.groups()), strict=True)), parameters
    return None


def _pattern(template, several=()):
    """``several``: names of parameters that hold slashes."""
    parts = re.split(r"(\{[^}]+\})", template.replace("(-/)", ""))
    segment = {part: "(.+)" if part[1:-1] in several else "([^/]+)" for part in parts if part.startswith("{")}
    return re.compile("".join(segment.get(part) or re.escape(part) for part in parts))


def _wrong_deep(described, known, name, values):
    """Why a name such as ``created_at[gte]`` does not fit: descriptions have it as an object ``created_at`` with properties."""
    base, *inner = name.replace("]", "").split("[")
    if base not in known:
        yield f"the parameter {base} is not described"
        return
    schema = _resolved(described, known[base].get("schema", {}))
    for step in inner:
        within = schema.get("properties", {}).get(step, schema.get("additionalProperties", False))
        if schema.get("type") != "object" or within is False:
            yield f"the parameter {name} is not described: {base} has no {step}"
            return
        schema = within if isinstance(within, dict) else {}
    yield from (f"{name}={value}: {why}" for value in values for why in _wrong(described, {"schema": schema}, value))


def _wrong(described, parameter, value):
    """Why a value does not fit the parameter's schema; lists that are joined with commas are looked at one by one."""
    schema = _resolved(
        described, parameter.get("schema") or {k: v for k, v in parameter.items() if k in {"type", "enum", "format", "items"}}
    )
    if schema.get("type") == "array":
        joined = parameter.get("explode") is False or parameter.get("style") == "form"
        schema, values = schema.get("items", {}), value.split(",") if joined else [value]
    else:
        values = [value]
    check = jsonschema_rs.validator_for(schema, validate_formats=True)
    for one in values:
        if not any(check.is_valid(typed) for typed in _typed(one)):
            yield f"{one} does not fit {json.dumps(schema)[:200]}"


def _typed(value):
    yield value
    if re.fullmatch(r"-?\d+", value):
        yield int(value)
    if value in {"true", "false"}:
        yield value == "true"


def _resolved(described, schema):
    """With references followed, and types that are no JSON Schema (``PartialStartDate``) left out."""
    schema = _target(described, schema)
    if isinstance(schema, dict):
        fine = {"string", "integer", "number", "boolean", "array", "object", "null"}
        return {k: _resolved(described, v) for k, v in schema.items() if k != "type" or not isinstance(v, str) or v in fine}
    return schema


def _target(described, value):
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        names = [name.replace("~1", "/").replace("~0", "~") for name in value["$ref"].removeprefix("#/").split("/")]
        value = functools.reduce(lambda found, name: found[int(name)] if isinstance(found, list) else found[name], names, described)
    return value


def example(described, path, code="200", name=None):
    """The vendor's own example answer of an operation."""
    content = _target(described, described["paths"][path]["get"]["responses"][code])["content"]
    media = next(iter(content.values()))
    if "examples" in media:
        examples = media["examples"]
        return _target(described, examples[name] if name else next(iter(examples.values())))["value"]
    value = media["example"]
    return json.loads(value) if isinstance(value, str) else value
