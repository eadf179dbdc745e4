"""The incident-io integration against the vendor's description, and answers as it and the Backstage plugin show them."""

from datetime import UTC, datetime

import pytest
from fake_incident_io_api import FakeIncidentIo, incident
from vendors import TOKEN, collect_from, facts, measured, target

from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.on_call import OnCall, Shift
from spec_checking import complaints, description, needs_data

ENTRY = "incident.io/catalog-entry"
OPENED = datetime(2026, 5, 16, 13, 28, 57, tzinfo=UTC)
LISA = Shift("Lisa Karlin Curtis", datetime(2026, 5, 16, 9, tzinfo=UTC), datetime(2026, 5, 18, 9, tzinfo=UTC), 1, "lisa@acme.example")


def test_incidents_and_shifts_belong_to_the_entities_of_their_catalog_entries(tmp_path):
    fake = FakeIncidentIo(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    assert facts(got, "incident")["s999"] == [Incident("Our database is sad", OPENED, 2, IncidentState.OPEN)]
    assert facts(got, "on-call")["s999"] == [OnCall("Rota 1", (LISA,))]
    assert len(facts(got, "incident")) == len(facts(got, "on-call")) == 1_000
    assert len(requests) == 1 + 4 + 1 + 4 + 4 + 1 + 1 + 2
    assert {request.headers["authorization"] for request in requests} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("category", "state"),
    [
        ("triage", IncidentState.OPEN), ("paused", IncidentState.ACKNOWLEDGED), ("learning", IncidentState.RESOLVED),
        ("closed", IncidentState.RESOLVED), ("new word", IncidentState.UNKNOWN), ("declined", None), ("merged", None), ("canceled", None),
    ],
)  # fmt: skip
def test_a_state_is_that_of_the_category(category, state, tmp_path):
    fake = FakeIncidentIo(count=1)
    fake.lists["/v2/incidents"] = [incident(0, category)]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    values = facts(got, "incident").get("s0", [])
    assert [value.state for value in values] == ([] if state is None else [state])
    assert [value.resolved for value in values if not value.is_open] == [OPENED.replace(hour=15, minute=0, second=0)] * (
        state is IncidentState.RESOLVED
    )
    assert measured(got, "incident") == {"s0": True}


@pytest.mark.parametrize(("rank", "severity", "word"), [(3, 1, ""), (1, 3, ""), (7, 3, "Major"), (None, 3, "Major")])
def test_the_highest_rank_of_the_organization_is_the_most_severe(rank, severity, word, tmp_path):
    fake = FakeIncidentIo(count=1)
    fake.lists["/v2/incidents"] = [incident(0, rank=rank)]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    (value,) = facts(got, "incident")["s0"]
    assert (value.severity, value.severity_word) == (severity, word)


@pytest.mark.parametrize(
    ("entry", "annotations", "is_found"),
    [
        ({"external_id": "component:default/shop"}, {}, True), ({"external_id": "shop"}, {}, True),
        ({"aliases": ["Default/Shop"]}, {}, True),
        ({"name": "shop"}, {}, True), ({"external_id": "8d5a"}, {ENTRY: "8d5a"}, True), ({}, {ENTRY: "C0"}, True),
        ({"external_id": "system:default/shop"}, {}, False), ({"external_id": "other/shop"}, {}, False),
        ({"external_id": "shop", "archived_at": "2026-01-01T00:00:00Z"}, {}, False), ({"external_id": "shop"}, {ENTRY: "lost"}, None),
    ],
)  # fmt: skip
def test_an_entry_is_found_by_its_names_or_by_the_annotation(entry, annotations, is_found, tmp_path):
    fake = FakeIncidentIo(count=1)
    fake.lists["/v3/catalog_entries"][0] |= {"external_id": "x", **entry}
    got, _ = collect_from(fake, [target("shop", annotations=annotations)], tmp_path)
    assert [*facts(got, "incident")] == (["shop"] if is_found else [])
    assert measured(got, "incident") == ({"shop": True} if is_found else {})
    assert [problem.code for problem in got.problems] == (["INT003"] if is_found is None else [])


def test_levels_of_an_escalation_path_are_those_of_its_schedules_and_people(tmp_path):
    fake = FakeIncidentIo(count=1)
    fake.attributes = [{"id": "A1", "name": "Path", "type": "EscalationPath"}]
    fake.path = [
        {"type": "level", "level": {"targets": [{"type": "schedule", "id": "S1"}, {"type": "slack_channel", "id": "C0"}]}},
        {
            "type": "if_else",
            "if_else": {"then_path": [{"type": "level", "level": {"targets": [{"type": "user", "id": "U2"}]}}], "else_path": []},
        },
        {"type": "level", "level": {"targets": [{"type": "user", "id": "U-gone"}]}},
    ]
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert facts(got, "on-call")["s0"] == [OnCall("Urgent", (LISA, Shift("Tim Wright", None, None, 2, "tim@acme.example")))]
    assert sum(request.path.startswith(("/v2/escalation", "/v2/users", "/v2/schedule_entries")) for request in requests) == 3


def test_who_is_on_call_is_not_measured_where_entries_have_no_attribute_for_it(tmp_path):
    fake = FakeIncidentIo(count=1)
    del fake.attributes[1]
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert {one.family for one in got.measurements} == {"incident"}
    assert not any(request.path.startswith("/v2/schedule") for request in requests)


@pytest.mark.parametrize("name", ["Nobody's field", "Customer"])
def test_a_field_that_names_no_entries_is_a_failure_and_nothing_is_complete(name, tmp_path):
    fake = FakeIncidentIo(count=1)
    got, requests = collect_from(fake, fake.targets, tmp_path, fields={"component": name})
    assert [failure.place for failure in got.failures] == [f"field {name}"]
    assert (measured(got, "incident"), measured(got, "on-call"), len(requests)) == ({"s0": False}, {"s0": False}, 1)


@needs_data
@pytest.mark.data
def test_every_request_is_in_the_vendors_description(tmp_path):
    fake = FakeIncidentIo(count=260)
    fake.attributes.append({"id": "A2", "type": "EscalationPath"})
    fake.lists["/v3/catalog_entries"][0]["attribute_values"]["A2"] = {"value": {"literal": "E1"}}
    _, requests = collect_from(fake, fake.targets, tmp_path)
    assert {request.path for request in requests} >= {"/v2/schedule_entries", "/v2/escalation_paths/E1", "/v2/users"}
    assert complaints(description("incident-io.oas3"), requests) == []
