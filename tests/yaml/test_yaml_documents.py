"""Documents of a stream as Backstage's parser finds them."""

import json
from pathlib import Path

import pytest

from callboard.model.problem import Span
from callboard.yaml.documents import decode, read_documents, read_one
from callboard.yaml.positions import compose, find

CASES = json.loads((Path(__file__).parent.parent / "data" / "vectors" / "yaml_documents.json").read_text("utf-8"))["cases"]


def outcome(document):
    if document.failed:
        return {"error": True}
    return {"entity": document.value} if isinstance(document.value, dict) else {"error": True}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_documents_agree_with_backstage(case):
    text, _ = decode(case["input"].encode())
    found = [outcome(document) for document in read_documents(text) if document.failed or document.value is not None]
    assert found == [{key: value for key, value in item.items() if key != "about"} for item in case["expect"]]


def test_a_bad_document_names_its_line_in_the_file():
    documents = read_documents("a: 1\n---\n# note\nb: c: d\n---\ne: 1\n")
    assert [document.value for document in documents] == [{"a": 1}, None, {"e": 1}]
    assert documents[1].line == 3
    assert (documents[1].troubles[0].at.line, documents[1].troubles[0].at.column) == (4, 5)
    assert "quotes" in documents[1].troubles[0].hint


def test_a_block_scalar_cannot_hide_a_document_marker_and_an_indented_one_is_text():
    documents = read_documents("a: |\n  ---\n  b\n---\nc: |\n  ...\n")
    assert [document.value for document in documents] == [{"a": "---\nb\n"}, {"c": "...\n"}]


def test_directives_belong_to_the_document_behind_them():
    assert [d.value for d in read_documents("%YAML 1.2\n%WHATEVER x\n---\na: 1\n...\n# end\n")] == [{"a": 1}]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 0o17", {"a": 15}),
        ("a: 010", {"a": 10}),
        ("a: 1e3", {"a": 1000}),
        ("a: 1.50", {"a": 1.5}),
        ("a: .inf", {"a": None}),
        ("a: !!int '5'", {"a": 5}),
        ("a: !!str 5", {"a": "5"}),
        ("a: !Sub x", {"a": "x"}),
        ("1: a\ntrue: b\n~: c", {"1": "a", "true": "b", "": "c"}),
        ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
        ("a: b\n\t\nc: d\n", {"a": "b", "c": "d"}),
        ("a: x\u2028y\x07\x85z", {"a": "x\u2028y\x07\x85z"}),
        ("a: |\n  no newline at the end", {"a": "no newline at the end\n"}),
        ("a: {{ x }}", {"a": {"{ x }": None}}),
    ],
)
def test_values_are_those_of_the_core_schema(text, value):
    assert read_one(text).value == value


def test_a_number_too_long_for_python_is_no_trouble():
    assert read_one("a: " + "9" * 5000).value == {"a": None}


def test_a_duplicate_key_fails_its_document_and_names_both_places():
    trouble = read_documents("x: 1\n---\na: 1\nb: 2\na: 3\n")[1].troubles[0]
    assert trouble.reason == "duplicate-key"
    assert (trouble.at.line, trouble.first.line) == (5, 3)
    assert "line 3" in trouble.message


def test_one_and_the_text_one_are_different_keys_as_in_javascript():
    assert read_one('1: a\n"1": b\n').value == {"1": "b"}


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        "a: &a [*a]",
        "[" * 100_000,
        "- " * 100_000 + "x",
        "\n".join(" " * depth + "a:" for depth in range(500)),
        "{" * 50_000,
        "[" + "1," * 200_000 + "]",
    ],
    ids=["billion-laughs", "self", "brackets", "dashes", "indents", "braces", "wide"],
)
@pytest.mark.long
def test_a_bomb_is_refused_with_a_place(bomb):
    document = read_one(bomb)
    assert document.failed
    assert document.troubles[0].reason in {"alias", "too-deep", "too-large"}
    assert 1 <= document.troubles[0].at.line <= bomb.count("\n") + 1


def test_too_many_documents_stop_the_reading():
    documents = read_documents("a: 1\n---\n" * 20, documents=5)
    assert len(documents) == 6
    assert documents[-1].troubles[0].reason == "too-many"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: b: c", "quotes"),
        ("a:\n\t- b", "spaces"),
        ('a: "x', "Close the quote"),
        ("a: [b", "bracket"),
        ("a: *b", "alias"),
        ("a: @b", "quotes"),
        ("a: b\nc\nd: e", "colon"),
        ('a: "x\ny"', "Indent"),
        ("a:\n  - b\n - c", "indentation"),
    ],
)
def test_a_mistake_is_told_with_a_way_to_mend_it(text, words):
    assert words in read_one(text).troubles[0].hint


def test_a_value_is_found_by_its_path():
    root = compose("a:\n  - b: 1\n    c: two words\n")
    assert find(root, ["a", 0, "c"]) == (Span(3, 8, 3, 17), True)
    assert find(root, ["a", 0, "missing"]) == (Span(2, 5, 2, 6), False)


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("a:\n  b: [\n    x,\n    y\n  ]\n", True),
        ("a:\n  b: [\n  x,\n  y\n  ]\n", False),
        ("a: {\n  b: 1\n}\n", True),
        ('a: {\n"b": 1\n}\n', False),
        ('{\n"a": 1\n}\n', True),
        ("a:\n  - [x,\n  y]\n", False),
        ("a: 'x\n  y'\n", True),
        ("a: 'x\ny'\n", False),
        ("'x\ny'\n", True),
        ("a:\n  -\tx\n", True),
        ("a:\n  -\tx: y\n", False),
        ("%a: 1\nb: 2\n", False),
    ],
)
def test_margins_and_tabs_are_judged_as_by_backstages_parser(text, accepted):
    assert read_one(text).failed is not accepted


@pytest.mark.parametrize("name", ["\x1f\U000fd800a", "\x01\U000f0001", "\U000f0001", "\u2028\ufeff\U000ffffe"])
def test_control_characters_and_private_ones_keep_what_they_are_beside_each_other(name):
    assert read_one(f"{name}: {name}x\n").value == {name: f"{name}x"}
