"""The quality of definitions: what each rule finds and where, and examples that are validated offline with bounded work."""

import json
import os
from pathlib import Path

import pytest

from callboard.api_reference.quality.checking import quality_of

DATA = Path(os.environ.get("CALLBOARD_TEST_DATA", "/nowhere"))
GOOD = """openapi: 3.1.0
info: {title: A, version: "1", description: All about A., contact: {name: Team}}
servers: [{url: "https://a.acme.test"}]
security: []
tags: [{name: T, description: All T.}]
paths:
  /a/{id}:
    post:
      operationId: doA
      tags: [T]
      summary: Do it
      parameters: [{name: id, in: path, required: true, description: Its number., schema: {type: string}}]
      requestBody:
        content: {application/json: {schema: {$ref: "#/components/schemas/A"}, example: {n: 1}}}
      responses:
        "200": {description: ok}
        "404": {description: no}
components: {schemas: {A: {type: object, required: [n], properties: {n: {type: integer, enum: [1, 2]}}}}}
"""
OPENAPI = [
    ("description: All about A., ", "", "api-description", "info", 2),
    (", contact: {name: Team}", "", "api-contact", "info", 2),
    ("https://a.acme.test", "http://a.acme.test", "server-address", "servers", 3),
    ("https://a.acme.test", "https://api.example.com/v1", "server-address", "servers", 3),
    ("security: []\n", "", "security", "POST /a/{id}", 7),
    (", description: All T.", "", "tag-description", "T", 0),
    ("      operationId: doA\n", "", "operation-id", "POST /a/{id}", 8),
    ("      tags: [T]\n", "", "operation-tag", "POST /a/{id}", 8),
    ("      summary: Do it\n", "", "operation-description", "POST /a/{id}", 8),
    ("description: Its number., ", "", "parameter-description", "POST /a/{id}", 8),
    ("name: id", "name: key", "path-parameter", "POST /a/{id}", 8),
    ('{schema: {$ref: "#/components/schemas/A"}, example: {n: 1}}', "{}", "body-schema", "POST /a/{id}", 8),
    (", example: {n: 1}", "", None, "", 0),
    ("integer, enum: [1, 2]", "integer", None, "", 0),
    ("{type: integer, enum: [1, 2]}}", "{type: integer}}, example: {n: x}", "invalid-example", "A", 18),
    ("example: {n: 1}", "example: {n: 3}", "invalid-example", "POST /a/{id}", 8),
    ("example: {n: 1}", "examples: {one: {value: {}}}", "invalid-example", "POST /a/{id}", 8),
    ('"200": {description: ok}', '"500": {description: no}', "success-response", "POST /a/{id}", 8),
    ('"404": {description: no}', '"204": {description: ok}', "error-response", "POST /a/{id}", 8),
    ("enum: [1, 2]", "enum: [1, 2, 1]", "duplicate-value", "A", 18),
    ("summary: Do it", "summary: Do it\n      deprecated: true", "successor", "POST /a/{id}", 8),
    ("summary: Do it", "summary: Use doB.\n      deprecated: true", None, "", 0),
    ("components:", "  /b: {get: {operationId: doA, tags: [T], summary: B, responses: {default: {description: ok}}}}\ncomponents:",
     "operation-id-clash", "POST /a/{id}", 8),
]  # fmt: skip


def findings(text, api_type="openapi"):
    quality = quality_of(text, api_type, is_public=False)
    return {each.rule: each for each in quality.findings}


@pytest.mark.parametrize(("good", "bad", "rule", "place", "line"), OPENAPI)
def test_each_rule_finds_what_is_wrong_at_its_place_and_nothing_else(good, bad, rule, place, line):
    assert good in GOOD
    found = findings(GOOD.replace(good, bad, 1))
    assert [*found] == ([rule] if rule else [])
    if rule:
        first = found[rule].places[0]
        assert (first.text, first.line) == (place, line)


OTHERS = [
    ("graphql", "type Query { a: A }\ntype A { b: Int }\n", {"operation-description", "type-description", "field-description"}),
    ("graphql", '"All." type Query { "It." a: A }\n"A." type A { "Its b." b: Int @deprecated(reason: "Use c.") }\n', set()),
    ("graphql", '"All." type Query { "It." a: A @deprecated(reason: "") }\n"A." type A { "B." b: Int }\n', {"successor"}),
    ("grpc", 'syntax = "proto3";\nservice S { rpc R(M) returns (M); }\nmessage M { int32 a = 1; }\n',
     {"operation-description", "type-description", "field-description"}),
    ("asyncapi", "asyncapi: 2.6.0\ninfo: {title: A, version: '1'}\nchannels: {c: {publish: {message: {name: m}}}}\n",
     {"operation-description", "body-schema"}),
]  # fmt: skip


@pytest.mark.parametrize(("api_type", "text", "rules"), OTHERS)
def test_the_rules_of_other_formats_look_at_words_and_schemas(api_type, text, rules):
    assert {*findings(text, api_type)} == rules


def document(schemas, example):
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/A0"}, "example": example}}
    answers = {"200": {"description": "ok", "content": content}}
    return json.dumps({"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": answers}}}, "components": {"schemas": schemas}})


DOUBLED = {f"A{n}": {"allOf": [{"$ref": f"#/components/schemas/A{n + 1}"}] * 2} for n in range(40)}
NESTED = {"A0": {"anyOf": [{"properties": {"a": {"$ref": "#/components/schemas/A0"}}}] * 3 + [{"type": "string"}]}}
DEEP: dict = {}
for _ in range(25):
    DEEP = {"a": DEEP}
HOSTILE = {
    "a schema that is all of itself": ({"A0": {"allOf": [{"$ref": "#/components/schemas/A0"}]}}, {}),
    "a reference to itself": ({"A0": {"$ref": "#/components/schemas/A0"}}, {}),
    "work that doubles with each reference": (DOUBLED, {}),
    "work that triples with each level": (NESTED, DEEP),
    "a pattern that is slow": ({"A0": {"type": "string", "pattern": "^(a+)+$"}}, "a" * 40 + "!"),
    "a pattern that is none": ({"A0": {"type": "string", "pattern": "(["}}, "a"),
    "a schema elsewhere": ({"A0": {"$ref": "http://127.0.0.1:9/schema.json"}}, {}),
    "a file": ({"A0": {"$ref": "file:///etc/passwd"}}, {}),
    "a schema that is none": ({"A0": {"type": "strnig"}}, {}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_schema_makes_validating_its_examples_slow_or_reach_outside(name):
    found = findings(document(*HOSTILE[name]))
    assert ("invalid-example" in found) == (name == "a pattern that is slow")


def test_null_is_allowed_by_schemas_of_openapi_3_0_that_say_so():
    text = document({"A0": {"type": "object", "properties": {"a": {"type": "string", "nullable": True}}}}, {"a": None})
    assert "invalid-example" not in findings(text.replace("3.1.0", "3.0.3"))
    assert "invalid-example" in findings(text)


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the hostile definitions: set CALLBOARD_TEST_DATA")
def test_hostile_definitions_are_judged_or_left_out():
    for file in sorted((DATA / "api-hostile").iterdir()):
        quality = quality_of(file.read_text(), "openapi", is_public=False)
        assert quality is None or quality.rules
