"""Definitions of APIs that attack by size, depth, names or references, each made by a few lines."""

import json

ALIVE = "document.title='ALIVE'"
SECRET = "ghp_" + "a1B2" * 9
OK = {"200": {"description": "OK"}}


def openapi(paths=None, schemas=None, **more):
    """The text of an OpenAPI description."""
    info = {"title": "x", "version": "1", **more.pop("info", {})}
    return json.dumps({"openapi": "3.0.3", "info": info, "paths": paths or {}, "components": {"schemas": schemas or {}}, **more})


def get(**more):
    return {"get": {"responses": OK, **more}}


def body(schema, **more):
    return {"content": {"application/json": {"schema": schema, **more}}}


def wide(of):
    """An object with hundreds of fields, each with a long description of its own: a quarter of a megabyte without a named type."""
    return {"type": "object", "properties": {f"f{n}": {"type": "string", "description": f"{of} {n} {'word ' * 60}"} for n in range(700)}}


def attacks(port):
    """The definitions; some refer to this port."""
    url = f"http://127.0.0.1:{port}/s.json"
    evil = f"<script>{ALIVE}</script> [a](javascript:{ALIVE}) [b](JaVaScRiPt&#58;{ALIVE}) <svg onload={ALIVE}>"
    prose = f"###### h\n\n{evil} ![c](data:text/html,<script>{ALIVE}</script>)"
    a, again = (
        {"$ref": "#/components/schemas/A"},
        '{"openapi":"3.0.3","info":{"title":"x","version":"1"},"paths":{"/a":{"get":{},"get":{}},"/a":{}}',
    )
    tags, docs = [{"name": "t", "description": prose}], {"url": f"javascript:{ALIVE}"}
    secret = body({"type": "string", "default": SECRET, "example": SECRET}, example={"token": SECRET})
    files = {"/a": get(requestBody=body({"$ref": "file:///etc/passwd"})), "/b": {"$ref": url}}
    many = {f"f{n}": {"type": "string"} for n in range(10_000)}
    names = ["../../../etc/passwd", "..%2f..%2fx", "a\"'><b", "a/../b", "%00", "\u202etxt.exe", "__proto__", "constructor", "." * 300, "?#"]
    ring = {
        "oneOf": [{"$ref": "#/components/schemas/B"}],
        "discriminator": {"propertyName": "k", "mapping": {"b": "#/components/schemas/A", "c": url}},
    }
    lone = openapi({"/a": get(summary="S", description="D")}).replace('"S"', '"\\ud800 half"').replace('"D"', '"\\udfff **half** \\ud83d"')
    patterns = ["(a+)+$", "(.*a){50}", "^(([a-z])+.)+[A-Z]([a-z])+$"]
    matched = {f"p{n}": {"type": "string", "pattern": each, "example": "a" * 5000 + "!"} for n, each in enumerate(patterns)}
    nested = "[" * 3000 + "Int" + "]" * 3000
    slow = body({"type": "object", "properties": matched}, example=dict.fromkeys(matched, "a" * 5000 + "!"))
    paths = {f"/{n}": get(operationId=each, tags=[each]) for n, each in enumerate(names)}
    found = {
        "lone surrogates": lone,
        "ten thousand fields": openapi(schemas={"A": {"type": "object", "properties": many}}),
        "keys twice": again + ',"paths":{"/b":{}}}',
        "references out": openapi(files, {"A": {"$ref": f"{url}#/x"}}),
        "discriminator in a ring": openapi({"/a": get(requestBody=body(a))}, {"A": ring, "B": {"allOf": [ring, a]}}),
        "names that are paths": openapi(paths, {each: {"type": "object"} for each in names}),
        "scripts in words": openapi(
            {"/a": get(summary=evil, description=prose, externalDocs=docs, tags=["t"])}, info={"description": prose}, tags=tags
        ),
        "secrets in examples": openapi({"/a": get(requestBody=secret)}),
        "slow patterns": openapi({"/a": get(requestBody=slow)}),
        "megabytes in one operation": openapi({"/a": get(requestBody={"content": {f"a/b{n}": {"schema": wide(n)} for n in range(4)}})}),
    }
    made = {name: ("openapi", text) for name, text in found.items()}
    made["deep lists"] = ("graphql", f"type Query {{ a(b: {nested}): {nested} }}")
    made["deep values"] = ("graphql", "type Query { a(b: Int = " + "{a: " * 3000 + "1" + "}" * 3000 + "): Int }")
    made["scopes"] = ("openapi", scopes())
    return made


def scopes():
    """A description with two hundred scopes, whose names have no place to break a line at."""
    flow = {
        "tokenUrl": "https://sign-in.example/token",
        "scopes": {f"https://api.example/auth/{'x' * 60}.{n}": f"Scope {n}" for n in range(200)},
    }
    schemes = {"oauth": {"type": "oauth2", "flows": {"clientCredentials": flow}}}
    return json.dumps(
        {"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": {"/a": get()}, "components": {"securitySchemes": schemes}}
    )
