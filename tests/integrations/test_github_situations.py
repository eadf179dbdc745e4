"""Situations of repositories on GitHub from public reports: old deployments, previews, other apps' suites, renames, re-runs."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from fake_github_api import FakeGitHub, deployment
from vendors import NOW, collect, collect_from, facts, measured, target

from callboard.integrations.github import earlier
from callboard.integrations.github import facts as github_facts
from callboard.integrations.github.queries import repositories_query
from callboard.model.facts.enumerations import RunState
from faulty import Server, json_answer

FAMILIES = {"families": ["deployment"], "code_scanning": False}


def moment(hour, minute=0, day=16):
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC)


def since(got, family):
    return {one.subject.name: one.since for one in got.measurements if one.family == family}


class OneRepository(FakeGitHub):
    """A repository with other parts."""

    def __init__(self, **parts):
        super().__init__(count=1)
        self.parts = parts

    def repository(self, name, query):
        node = super().repository(name, query)
        return node | {part: value for part, value in self.parts.items() if part in node or part == "nameWithOwner"}


def listed(*nodes, has_next=False):
    return {"pageInfo": {"hasNextPage": has_next}, "nodes": [*nodes]}


def test_a_deployment_that_a_newer_one_replaced_keeps_the_time_of_its_success(tmp_path):
    """github/docs#2429: GitHub adds the status inactive to the previous deployment, after the new one has succeeded."""
    old = deployment(1, "production", "v1", hour=9, state="INACTIVE", statuses=(("IN_PROGRESS", 1), ("SUCCESS", 4), ("INACTIVE", 65)))
    new = deployment(2, "production", "v2", hour=10, statuses=(("SUCCESS", 4),))
    got, _ = collect_from(OneRepository(deployments=listed(new, old)), FakeGitHub(count=1).targets, tmp_path, **FAMILIES)
    found = {value.version: (value.at, value.state) for value in facts(got, "deployment")["s0"]}
    assert found["v1"] == (moment(9, 4), RunState.SUCCEEDED)
    assert found["v2"] == (moment(10, 4), RunState.SUCCEEDED)


