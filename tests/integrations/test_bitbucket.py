"""The bitbucket-cloud and bitbucket-datacenter integrations against answers as documented, and against the vendor's descriptions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fake_bitbucket_apis import FakeBitbucketCloud, FakeBitbucketDatacenter
from vendors import NOW, TOKEN, collect, collect_from, context, facts, measured, target

from callboard.model.facts.deployment import Deployment
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.pipeline_run import PipelineRun
from callboard.model.facts.repository import PullRequest
from callboard.plugins.integrations.read_times import ReadTimes
from faulty import Server, json_answer
from spec_checking import complaints, description, needs_data

STARTED = datetime(2026, 5, 16, 22, 0, 0, 123000, tzinfo=UTC)
URL, KEY = "bitbucket.org/repo-url", "bitbucket.org/project-key"


def test_runs_deployments_and_pull_requests_of_the_cloud_belong_to_their_repositories(tmp_path):
    fake = FakeBitbucketCloud()
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems, len(requests)) == ((), (), 12)
    assert facts(got, "pipeline-run")["s1"] == [PipelineRun("branch: main", STARTED, RunState.SUCCEEDED, "main", 180.0, "Ada")]
    at = datetime(2026, 5, 16, 23, 5, tzinfo=UTC)
    assert facts(got, "deployment")["s2"] == [Deployment("#2", at, RunState.SUCCEEDED, revision="c0ffee")]
    assert [fact.environment for fact in got.facts if fact.family == "deployment"] == ["Production"] * 3
    [activity] = facts(got, "repository")["s0"]
    link = "https://bitbucket.org/acme/s0/pull-requests/1"
    opened = datetime(2026, 5, 10, 8, 0, 0, 123456, tzinfo=UTC)
    assert (activity.open_pull_requests, activity.pull_requests) == (1, (PullRequest("Fix it", link, opened, "Bob"),))
    assert measured(got, "deployment") == {"s0": True, "s1": True, "s2": True}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"name": "COMPLETED", "result": {"name": "STOPPED"}}, RunState.CANCELLED),
        ({"name": "COMPLETED", "result": {"name": "ERROR"}}, RunState.FAILED),
        ({"name": "COMPLETED", "result": {"name": "EXPIRED"}}, RunState.CANCELLED),
        ({"name": "IN_PROGRESS"}, RunState.RUNNING),
        ({"name": "IN_PROGRESS", "stage": {"name": "RUNNING"}}, RunState.RUNNING),
        ({"name": "IN_PROGRESS", "stage": {"name": "PAUSED"}}, RunState.WAITING),
        ({"name": "IN_PROGRESS", "stage": {"name": "HALTED"}}, RunState.WAITING),
        ({"name": "PENDING"}, RunState.WAITING),
        ({"name": "COMPLETED"}, RunState.UNKNOWN),
    ],
)
def test_the_result_or_the_stage_of_a_pipeline_counts_and_not_that_it_is_over(state, expected, tmp_path):
    fake = FakeBitbucketCloud(1)
    pull_request = {**fake.run(9, "FAILED"), "target": {"type": "pipeline_pullrequest_target"}}
    fake.lists["s0", "pipelines"] = [pull_request, fake.run(8, state=state, completed_on=None, build_seconds_used=None)]
    got, _ = collect_from(fake, fake.targets, tmp_path, families=["pipeline-run"])
    assert [run.state for run in facts(got, "pipeline-run")["s0"]] == [expected]


def test_the_newest_deployments_are_kept_although_the_listing_has_no_order(tmp_path):
    fake = FakeBitbucketCloud(1)
    found = [fake.deployment(n, f"2026-04-{n % 28 + 1:02}T{n % 24:02}:00:00Z") for n in range(150)]
    never = fake.deployment(999, state={"name": "UNDEPLOYED"})
    fake.lists["s0", "deployments"] = [never, *found, fake.deployment(500)]
    got, requests = collect_from(fake, fake.targets, tmp_path, families=["deployment"])
    kept = [one.version for one in facts(got, "deployment")["s0"]]
    assert (len(requests), len(kept), "#500" in kept, "#999" in kept) == (3, 30, True, False)
    [measurement] = got.measurements
    assert measurement.complete
    assert measurement.since is not None


def test_nothing_more_is_requested_after_the_limit_of_bitbucket_cloud(tmp_path):
    fake = FakeBitbucketCloud(40)

    def answer(request, wire):
        return json_answer(wire, {"type": "error"}, 429) if "/s" in request.path else fake(request, wire)

    answer.type, answer.options = fake.type, fake.options
    got, requests = collect_from(answer, fake.targets, tmp_path)
    assert len(requests) <= 12
    assert set(measured(got, "pipeline-run").values()) == {False}
    assert len(measured(got, "pipeline-run")) == 40


def test_repositories_beyond_the_limit_wait_for_the_next_build_which_begins_with_them(tmp_path):
    fake, asked = FakeBitbucketCloud(100), []
    options = {**fake.options, "families": ["pipeline-run"], "requests": 40}
    with Server(fake) as server:
        for _ in range(3):
            before = len(server.requests)
            got = collect(fake.type, server.url, fake.targets, tmp_path, **options)
            asked.append({request.path.split("/")[4] for request in server.requests[before:]})
            is_read = {name for name, is_complete in measured(got, "pipeline-run").items() if is_complete}
            assert is_read == {*facts(got, "pipeline-run")} == asked[-1]
            assert (len(measured(got, "pipeline-run")), len(got.failures)) == (100, 1)
            assert 40 <= len(asked[-1]) <= 44
    assert asked[0] & asked[1] == set()
    assert len(asked[0] | asked[1] | asked[2]) == 100
    waiting = 100 - len(asked[2])
    assert f"{waiting} (never read yet: 0; the oldest was read on 2026-05-17), because the option" in got.failures[0].message


@pytest.mark.parametrize("content", [b"", b"no digest", None])
def test_without_known_times_the_order_differs_from_day_to_day(content, tmp_path):
    made = context(tmp_path)
    times = ReadTimes(made, "bitbucket")
    times.keep("b")
    times.save(["a", "b"])
    assert ReadTimes(made, "bitbucket").oldest_first(["b", "a"]) == ["a", "b"]
    [file] = (tmp_path / "cache" / "read").iterdir()
    file.unlink() if content is None else file.write_bytes(content)
    orders = {tuple(ReadTimes(replace(made, now=NOW + timedelta(days=n)), "bitbucket").oldest_first("abcdef")) for n in range(20)}
    assert len(orders) > 10
    assert ReadTimes(made, "bitbucket").last("b") is None


@pytest.mark.parametrize(
    ("here", "annotations", "is_read"),
    [
        ("https://bitbucket.org/Acme/S0", {}, True),
        ("https://bitbucket.org/acme/other", {KEY: "acme/s0"}, True),
        ("https://github.com/acme/s0", {}, False),
        ("https://bitbucket.acme.example/scm/shop/x", {KEY: "acme/s0"}, False),
    ],
)
def test_a_descriptor_in_bitbucket_cloud_needs_no_annotation(here, annotations, is_read, tmp_path):
    fake = FakeBitbucketCloud(1)
    got, _ = collect_from(fake, [target("shop", here, annotations=annotations)], tmp_path)
    assert (list(facts(got, "pipeline-run")), got.failures) == (["shop"] if is_read else [], ())


@pytest.mark.parametrize(("fake", "key"), [(FakeBitbucketCloud, URL), (FakeBitbucketDatacenter, KEY)])
def test_names_that_do_not_exist_are_problems(fake, key, tmp_path):
    playing = fake(1)
    written = ["acme/gone", "only-one", "a/b/c"]
    got, _ = collect_from(playing, [target(f"t{n}", annotations={key: w}) for n, w in enumerate(written)], tmp_path)
    assert sorted(problem.subject.name for problem in got.problems) == ["t0", "t1", "t2"]
    assert measured(got, "pipeline-run") == {"t0": False}


def test_builds_and_pull_requests_of_a_server_belong_to_their_repositories(tmp_path):
    fake = FakeBitbucketDatacenter()
    fake.requests["s0"] = [fake.request(f"Fix {n}") for n in range(5)]
    fake.commits["s2"] = ""
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems, len(requests)) == ((), (), 3 + 2 + 3 + 1 + 1 + 2)
    started = datetime(2026, 5, 16, 22, tzinfo=UTC)
    run = PipelineRun("Shop CI", started, RunState.SUCCEEDED, "main", 180.0, tests=140, tests_failed=1, tests_skipped=5)
    assert facts(got, "pipeline-run") == {"s0": [run], "s1": [run]}
    assert measured(got, "pipeline-run") == {"s0": True, "s1": True, "s2": True}
    [activity] = facts(got, "repository")["s0"]
    assert (activity.open_pull_requests, activity.last_commit) == (5, datetime(2026, 5, 16, 21, 46, 40, tzinfo=UTC))
    assert activity.pull_requests[0].draft
    assert facts(got, "repository")["s2"][0].last_commit is None
    assert {request.headers["authorization"] for request in requests} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("place", ["scm/shop/s0", "projects/SHOP/repos/s0", "scm/SHOP/S0.git"])
def test_a_descriptor_on_a_server_needs_no_annotation(place, tmp_path):
    fake = FakeBitbucketDatacenter(1)
    with Server(fake) as server:
        targets = [target("shop", f"{server.url}/{place}"), target("other", "https://github.com/shop/s0")]
        got = collect(fake.type, server.url, targets, tmp_path, **fake.options)
    assert list(facts(got, "pipeline-run")) == ["shop"]


@pytest.mark.parametrize(("fake", "count"), [(FakeBitbucketCloud, 400), (FakeBitbucketDatacenter, 301)])
def test_a_hundred_repositories_cost_a_tenth_of_the_requests_that_the_manual_gives_for_a_thousand(fake, count, tmp_path):
    playing = fake(100)
    got, requests = collect_from(playing, playing.targets, tmp_path)
    assert (got.failures, len(requests), len(facts(got, "pipeline-run"))) == ((), count, 100)


@needs_data
@pytest.mark.data
@pytest.mark.parametrize(
    ("fake", "name", "prefix"),
    [(FakeBitbucketCloud, "bitbucket-cloud.oas3", "/2.0"), (FakeBitbucketDatacenter, "bitbucket-datacenter.oas3", "/rest")],
)
def test_requests_are_in_the_vendors_descriptions(fake, name, prefix, tmp_path):
    playing = fake()
    if fake is FakeBitbucketDatacenter:
        playing.commits["s2"] = ""
        playing.requests["s0"] *= 5
    _, requests = collect_from(playing, playing.targets, tmp_path)
    assert complaints(description(name), requests, prefix) == []
