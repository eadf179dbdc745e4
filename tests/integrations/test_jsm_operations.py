"""The jsm-operations integration against answers as they were recorded and as other clients describe them."""

from datetime import UTC, datetime

import pytest
from fake_jsm_operations_api import CLOUD, FakeJsmOperations, alert
from vendors import collect, collect_from, facts, measured, target

from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.on_call import OnCall, Shift
from faulty import Server
from spec_checking import description, needs_data

SELECTOR, TEAM = "opsgenie.com/component-selector", "opsgenie.com/team"
BEGUN = datetime(2026, 5, 16, 9, tzinfo=UTC)
LISA = Shift("Lisa Karlin Curtis", BEGUN, BEGUN.replace(day=18), 1, "lisa@acme.example")


def test_alerts_and_shifts_belong_to_the_entities_with_their_tags_and_teams(tmp_path):
    fake = FakeJsmOperations(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    since = datetime(2026, 5, 16, 23, 11, 11, 485_000, tzinfo=UTC)
    assert facts(got, "alert")["s999"] == [Alert("queue is old", FactSeverity.HIGH, AlertState.FIRING, since)]
    assert facts(got, "on-call")["s999"] == [OnCall("Rota 1", (LISA,))]
    assert len(facts(got, "alert")) == len(facts(got, "on-call")) == 1_000
    assert len(requests) == 11 + 1 + 1 + 2 + 1
    assert {request.headers["authorization"].split()[0] for request in requests} == {"Basic"}
    assert requests[0].query["query"] == "status: open"


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("tag: checkout", True), ("TAG:Checkout", True), ("tag: other", False), ('tag:"checkout" AND entity: db1', True),
        ("tag: checkout AND entity: db2", False), ("entity = db2 OR alias: abc", True), ("source:coralogix", True),
    ],
)  # fmt: skip
def test_queries_of_tags_and_fields_are_compared_here(query, is_found, tmp_path):
    fake = FakeJsmOperations(count=1)
    fake.alerts = [alert(0, tags=["checkout"], entity="db1")]
    got, requests = collect_from(fake, [target("shop", annotations={SELECTOR: query})], tmp_path)
    assert (len(facts(got, "alert")), measured(got, "alert"), len(requests)) == (int(is_found), {"shop": True}, 1)
    assert requests[0].query["query"] == "status: open"


@pytest.mark.parametrize("query", ["detailsPair(app:shop) OR tag: x", "tag: a AND NOT tag: b", "checkout", 'message:"a AND b"'])
def test_other_queries_are_sent_as_they_are(query, tmp_path):
    fake = FakeJsmOperations(count=1)
    got, requests = collect_from(fake, [target("shop", annotations={SELECTOR: query})], tmp_path)
    assert [request.query["query"] for request in requests] == [f"({query}) AND status: open"]
    assert [*facts(got, "alert")] == ["shop"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"acknowledged": True}, (AlertState.FIRING, FactSeverity.HIGH, "")),
        ({"snoozed": True}, (AlertState.SILENCED, FactSeverity.HIGH, "")),
        ({"priority": "P9"}, (AlertState.FIRING, FactSeverity.UNKNOWN, "P9")),
        ({"priority": None}, (AlertState.FIRING, FactSeverity.UNKNOWN, "")),
        ({"status": "closed"}, None),
    ],
)  # fmt: skip
def test_a_snoozed_alert_is_silenced_and_an_acknowledged_one_still_fires(fields, expected, tmp_path):
    fake = FakeJsmOperations(count=1)
    fake.alerts = [alert(0, **fields)]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert [(one.state, one.severity, one.severity_word) for one in facts(got, "alert").get("s0", [])] == ([expected] if expected else [])


def test_a_person_without_a_name_is_left_out_and_the_schedule_is_incomplete(tmp_path):
    fake = FakeJsmOperations(count=1)
    team = {
        "responder": {"id": "X", "type": "team"},
        "flattenedResponders": [{"id": "5b2b0e", "type": "user"}, {"id": "nobody", "type": "user"}],
    }
    fake.periods = [{**fake.periods[0], **team}]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert facts(got, "on-call") == {"s0": [OnCall("Rota 0", (LISA,))]}
    assert measured(got, "on-call") == {"s0": False}


@pytest.mark.parametrize(
    ("team", "schedule", "codes", "expected"),
    [
        ("Nobody", {}, ["INT003"], {}), ("team 0", {"enabled": False}, [], {"shop": True}), ("T0", {"teamId": None}, [], {"shop": True}),
        ("T0", {"teamId": None, "ownerTeam": {"id": "T0", "name": "Team 0"}}, [], {"shop": True}),
    ],
)  # fmt: skip
def test_teams_are_found_by_name_or_id(team, schedule, codes, expected, tmp_path):
    fake = FakeJsmOperations(count=1)
    fake.schedules = [{**fake.schedules[0], **schedule}]
    got, _ = collect_from(fake, [target("shop", annotations={TEAM: team})], tmp_path)
    assert ([problem.code for problem in got.problems], measured(got, "on-call")) == (codes, expected)
    assert len(facts(got, "on-call")) == int("ownerTeam" in schedule)


def test_with_the_site_people_are_read_there_and_alerts_are_linked(tmp_path):
    fake = FakeJsmOperations(count=1)
    with Server(fake) as server:
        got = collect(fake.type, server.url, fake.targets, tmp_path, **fake.options, site=server.url + "/")
    assert facts(got, "on-call") == {"s0": [OnCall("Rota 0", (LISA,))]}
    assert {fact.url for fact in got.facts if fact.family == "alert"} == {f"{server.url}/jira/ops/alerts/A0-1795881600000"}
    assert server.requests[-1].path == "/rest/api/3/user/bulk"


@needs_data
@pytest.mark.data
def test_requests_are_those_that_were_recorded_and_of_jiras_description(tmp_path):
    fake = FakeJsmOperations(count=1)
    _, requests = collect_from(fake, fake.targets, tmp_path)
    recorded = [name for name in description("jsm-ops.examples") if name.startswith("GET https://api.atlassian.com/")]
    base = recorded[0].split("{cloudId}")[0].removeprefix("GET https://api.atlassian.com")
    assert requests[0].path == f"{base}{CLOUD}/v1/alerts"
    (answer,) = (description("jsm-ops.examples")[name] for name in recorded)
    assert set(alert(0)) <= set(answer["values"][0])
