"""Faults of definitions: what is told once, at its place, with what to do about it."""

import json

import pytest

from callboard.api_reference.faults import faults_of

HEAD = {"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}}
OLD = {**HEAD, "openapi": "3.0.3", "paths": {}}
PARAMETER = {"name": "a", "in": "query", "schema": {}, "content": {"text/plain": {}}}


def operation(value):
    return {**HEAD, "paths": {"/orders": {"get": value}}}


def schemes(head, **named):
    return {**head, "components": {"securitySchemes": named}}


def message(payload):
    return {"asyncapi": "2.6.0", "info": HEAD["info"], "channels": {"a": {"publish": {"message": {"payload": payload}}}}}


@pytest.mark.parametrize(
    ("definition", "told"),
    [
        (HEAD, [("The key `paths` is missing in the definition.", 'Add "paths: …" to the definition.')]),
        ({**HEAD, "paths": {"orders": {}}}, [("Unknown key `paths.orders`.", "Begin the path with a slash: /orders.")]),
        (
            {**HEAD, "components": {"schemas": {"An order": {}}}},
            [("The key `components.schemas.An order` must match the pattern ^[a-zA-Z0-9._-]+$.", "See the specification of the format.")],
        ),
        (
            operation({"responses": {}}),
            [("`paths./orders.get.responses` is empty.", "Add a response below its status code (200, 404), or below default.")],
        ),
        (
            operation({"responses": {"good": {"description": "x"}}}),
            [("Unknown key `paths./orders.get.responses.good`.", "Write a status code (200, 404), or default.")],
        ),
        (
            operation({"parameters": [PARAMETER]}),
            [("`paths./orders.get.parameters[0]` must match exactly one of the allowed forms.", "Keep either schema or content.")],
        ),
        (
            schemes(OLD, a={"type": "basic"}),
            [('`components.securitySchemes.a.type` cannot be "basic".', "Write apiKey, http, oauth2 or openIdConnect.")],
        ),
        (
            schemes(OLD, a={"type": "http"}),
            [("The key `scheme` is missing in `components.securitySchemes.a`.", 'Add "scheme: …" below "a:".')],
        ),
        (
            message({"type": "strnig"}),
            [('`channels.a.publish.message.payload.type` cannot be "strnig".', "Did you mean string?")],
        ),
    ],
)
def test_a_fault_is_told_once_with_what_to_do(definition, told):
    name = "asyncapi" if "asyncapi" in definition else "openapi"
    assert [(fault.message, fault.hint) for fault in faults_of(json.dumps(definition), name)] == told
