"""Each rule of the starter scorecards passes for one entity, fails for another, and is not measured where no tool was asked."""

from copy import deepcopy
from pathlib import Path

import pytest
from json_world import JsonSubject

from callboard.scorecards.ages import time_of
from callboard.scorecards.card_files import read_cards
from callboard.scorecards.conditions import FieldCondition, ProblemsCondition, RelatedCondition
from callboard.scorecards.fact_condition import FactsCondition
from callboard.scorecards.portal_scorecards import family_shapes
from callboard.scorecards.results import judge_rule

FOLDER = Path(__file__).parents[2] / "examples/scorecards"
NOW = time_of("2026-11-29T02:00:00Z")
ASKED = [{"source": "t", "complete": True, "asked": "2026-11-29T01:00:00Z"}]
LONG_AGO, LATELY, SOON = "2026-01-01T00:00:00Z", "2026-11-28T12:00:00Z", "2026-11-29T01:00:00Z"
ENTITY = {"kind": "Component", "metadata": {"name": "x"}, "spec": {"type": "service", "lifecycle": "production"}}
USER = {"kind": "User", "metadata": {"name": "ada"}}
TEAM = {"kind": "Group", "metadata": {"name": "team"}}


def entity(**more):
    found = deepcopy(ENTITY)
    found["spec"].update(more.pop("spec", {}))
    found["metadata"].update(more)
    return {"entity": found}


def facts(family, *rows):
    return {"entity": ENTITY, "facts": {family: [{"source": "t", **row} for row in rows]}, "measured": {family: ASKED}}


def repository(**fields):
    return facts("repository", {"name": "a/b", **fields})


def deployed(**fields):
    return facts("deployment", {"environment": "production", "state": "succeeded", **fields})


def owned_by(*members):
    return {"entity": ENTITY, "related": {"ownedBy": [{"entity": TEAM, "related": {"hasMember": [{"entity": user} for user in members]}}]}}


def link(kind):
    return entity(links=[{"url": "https://x.example", "type": kind}])


def depends_on(lifecycle):
    other = {"kind": "Component", "metadata": {"name": "y"}, "spec": {"lifecycle": lifecycle}}
    return {"entity": ENTITY, "related": {"dependsOn": [{"entity": other}]}}


def incident(opened):
    return facts("incident", {"state": "open", "opened": opened})


def run(state):
    return facts("pipeline-run", {"at": LATELY, "state": state})


def vulnerability(severity, seen, fixed="2.0"):
    return facts("vulnerability", {"id": "CVE-1", "severity": severity, "first_seen": seen, "fixed_in": fixed})


