# ruff: noqa: E501 - documents in one line
"""One API in OpenAPI 2.0, 3.0 and 3.1: the same, whatever version it is written in."""

import itertools

import pytest

from callboard.api_changes.comparison import compare_definitions

TWO = """
swagger: "2.0"
info: {title: Orders, version: 1.0.0}
host: api.example
basePath: /v1
schemes: [https]
consumes: [application/json]
produces: [application/json]
securityDefinitions: {key: {type: apiKey, in: header, name: X-Key}}
security: [{key: []}]
paths:
  /orders:
    get:
      operationId: list
      parameters: [{name: shop, in: query, type: string, enum: [a, b], default: a}, {name: tags, in: query, type: array, items: {type: string}, collectionFormat: multi}]
      responses: {200: {description: ok, schema: {type: array, items: {$ref: '#/definitions/Order'}}, headers: {X-N: {type: integer}}}}
    post:
      parameters: [{name: body, in: body, required: true, schema: {$ref: '#/definitions/Order'}}]
      responses: {201: {description: ok}}
definitions:
  Order: {type: object, required: [id], properties: {id: {type: string}, n: {type: integer, format: int32, x-nullable: true}}}
"""
THREE = """
openapi: 3.0.3
info: {title: Orders, version: 1.0.0}
servers: [{url: https://api.example/v1}]
security: [{key: []}]
paths:
  /orders:
    get:
      operationId: list
      parameters: [{name: shop, in: query, schema: {type: string, enum: [a, b], default: a}}, {name: tags, in: query, schema: {type: array, items: {type: string}}}]
      responses: {'200': {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Order'}}}}, headers: {X-N: {schema: {type: integer}}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
      responses: {'201': {description: ok}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Order: {type: object, required: [id], properties: {id: {type: string}, n: {type: integer, format: int32, nullable: true}}}
"""
VERSIONS = {
    "2.0": TWO,
    "3.0": THREE,
    "3.1": THREE.replace("3.0.3", "3.1.0").replace(
        "type: integer, format: int32, nullable: true", "type: [integer, 'null'], format: int32"
    ),
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(VERSIONS, repeat=2)))
def test_a_switch_of_the_version_is_no_change(before, after):
    assert compare_definitions(VERSIONS[before], VERSIONS[after]).findings == ()


def test_a_list_that_is_written_otherwise_breaks():
    without = TWO.replace(", collectionFormat: multi", "")
    (change,) = compare_definitions(without, THREE).findings
    assert (change.rule, change.part, change.detail) == (
        "parameter-style-changed",
        "query tags",
        "form, explode False → form, explode True",
    )
