"""Rules over coverage of tests and costs: met, missed, and not measured where no tool was asked or the tool does not know."""

import pytest
from json_world import JsonSubject
from test_conditions import NOW, read

from callboard.scorecards.cards import CardRule
from callboard.scorecards.results import judge_rule

TESTED = {"facts": "coverage", "every": {"lines": {"at-least": 80}}}
BRANCHES = {"facts": "coverage", "every": {"lines": {"at-least": 80}, "branches": {"at-least": 70}}}
CHEAP = {"facts": "cost", "where": {"currency": "USD"}, "every": {"amount": {"at-most": 1000}}}
STEADY = {"facts": "cost", "every": {"amount": {"at-most": {"field": "previous"}}}}


def result(check, family, facts, complete=True):
    condition, mistakes = read(check)
    assert not mistakes, [mistake.message for mistake in mistakes]
    measured = {family: [{"source": "tool", "complete": complete, "asked": "2026-11-29T01:00:00Z"}]} if complete is not None else {}
    world = {"entity": "orders", "facts": {family: facts}, "measured": measured}
    subject = JsonSubject(world, {"kind": "Component", "metadata": {"name": "orders"}}, NOW)
    return judge_rule(CardRule("x", "X", condition, None), subject, NOW.date()).outcome.value


@pytest.mark.parametrize(
    ("check", "family", "facts", "complete", "outcome"),
    [
        (TESTED, "coverage", [{"name": "Codecov", "lines": 80.0}], True, "pass"),
        (TESTED, "coverage", [{"name": "Codecov", "lines": 79.9}], True, "fail"),
        (TESTED, "coverage", [{"name": "Cobertura", "lines": 91.0}, {"name": "LCOV", "lines": 12.0}], True, "fail"),
        (TESTED, "coverage", [{"name": "Cobertura", "lines": None}], True, "not measured"),
        (BRANCHES, "coverage", [{"name": "Codecov", "lines": 90.0, "branches": 71.5}], True, "pass"),
        (BRANCHES, "coverage", [{"name": "Codecov", "lines": 90.0, "branches": 69.0}], True, "fail"),
        (BRANCHES, "coverage", [{"name": "LCOV", "lines": 90.0, "branches": None}], True, "not measured"),
        (TESTED, "coverage", [], None, "not measured"),
        (TESTED, "coverage", [{"name": "Codecov", "lines": 95.0}], False, "not measured"),
        (CHEAP, "cost", [{"name": "component=orders", "amount": 999.99, "currency": "USD"}], True, "pass"),
        (CHEAP, "cost", [{"name": "component=orders", "amount": 1000.01, "currency": "USD"}], True, "fail"),
        (CHEAP, "cost", [{"name": "component=orders", "amount": -3.5, "currency": "USD"}], True, "pass"),
        (CHEAP, "cost", [], None, "not measured"),
        (CHEAP, "cost", [{"name": "component=orders", "amount": 9000.0, "currency": "EUR"}], True, "fail"),
        (STEADY, "cost", [{"name": "component=orders", "amount": 90.0, "previous": 100.0}], True, "pass"),
        (STEADY, "cost", [{"name": "component=orders", "amount": 110.0, "previous": 100.0}], True, "fail"),
        (STEADY, "cost", [{"name": "component=orders", "amount": 110.0, "previous": None}], True, "not measured"),
    ],
)
def test_a_rule_has_the_result_that_its_family_gives(check, family, facts, complete, outcome):
    assert result(check, family, facts, complete) == outcome
