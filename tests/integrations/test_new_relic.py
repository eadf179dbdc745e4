"""The new-relic integration: its queries in the types of NerdGraph, and answers as its documentation and bug reports show them."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_new_relic_api import FakeNewRelic, guid
from vendors import collect_from, facts, measured, target

from callboard.model.facts.availability import Availability
from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.incident import Incident, IncidentState
from spec_checking import needs_data

GUID = "newrelic.com/entity-guid"
OPENED = datetime(2026, 5, 16, 22, tzinfo=UTC)


def test_service_levels_alerts_and_issues_belong_to_their_entities(tmp_path):
    fake = FakeNewRelic()
    fake.entities[guid(1)]["alertSeverity"] = "CRITICAL"
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems, len(requests)) == ((), (), 3)
    assert facts(got, "availability")["s2"] == [Availability("Success", 99.95, 99.9, 7)]
    [alert] = facts(got, "alert")["s1"]
    assert (alert.name, alert.severity, alert.is_open) == ("s1", FactSeverity.CRITICAL, True)
    assert facts(got, "incident") == {"s0": [Incident("Error rate is high", OPENED, 1, IncidentState.OPEN)]}
    assert measured(got, "alert") == measured(got, "incident") == {"s0": True, "s1": True, "s2": True}
    assert fake.asked[1]["variables"]["q0"].endswith("UNTIL 2 MINUTES AGO SINCE 7 DAYS AGO")


def test_a_thousand_entities_with_a_service_level_each_are_asked_in_batches(tmp_path):
    fake = FakeNewRelic(1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path, families=["availability", "alert"])
    assert (got.failures, len(requests), len(facts(got, "availability"))) == ((), 40 + 50, 1_000)


@pytest.mark.parametrize(
    ("entity", "is_measured"),
    [
        ({"alertSeverity": "NOT_CONFIGURED"}, False), ({"alertSeverity": None}, False), ({"alertSeverity": "NOT_ALERTING"}, True),
        ({"alertSeverity": "NOT_ALERTING", "reporting": False}, False), ({"alertSeverity": "WARNING", "reporting": False}, True),
    ],
)  # fmt: skip
def test_an_entity_without_conditions_or_data_has_no_measured_alerts(entity, is_measured, tmp_path):
    fake = FakeNewRelic(1)
    fake.entities[guid(0)] |= entity
    got, _ = collect_from(fake, fake.targets, tmp_path, families=["alert"])
    assert measured(got, "alert") == ({"s0": True} if is_measured else {})


@pytest.mark.parametrize("results", [[], [{"SLI": None}], [7]])
def test_a_service_level_without_data_has_its_objective_alone(results, tmp_path):
    fake = FakeNewRelic(1)
    fake.results[guid(0)] = results
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert facts(got, "availability")["s0"] == [Availability("Success", None, 99.9, 7)]


def test_service_levels_of_the_same_name_are_all_kept(tmp_path):
    fake = FakeNewRelic(2)
    [indicator] = fake.entities[guid(0)]["serviceLevel"]["indicators"]
    longer = {"name": "Success", "target": 99.0, "timeWindow": {"rolling": {"count": 28, "unit": "DAY"}}}
    indicator["objectives"].append(longer)
    both = target("both", annotations={GUID: f"{guid(0)}, {guid(1)}"})
    got, _ = collect_from(fake, [both], tmp_path, families=["availability"])
    assert sorted((one.objective, one.window_days) for one in facts(got, "availability")["both"]) == [(99.0, 28), (99.9, 7), (99.9, 7)]


def test_a_value_that_is_left_out_is_incomplete_and_leaves_the_others(tmp_path):
    fake = FakeNewRelic(2)
    fake.results[guid(1)] = None
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert measured(got, "availability") == {"s0": True, "s1": False}
    assert list(facts(got, "availability")) == ["s0"]


def test_an_answer_with_errors_says_nothing_about_entities_that_are_missing(tmp_path):
    fake = FakeNewRelic(2)
    fake.entities.pop(guid(1))
    got, _ = collect_from(fake, fake.targets, tmp_path, families=["alert"])
    assert [problem.subject.name for problem in got.problems] == ["s1"]
    fake.errors = [{"message": "Service temporarily unavailable", "path": ["actor", "entities", 1]}]
    got, _ = collect_from(fake, fake.targets, tmp_path / "errors", families=["alert"])
    assert (got.problems, measured(got, "alert")) == ((), {"s0": False, "s1": False})
    assert "temporarily" in got.failures[0].message


@pytest.mark.parametrize(
    ("issue", "expected"),
    [
        ({"acknowledgedAt": 1_778_968_900_000, "priority": "LOW"}, [(4, IncidentState.ACKNOWLEDGED)]),
        ({"state": "CLOSED", "closedAt": 1_778_968_900_000}, [(1, IncidentState.RESOLVED)]),
        ({"state": "CREATED", "priority": "HIGH"}, [(2, IncidentState.OPEN)]),
        ({"mutingState": "FULLY_MUTED"}, []),
        ({"entityGuids": [guid(7)]}, []),
    ],
)
def test_issues_are_open_acknowledged_or_resolved_and_muted_ones_are_left_out(issue, expected, tmp_path):
    fake = FakeNewRelic(1)
    fake.found[1] = [*(fake.issue(9) for _ in range(4)), fake.issue(0, **issue)]
    got, requests = collect_from(fake, fake.targets, tmp_path, families=["incident"])
    assert [(one.severity, one.state) for one in facts(got, "incident").get("s0", ())] == expected
    assert len(requests) == 3


def test_an_annotation_that_is_no_guid_is_a_problem(tmp_path):
    fake = FakeNewRelic(1)
    written = ["no guid", "MXxBUE0=", f"{guid(0)}, {guid(0, account=2)}"]
    fake.entities[guid(0, account=2)] = fake.entity(0)
    got, _ = collect_from(fake, [target(f"t{n}", annotations={GUID: text}) for n, text in enumerate(written)], tmp_path)
    assert sorted(problem.subject.name for problem in got.problems) == ["t0", "t1", "t2"]  # t2: the second is answered as the first
    assert measured(got, "incident") == {"t2": True}


@needs_data
@pytest.mark.data
def test_every_query_is_valid_in_the_types_of_nerdgraph(tmp_path):
    import graphql

    fake = FakeNewRelic()
    collect_from(fake, fake.targets, tmp_path)
    schema = graphql.build_schema((Path(os.environ["CALLBOARD_TEST_DATA"]) / "specs/newrelic.graphql").read_text(encoding="utf-8"))
    assert len(fake.asked) == 3
    for body in fake.asked:
        document = graphql.parse(body["query"])
        assert graphql.validate(schema, document) == []
        declared = document.definitions[0].variable_definitions
        assert {one.variable.name.value for one in declared} >= set(body["variables"])
        coerced = graphql.execution.values.get_variable_values(schema, declared, body["variables"])
        assert not isinstance(coerced, list), coerced
