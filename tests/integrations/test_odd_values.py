"""Odd values in every field of every family: a row that cannot be used never takes the other rows of its file with it."""

import json
import math

import pytest
from test_integration_file import told
from vendors import collect, target

from callboard.plugins.installed_families import value_types
from callboard.plugins.value_types import field_names
from callboard.state.parts import fact_lines
from faulty import Server

ODD = [
    "\ud800", "a\udfffb", "\x00", "a\x00b", "\u202e\u2066x", "x" * 100_000, "1e999", "-1e999", "NaN", "9" * 5_000, "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "+9999999w", "now", "", " ", "true", "{}", "[", "💡", "😀" * 600,
    10**30, -(10**30), 10**400, 1e308, -1e308, 5e-324, math.inf, -math.inf, math.nan, 0, -1, True, False, None, [], {}, [[]], [None], [{}],
    ["\ud800"], [["\ud800", math.inf]], {"\ud800": "\ud800"}, {"a": {"b": [1]}}, [[[[[["x"]]]]]], [["Go", math.nan]], [0] * 2_000,
]  # fmt: skip
SHARED = ("key", "environment", "url", "observed_at", "complete")
GOOD = {
    "alert": {"name": "a"}, "availability": {"name": "a", "measured": 99}, "deployment": {"version": "1"}, "error-trend": {"name": "a"},
    "incident": {"title": "a", "opened": "-1d"}, "issue": {"title": "a"}, "on-call": {"name": "a"}, "pipeline-run": {"name": "a"},
    "quality-gate": {"coverage": 80},
    "coverage": {"name": "a", "lines": 80}, "dashboard": {"title": "a"}, "cost": {"name": "a", "amount": 7},
    "repository": {"name": "a"}, "vulnerability": {"id": "CVE-1"},
    "documentation": {"kind": "link", "path": "a.md"}, "api-quality": {"format": "openapi", "rules": 1}, "delivery": {"deployments": 3},
    "drift": {"kind": "link", "declared": "https://x.example", "found": "404", "evidence": "x.example", "confidence": "likely"},
}  # fmt: skip


def good_row(family):
    """A row of the family: from the table, so that a new family has to be added."""
    return GOOD[family]


def rows_of(family):
    good = good_row(family)
    odd = [{"entity": "shop", **good, field: value} for field in (*field_names(value_types()[family]), *SHARED) for value in ODD]
    return [{"entity": "shop", "key": "first", **good}, *odd, {"entity": "ledger", "key": "last", **good}], len(odd)


@pytest.mark.parametrize("family", sorted(GOOD))
def test_rows_with_odd_values_leave_the_others(tmp_path, family):
    rows, number = rows_of(family)
    got = told(tmp_path, {f"{family}.json": json.dumps(rows)})
    assert got.failures == (), got.failures
    assert {"first", "last"} <= {fact.key for fact in got.facts}
    assert number > 100
    assert got.problems  # the odd values reached the readers
    for fact in got.facts:
        assert [*fact_lines([fact], ())]  # it can be saved
        json.dumps([fact.key, fact.environment, fact.url]).encode()
        fact.value.sort_key(fact.observed_at)
    assert all(len(problem.fingerprint) > 10 and problem.message.encode() for problem in got.problems)


def test_every_built_in_family_has_odd_values():
    assert sorted(GOOD) == sorted(value_types())


@pytest.mark.parametrize("value", ["9" * 5_000, "1e999", "-1e999", "1" + "0" * 400], ids=["long", "infinite", "negative", "huge"])
def test_a_number_in_json_that_is_too_large_costs_its_row_and_not_the_file(tmp_path, value):
    text = f'[{{"entity": "shop", "name": "a", "measured": {value}}}, {{"entity": "ledger", "name": "b", "measured": 99}}]'
    got = told(tmp_path, {"availability.json": text, "availability-2.jsonl": text[1:-1].replace("}, {", "}\n{")})
    assert got.failures == (), got.failures
    assert [fact.value.name for fact in got.facts if fact.subject.name == "ledger"] == ["b"]
    assert got.problems


@pytest.mark.parametrize("value", ["9" * 5_000, "1e999", '"\\ud800"', '"\\u0000"', "[]", "{}", "true"])
def test_an_odd_value_in_an_answer_of_http_json_costs_its_row_and_not_the_answer(tmp_path, value):
    body = f'{{"items": [{{"id": "CVE-1", "severity": {value}}}, {{"id": "CVE-2", "severity": "high"}}]}}'
    with Server(lambda _, wire: wire.answer(200, body, {"Content-Type": "application/json"})) as server:
        options = {
            "annotation": "scan.example/id", "path": "/{id}", "family": "vulnerability", "items": "items",
            "fields": {"id": "id", "severity": "severity", "key": "id"},
        }  # fmt: skip
        got = collect("http-json", server.url, [target("shop", annotations={"scan.example/id": "1"})], tmp_path, **options)
    assert got.failures == (), got.failures
    assert "CVE-2" in [fact.value.id for fact in got.facts]
