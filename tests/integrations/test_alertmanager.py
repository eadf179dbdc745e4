"""The alertmanager integration against Alertmanager's own description."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_prometheus_api import FakeAlertmanager
from vendors import TOKEN, collect, collect_from, facts, measured, target

import yaml
from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.enumerations import FactSeverity
from faulty import Server, json_answer
from spec_checking import DATA, complaints, needs_data

SERVICE, LABELS, ALERT = "prometheus.io/service-name", "prometheus.io/labels", "prometheus.io/alert"
FOUND = Alert("HighErrors", FactSeverity.CRITICAL, AlertState.FIRING, datetime(2026, 5, 17, 1, 0, tzinfo=UTC), "5xx above 2 %")


def test_an_alert_is_the_entitys_whose_label_it_has(tmp_path):
    fake = FakeAlertmanager()
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    assert facts(got, "alert")["s1"] == [FOUND]
    assert (got.facts[1].key, got.facts[1].url) == (f"{1:016x}", "http://prometheus.acme.example/graph?g0.expr=x")
    assert requests[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_a_thousand_components_cost_one_request(tmp_path):
    fake = FakeAlertmanager(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "alert")) == 1_000
    assert len(requests) == 1


def test_alerts_are_found_in_all_ways_of_backstages_annotations_and_none_is_a_measured_zero(tmp_path):
    fake = FakeAlertmanager()
    fake.alerts = lambda: [
        fake.alert("HighErrors", "f1", service="a", team="care"), fake.alert("Slow", "f2", "suppressed", service="a", team="care"),
        fake.alert("Slow", "f3", service="b", environment="staging", severity="odd"), fake.alert("Watchdog", "f4"),
    ]  # fmt: skip
    those = {
        "by-name": {ALERT: "Slow, HighErrors"}, "by-name-and-labels": {ALERT: "Slow", LABELS: "team=care"},
        "all-of-a-team": {ALERT: "all", LABELS: "team=care"}, "all": {ALERT: "all"}, "service": {SERVICE: "a"},
        "zero": {SERVICE: "c"}, "broken": {LABELS: "care"}, "none": {},
    }  # fmt: skip
    got, _ = collect_from(fake, [target(name, annotations=told) for name, told in those.items()], tmp_path)
    keys = {name: [fact.key for fact in got.facts if fact.subject.name == name] for name in those}
    assert keys == {
        "by-name": ["f1", "f2", "f3"], "by-name-and-labels": ["f2"], "all-of-a-team": ["f1", "f2"], "all": ["f1", "f2", "f4", "f3"],
        "service": ["f1", "f2"], "zero": [], "broken": [], "none": [],
    }  # fmt: skip
    assert measured(got, "alert") == dict.fromkeys(("by-name", "by-name-and-labels", "all-of-a-team", "all", "service", "zero"), True)
    assert [problem.subject.name for problem in got.problems] == ["broken"]
    (slow,) = facts(got, "alert")["by-name-and-labels"]
    assert (slow.state, slow.severity) == (AlertState.SILENCED, FactSeverity.UNKNOWN)
    assert {fact.environment for fact in got.facts if fact.key == "f3"} == {"staging"}


def test_an_alert_without_a_name_is_a_problem(tmp_path):
    fake = FakeAlertmanager(count=1)
    fake.alerts = lambda: [{"labels": {"service": "s0"}}]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert (got.facts, measured(got, "alert")) == ((), {"s0": False})
    assert "the alert has no name" in got.problems[0].message


def test_alerts_without_labels_are_no_answer(tmp_path):
    with Server(lambda request, wire: json_answer(wire, [{"status": {}}])) as server:
        got = collect("alertmanager", server.url, FakeAlertmanager().targets, tmp_path)
    assert got.failures
    assert set(measured(got, "alert").values()) == {False}


@needs_data
@pytest.mark.data
def test_every_request_is_in_alertmanagers_description(tmp_path):
    fake = FakeAlertmanager()
    _, requests = collect_from(fake, fake.targets, tmp_path, filter=['severity=~"page|critical"', 'team="care"'])
    described = yaml.safe_load((Path(DATA) / "specs" / "alertmanager.yaml").read_text(encoding="utf-8"))
    assert "filter=severity%3D~%22page%7Ccritical%22&filter=team%3D%22care%22" in requests[0].target
    assert complaints(described, requests, prefix="/api/v2") == []
