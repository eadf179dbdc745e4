"""Parts of an OpenAPI description that are written out at each operation: equal ones are read once, others keep what they say."""

import json

import pytest

from callboard.api_reference.reading import read_reference


def operation(description="No such order.", media="application/json", name="limit", **parameter):
    return {
        "parameters": [{"name": name, "in": "query", "schema": {"type": "integer"}, **parameter}],
        "responses": {"404": {"description": description, "content": {media: {"schema": {"type": "string"}}}}},
    }


def entries(*operations):
    paths = {f"/{number}": {"get": each} for number, each in enumerate(operations)}
    return read_reference(json.dumps({"openapi": "3.1.0", "paths": paths}), "openapi", is_public=False).entries


def test_parameters_and_answers_that_are_written_alike_are_read_once():
    first, second = entries(operation(), operation())
    assert first.outputs[0] is second.outputs[0]
    assert first.parameters[0][1][0] is second.parameters[0][1][0]


@pytest.mark.parametrize("other", [{"description": "Gone."}, {"media": "text/plain"}, {"name": "most"}, {"required": True}])
def test_a_part_that_differs_in_one_word_keeps_it(other):
    first, second = entries(operation(), operation(**other))
    assert (first.parameters, first.outputs) != (second.parameters, second.outputs)
    (alone,) = entries(operation(**other))
    assert (second.parameters, second.outputs) == (alone.parameters, alone.outputs)
