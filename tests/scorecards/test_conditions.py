"""Conditions of scorecards are judged, and refused, as the vectors say; what they say of themselves agrees."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from json_world import JsonSubject

from callboard.model.facts import FAMILIES
from callboard.model.facts.field_kinds import Version
from callboard.model.facts.value import FactValue
from callboard.scorecards.ages import age_of, time_of
from callboard.scorecards.cards import CardRule, Exemption
from callboard.scorecards.mistakes import CardMistakes
from callboard.scorecards.reading import ConditionReader, Vocabulary
from callboard.scorecards.results import RuleOutcome, RuleResult, judge_rule, level_reached, score_of
from callboard.scorecards.shapes import shape_of
from callboard.scorecards.versions import compare

VECTORS = json.loads((Path(__file__).parents[1] / "data/scorecards/cases.json").read_text())
NOW = time_of(VECTORS["now"])
RELATIONS = {"ownedBy", "dependsOn", "hasMember", "apiProvidedBy"}
LEVELS = VECTORS["levels"]["levels"]


@dataclass(frozen=True, slots=True)
class Dependency(FactValue):
    """A package that is used: a family that no integration reports yet."""

    name: str
    version: Version = ""
    ecosystem: str = ""


SHAPES = {name: shape_of(kind) for name, kind in {**FAMILIES, "dependency": Dependency}.items()}


def without_levels(data):
    """The same conditions without the levels of other scorecards, which the vectors repeat in place."""
    if isinstance(data, dict):
        return {key: without_levels(value) for key, value in data.items() if not (key == "of" and "level" in data)}
    return [without_levels(item) for item in data] if isinstance(data, list) else data


def read(data, max_age=None):
    mistakes = CardMistakes()
    words = Vocabulary(SHAPES, RELATIONS, {"basics": ("bronze", "silver")}, max_age)
    return ConditionReader(words, mistakes).read(without_levels(data), ("check",)), mistakes.found


def subject_of(world, now=NOW):
    entity = VECTORS["orders"] if world["entity"] == "orders" else world["entity"]
    return JsonSubject(world, entity, now)


def rule_of(case):
    max_age = age_of(case["max_age"]) if "max_age" in case else None
    check, mistakes = read(case["rule"]["check"], max_age)
    when, _ = read(case["rule"]["when"], max_age) if "when" in case["rule"] else (None, ())
    exempt = [Exemption(each["entity"], each["reason"], date.fromisoformat(each["until"])) for each in case["rule"].get("exempt", ())]
    return CardRule("x", "X", check, when, exemptions=tuple(exempt)), mistakes


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"])
def test_a_condition_has_the_result_of_its_vector(case):
    rule, mistakes = rule_of(case)
    if case["expect"] == "error":
        assert rule.check is None
        assert case["error"] in mistakes[0].message
        return
    assert not mistakes
    subject = subject_of(case["world"])
    assert judge_rule(rule, subject, NOW.date()).outcome == case["expect"]
    explanation = rule.check.explain(subject)
    assert explanation.truth is rule.check.judge(subject)
    assert all(part.found for part in explanation.deciding())
    assert rule.check.text()


@pytest.mark.parametrize("case", VECTORS["levels"]["cases"], ids=lambda case: case["id"])
def test_a_level_is_reached_as_the_vectors_say(case):
    today = date.fromisoformat(VECTORS["levels"]["today"])
    results = []
    for each in case["rules"]:
        starts = date.fromisoformat(each["from"]) if "from" in each else None
        rule = CardRule("x", "X", None, level=LEVELS.index(each["level"]) + 1, starts=starts)
        results.append(RuleResult(rule, RuleOutcome(each["result"]), rule.counts(today)))
    reached, expected = level_reached(results, len(LEVELS)), case["expect"]
    names = {0: None, **dict(enumerate(LEVELS, 1))}
    assert names[reached.level] == expected["level"]
    assert reached.applies is ("reason" not in expected)
    if expected.get("next"):
        assert (names[reached.next], reached.to_pass, reached.to_measure) == (expected["next"], expected["to_pass"], expected["to_measure"])
    else:
        assert reached.next == 0


@pytest.mark.parametrize("case", VECTORS["weighted"]["cases"], ids=lambda case: case["id"])
def test_a_score_is_the_weight_of_what_passes(case):
    results = [RuleResult(CardRule("x", "X", None, weight=each.get("weight", 1)), RuleOutcome(each["result"])) for each in case["rules"]]
    score = score_of(results)
    assert (score.percent, score.coverage) == (case["expect"]["score"], case["expect"]["coverage"])


def test_a_result_that_time_alone_changes_is_announced_for_the_moment_at_which_it_does():
    check, _ = read({"facts": "vulnerability", "where": {"first_seen": {"older-than": "30d"}}, "count": 0})
    seen = NOW - timedelta(days=10)
    world = {"entity": "orders", "facts": {"vulnerability": [{"id": "a", "first_seen": seen.isoformat()}]}, "measured": {
        "vulnerability": [{"source": "t", "complete": True, "asked": NOW.isoformat()}]}}  # fmt: skip
    subject = subject_of(world)
    assert check.judge(subject) is True
    (moment,) = subject.turned
    assert check.judge(subject_of(world, moment - timedelta(microseconds=1))) is True
    assert check.judge(subject_of(world, moment)) is False


def test_facts_that_are_whole_since_a_while_prove_nothing_about_the_time_before():
    """A tool that reports from 20 November on cannot say that nothing was deployed in 30 days, but that something was."""
    check, _ = read({"facts": "deployment", "any": {"at": {"newer-than": "30d"}}})
    recent, _ = read({"facts": "deployment", "any": {"at": {"newer-than": "5d"}}})
    since = datetime(2026, 11, 20, tzinfo=UTC)
    orders = VECTORS["orders"]
    nothing = SinceSubject({"entity": "orders", "facts": {"deployment": []}}, orders, NOW, since=since)
    assert (check.judge(nothing), recent.judge(nothing)) == (None, False)
    some = SinceSubject(
        {"entity": "orders", "facts": {"deployment": [{"at": "2026-11-21T00:00:00Z"}]}}, VECTORS["orders"], NOW, since=since
    )
    assert check.judge(some) is True


class SinceSubject(JsonSubject):
    """A subject whose queries are whole since a while only."""

    def __init__(self, *arguments, since):
        super().__init__(*arguments)
        self.since = since

    def queries(self, family):
        return [SimpleNamespace(source="t", complete=True, at=NOW, since=self.since)]


@pytest.mark.parametrize(("ecosystem", "lowest_first"), [
    ("", ["2.9.1", "2.17.0-rc1", "2.17", "2.17.1"]),
    ("", ["v1.0.0-alpha.1", "v1.0.0-beta", "v1.0.0", "v1.0.1"]),
    ("pypi", ["1.0.dev1", "1.0a1", "1.0rc1", "1.0", "1.0.post1", "1!0.1"]),
    ("npm", ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0", "1.0.1"]),
    ("maven", ["1.0-alpha-1", "1.0-beta-1", "1.0-rc1", "1.0-SNAPSHOT", "1.0", "1.0-sp1", "1.0-jre", "1.0.1", "1.10"]),
])  # fmt: skip
def test_versions_are_ordered_by_the_rules_of_their_ecosystem(ecosystem, lowest_first):
    for index, one in enumerate(lowest_first):
        assert compare(one, one, ecosystem) == 0
        for other in lowest_first[index + 1 :]:
            assert compare(one, other, ecosystem) < 0, (one, other)
            assert compare(other, one, ecosystem) > 0, (other, one)


@pytest.mark.parametrize("text", ["main", "", "latest", "3f2a9c1", "9" * 40, None, True, []])
def test_what_is_no_version_is_neither_lower_nor_higher(text):
    assert compare(text, "1.0") is None
