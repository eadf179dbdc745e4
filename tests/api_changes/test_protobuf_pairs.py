"""Protocol Buffers: pairs of files, each with what the wire and JSON make of the change, as buf judges it."""

import pytest

from callboard.api_changes.comparison import compare_definitions

BASE = """
syntax = "proto3";
package shop.v1;
service Orders { rpc Place (PlaceRequest) returns (Order); rpc Watch (PlaceRequest) returns (stream Order); }
service Stock { rpc Count (PlaceRequest) returns (Order); }
message PlaceRequest { string id = 1; int32 amount = 2; repeated string notes = 3; string old = 4; }
message Order { reserved 9, 20 to 25; string id = 1; Status status = 2; oneof payment { string card = 3; bool cash = 4; } }
enum Status { STATUS_UNSPECIFIED = 0; STATUS_OPEN = 1; STATUS_DONE = 2; }
"""
CASES = [
    (" string old = 4;", "", "breaking", "number-removed"),
    (" string old = 4;", " reserved 4;", "may break", "number-reserved"),
    ("string old = 4", "string older = 4", "may break", "field-renamed"),
    ("int32 amount = 2", "int64 amount = 2", "may break", "field-type-json-changed"),
    ("int32 amount = 2", "string amount = 2", "breaking", "field-type-changed"),
    ("string old = 4", "bytes old = 4", "may break", "field-type-json-changed"),
    ("int32 amount = 2", "sint32 amount = 2", "breaking", "field-type-changed"),
    ("repeated string notes", "string notes", "breaking", "cardinality-changed"),
    ("bool cash = 4; }", "} bool cash = 4;", "breaking", "oneof-changed"),
    ("string old = 4", "optional string old = 4", "may break", "presence-changed"),
    (" STATUS_DONE = 2;", "", "breaking", "enum-number-removed"),
    (" STATUS_DONE = 2;", " reserved 2;", "may break", "enum-number-reserved"),
    ("STATUS_DONE = 2", "STATUS_FINISHED = 2", "may break", "enum-value-renamed"),
    ("reserved 9, 20 to 25;", "reserved 20 to 25;", "breaking", "reserved-removed"),
    (" rpc Watch (PlaceRequest) returns (stream Order);", "", "breaking", "operation-removed"),
    ("service Stock { rpc Count (PlaceRequest) returns (Order); }", "", "breaking", "service-removed"),
    ("returns (stream Order)", "returns (Order)", "breaking", "streaming-changed"),
    ("rpc Place (PlaceRequest) returns (Order)", "rpc Place (PlaceRequest) returns (PlaceRequest)", "breaking", "operation-type-changed"),
    ("package shop.v1", "package shop.v2", "breaking", "package-changed"),
    ("string old = 4;", "string old = 4; string new = 5;", "addition", "number-added"),
    ("STATUS_DONE = 2;", "STATUS_DONE = 2; STATUS_LOST = 3;", "addition", "enum-number-added"),
    ("enum Status", "message New { string a = 1; } enum Status", "addition", "message-type-added"),
    ("rpc Place", "rpc Cancel (Order) returns (Order); rpc Place", "addition", "operation-added"),
]
SAME = [
    ("message Order", "// orders of shops\nmessage Order"),
    ("string id = 1; int32 amount = 2;", "int32 amount = 2; string id = 1;"),
    ("reserved 9, 20 to 25", "reserved 20 to 25, 9"),
    ("import", "import"),
]


@pytest.mark.parametrize(("before", "after", "level", "rule"), CASES, ids=lambda value: value[:30])
def test_a_change_has_the_level_that_the_wire_gives_it(before, after, level, rule):
    assert before in BASE
    changes = compare_definitions(BASE, BASE.replace(before, after), "grpc")
    assert rule in [each.rule for each in changes.of(level)]
    worse = ("breaking", "may break", "addition")[: ("breaking", "may break", "addition").index(level)]
    assert [each for each in changes.findings if each.level in worse] == []


@pytest.mark.parametrize(("before", "after"), SAME)
def test_what_the_wire_does_not_notice_is_no_change(before, after):
    assert compare_definitions(BASE, BASE.replace(before, after), "grpc").findings == ()


def test_proto2_required_fields_break_both_ways():
    before = 'syntax = "proto2"; message A { required string a = 1; optional string b = 2 [default = "x"]; }'
    rules = {each.rule: each.level for each in compare_definitions(before, before.replace("required", "optional"), "grpc").findings}
    assert rules["required-field-changed"] == "breaking"
    rules = {each.rule: each.level for each in compare_definitions(before, before.replace('"x"', '"y"'), "grpc").findings}
    assert rules == {"field-default-changed": "breaking"}
