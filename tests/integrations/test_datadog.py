"""The datadog integration against Datadog's own description and recorded answers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_datadog_api import FakeDatadog
from vendors import TOKEN, collect, collect_from, facts, measured, target

import yaml
from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.availability import Availability
from callboard.model.facts.enumerations import FactSeverity
from faulty import Server, json_answer
from spec_checking import DATA, complaints, description, example, needs_data


def test_objectives_and_alerts_are_those_of_the_tags(tmp_path):
    fake = FakeDatadog()
    got, requests = collect_from(fake, [*fake.targets, target("none")], tmp_path)
    assert (got.failures, got.problems) == ((), ())
    assert facts(got, "availability")["s2"] == [Availability("s2 answers", 99.5, 99.0, 30, (), 50.0)]
    since = datetime(2026, 5, 16, 13, 6, 23, tzinfo=UTC)
    assert facts(got, "alert") == {f"s{n}": [Alert("Too slow", FactSeverity.HIGH, AlertState.FIRING, since)] for n in range(3)}
    assert {fact.url for fact in got.facts if fact.subject.name == "s1"} == {
        "https://app.datadoghq.com/slo?slo_id=slo1", "https://app.datadoghq.com/monitors/1",
    }  # fmt: skip
    assert requests[0].headers["dd-api-key"] == TOKEN
    assert requests[0].headers["dd-application-key"] == f"{TOKEN}-too"


def test_a_thousand_components_cost_pages_of_objectives_and_monitors(tmp_path):
    fake = FakeDatadog(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "availability")) == len(facts(got, "alert")) == 1_000
    assert len(requests) == 11 + 2


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ({"name": "new", "overall_status": [{"timeframe": "30d", "status": None, "target": 99.9}]}, Availability("new", None, 99.9)),
        ({"name": "bare", "thresholds": [{"timeframe": "90d", "target": 99}]}, Availability("bare", None, 99.0, 90)),
        ({"name": "odd", "overall_status": 7}, Availability("odd", None)),
    ],
)
def test_an_objective_without_data_is_not_zero(told, value, tmp_path):
    fake = FakeDatadog(count=1)
    fake.slos = lambda: [{"id": "x", "attributes": {**told, "all_tags": ["service:s0"]}}]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert facts(got, "availability") == {"s0": [value]}


def test_an_annotation_without_any_tag_means_nothing_and_not_everything(tmp_path):
    got, requests = collect_from(FakeDatadog(), [target("odd", annotations={"datadoghq.com/monitor_tags": " , "})], tmp_path)
    assert (got.facts, got.measurements, requests) == ((), (), [])
    assert [problem.subject.name for problem in got.problems] == ["odd"]


def test_silenced_alerts_say_so(tmp_path):
    fake = FakeDatadog(count=1)
    monitor = fake.monitors()[0]
    fake.monitors = lambda: [
        {**monitor, "id": 1, "options": {"silenced": {"*": None}}, "priority": 1},
        {**monitor, "id": 2, "matching_downtimes": [{"id": 3}], "overall_state": "Warn"},
    ]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert [(one.state, one.severity) for one in facts(got, "alert")["s0"]] == [
        (AlertState.SILENCED, FactSeverity.CRITICAL), (AlertState.SILENCED, FactSeverity.MEDIUM),
    ]  # fmt: skip


@needs_data
@pytest.mark.data
def test_every_request_is_in_datadogs_description(tmp_path):
    fake = FakeDatadog(count=101)
    _, requests = collect_from(fake, fake.targets, tmp_path)
    assert complaints(description("datadog-v1"), requests) == []


@needs_data
@pytest.mark.data
def test_datadogs_example_and_recorded_monitors_are_understood(tmp_path):
    file = Path(DATA) / "recorded/datadog/test_get_all_monitors_returns_ok_response_with_pagination.yaml"
    bodies = [one["response"]["body"]["string"] for one in yaml.safe_load(file.read_text())["interactions"]]
    bodies[0] = bodies[0].replace('"overall_state":"No Data"', '"overall_state":"Alert"')

    def answer(request, wire):
        if request.path.endswith("/search"):
            return json_answer(wire, example(description("datadog-v1"), "/api/v1/slo/search"))
        return wire.answer(200, bodies[int(request.query["page"])])

    told = {"datadoghq.com/monitor_tags": "systemid:splunk,Team:developer_insights", "datadoghq.com/slo_tag": "service:x"}
    with Server(answer) as server:
        got = collect("datadog", server.url, [target("one", annotations=told)], tmp_path, api_key=TOKEN, application_key=TOKEN)
    assert (got.failures, got.problems) == ((), ())
    assert {alert.name for alert in facts(got, "alert")["one"]} == {
        "SLO Monitor: aws_alb_latency_p95 for splunk", "SLO Monitor: aws_classic_elb_latency_p99 for splunk",
    }  # fmt: skip
    assert measured(got, "availability") == {"one": True}
