"""Protocol Buffers: groups, extensions and the visibility of edition 2024 are shown; nothing is nested too deeply to end."""

import pytest

from callboard.api_reference.protobuf_parser import parse_proto
from callboard.api_reference.quality.checking import quality_of
from callboard.api_reference.reading import read_reference

SHOP = """edition = "2024";
package acme.shop;
// An order.
export message Order {
  local enum State { OPEN = 0; PAID = 1; }
  State state = 1;
  // What was ordered.
  repeated group Line = 2 [deprecated = true] { optional string sku = 1; }
  oneof paid { group Card = 7 { string number = 1; } }
  extend google.protobuf.FieldOptions { Order reviewed = 50001; }
}
extend google.protobuf.FieldOptions { string owner = 50002; }
export service Orders { rpc Get (Order) returns (Order); }
service Real { rpc Get (Order) returns (stream Order); }
"""


def read(text):
    return read_reference(text, "grpc", is_public=False)


def test_messages_and_enums_may_be_exported_or_local():
    found = read(SHOP)
    assert [*found.types] == ["Order", "Order.State", "Order.Line", "Order.Card", "extend google.protobuf.FieldOptions"]
    assert str(found.types["Order"].shape.description) == "<p>An order.</p>\n"
    assert found.types["Order"].shape.fields[0].shape.target == "Order.State"


def test_a_service_has_no_visibility():
    assert read(SHOP).troubles == ("Line 13: “export” is not expected here.",)
    assert [entry.address for entry in read(SHOP).entries] == ["/acme.shop.Real/Get"]


def test_a_group_is_a_field_and_the_message_that_it_is_of():
    types = read(SHOP).types
    line, card = types["Order"].shape.fields[1:]
    assert (line.name, line.number, line.shape.kind, line.shape.items.target, line.shape.deprecated) == (
        "line",
        "2",
        "list",
        "Order.Line",
        "yes",
    )
    assert (card.name, card.note, card.shape.target) == ("card", "oneof paid", "Order.Card")
    assert [each.name for each in types["Order.Line"].shape.fields] == ["sku"]


def test_extensions_of_one_message_are_one_type():
    extended = read(SHOP).types["extend google.protobuf.FieldOptions"]
    assert [(each.name, each.number) for each in extended.shape.fields] == [("reviewed", "50001"), ("owner", "50002")]


@pytest.mark.parametrize(
    "opening", ["message A {", "oneof a {", "extend b {", "group B = 1 {", "optional group B = 1 {", "export message A {"]
)
def test_blocks_nested_without_end_are_read_up_to_a_level(opening):
    assert len(parse_proto("message A {" + opening * 5_000).blocks) < 50


def test_a_comment_that_says_what_to_use_names_the_successor():
    fields = "\n// Use new_name instead.\nstring old_name = 1 [deprecated = true];\nstring older = 2 [deprecated = true];"
    found = quality_of(f'syntax = "proto3"; message Order {{ {fields} }}', "grpc", is_public=False)
    assert [(each.count, each.of) for each in found.findings if each.rule == "successor"] == [(1, 2)]
