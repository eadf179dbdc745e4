"""GraphQL: pairs of schemas, each with what a consumer notices."""

import pytest

from callboard.api_changes.comparison import compare_definitions

BASE = """
directive @key(fields: String!) on OBJECT
type Query { orders(first: Int = 10): [Order!]! order(id: ID!): Order }
type Mutation { cancel(input: Cancel!): Order }
type Order @key(fields: "id") { id: ID! total: Int! state: State payment: Payment old: String }
enum State { OPEN DONE }
union Payment = Card | Cash
type Card { last: String }
type Cash { given: Int }
input Cancel { id: ID! reason: String }
interface Node { id: ID! }
"""
BREAKING = [
    ("total: Int! ", "", ("Order", "total", "Field Order.total was removed")),
    ("total: Int!", "total: String!", ("Order", "total", "Field Order.total changed type from Int! to String!")),
    ("total: Int!", "total: Int", ("Order", "total", "Field Order.total changed type from Int! to Int")),
    ("OPEN DONE", "OPEN", ("State", "DONE", "Enum value State.DONE was removed")),
    ("Card | Cash", "Card", ("Payment", "", "Cash was removed from union type Payment")),
    (" reason: String", " reason: String!", ("Cancel", "reason", "Field Cancel.reason changed type from String to String!")),
    ("id: ID! reason: String", "id: ID! reason: String why: Int!", ("Cancel", "why", "A required field Cancel.why was added")),
    ("order(id: ID!): Order", "", ("query order", "", "Field Query.order was removed")),
    ("orders(first: Int = 10)", "orders(first: Int = 10, shop: ID!)",
     ("query orders", "(shop:)", "A required argument Query.orders(shop:) was added")),
    ("orders(first: Int = 10)", "orders", ("query orders", "(first:)", "Argument Query.orders(first:) was removed")),
    ("interface Node { id: ID! }", "", ("Node", "", "Node was removed")),
]  # fmt: skip
MAY_BREAK = [
    ("OPEN DONE", "OPEN DONE LOST", ("schema-dangerous", "State", "LOST")),
    ("first: Int = 10", "first: Int = 20", ("schema-dangerous", "query orders", "(first:)")),
    ('type Order @key(fields: "id")', "type Order", ("directive-use-removed", "Order", "")),
]  # fmt: skip
COMPATIBLE = [
    ("total: Int!", "total: Int! tax: Int", "addition"),
    ("reason: String", "reason: String note: String", "addition"),
    ("order(id: ID!)", "order(id: ID!, at: String)", "addition"),
    ("old: String", 'old: String @deprecated(reason: "gone soon")', "none"),
    ("order(id: ID!): Order", "order(id: ID!): Order shops: [String]", "addition"),
    ("interface Node { id: ID! }", "interface Node { id: ID! } type New { a: Int }", "addition"),
    ("reason: String }", "reason: String } # a remark", None),
    ("type Card { last: String }", 'type Card { "digits" last: String }', None),
    ("enum State { OPEN DONE }\n", "", "moved"),
    ("total: Int! state: State", "state: State total: Int!", None),
    ("type Cash { given: Int }", "type Cash { given: Int } extend type Cash { back: Int }", "addition"),
]  # fmt: skip


def found(before, after):
    assert before in BASE
    return compare_definitions(BASE, BASE.replace(before, after), "graphql")


@pytest.mark.parametrize(("before", "after", "wanted"), BREAKING, ids=lambda value: value if isinstance(value, str) else "")
def test_a_change_that_breaks_queries_is_found_at_its_place(before, after, wanted):
    assert wanted in [(each.place, each.part, each.detail) for each in found(before, after).of("breaking")]


@pytest.mark.parametrize(("before", "after", "wanted"), MAY_BREAK)
def test_a_change_that_may_break_clients_is_found_at_its_place(before, after, wanted):
    changes = found(before, after)
    assert wanted in [(each.rule, each.place, each.part) for each in changes.of("may break")]
    assert not changes.is_breaking


@pytest.mark.parametrize(("before", "after", "level"), COMPATIBLE)
def test_a_compatible_change_breaks_nothing(before, after, level):
    text = BASE.replace(before, after) + ("enum State { DONE OPEN }" if level == "moved" else "")
    changes = compare_definitions(BASE, text, "graphql")
    assert {each.level for each in changes.findings} == ({level} if level not in {None, "moved"} else set())


def test_a_change_of_a_type_names_the_operations_that_reach_it():
    (change,) = found("last: String", "last: Int").of("breaking")
    assert change.operations == ("mutation cancel", "query order", "query orders")


def test_a_part_of_a_federation_is_compared_although_its_types_stand_elsewhere():
    before = 'extend type Order @key(fields: "id") { id: ID! @external lines: [Line] } type Query { a: Shop }'
    changes = compare_definitions(before, before.replace("lines: [Line]", "lines: [Item]"), "graphql")
    assert [(each.place, each.part) for each in changes.of("breaking")] == [("Order", "lines")]
