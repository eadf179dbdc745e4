"""The firehydrant integration against the vendor's description, and answers in its shapes."""

from datetime import UTC, datetime

import pytest
from fake_firehydrant_api import SERVICE_NAME, FakeFireHydrant, incident, phases, schedule, service
from vendors import TOKEN, collect_from, facts, measured, target

from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.on_call import OnCall, Shift
from spec_checking import complaints, own_description, unknown_fields

OPENED = datetime(2026, 5, 16, 17, tzinfo=UTC)
SHIFT = Shift("Lisa Karlin Curtis", datetime(2026, 5, 16, 9, tzinfo=UTC), datetime(2026, 5, 18, 9, tzinfo=UTC), 1, "lisa@acme.example")


def test_incidents_and_shifts_belong_to_the_entities_of_their_services(tmp_path):
    fake = FakeFireHydrant(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    assert facts(got, "incident")["s999"] == [Incident("Database connection pool exhausted", OPENED, 2, IncidentState.OPEN)]
    assert facts(got, "on-call")["s999"] == [OnCall("Rota 1", (SHIFT,))]
    assert len(facts(got, "incident")) == len(facts(got, "on-call")) == 1_000
    assert len(requests) == 10 + 10 + 1 + 1
    assert {request.headers["authorization"] for request in requests} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("fields", "state", "word"),
    [
        ({"current_milestone": "detected"}, IncidentState.OPEN, ""), ({"current_milestone": "fixing"}, IncidentState.ACKNOWLEDGED, ""),
        ({"current_milestone": "reviewed"}, IncidentState.RESOLVED, ""), ({"current_milestone": "closed"}, IncidentState.RESOLVED, ""),
        ({"current_milestone": "mitigated", "lifecycle_phases": None}, IncidentState.ACKNOWLEDGED, ""),
        ({"current_milestone": "watching", "lifecycle_phases": []}, IncidentState.UNKNOWN, "watching"),
        ({"severity": "GAMEDAY"}, None, ""), ({"severity": "MAINTENANCE"}, None, ""), ({"discarded_at": "2026-05-16T18:00:00Z"}, None, ""),
    ],
)  # fmt: skip
def test_a_state_is_that_of_the_phase_of_the_milestone(fields, state, word, tmp_path):
    fake = FakeFireHydrant(count=1)
    fake.lists["incidents"] = [incident(0, **fields)]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert [(one.state, one.state_word) for one in facts(got, "incident").get("s0", [])] == ([] if state is None else [(state, word)])
    assert measured(got, "incident") == {"s0": True}


@pytest.mark.parametrize(
    ("severity", "expected"), [("SEV0", (1, "")), ("SEV4", (4, "")), ("UNSET", (3, "UNSET")), ("SEC1", (3, "SEC1")), (None, (3, ""))]
)
def test_a_severity_of_its_own_keeps_its_word(severity, expected, tmp_path):
    fake = FakeFireHydrant(count=1)
    fake.lists["incidents"] = [incident(0, severity=severity)]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert [(one.severity, one.severity_word) for one in facts(got, "incident")["s0"]] == [expected]


def test_an_incident_is_resolved_at_the_first_milestone_that_says_so(tmp_path):
    fake = FakeFireHydrant(count=1)
    times = phases(resolved="2026-05-16T19:00:00Z", closed="2026-05-16T23:00:00Z")
    fake.lists["incidents"] = [incident(0, current_milestone="closed", lifecycle_phases=times)]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert facts(got, "incident")["s0"][0].resolved == datetime(2026, 5, 16, 19, tzinfo=UTC)


def test_an_active_incident_that_began_earlier_is_requested_by_itself(tmp_path):
    fake = FakeFireHydrant(count=1)
    fake.lists["services"] = [service(0, active_incidents=["incident-0", "old"]), service(1, active_incidents=["foreign"])]
    fake.older["old"] = incident(0, id="old", name="Queue grows", created_at="2026-01-01T00:00:00Z")
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert {one.title for one in facts(got, "incident")["s0"]} == {"Database connection pool exhausted", "Queue grows"}
    assert [request.path for request in requests if request.path.count("/") == 3] == ["/v1/incidents/old"]
    assert measured(got, "incident") == {"s0": True}


def test_of_too_many_earlier_incidents_the_result_is_incomplete(tmp_path):
    fake = FakeFireHydrant(count=1)
    fake.lists["services"] = [service(0, active_incidents=[f"old-{n:03}" for n in range(101)])]
    fake.older = {f"old-{n:03}": incident(0, id=f"old-{n:03}") for n in range(101)}
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert (len(facts(got, "incident")["s0"]), measured(got, "incident")) == (101, {"s0": False})


@pytest.mark.parametrize(
    ("annotations", "name", "codes"),
    [
        ({SERVICE_NAME: "service 0"}, "shop", []), ({SERVICE_NAME: "service-0"}, "shop", []), ({}, "matched", []), ({}, "other", []),
        ({SERVICE_NAME: "lost"}, "shop", ["INT003"]),
    ],
)  # fmt: skip
def test_a_service_is_found_by_annotation_or_by_the_reference_as_its_name(annotations, name, codes, tmp_path):
    fake = FakeFireHydrant(count=1)
    fake.lists["services"].append(service(1, name="Component:default/matched", slug="component-default-matched"))
    fake.lists["incidents"].append(incident(1))
    got, _ = collect_from(fake, [target(name, annotations=annotations)], tmp_path)
    is_found = not codes and name != "other"
    assert ([*facts(got, "incident")], [problem.code for problem in got.problems]) == ([name] if is_found else [], codes)


def test_a_team_without_a_schedule_is_not_measured_and_a_rotation_without_a_person_is_empty(tmp_path):
    fake = FakeFireHydrant(count=3)
    fake.lists["services"][2] = service(2, owner=None, teams=[{"id": "team-1"}])
    fake.schedules = [schedule(1, rotations=[{"current_shift": {"user": None}, "next_shift": None}], current_shift=None)]
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert facts(got, "on-call") == {"s1": [OnCall("Rota 1", ())], "s2": [OnCall("Rota 1", ())]}
    assert measured(got, "on-call") == {"s1": True, "s2": True}
    assert "/v1/users" not in {request.path for request in requests}


def test_every_request_and_answer_is_in_the_vendors_description(tmp_path):
    described, fake = own_description("firehydrant.oas3"), FakeFireHydrant()
    fake.lists["services"][0]["active_incidents"] = ["old"]
    fake.older["old"] = incident(0, id="old")
    _, requests = collect_from(fake, fake.targets, tmp_path)
    assert {request.path.removeprefix("/v1/") for request in requests} == {*fake.lists, "signals_on_call", "incidents/old"}
    assert complaints(described, requests) == []
    answers = {
        "ServiceEntity": service(0),
        "IncidentEntity": incident(0),
        "OnCallSchedule": schedule(0),
        "UserEntity": fake.lists["users"][0],
    }
    assert {name: unknown_fields(described, name, answer) for name, answer in answers.items()} == {key: [] for key in answers}
    assert unknown_fields(described, "ServiceEntity", {"owner": {"nosuch": 1}}) == ["owner.nosuch"]
