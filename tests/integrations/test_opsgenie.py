"""The opsgenie integration against the vendor's description; what it shares with Jira Service Management is tested there."""

from datetime import UTC, datetime

import pytest
from fake_opsgenie_api import LISA, FakeOpsgenie, alert, incident, schedule
from vendors import TOKEN, collect_from, facts, measured, target

from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.on_call import OnCall, Shift
from spec_checking import complaints, description, needs_data, unknown_fields

SELECTOR, TEAM = "opsgenie.com/component-selector", "opsgenie.com/team"
OPENED = datetime(2026, 5, 16, 17, tzinfo=UTC)
SHIFT = Shift("lisa.curtis", datetime(2026, 5, 16, 9, tzinfo=UTC), datetime(2026, 5, 18, 9, tzinfo=UTC), 1, "lisa.curtis@acme.example")


def test_alerts_incidents_and_shifts_belong_to_the_entities_with_their_tags_and_teams(tmp_path):
    fake = FakeOpsgenie(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    since = datetime(2026, 5, 16, 23, 11, 11, 485_000, tzinfo=UTC)
    assert facts(got, "alert")["s999"] == [Alert("queue is old", FactSeverity.HIGH, AlertState.FIRING, since)]
    assert facts(got, "incident")["s999"] == [Incident("Checkout is slow", OPENED, 1, IncidentState.OPEN)]
    assert facts(got, "on-call")["s999"] == [OnCall("Rota 1", (SHIFT,))]
    assert {family: len(facts(got, family)) for family in ("alert", "incident", "on-call")} == dict.fromkeys(
        ("alert", "incident", "on-call"), 1_000
    )
    assert len(requests) == 11 + 1 + 1 + 1 + 2
    assert {request.headers["authorization"] for request in requests} == {f"GenieKey {TOKEN}"}
    incidents = next(request for request in requests if request.path == "/v1/incidents/")
    assert incidents.query["query"] == f"createdAt > {int(datetime(2026, 4, 17, 2, tzinfo=UTC).timestamp())}000 OR status: open"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "resolved", "impactEndDate": "2026-05-16T19:00:00Z"}, (1, IncidentState.RESOLVED, "", "")),
        ({"status": "closed"}, (1, IncidentState.RESOLVED, "", "")), ({"status": "stuck"}, (1, IncidentState.UNKNOWN, "", "stuck")),
        ({"priority": None}, (3, IncidentState.OPEN, "", "")), ({"priority": "Urgent"}, (3, IncidentState.OPEN, "Urgent", "")),
        ({"ownerTeam": None}, None), ({"ownerTeam": "", "responders": [{"id": "T0", "type": "team"}]}, (1, IncidentState.OPEN, "", "")),
        ({"ownerTeam": "T1", "responders": [{"id": "T0", "type": "user"}]}, None),
    ],
)  # fmt: skip
def test_an_incident_belongs_to_the_teams_that_own_it_or_respond(fields, expected, tmp_path):
    fake = FakeOpsgenie(count=1)
    fake.lists["/v1/incidents/"] = [incident(0, **fields)]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    found = [(one.severity, one.state, one.severity_word, one.state_word) for one in facts(got, "incident").get("s0", [])]
    assert (found, measured(got, "incident")) == ([expected] if expected else [], {"s0": True})


def test_more_alerts_than_the_api_lists_are_a_failure_and_incomplete(tmp_path):
    fake = FakeOpsgenie(count=1)
    fake.lists["/v2/alerts"] = [alert(0, id=f"a{n}") for n in range(20_001)]
    got, _ = collect_from(fake, fake.targets, tmp_path, families=["alert"])
    assert (len(got.failures), measured(got, "alert"), len(facts(got, "alert")["s0"])) == (1, {"s0": False}, 20_000)


@pytest.mark.parametrize(
    ("recipient", "shifts", "is_complete"),
    [
        ({"id": "u2", "name": "max", "type": "user"}, [("max", "")], True), ({"id": "T0", "name": "Team 0", "type": "team"}, [], False),
        ({"id": "E0", "name": "Later", "type": "escalation"}, [], False), ({"type": "none"}, [], True), (None, [], True),
        ({"id": "u3", "type": "user"}, [], False),
    ],
)  # fmt: skip
def test_a_period_of_a_team_whose_people_are_not_told_is_incomplete(recipient, shifts, is_complete, tmp_path):
    fake = FakeOpsgenie(count=1)
    fake.periods = [{**fake.periods[0], "recipient": recipient}]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert [(one.person, one.email) for one in facts(got, "on-call")["s0"][0].shifts] == shifts
    assert measured(got, "on-call") == {"s0": is_complete}


@pytest.mark.parametrize(
    ("team", "of_schedule", "codes", "rotas"),
    [("Nobody", {}, ["INT003"], 0), ("t0", {}, [], 1), ("team 0", {"enabled": False}, [], 0), ("T0", {"ownerTeam": None}, [], 0)],
)
def test_teams_are_found_by_name_or_id(team, of_schedule, codes, rotas, tmp_path):
    fake = FakeOpsgenie(count=1)
    fake.lists["/v2/schedules"] = [schedule(0, **of_schedule)]
    got, _ = collect_from(fake, [target("shop", annotations={TEAM: team})], tmp_path)
    assert ([problem.code for problem in got.problems], len(facts(got, "on-call"))) == (codes, rotas)


@pytest.mark.parametrize(
    ("options", "expected"),
    [({}, {"https://acme.app.opsgenie.com/alert/detail/a0/details"}), ({"families": ["incident"]}, {"https://acme.app.opsgenie.com/incident/detail/i0"})],
)  # fmt: skip
def test_alerts_and_incidents_are_linked(options, expected, tmp_path):
    fake = FakeOpsgenie(count=1)
    got, requests = collect_from(fake, fake.targets, tmp_path, **options)
    assert expected <= {fact.url for fact in got.facts}
    assert bool(options) != any(request.path == "/v2/alerts" for request in requests)


@needs_data
@pytest.mark.data
def test_every_request_and_answer_is_in_opsgenies_description(tmp_path):
    described, fake = description("opsgenie.oas3"), FakeOpsgenie()
    more = target("more", annotations={SELECTOR: "detailsPair(app:shop)"})
    _, requests = collect_from(fake, [*fake.targets, more], tmp_path)
    assert {request.path for request in requests} == {*fake.lists, "/v2/schedules/R0/timeline", "/v2/schedules/R1/timeline"}
    assert complaints(described, requests) == []
    answers = {
        "BaseAlert": alert(0),
        "BaseIncident": incident(0),
        "Schedule": schedule(0),
        "TimelinePeriod": {**fake.periods[2], "recipient": LISA},
    }
    assert {name: unknown_fields(described, name, answer) for name, answer in answers.items()} == {name: [] for name in answers}
