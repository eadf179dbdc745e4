"""JSON Schemas: no keyword is lost because it stands alone or beside another one, and references by id lead to their type."""

import json

import pytest

from callboard.api_reference.reading import read_reference

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def shape_of(schema):
    return next(iter(read_reference(json.dumps({"title": "Order", **schema}), "json-schema", is_public=False).types.values())).shape


@pytest.mark.parametrize("keyword", ["not", "if", "contains", "additionalItems", "contentSchema", "propertyNames", "unevaluatedItems"])
def test_a_condition_that_stands_alone_is_shown(keyword):
    inner = shape_of({"properties": {"a": {keyword: {"type": "string"}}}}).fields[0].shape
    assert inner.conditions == ((keyword, '{"type": "string"}'),)


@pytest.mark.parametrize("keyword", ["dependencies", "minContains", "maxContains", "$dynamicRef"])
def test_a_condition_beside_others_is_shown(keyword):
    assert dict(shape_of({"type": "array", keyword: "2"}).conditions)[keyword] == "2"


def test_all_lists_of_variants_are_shown():
    schema = {
        "anyOf": [{"title": "A"}],
        "oneOf": [{"title": "B"}, {"title": "C"}],
        "allOf": [{"title": "D"}],
        "discriminator": {"propertyName": "kind"},
        "description": "Words.",
    }
    shape = shape_of({"properties": {"paid": schema}}).fields[0].shape
    assert (shape.kind, shape.how, str(shape.description)) == ("combination", "allOf", "<p>Words.</p>\n")
    assert [(each.title, each.how, each.discriminator) for each in shape.variants] == [
        ("D", "", ""),
        ("", "oneOf", "kind"),
        ("", "anyOf", "kind"),
    ]
    assert [each.title for variant in shape.variants for each in variant.variants] == ["B", "C", "A"]


def test_a_reference_to_an_id_or_anchor_leads_to_its_type():
    definitions = {"Line": {"$id": "line.json", "type": "object"}, "Sku": {"$anchor": "sku", "type": "string"}}
    schema = {"$schema": DIALECT, "properties": {"line": {"$ref": "line.json"}, "sku": {"$ref": "#sku"}}, "$defs": definitions}
    assert [each.shape.target for each in shape_of(schema).fields] == ["Line", "Sku"]


def test_in_openapi_too():
    schemas = {"Order": {"properties": {"line": {"$ref": "#line"}}}, "Line": {"$anchor": "line", "type": "object"}}
    document = {"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "components": {"schemas": schemas}}
    types = read_reference(json.dumps(document), "openapi", is_public=False).types
    assert types["Order"].shape.fields[0].shape.target == "Line"