@pytest.mark.parametrize(
    ("state", "statuses", "expected"),
    [
        ("INACTIVE", (("SUCCESS", 4), ("INACTIVE", 59)), (RunState.SUCCEEDED, moment(9, 4))),
        ("INACTIVE", (("INACTIVE", 59),), (RunState.UNKNOWN, moment(9))),
        ("INACTIVE", (("FAILURE", 4), ("INACTIVE", 59)), (RunState.UNKNOWN, moment(9))),
        ("DESTROYED", (("SUCCESS", 4), ("INACTIVE", 59)), (RunState.SUCCEEDED, moment(9, 4))),
        ("ABANDONED", (), (RunState.CANCELLED, moment(9))),
        ("FAILURE", (("IN_PROGRESS", 1), ("FAILURE", 4)), (RunState.FAILED, moment(9, 4))),
        ("IN_PROGRESS", (("QUEUED", 0), ("IN_PROGRESS", 1)), (RunState.RUNNING, moment(9, 1))),
        ("ACTIVE", (("SUCCESS", 4), ("SUCCESS", 30)), (RunState.SUCCEEDED, moment(9, 4))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_state_that_says_that_a_deployment_is_over_is_no_success(state, statuses, expected):
    value = github_facts.deployment(deployment(1, "pr-7", "v1", hour=9, state=state, statuses=statuses), NOW)
    assert (value.state, value.at) == expected


def test_twenty_previews_do_not_hide_production_and_the_list_says_since_when_it_is_whole(tmp_path):
    """community-plugins pull request 3482: deployments to previews push production off the list."""
    previews = [deployment(n, f"pr-{n}", "feature", hour=12, statuses=(("SUCCESS", n),)) for n in range(20)]
    fake = OneRepository(deployments=listed(*previews, has_next=True), e0=listed(deployment(99, "production", "v1", hour=3)))
    got, requests = collect_from(fake, fake.targets, tmp_path, **FAMILIES)
    assert len(requests) == 1
    assert [fact.value.version for fact in got.facts if fact.environment == "production"] == ["v1"]
    assert (since(got, "deployment"), measured(got, "deployment")) == ({"s0": moment(12)}, {"s0": True})
    whole, _ = collect_from(FakeGitHub(count=1), fake.targets, tmp_path / "whole", **FAMILIES)
    assert since(whole, "deployment") == {"s0": None}


def test_the_environments_of_the_setting_are_variables_of_the_query(tmp_path):
    fake = FakeGitHub(count=1)
    _, requests = collect_from(fake, fake.targets, tmp_path, environments=["live"], **FAMILIES)
    body = requests[0].json()
    assert (body["variables"]["e0"], "e1" in body["variables"]) == ("live", False)
    assert "live" not in body["query"]
    assert "environments" not in repositories_query(["acme/a"], ["repository"], NOW, ["live"])[0]


@pytest.mark.parametrize(
    ("prefix", "ref", "version"),
    [("refs/heads/", "main", "c0ffeec0ffee"), ("refs/tags/", "v1.2", "v1.2"), ("refs/heads/", "release/1.2", "c0ffeec0ffee")],
)
def test_a_branch_is_no_version_since_every_deployment_from_it_has_the_same_one(prefix, ref, version):
    assert github_facts.deployment(deployment(1, "production", ref, prefix=prefix), NOW).version == version


def test_the_version_of_a_deployment_whose_branch_is_gone_is_its_commit():
    assert github_facts.deployment(deployment(1, "production", "main") | {"ref": None}, NOW).version == "c0ffeec0ffee"


def history(*commits, has_next=False):
    return {"name": "main", "target": {"history": listed(*commits, has_next=has_next)}}


def commit(hour, suites, has_next=False):
    return {"committedDate": f"2026-05-16T{hour:02}:00:00Z", "checkSuites": listed(*suites, has_next=has_next)}


def suite(hour, *, is_workflow=True):
    run = {
        "databaseId": hour, "url": "https://github.com/acme/s0/actions/runs/1", "createdAt": f"2026-05-16T{hour:02}:00:00Z",
        "updatedAt": f"2026-05-16T{hour:02}:02:00Z", "workflow": {"name": "CI"},
    }  # fmt: skip
    of_actions = run if is_workflow else None
    return {"status": "COMPLETED", "conclusion": "SUCCESS", "createdAt": f"2026-05-16T{hour:02}:00:00Z", "workflowRun": of_actions}


@pytest.mark.parametrize(
    ("commits", "has_next", "is_complete", "expected"),
    [
        ([commit(9, [suite(9)])], False, True, None),
        ([commit(9, [suite(9)]), commit(7, [suite(8)])], True, True, moment(8)),
        ([commit(9, [suite(9)]), commit(7, [])], True, True, moment(7)),
        ([commit(9, [suite(9, is_workflow=False)] * 50, has_next=True)], False, False, None),
        ([], False, True, None),
    ],
    ids=["all", "older-commits", "older-commits-without-a-run", "suites-of-fifty-apps", "empty"],
)
def test_runs_say_since_when_they_are_whole_and_more_suites_than_fifty_are_incomplete(commits, has_next, is_complete, expected, tmp_path):
    """Suites of installed apps stand before those of Actions: a list that ends there is no "no run yet"."""
    fake = OneRepository(runs=history(*commits, has_next=has_next))
    got, _ = collect_from(fake, fake.targets, tmp_path, families=["pipeline-run"], code_scanning=False)
    assert (measured(got, "pipeline-run"), since(got, "pipeline-run")) == ({"s0": is_complete}, {"s0": expected})


def test_twenty_suites_of_other_apps_do_not_hide_a_run(tmp_path):
    fake = OneRepository(runs=history(commit(9, [*[suite(9, is_workflow=False)] * 20, suite(10)])))
    got, _ = collect_from(fake, fake.targets, tmp_path, families=["pipeline-run"], code_scanning=False)
    assert [value.at for value in facts(got, "pipeline-run")["s0"]] == [moment(10)]


def test_a_run_that_was_run_again_days_later_did_not_take_days():
    """github_exporter#267, datadog-actions-metrics#232: the time of the last update belongs to the last attempt."""
    again = suite(9)
    again["workflowRun"] |= {"updatedAt": "2026-05-19T09:00:00Z"}
    assert github_facts.pipeline_run(again, "main", NOW).seconds is None
    assert github_facts.pipeline_run(suite(9), "main", NOW).seconds == 120.0


def test_alerts_of_a_renamed_repository_are_found_by_its_new_name(tmp_path):
    """GraphQL follows the old name, and the listing of code scanning has the new one."""
    fake = OneRepository(nameWithOwner="acme/renamed")
    fake.finding = lambda _: FakeGitHub.finding(fake, "renamed")
    got, _ = collect_from(fake, fake.targets, tmp_path, families=["vulnerability"])
    assert {value.id for value in facts(got, "vulnerability")["s0"]} == {"CVE-2026-00000", "js/zipslip"}


def test_a_repository_without_dependabot_is_not_measured_rather_than_without_alerts(tmp_path):
    off = {"hasVulnerabilityAlertsEnabled": False, "vulnerabilityAlerts": {"pageInfo": {"hasNextPage": False}, "nodes": []}}
    got, _ = collect_from(OneRepository(**off), FakeGitHub(count=1).targets, tmp_path, code_scanning=False)
    assert measured(got, "vulnerability") == {}
    assert measured(got, "repository") == {"s0": True}


def test_an_invalid_time_of_one_deployment_does_not_lose_the_others(tmp_path):
    odd = deployment(1, "production", "v1") | {"createdAt": "yesterday"}
    fake = OneRepository(deployments=listed(odd, deployment(2, "production", "v2"), has_next=True), e0=listed())
    with Server(fake) as server:
        one = target("s0", annotations={"github.com/project-slug": "acme/s0"})
        got = collect("github", server.url, [one], tmp_path, token="t", families=["deployment"])
    assert [value.version for value in facts(got, "deployment")["s0"]] == ["v2"]
    assert (since(got, "deployment"), [problem.subject.name for problem in got.problems]) == ({"s0": moment(11)}, ["s0"])


class Busy(FakeGitHub):
    """A repository with a deployment an hour, and a commit with a run an hour, for as many hours as asked."""

    def __init__(self, hours, fails_at=-1):
        super().__init__(count=1)
        self.hours, self.fails_at = hours, fails_at

    def __call__(self, request, wire):
        body = request.json()
        further = next((part for part in ("MoreDeployments", "MoreCommits") if part in body["query"]), "")
        if not further:
            return super().__call__(request, wire)
        start = int(body["variables"]["cursor"])
        assert (body["variables"]["owner"], body["variables"]["name"]) == ("acme", "s0")
        if start == self.fails_at:
            return json_answer(wire, {"errors": [{"message": "Something went wrong"}]})
        size = int(re.search(r"first: (\d+), after", body["query"])[1])
        part = {"deployments": self.of(start, size, self.deployed)} if further == "MoreDeployments" else self.runs(start, size)
        return json_answer(wire, {"data": {"repository": part}})

    def repository(self, name, query):
        return super().repository(name, query) | {"deployments": self.of(0, 20, self.deployed)} | self.runs(0, 5)

    def runs(self, start, size):
        return {"runs": {"name": "main", "target": {"history": self.of(start, size, self.committed)}}}

    def of(self, start, size, make):
        end = min(start + size, self.hours)
        return {"pageInfo": {"hasNextPage": end < self.hours, "endCursor": str(end)}, "nodes": [make(n) for n in range(start, end)]}

    def at(self, n):
        return (NOW - timedelta(hours=n + 1)).isoformat()

    def deployed(self, n):
        return deployment(n, "production", "v1") | {"createdAt": self.at(n), "statuses": {"nodes": []}, "latestStatus": None}

    def committed(self, n):
        run = {"databaseId": n, "createdAt": self.at(n), "updatedAt": self.at(n), "workflow": {"name": "CI"}}
        suite = {"status": "COMPLETED", "conclusion": "SUCCESS", "createdAt": self.at(n), "workflowRun": run}
        return {"committedDate": self.at(n), "checkSuites": {"pageInfo": {"hasNextPage": False}, "nodes": [suite]}}


@pytest.mark.parametrize(
    ("family", "hours", "requests", "items", "since_hours"),
    [
        ("deployment", 20, 1, 20, None),
        ("deployment", 90, 2, 90, None),
        ("deployment", 5_000, 2, 120, 120),
        ("pipeline-run", 5, 1, 5, None),
        ("pipeline-run", 5_000, 4, 80, 80),
    ],
)
def test_what_happened_in_the_last_days_is_queried_page_by_page(tmp_path, family, hours, requests, items, since_hours):
    fake = Busy(hours)
    got, sent = collect_from(fake, fake.targets, tmp_path, **(FAMILIES | {"families": [family], "environments": []}))
    assert (len(sent), len(facts(got, family)["s0"]), got.failures) == (requests, items, ())
    assert since(got, family) == {"s0": since_hours and NOW - timedelta(hours=since_hours)}
    assert measured(got, family) == {"s0": True}


def test_further_pages_are_limited_for_a_repository_and_for_a_build(tmp_path, monkeypatch):
    monkeypatch.setattr(earlier, "REACH", timedelta(days=9_000))
    fake = Busy(5_000)
    got, sent = collect_from(fake, fake.targets, tmp_path, **FAMILIES)
    assert (len(sent), since(got, "deployment")) == (1 + earlier.PAGES, {"s0": NOW - timedelta(hours=520)})
    monkeypatch.setattr(earlier, "PAGES_OF_BUILD", 2)
    _, sent = collect_from(fake, fake.targets, tmp_path / "build", **FAMILIES)
    assert len(sent) == 3


def test_a_further_page_that_cannot_be_read_is_a_failure_and_the_first_page_stays(tmp_path):
    fake = Busy(5_000, fails_at=20)
    got, _ = collect_from(fake, fake.targets, tmp_path, **(FAMILIES | {"environments": []}))
    assert (len(facts(got, "deployment")["s0"]), since(got, "deployment")) == (20, {"s0": NOW - timedelta(hours=20)})
    assert [failure.place for failure in got.failures] == ["acme/s0"]
