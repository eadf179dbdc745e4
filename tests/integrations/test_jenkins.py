"""The jenkins integration against answers as the remote access API and bug reports show them; Jenkins publishes no description."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_jenkins_api import BUILD, FakeJenkins, job, multibranch
from vendors import collect, collect_from, facts, measured, target

from callboard.model.facts.enumerations import RunState
from callboard.model.facts.pipeline_run import PipelineRun
from faulty import Server, json_answer
from spec_checking import DATA, needs_data

KEY, OLD = "jenkins.io/job-full-name", "jenkins.io/github-folder"
STARTED = datetime(2026, 5, 16, 22, tzinfo=UTC)
UNSTABLE = PipelineRun("shop/s0", STARTED, RunState.FAILED, "main", 184.223, tests=318, tests_failed=2, tests_skipped=5)


def one(jobs, value, tmp_path, key=KEY, **options):
    """What is found for one component, with the paths of all requests."""
    fake = FakeJenkins(count=0)
    fake.jobs, fake.by_path = jobs, options.pop("by_path", {})
    got, requests = collect_from(fake, [target("shop", annotations={key: value})], tmp_path, **options)
    return got, [request.path for request in requests]


def test_a_thousand_components_cost_one_request_and_pull_requests_do_not_count(tmp_path):
    fake = FakeJenkins(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems, len(requests)) == ((), (), 1)
    assert facts(got, "pipeline-run")["s0"] == [UNSTABLE]
    assert len(facts(got, "pipeline-run")) == 1_000
    assert requests[0].headers["authorization"].startswith("Basic ")
    assert got.facts[0].url == "https://jenkins.example.com/job/shop/job/s0/job/main/412/"


def test_runs_of_a_folder_are_those_of_all_jobs_in_it(tmp_path):
    folder = {"_class": "…folder.Folder", "fullName": "a", "jobs": [job("a/nightly"), {"fullName": "a/b", "jobs": [job("a/b/c", None)]}]}
    got, _ = one([folder], "a", tmp_path)
    assert [fact.key for fact in got.facts] == ["a/nightly#412"]
    assert measured(got, "pipeline-run") == {"shop": True}


@pytest.mark.parametrize(
    ("branches", "options", "found"),
    [
        (("main", "release%2F1.2"), {}, ["main"]), (("release%2F1.2", "PR-17"), {}, ["release/1.2"]),
        (("main", "release%2F1.2"), {"branches": ["release/1.2", "main"]}, ["main", "release/1.2"]), (("PR-17",), {}, []),
    ],
)  # fmt: skip
def test_of_a_multibranch_project_the_default_branch_counts_if_there_is_one(branches, options, found, tmp_path):
    got, _ = one([multibranch("a", *(job(f"a/{name}") for name in branches))], "a", tmp_path, **options)
    assert sorted(fact.value.branch for fact in got.facts) == found
    assert {fact.value.name for fact in got.facts} <= {"a"}


@pytest.mark.parametrize("written", ["a/release%2F1.2", "a/release/1.2", "here:a/release/1.2", "/a/release/1.2/"])
def test_a_branch_is_found_by_its_encoded_and_by_its_plain_name(written, tmp_path):
    got, _ = one([multibranch("a", job("a/release%2F1.2"))], written, tmp_path, instance="here")
    assert len(got.facts) == 1


def test_jobs_of_another_instance_are_skipped_and_the_older_annotation_wins(tmp_path):
    got, paths = one([job("a")], "there:a", tmp_path, instance="here")
    assert (got.facts, got.measurements, paths) == ((), (), [])
    got, _ = collect_from(FakeJenkins(), [target("x", annotations={KEY: "lost", OLD: "shop/s0"})], tmp_path)
    assert facts(got, "pipeline-run")["x"] == [UNSTABLE]


def test_a_job_that_is_missing_or_hidden_is_a_problem_and_incomplete(tmp_path):
    got, _ = one([job("a")], "a,b", tmp_path)
    assert [(problem.code, "`b`" in problem.message) for problem in got.problems] == [("INT003", True)]
    assert measured(got, "pipeline-run") == {"shop": False}
    assert len(got.facts) == 1


def test_a_job_below_more_folders_than_the_tree_has_is_requested_by_its_path(tmp_path):
    deep = "a/b/c/d/e%2Ff"
    got, paths = one([], deep, tmp_path, by_path={"/job/a/job/b/job/c/job/d/job/e%252Ff/api/json": job(deep)})
    assert paths == ["/api/json", "/job/a/job/b/job/c/job/d/job/e%252Ff/api/json"]
    assert len(got.facts) == 1


def test_a_controller_that_is_too_large_for_one_answer_is_requested_by_folders(tmp_path):
    def answer(request, wire):
        if request.path == "/api/json":
            wire.answer(200, b" " * 30_000_000)
        else:
            json_answer(wire, {"fullName": "a", "jobs": [job("a/b")]})

    with Server(answer) as server:
        options = {"user": "portal", "token": "t"}
        got = collect("jenkins", server.url, [target("shop", annotations={KEY: "a/b"})], tmp_path, **options)
    assert [request.path for request in server.requests] == ["/api/json", "/job/a/api/json"]
    assert (got.failures, len(got.facts)) == ((), 1)


@pytest.mark.parametrize(
    ("changes", "state", "seconds"),
    [
        ({"result": "SUCCESS"}, RunState.SUCCEEDED, 184.223), ({"result": "NOT_BUILT"}, RunState.CANCELLED, 184.223),
        ({"result": None, "building": True, "duration": 0}, RunState.RUNNING, None), ({"result": None}, RunState.UNKNOWN, 184.223),
        ({"result": "ABORTED"}, RunState.CANCELLED, 184.223),
    ],
)  # fmt: skip
def test_results_are_states_of_a_run_and_no_result_is_unknown(changes, state, seconds, tmp_path):
    got, _ = one([job("a", {**BUILD, **changes})], "a", tmp_path)
    assert [(fact.value.state, fact.value.seconds) for fact in got.facts] == [(state, seconds)]


def test_several_runs_of_a_job_are_in_the_same_request(tmp_path):
    builds = {**job("a"), "builds": [{**BUILD, "number": number} for number in (5, 4)]}
    fake = FakeJenkins(count=0)
    fake.jobs = [builds]
    got, requests = collect_from(fake, [target("shop", annotations={KEY: "a"})], tmp_path, runs=2)
    assert "builds[" in requests[0].query["tree"]
    assert "{0,2}" in requests[0].query["tree"]
    assert "lastBuild" not in requests[0].query["tree"]
    assert [fact.key for fact in got.facts] == ["a#4", "a#5"]


@needs_data
@pytest.mark.data
def test_answers_as_they_are_recorded_are_understood(tmp_path):
    known = json.loads((Path(DATA) / "specs" / "jenkins.examples.json").read_text(encoding="utf-8"))
    answers = [value for key, value in known.items() if key.startswith(("GET /job/shop", "GET /api/json"))]
    assert len(answers) == 3
    for number, value in enumerate(answers):
        jobs = value["jobs"] if value["_class"] == "hudson.model.Hudson" else [value]
        got, _ = one(jobs, "shop/checkout/main" if number == 1 else "shop/checkout" if number == 0 else "shop", tmp_path / str(number))
        assert (got.failures, got.problems, len(got.facts)) == ((), (), 1)
