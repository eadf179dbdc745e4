"""The pagerduty integration against PagerDuty's own description and example answers."""

from datetime import UTC, datetime

import pytest
from fake_pagerduty_api import FakePagerDuty
from vendors import TOKEN, collect, collect_from, facts, measured, target

from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.on_call import OnCall, Shift
from faulty import Server, json_answer
from spec_checking import complaints, description, example, needs_data


def test_incidents_and_shifts_come_by_pages_of_the_account(tmp_path):
    fake = FakePagerDuty(count=150)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    fire = datetime(2026, 5, 16, 21, 30, 42, tzinfo=UTC)
    ended = datetime(2026, 5, 16, 22, tzinfo=UTC)
    assert facts(got, "incident")["s149"] == [
        Incident("The server is on fire.", fire, 2, IncidentState.OPEN),
        Incident("The server is on fire.", fire, 2, IncidentState.RESOLVED, ended),
    ]
    begun = datetime(2026, 5, 16, 20, 28, 51, tzinfo=UTC)
    always = Shift("Tim Wright", None, None, 2, "tim@acme.example")
    assert facts(got, "on-call")["s0"] == [
        OnCall("Policy P000000", (Shift("Tim Wright", begun, begun.replace(day=18), 1, "tim@acme.example"), always))
    ]
    assert len(requests) == 2 + 2 * 2 + 2 + 1
    assert {request.headers["authorization"] for request in requests} == {f"Token token={TOKEN}"}


def test_a_thousand_services_cost_few_requests(tmp_path):
    fake = FakePagerDuty(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "incident")) == len(facts(got, "on-call")) == 1_000
    assert len(requests) == 11 + 2 * 10 + 20


def test_a_service_without_incidents_is_a_measured_zero(tmp_path):
    fake = FakePagerDuty(count=1)
    fake._incidents = lambda query: []
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert measured(got, "incident") == {"s0": True}
    assert facts(got, "incident") == {}


def test_incidents_are_known_since_the_beginning_of_the_days_that_were_asked_for(tmp_path):
    fake = FakePagerDuty(count=1)
    got, _ = collect_from(fake, fake.targets, tmp_path, days=7)
    assert {one.family: one.since for one in got.measurements} == {"incident": datetime(2026, 5, 10, 2, tzinfo=UTC), "on-call": None}


def test_services_are_found_by_integration_key_too_and_unknown_ones_are_told(tmp_path):
    fake = FakePagerDuty(count=1)
    keyed = target("keyed", annotations={"pagerduty.com/integration-key": "key-P000000"})
    lost = target("lost", annotations={"pagerduty.com/integration-key": "secret-key-of-nobody"})
    gone = target("gone", annotations={"pagerduty.com/service-id": "PGONE01"})
    got, requests = collect_from(fake, [keyed, lost, gone, target("none")], tmp_path)
    assert [*facts(got, "incident")] == ["keyed"]
    assert measured(got, "on-call") == {"keyed": True}
    assert sorted(problem.subject.name for problem in got.problems) == ["gone", "lost"]
    assert "secret-key" not in repr(got.problems)
    assert "include%5B%5D=integrations" in requests[0].target


def test_nothing_is_asked_where_no_entity_has_an_annotation(tmp_path):
    got, requests = collect_from(FakePagerDuty(), [target("none")], tmp_path)
    assert (requests, got.facts, got.failures) == ([], (), ())


@needs_data
@pytest.mark.data
def test_every_request_is_in_pagerdutys_description(tmp_path):
    fake = FakePagerDuty(count=2)
    keyed = target("keyed", annotations={"pagerduty.com/integration-key": "key-P000000"})
    _, requests = collect_from(fake, [*fake.targets, keyed], tmp_path)
    assert complaints(description("pagerduty"), requests) == []
    requests[0].target += "&nosuch=1"
    assert complaints(description("pagerduty"), requests) == ["/services: the parameter nosuch is not described"]


@needs_data
@pytest.mark.data
def test_pagerdutys_own_examples_are_understood(tmp_path):
    described = description("pagerduty")

    def answer(request, wire):
        json_answer(wire, {**example(described, request.path), "more": False})

    with Server(answer) as server:
        got = collect("pagerduty", server.url, [target("mail", annotations={"pagerduty.com/service-id": "PIJ90N7"})], tmp_path, token=TOKEN)
    assert (got.failures, got.problems) == ((), ())
    (incident,) = facts(got, "incident")["mail"]
    assert (incident.title, incident.severity, incident.state) == ("The server is on fire.", 2, IncidentState.RESOLVED)
    (rota,) = facts(got, "on-call")["mail"]
    assert (rota.name, rota.shifts[0].person, rota.shifts[0].level) == ("Engineering Escalation Policy", "Tim Wright", 2)
