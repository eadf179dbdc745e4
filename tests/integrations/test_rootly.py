"""The rootly integration against the vendor's description, and answers as it and other clients show them."""

from datetime import UTC, datetime

import pytest
from fake_rootly_api import LISA, FakeRootly, incident
from vendors import TOKEN, collect_from, facts, measured, target

from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.on_call import OnCall, Shift
from spec_checking import complaints, description, needs_data

SLUG = "rootly.com/service-slug"
OPENED = datetime(2026, 5, 16, 17, tzinfo=UTC)
SHIFT = Shift("Lisa Karlin Curtis", datetime(2026, 5, 16, 9, tzinfo=UTC), datetime(2026, 5, 18, 9, tzinfo=UTC), 1, "lisa@acme.example")


def test_incidents_and_shifts_belong_to_the_entities_of_their_services(tmp_path):
    fake = FakeRootly(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    assert facts(got, "incident")["s999"] == [Incident("Database connection pool exhausted", OPENED, 2, IncidentState.OPEN)]
    assert facts(got, "on-call")["s999"] == [OnCall("Rota 1", (SHIFT,))]
    assert len(facts(got, "incident")) == len(facts(got, "on-call")) == 1_000
    assert len(requests) == 11 + 11 + 1 + 1
    assert {request.headers["authorization"] for request in requests} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("attributes", "state"),
    [
        ({"status": "mitigated"}, IncidentState.ACKNOWLEDGED), ({"status": "closed"}, IncidentState.RESOLVED),
        ({"status": "new word"}, IncidentState.UNKNOWN), ({"status": None}, IncidentState.OPEN),
        ({"status": None, "resolved_at": "2026-05-16T18:00:00Z", "mitigated_at": "2026-05-16T17:30:00Z"}, IncidentState.RESOLVED),
        ({"status": None, "mitigated_at": "2026-05-16T17:30:00Z"}, IncidentState.ACKNOWLEDGED), ({"status": "cancelled"}, None),
        ({"kind": "test"}, None), ({"kind": "example_sub"}, None), ({"kind": "scheduled"}, None),
        ({"kind": "backfilled"}, IncidentState.OPEN),
    ],
)  # fmt: skip
def test_a_state_is_that_of_the_status_or_of_the_times(attributes, state, tmp_path):
    fake = FakeRootly(count=1)
    fake.lists["incidents"] = [incident(0, **attributes)]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert [value.state for value in facts(got, "incident").get("s0", [])] == ([] if state is None else [state])
    assert measured(got, "incident") == {"s0": True}


@pytest.mark.parametrize(
    ("annotations", "name", "codes"),
    [
        ({"rootly.com/service-id": "services-0"}, "shop", []), ({"rootly.com/service-name": "service 0"}, "shop", []), ({}, "matched", []),
        ({}, "other", []), ({SLUG: "lost"}, "shop", ["INT003"]), ({SLUG: "service-0", "rootly.com/organization-id": "sandbox"}, "shop", []),
    ],
)  # fmt: skip
def test_a_service_is_found_by_annotation_or_by_the_reference_in_it(annotations, name, codes, tmp_path):
    fake = FakeRootly(count=1)
    fake.lists["services"][0]["attributes"]["backstage_id"] = "Component:default/matched"
    got, _ = collect_from(fake, [target(name, annotations=annotations)], tmp_path, organization="main")
    is_found = not codes and name != "other" and "rootly.com/organization-id" not in annotations
    assert ([*facts(got, "incident")], [problem.code for problem in got.problems]) == ([name] if is_found else [], codes)


def test_functionalities_and_teams_have_incidents_and_teams_their_schedules(tmp_path):
    fake = FakeRootly(count=1)
    fake.lists["incidents"] = [
        incident(0, services=None, functionalities=[{"data": {"id": "functionalities-0"}}]),
        {**incident(1, services=[]), "relationships": {"groups": {"data": [{"id": "teams-0", "type": "groups"}]}}},
    ]
    login = target("login", annotations={"rootly.com/functionality-slug": "login"})
    care = target("care", annotations={"rootly.com/team-name": "Care"})
    got, _ = collect_from(fake, [login, care], tmp_path)
    assert [*facts(got, "incident")] == ["care", "login"]
    assert facts(got, "on-call") == {"care": [OnCall("Rota 0", (SHIFT,))]}
    assert measured(got, "on-call") == {"care": True}


def test_a_user_may_be_included_beside_the_shifts(tmp_path):
    fake = FakeRootly(count=1)
    del fake.shifts[0]["attributes"]["user"]
    fake.shifts[0]["relationships"] = {"user": {"data": {"id": "7", "type": "users"}}}
    fake.included = [{"id": "7", "type": "users", "attributes": {**LISA, "full_name": None}}]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert [shift.person for shift in facts(got, "on-call")["s0"][0].shifts] == ["lisa"]


@needs_data
@pytest.mark.data
def test_every_request_is_in_the_vendors_description(tmp_path):
    fake = FakeRootly()
    more = [target("a", annotations={"rootly.com/team-id": "teams-0"}), target("b", annotations={"rootly.com/functionality-slug": "login"})]
    _, requests = collect_from(fake, [*fake.targets, *more], tmp_path)
    assert {request.path.rpartition("/")[2] for request in requests} == {*fake.lists, "shifts"}
    assert complaints(description("rootly.oas3"), requests) == []
