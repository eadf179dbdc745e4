"""Figures about delivery: every case of the shared file, and three figures of a fake of 90 days computed by hand."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callboard.insights.delivery_figures import DeliveryRecord, Deployed, Outage, delivery_of, window_end

CASES = json.loads((Path(__file__).parents[1] / "data/scorecards/dora-cases.json").read_text())["cases"]
BEFORE = datetime(2026, 10, 1, tzinfo=UTC)


def time(text):
    return datetime.fromisoformat(text) if text else None


def record_of(case):
    deployments = [
        Deployed(time(each["at"]), each["state"] == "succeeded", each["revision"])
        for each in case["deployments"]
        if each["environment"] == "production" and each["state"] in {"succeeded", "failed", "rolled-back"}
    ]
    if "deployed_before" in case:
        deployments.insert(0, Deployed(BEFORE, has_succeeded=True, revision=case["deployed_before"]))
    measured, since = case.get("measured", {}), case.get("known_since", {})
    return DeliveryRecord(
        tuple(deployments),
        tuple(Outage(time(each["opened"]), time(each.get("resolved"))) for each in case.get("incidents", ())),
        has_all_deployments=measured.get("deployment", {"complete": False}).get("complete", True),
        known_since=time(since.get("deployment")),
        has_all_incidents="incident" in measured,
        incidents_since=time(since.get("incident")),
    )


def commits_of(case):
    places = {each["revision"]: each["n"] for each in case.get("commits", ())}

    def commits(before, after):
        if before.revision not in places or after.revision not in places:
            return None
        first, last = places[before.revision], places[after.revision]
        return [time(each["at"]) for each in case["commits"] if first < each["n"] <= last]

    return commits


def frequency(found, case):
    """As the cases write it."""
    if "deployment" not in case.get("measured", {}):
        return None
    if found.deployments is None:
        return {"at-least": found.deployments_at_least}
    return {"count": found.deployments, "days_with": found.days_with, "per_week": found.per_week}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_case_has_its_figures(case):
    found = delivery_of(record_of(case), commits_of(case), time(case["now"]))
    figures = {
        "frequency": frequency(found, case),
        "lead_hours_median": found.lead_hours,
        "lead_commits": found.lead_commits,
        "failure_percent": found.failure_percent,
        "failed": found.failed or 0,
        "recovery_hours_median": found.recovery_hours,
        "open_failures": found.open_failures,
        "rework_percent": found.rework_percent,
    }
    assert figures == case["figures_of_prototype"]
    assert {name: figures[name] for name in case["expect"]} == case["expect"]


@pytest.mark.skipif("CALLBOARD_TEST_DATA" not in os.environ, reason="needs the shared data")
def test_the_cases_are_the_shared_ones():
    shared = json.loads((Path(os.environ["CALLBOARD_TEST_DATA"]) / "scorecards/dora-cases.json").read_text())
    assert shared["cases"] == CASES


NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
END = datetime(2026, 12, 1, tzinfo=UTC)
"""The period of 30 days begins after 1 November, 00:00; those before after 2 October and 2 September."""


def fake():
    """90 days with a deployment each Tuesday at 10:00, one of which fails and two of which are followed by an incident."""
    first = datetime(2026, 9, 8, 10, tzinfo=UTC)
    weekly = [Deployed(first + timedelta(days=7 * n), has_succeeded=n != 8, revision=f"{n:040x}") for n in range(12)]
    again = Deployed(weekly[8].at + timedelta(hours=3), has_succeeded=True, revision=f"{99:040x}")
    incidents = (
        Outage(weekly[9].at + timedelta(hours=2), weekly[9].at + timedelta(hours=7)),
        Outage(weekly[9].at + timedelta(hours=4), None),
        Outage(weekly[5].at + timedelta(hours=25), weekly[5].at + timedelta(hours=26)),
    )
    return tuple(sorted((*weekly, again), key=lambda each: each.at)), tuple(sorted(incidents, key=lambda each: each.opened))


def test_figures_of_ninety_days_are_those_computed_by_hand():
    deployments, incidents = fake()
    record = DeliveryRecord(deployments, incidents, has_all_incidents=True)
    found = delivery_of(record, lambda _, after: [after.at - timedelta(hours=5), after.at - timedelta(hours=47)], NOW)
    assert window_end(NOW) == END
    # November has Tuesdays 3 (n=8, failed), 10, 17, 24, and the second try of the 3rd: 4 succeeded of 5. 4 × 7 / 30 = 0.93 a week.
    assert (found.deployments, found.per_week, found.days_with) == (4, 0.93, 4)
    # Failed: that of the 3rd by itself, and that of the 10th (n=9), which has two incidents and counts once: 2 of 5.
    assert (found.failed, found.failure_percent) == (2, 40.0)
    # Recovery: 3 hours to the next success, and 7 hours to the resolution of the first incident: the median is 5.
    assert (found.recovery_hours, found.open_failures) == (5.0, 0)
    # Rework: the second try, 3 hours after the failure: 1 of 5. The deployment a week after the incident is none.
    assert found.rework_percent == 20.0
    # Each of the 4 deployments brings two commits, of 5 and of 47 hours before: the median of 8 numbers is 26.
    assert (found.lead_hours, found.lead_commits) == (26.0, 8)
    # October has Tuesdays 6, 13, 20, 27; its incident came 25 hours after a deployment, too late to be charged to it.
    assert (found.earlier[0].deployments, found.earlier[0].failure_percent, found.earlier[0].incidents) == (4, 0.0, 1)
    assert found.incidents == 2
    assert sum(found.weeks) == 12


def test_no_period_or_week_before_the_first_deployment_counts_as_a_trend():
    record = DeliveryRecord((Deployed(datetime(2026, 11, 20, tzinfo=UTC), has_succeeded=True, revision="a" * 40),))
    found = delivery_of(record, lambda _, after: [after.at], NOW)
    assert (found.deployments, found.weeks, found.earlier) == (1, (1, 0), ())


def test_what_is_known_since_a_while_has_the_figures_that_can_be_computed():
    deployments, incidents = fake()
    since = datetime(2026, 11, 12, tzinfo=UTC)
    record = DeliveryRecord(deployments, incidents, known_since=since, has_all_incidents=True, incidents_since=since)
    found = delivery_of(record, lambda _, after: [after.at - timedelta(hours=2)], NOW)
    assert (found.deployments, found.deployments_at_least, found.failure_percent) == (None, 4, None)
    assert (found.lead_hours, found.lead_commits) == (2.0, 1)  # from the 17th to the 24th; that of the 17th is the first known one
    assert (found.known_since, found.weeks, found.earlier) == (since, (1, 1), ())