WORLDS = {
    "has-owner": (owned_by(USER), owned_by()),
    "has-description": (entity(description="Takes orders of customers."), entity(description="x")),
    "known-lifecycle": (entity(), entity(spec={"lifecycle": "prod"})),
    "part-of-a-system": (entity(spec={"system": "shop"}), entity()),
    "descriptor-without-problems": (entity(), entity() | {"problems": [{"code": "REF001", "severity": "warning"}]}),
    "codeowners": (repository(community=["codeowners"]), repository(community=["readme"])),
    "chat-channel": (link("chat"), link("dashboard")),
    "readme": (repository(community=["readme"]), repository(community=[])),
    "docs-built": (entity(annotations={"backstage.io/techdocs-ref": "dir:."}), entity()),
    "on-call": (facts("on-call", {"name": "rota"}), facts("on-call")),
    "on-call-two-levels": (facts("on-call", {"shifts": [{"level": 1}, {"level": 2}]}), facts("on-call", {"shifts": [{"level": 1}]})),
    "runbook": (link("runbook"), link("chat")),
    "dashboard": (link("dashboard"), link("chat")),
    "has-slo": (facts("availability", {"objective": 99.9}), facts("availability")),
    "slo-met": (facts("availability", {"objective": 99.9, "measured": 99.9}), facts("availability", {"objective": 99.9, "measured": 99.8})),
    "error-budget-left": (facts("availability", {"budget_left": 1.0}), facts("availability", {"budget_left": 0.0})),
    "two-replicas": (deployed(wanted=2), deployed(wanted=1)),
    "healthy-in-production": (deployed(health="healthy"), deployed(health="degraded")),
    "in-sync": (deployed(in_sync=True), deployed(in_sync=False)),
    "no-alert-for-a-week": (facts("alert", {"state": "firing", "since": LATELY}), facts("alert", {"state": "firing", "since": LONG_AGO})),
    "no-open-incident-for-a-day": (incident(SOON), incident(LONG_AGO)),
    "nothing-deprecated-below": (depends_on("production"), depends_on("deprecated")),
    "no-critical-for-a-week": (vulnerability("critical", LATELY), vulnerability("critical", LONG_AGO)),
    "no-high-for-a-month": (vulnerability("unknown", LONG_AGO), vulnerability("high", LONG_AGO)),
    "none-with-a-fix-for-90-days": (vulnerability("low", LONG_AGO, ""), vulnerability("low", LONG_AGO)),
    "security-policy": (repository(community=["security"]), repository(community=["readme"])),
    "main-is-green": (run("succeeded"), run("failed")),
    "pipeline-success": (run("succeeded"), run("failed")),
    "deployed-lately": (deployed(at=LATELY), deployed(at=LONG_AGO)),
    "has-tests": (facts("pipeline-run", {"tests": 3}), facts("pipeline-run", {"tests": 0})),
    "coverage": (facts("quality-gate", {"new_coverage": 80.0}), facts("quality-gate", {"new_coverage": 79.9})),
    "no-old-pull-request": (repository(pull_requests=[{"opened": LATELY}]), repository(pull_requests=[{"opened": LONG_AGO}])),
    "api-has-definition": (entity(spec={"definition": "openapi: 3.0.0"}), entity()),
    "api-has-provider": ({"entity": ENTITY, "related": {"apiProvidedBy": [{"entity": ENTITY}]}}, entity()),
    "contributing-guide": (repository(community=["contributing", "license", "readme"]), repository(community=["readme"])),
    "bus-factor": (repository(contributors=3), repository(contributors=2)),
}  # fmt: skip
KNOWN = (FieldCondition, ProblemsCondition, RelatedCondition)
"""Conditions on what descriptors say: known, so that they have two results."""
CARDS = read_cards(
    FOLDER, sorted(file.name for file in FOLDER.iterdir()), family_shapes(), {"ownedBy", "hasMember", "dependsOn", "apiProvidedBy"}
)
RULES = [rule for card in CARDS.cards for rule in card.rules]


def outcome(rule, world):
    return judge_rule(rule, JsonSubject(world, world["entity"], NOW), NOW.date()).outcome


def test_the_starter_set_has_no_mistake_and_every_rule_says_why_and_what_to_do():
    assert CARDS.problems == ()
    assert {rule.id for rule in RULES} == set(WORLDS)
    assert all(rule.title and rule.why and rule.fix for rule in RULES)
    assert all(card.title and card.description for card in CARDS.cards)


def prove(rule, good, bad):
    """An entity for each result that a rule can have: pass and fail, not measured for one of facts, skipped for one with ``when``."""
    assert (outcome(rule, good), outcome(rule, bad)) == ("pass", "fail")
    if not isinstance(rule.check, KNOWN):
        assert isinstance(rule.check, FactsCondition)
        assert outcome(rule, {"entity": ENTITY}) == "not measured"
    if rule.when is not None:
        other = deepcopy(good)
        other["entity"] = deepcopy(ENTITY) | {"spec": {"type": "service", "lifecycle": "experimental"}}
        assert outcome(rule, other) == "skipped"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_has_every_result_that_it_can_have(rule):
    prove(rule, *WORLDS[rule.id])


@pytest.mark.parametrize(
    "check",
    [
        "any: [{field: description, exists: true}, {field: description, exists: false}]",
        "all: [{field: description, exists: true}, {field: description, exists: false}]",
        "facts: incident, count: {at-least: 0}",
    ],
)
def test_a_rule_with_one_possible_result_is_refused(check, tmp_path):
    (tmp_path / "one.yaml").write_text(
        f"name: one\ntitle: One\nlevels: [bronze]\nrules:\n  - {{id: one, title: One, level: bronze, check: {{{check}}}}}\n"
    )
    [card] = read_cards(tmp_path, ["one.yaml"], family_shapes(), set()).cards
    for worlds in WORLDS.values():
        with pytest.raises(AssertionError):
            prove(card.rules[0], *worlds)
