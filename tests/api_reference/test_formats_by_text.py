"""The format of a definition is known from its text, wherever its version stands in it."""

import json

import pytest

from callboard.api_reference.reading import format_name, read_reference

INFO = {"title": "Shop", "version": "1"}
OPENAPI = {"openapi": "3.0.1", "info": INFO, "paths": {"/orders": {"get": {"responses": {"200": {"description": "All."}}}}}}
ASYNCAPI = {"asyncapi": "2.6.0", "info": INFO, "channels": {"orders": {"publish": {"message": {"payload": {"type": "string"}}}}}}
LONG = {"schemas": {f"Protocol{number}": {"type": "object", "properties": {"protocol": {"type": "string"}}} for number in range(200)}}


def by_name(definition):
    """As generators write it that sort keys: what the definition is stands behind its components."""
    return {"components": LONG, **definition}


@pytest.mark.parametrize(("definition", "name"), [(OPENAPI, "openapi"), (ASYNCAPI, "asyncapi")])
@pytest.mark.parametrize("api_type", ["", "rest"])
@pytest.mark.parametrize("indent", [None, 2])
def test_the_version_may_stand_far_behind_the_beginning(definition, name, api_type, indent):
    text = json.dumps(by_name(definition), indent=indent)
    assert text.index(f'"{name}"') > 4_000
    assert format_name(text, api_type) == name
    assert len(read_reference(text, api_type, is_public=False).entries) == 1


@pytest.mark.parametrize("mark", ["openapi: 3.1.0", 'openapi: "3.1.0"', "'openapi' : '3.1.0'", "swagger: '2.0'"])
def test_in_yaml_it_stands_at_the_beginning_of_a_line(mark):
    filler = "components:\n" + "".join(f"  # line {number}\n" for number in range(500))
    assert format_name(f"{filler}{mark}\npaths: {{}}\n", "") == "openapi"
    assert format_name(f"{filler}  x-used: 'openapi: 3.1.0'\n  {mark}\n", "") == ""


def test_a_schema_with_a_field_of_that_name_is_none():
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "x": "y" * 5_000, "properties": {"openapi": {"type": "string"}}}
    assert format_name(json.dumps(schema), "") == "json-schema"
