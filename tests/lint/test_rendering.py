import json
from dataclasses import replace

import pytest

from callboard.cli.terminal_text import wants_colour
from callboard.lint.formats import render
from callboard.model.entity import Origin
from callboard.model.problem import Problem, Related, Severity, Span
from callboard.model.ref import EntityRef

ORIGIN = Origin("here", "tree", "acme/shop", "", "shop/catalog-info.yaml", 1, 5)
PROBLEM = Problem(
    "ENT006",
    Severity.ERROR,
    'The name "Orders Service" is bad.',
    ORIGIN,
    Span(8, 9, 8, 23),
    EntityRef("component", "default", "orders"),
    hint="Write name: orders",
    fingerprint="0123456789abcdef",
)


def test_text_names_place_code_snippet_hint_and_page():
    text = render([PROBLEM], "text", lines=lambda origin, line: "  name: Orders Service", portal="https://portal/")
    assert text == (
        'shop/catalog-info.yaml:8:9: error ENT006 The name "Orders Service" is bad.\n'
        "  8 |   name: Orders Service\n"
        "    |         ^^^^^^^^^^^^^^\n"
        "  hint: Write name: orders\n"
        "  docs: https://portal/problems/ent006/\n"
        "\n"
        "1 error in 1 file.\n"
    )


def test_json_counts_everything_from_one():
    [found] = json.loads(render([PROBLEM], "json"))
    assert found == {
        "code": "ENT006",
        "severity": "error",
        "source": "here",
        "repository": "acme/shop",
        "tree": "tree",
        "path": "shop/catalog-info.yaml",
        "document": 2,
        "line": 8,
        "column": 9,
        "end_line": 8,
        "end_column": 23,
        "ref": "component:default/orders",
        "message": 'The name "Orders Service" is bad.',
        "hint": "Write name: orders",
        "docs": "problems/ent006/",
        "fingerprint": "0123456789abcdef",
    }


def test_problems_are_sorted_by_place_whatever_their_order():
    others = [Problem("REF001", Severity.WARNING, "b", ORIGIN, Span(9, 1, 9, 2)), PROBLEM, Problem("SRC001", Severity.INFO, "no place")]
    codes = [found["code"] for found in json.loads(render(others, "json"))]
    assert codes == ["SRC001", "ENT006", "REF001"]
    assert render(others).splitlines()[-1] == "1 error, 1 warning, 1 info in 1 file."


def test_a_problem_without_a_span_points_at_its_document():
    [found] = json.loads(render([Problem("REF001", Severity.WARNING, "x", ORIGIN)], "json"))
    assert (found["line"], found["column"]) == (5, 1)


def test_the_same_warning_of_many_files_has_its_hint_three_times():
    """RHDH's catalog: sixteen times one warning, of five lines each. Errors keep their lines, which show what is wrong."""
    same = [replace(PROBLEM, severity=Severity.WARNING, origin=replace(ORIGIN, path=f"{number}/a.yaml")) for number in range(6)]
    other = replace(same[0], message="Another one.", origin=replace(ORIGIN, path="7/a.yaml"))
    text = render([*same, other], "text", lines=lambda origin, line: "  name: x")
    assert (text.count("hint: "), text.count("^"), text.count("docs: ")) == (4, 4, 4)
    assert text.endswith("hint: Write name: orders\n  docs: callboard explain ENT006\n\n7 warnings in 7 files.\n")
    assert '\n\n5/a.yaml:8:9: warning ENT006 The name "Orders Service" is bad.\n\n7/a.yaml' in text
    assert render([replace(each, severity=Severity.ERROR) for each in same], "text").count("hint: ") == 6


def test_related_places_are_told():
    related = (Related("The first one is here.", ORIGIN, Span(6, 1, 6, 5)),)
    text = render([Problem("DUP001", Severity.WARNING, "twice", ORIGIN, Span(8, 1, 8, 2), related=related)])
    assert "  also shop/catalog-info.yaml:6: The first one is here." in text


def test_nothing_in_a_descriptor_can_steer_the_terminal():
    text = render(
        [Problem("X", Severity.INFO, "a\x1b[31mb\u202e", ORIGIN, Span(1, 1, 1, 2))], lines=lambda origin, line: "\x1b]0;title\x07"
    )
    assert "\x1b" not in text
    assert "\u202e" not in text


LONG = f"targets: [{'./a.yaml, ' * 40}HERE, ./b.yaml, {'./c.yaml, ' * 40}]"


@pytest.mark.parametrize(
    ("line", "marked"),
    [
        ("  name: Orders Service", "Orders Service"),
        (LONG, "HERE"),
        (LONG, "targets"),
        (f"x: {'a' * 300}", "a" * 300),
        (f"description: {'long ' * 60}end", "end"),
        ("  title: 注文サービス bad", "bad"),
        ("  title: cafe\u0301 bad", "bad"),
    ],
)
def test_the_carets_stand_below_the_range_also_in_a_long_line(line, marked):
    column = line.index(marked) + 1
    problem = Problem("ENT006", Severity.ERROR, "x", ORIGIN, Span(8, column, 8, column + len(marked)))
    _, shown, carets, *_ = render([problem], lines=lambda origin, number: line).splitlines()
    shown, carets = (row.partition("| ")[2] for row in (shown, carets))
    cells = "".join(letter if len(letter.encode()) < 3 or letter == "…" else f"{letter} " for letter in shown if letter != "\u0301")
    assert len(cells) <= 150
    start = carets.index("^")
    assert cells[start : len(carets)] == marked[: len(carets) - start]
    assert len(carets) - start == min(len(marked), 137)


def test_a_secret_is_masked_in_its_snippet():
    line = "    token: ghp_" + "a" * 36
    text = render([Problem("SEC001", Severity.WARNING, "x", ORIGIN, Span(1, 12, 1, 52))], lines=lambda origin, number: line)
    assert "a" * 36 not in text
    assert "ghp_****" in text


@pytest.mark.parametrize(
    ("terminal", "environ", "colour"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(terminal, environ, colour):
    assert wants_colour(terminal=terminal, environ=environ) is colour


def test_colour_marks_the_severity_alone():
    assert "\x1b[31merror\x1b[0m ENT006" in render([PROBLEM], colour=True)


def test_no_problems_are_said_in_a_sentence():
    assert render([]) == "No problems found.\n"
    assert json.loads(render([], "json")) == []
