"""The statuspage integration against Statuspage's own description."""

from datetime import UTC, datetime

import pytest
from fake_statuspage_api import FakeStatuspage
from vendors import TOKEN, collect_from, facts, measured, target

from callboard.model.facts.availability import Availability
from callboard.model.facts.incident import Incident, IncidentState
from spec_checking import complaints, description, needs_data


def test_incidents_of_components_and_groups_are_read_as_far_back_as_wanted(tmp_path):
    fake = FakeStatuspage()
    group = target("group", annotations={"statuspage.io/components": "g0, c2"})
    got, requests = collect_from(fake, [*fake.targets, group], tmp_path)
    assert (got.failures, got.problems) == ((), ())
    opened, ended = datetime(2026, 5, 16, 10, tzinfo=UTC), datetime(2026, 5, 16, 11, tzinfo=UTC)
    over = Incident("Payments fail", opened, 2, IncidentState.RESOLVED, ended)
    is_open = Incident("Payments fail", datetime(2025, 12, 1, tzinfo=UTC), 2, IncidentState.OPEN)
    assert facts(got, "incident") == {"s0": [is_open, over], "s1": [over], "s2": [over], "group": [is_open, over, over, over]}
    assert len(requests) == 1 + 1 + 2
    assert {request.headers["authorization"] for request in requests} == {f"OAuth {TOKEN}"}


def test_incidents_are_known_since_the_beginning_of_the_days_that_were_asked_for(tmp_path):
    fake = FakeStatuspage()
    got, _ = collect_from(fake, fake.targets, tmp_path, days=7)
    assert {one.since for one in got.measurements if one.family == "incident"} == {datetime(2026, 5, 10, 2, tzinfo=UTC)}


def test_a_thousand_components_cost_pages_and_uptime_is_on_request(tmp_path):
    fake = FakeStatuspage(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "incident")) == 1_000
    assert len(requests) == 11 + 1 + 12
    got, requests = collect_from(FakeStatuspage(), fake.targets[:3], tmp_path, uptime=True)
    assert facts(got, "availability")["s0"] == [Availability("API", 99.95, None, 90)]
    assert len(requests) == 1 + 1 + 2 + 3


def test_components_of_other_instances_are_left_and_unknown_ones_told(tmp_path):
    named = {"ours": "acme:c0", "theirs": "other:c1", "gone": "acme:c99", "plain": "c1"}
    those = [target(name, annotations={"statuspage.io/components": told}) for name, told in named.items()]
    got, _ = collect_from(FakeStatuspage(), those, tmp_path, instance="acme")
    assert measured(got, "incident") == {"ours": True, "plain": True}
    assert [problem.subject.name for problem in got.problems] == ["gone"]


@needs_data
@pytest.mark.data
def test_every_request_is_in_statuspages_description(tmp_path):
    fake = FakeStatuspage(count=101)
    _, requests = collect_from(fake, fake.targets, tmp_path, uptime=True)
    assert complaints(description("statuspage"), requests, prefix="/v1") == []
