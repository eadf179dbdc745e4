"""The dynatrace integration against answers as documented, and as bug reports show them."""

from datetime import UTC, datetime

import pytest
from fake_dynatrace_api import FakeDynatrace, entity
from vendors import collect_from, facts, measured, target

from callboard.model.facts.availability import Availability
from callboard.model.facts.incident import Incident, IncidentState
from spec_checking import complaints, own_description, unknown_fields

ID = "dynatrace.com/dynatrace-entity-id"
OPENED, CLOSED = datetime(2026, 5, 16, 22, tzinfo=UTC), datetime(2026, 5, 16, 22, 30, tzinfo=UTC)


def test_problems_and_service_levels_belong_to_their_entities(tmp_path):
    fake = FakeDynatrace()
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems, len(requests)) == ((), (), 2)
    assert facts(got, "incident")["s1"] == [Incident("Failure rate increase (P-1)", OPENED, 2, IncidentState.OPEN)]
    assert facts(got, "availability")["s2"] == [Availability("s2 success", 99.95, 99.9, 7)]
    assert requests[0].query == {"from": "2026-04-17T02:00:00Z", "pageSize": "500"}
    assert requests[1].query == {"evaluate": "true", "pageSize": "25"}


def test_a_thousand_entities_cost_a_request_for_each_page(tmp_path):
    fake = FakeDynatrace(1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, len(requests), len(facts(got, "availability"))) == ((), 2 + 40, 1_000)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ({"status": "CLOSED", "endTime": 1_778_970_600_000}, (2, IncidentState.RESOLVED, CLOSED)),
        ({"severityLevel": "AVAILABILITY"}, (1, IncidentState.OPEN, None)),
        ({"severityLevel": "RESOURCE_CONTENTION"}, (3, IncidentState.OPEN, None)),
        ({"affectedEntities": [], "impactedEntities": []}, None),
        (
            {"affectedEntities": [], "impactedEntities": None, "rootCauseEntity": {"entityId": {"id": entity(0)}}},
            (2, IncidentState.OPEN, None),
        ),
    ],
)
def test_a_problem_is_of_the_entities_that_it_affects_or_comes_from(problem, expected, tmp_path):
    fake = FakeDynatrace(1)
    fake.problems = [fake.problem(0, **problem)]
    got, _ = collect_from(fake, fake.targets, tmp_path, families=["incident"])
    found = [(one.severity, one.state, one.resolved) for one in facts(got, "incident").get("s0", ())]
    assert (found, measured(got, "incident")) == ([expected] if expected else [], {"s0": True})


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ({"evaluatedPercentage": -1.0, "error": "METRICS_NO_DATA"}, (None, 7)),
        ({"evaluatedPercentage": -1.0}, (None, 7)),
        ({"timeframe": "now-1M/M to now/M"}, (99.95, 30)),
        ({"timeframe": "-24h"}, (99.95, 1)),
        ({"enabled": False}, None),
        ({"filter": 'type("SERVICE"),tag("shop")'}, None),
        ({"filter": f'entityId("{entity(5)}","{entity(0)}")'}, (99.95, 7)),
    ],
)
def test_minus_one_is_no_value_and_a_filter_names_the_entities(level, expected, tmp_path):
    fake = FakeDynatrace(1)
    fake.levels = [fake.level(0, **level)]
    got, _ = collect_from(fake, fake.targets, tmp_path, families=["availability"])
    found = [(one.measured, one.window_days) for one in facts(got, "availability").get("s0", ())]
    assert found == ([expected] if expected else [])


def test_an_annotation_that_is_no_id_is_a_problem_and_both_may_name_several(tmp_path):
    fake = FakeDynatrace(3)
    first = target("first", annotations={ID: f"{entity(0).lower()}, {entity(1)}", "dynatrace.com/synthetics-ids": entity(2)})
    got, _ = collect_from(fake, [first, target("second", annotations={ID: "checkout service"})], tmp_path)
    assert [problem.subject.name for problem in got.problems] == ["second"]
    assert (len(facts(got, "incident")["first"]), list(measured(got, "incident"))) == (3, ["first"])


def test_every_request_and_answer_is_in_the_vendors_description(tmp_path):
    described, fake = own_description("dynatrace.oas3"), FakeDynatrace(501)
    _, requests = collect_from(fake, fake.targets, tmp_path)
    assert {request.path for request in requests} == {"/api/v2/problems", "/api/v2/slo"}
    assert complaints(described, requests, "/api/v2") == []
    assert [unknown_fields(described, *pair) for pair in (("Problem", fake.problems[0]), ("SLO", fake.levels[0]))] == [[], []]
