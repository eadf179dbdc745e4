"""A Thrift file, and what its reference has."""

import pytest
from callboard_thrift.format import FORMAT

TEXT = """namespace py orders
/* An order. */
enum State { OPEN = 1, CLOSED = 2 }
struct Order { 1: required i64 id; 2: optional list<string> lines, 3: State state; 4: map<string, Order> parts }
exception NotFound { 1: string message }
service Orders {
  Order find(1: i64 id) throws (1: NotFound missing),
  oneway void forget(1: i64 id)
}
"""


def test_services_and_structures_become_operations_and_types() -> None:
    assert FORMAT.matches(TEXT, "")
    found = FORMAT.read(TEXT)
    assert [(each.group, each.verb, each.address) for each in found.operations] == [
        ("Orders", "call", "find"),
        ("Orders", "oneway", "forget"),
    ]
    assert found.operations[0].outputs == {"": {"$ref": "#/types/Order"}, "missing": {"$ref": "#/types/NotFound"}}
    order = found.types["Order"]
    assert order["required"] == ["id"]
    assert order["properties"]["lines"] == {"type": "array", "items": {"type": "string"}}
    assert order["properties"]["parts"] == {"type": "object", "additionalProperties": {"$ref": "#/types/Order"}}
    assert found.types["State"] == {"type": "string", "enum": ["OPEN", "CLOSED"]}


def test_a_file_without_declarations_is_refused() -> None:
    with pytest.raises(ValueError, match="no service"):
        FORMAT.read("namespace py x")
