# ruff: noqa: E501 - documents in one line
"""AsyncAPI: pairs of documents, each with what a consumer notices. What the application receives is a request, what it sends a response."""

import pytest

from callboard.api_changes.comparison import compare_definitions

BASE = """
asyncapi: 3.0.0
info: {title: Orders, version: 1.0.0}
servers: {live: {host: broker.example, protocol: kafka}}
channels:
  placed: {address: orders.placed, messages: {placed: {$ref: '#/components/messages/placed'}}, bindings: {kafka: {partitions: 6}}}
  commands: {address: 'orders.{shop}.commands', parameters: {shop: {}}, messages: {cancel: {$ref: '#/components/messages/cancel'}}}
operations:
  send: {action: send, channel: {$ref: '#/channels/placed'}}
  take: {action: receive, channel: {$ref: '#/channels/commands'}}
components:
  messages:
    placed: {name: placed, contentType: application/json, correlationId: {location: '$message.header#/id'}, payload: {$ref: '#/components/schemas/Order'}}
    cancel: {name: cancel, contentType: application/json, payload: {type: object, required: [id], properties: {id: {type: string}, why: {type: string}}}}
  schemas:
    Order: {type: object, required: [id], properties: {id: {type: string}, total: {type: integer}, state: {type: string, enum: [open, done]}}}
"""
OLD = """
asyncapi: 2.6.0
info: {title: Orders, version: 1.0.0}
channels:
  orders.placed: {subscribe: {message: {name: placed, payload: {type: object, required: [id], properties: {id: {type: string}, n: {type: integer}}}}}}
  orders.commands: {publish: {message: {name: cancel, payload: {type: object, properties: {id: {type: string}}}}}}
"""
CASES = [
    (BASE, "total: {type: integer}, ", "", "may break", "optional-property-removed"),
    (BASE, "total: {type: integer}", "total: {type: string}", "breaking", "type-changed"),
    (BASE, "required: [id], properties: {id: {type: string}, total", "properties: {id: {type: string}, total", "breaking", "property-became-optional"),
    (BASE, "required: [id], properties: {id: {type: string}, why", "required: [id, why], properties: {id: {type: string}, why", "breaking", "property-became-required"),
    (BASE, "enum: [open, done]", "enum: [open, done, lost]", "may break", "enum-value-added"),
    (BASE, "address: orders.placed", "address: orders.new", "breaking", "operation-removed"),
    (BASE, "action: receive", "action: send", "breaking", "operation-removed"),
    (BASE, "location: '$message.header#/id'", "location: '$message.header#/other'", "breaking", "correlation-changed"),
    (BASE, "partitions: 6", "partitions: 3", "may break", "binding-changed"),
    (BASE, "protocol: kafka", "protocol: amqp", "breaking", "server-protocol-changed"),
    (BASE, "{name: placed, contentType: application/json", "{name: placed, contentType: application/xml", "breaking", "media-type-removed"),
    (OLD, "required: [id], properties: {id: {type: string}, n: {type: integer}}", "properties: {n: {type: integer}}", "breaking", "property-removed"),
    (OLD, "properties: {id: {type: string}}}", "required: [id], properties: {id: {type: string}}}", "breaking", "property-became-required"),
]  # fmt: skip
COMPATIBLE = [
    (BASE, "total: {type: integer}", "total: {type: integer}, tax: {type: integer}"),
    (BASE, "why: {type: string}", "why: {type: string}, note: {type: string}"),
    (BASE, "{shop}", "{store}"),
    (BASE, "enum: [open, done]", "enum: [done, open]"),
    (BASE, "enum: [open, done]", "enum: [open]"),
    (BASE, "title: Orders", "title: Orders of shops"),
    (BASE, "  send: {action", "  announce: {action"),
    (BASE, "required: [id], properties: {id: {type: string}, why", "properties: {id: {type: string}, why"),
    (BASE, "payload: {$ref: '#/components/schemas/Order'}", "payload: {type: object, required: [id], properties: {id: {type: string}, total: {type: integer}, state: {type: string, enum: [open, done]}}}"),
    (BASE, "required: [id], properties: {id: {type: string}, total", "required: [id, total], properties: {id: {type: string}, total"),
    (OLD, "n: {type: integer}", "n: {type: integer}, m: {type: integer}"),
]  # fmt: skip


@pytest.mark.parametrize(("base", "before", "after", "level", "rule"), CASES)
def test_a_change_that_consumers_notice_is_found(base, before, after, level, rule):
    assert before in base
    changes = compare_definitions(base, base.replace(before, after))
    assert rule in [each.rule for each in changes.of(level)]
    assert level == "breaking" or not changes.is_breaking


@pytest.mark.parametrize(("base", "before", "after"), COMPATIBLE)
def test_a_compatible_change_breaks_nothing(base, before, after):
    assert before in base
    after = base.replace(before, after).replace(
        "parameters: {shop: {}}", "parameters: {store: {}}" if after == "{store}" else "parameters: {shop: {}}"
    )
    changes = compare_definitions(base, after)
    assert [each for each in changes.findings if each.level in {"breaking", "may break"}] == []


def test_versions_2_and_3_of_the_same_api_are_the_same():
    new = """
asyncapi: 3.0.0
info: {title: Orders, version: 1.0.0}
channels:
  a: {address: orders.placed, messages: {placed: {name: placed, payload: {type: object, required: [id], properties: {id: {type: string}, n: {type: integer}}}}}}
  b: {address: orders.commands, messages: {cancel: {name: cancel, payload: {type: object, properties: {id: {type: string}}}}}}
operations:
  a: {action: send, channel: {$ref: '#/channels/a'}}
  b: {action: receive, channel: {$ref: '#/channels/b'}}
"""
    assert compare_definitions(OLD, new).findings == ()
