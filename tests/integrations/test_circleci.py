"""The circleci integration against CircleCI's description and answers as its documentation shows them."""

from datetime import UTC, datetime

import pytest
from fake_circleci_api import WORKFLOW, FakeCircleCi
from vendors import TOKEN, collect_from, facts, measured, target

from callboard.model.facts.enumerations import RunState
from callboard.model.facts.pipeline_run import PipelineRun
from spec_checking import complaints, description, needs_data

SLUG = "circleci.com/project-slug"
STARTED = datetime(2026, 5, 16, 22, tzinfo=UTC)


def test_of_workflows_with_one_name_the_last_one_counts_and_a_project_costs_two_requests(tmp_path):
    fake = FakeCircleCi(count=10)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems, len(requests)) == ((), (), 20)
    assert facts(got, "pipeline-run")["s0"] == [PipelineRun("build", STARTED, RunState.FAILED, "main", 180.0)]
    assert got.facts[0].url == "https://app.circleci.com/pipelines/github/acme/s0/25/workflows/w2"
    assert {request.headers["circle-token"] for request in requests} == {TOKEN}


@pytest.mark.parametrize(
    ("status", "state", "seconds"),
    [
        ("success", RunState.SUCCEEDED, 180.0), ("on_hold", RunState.WAITING, None), ("failing", RunState.RUNNING, None),
        ("error", RunState.FAILED, 180.0), ("canceled", RunState.CANCELLED, 180.0), ("unauthorized", RunState.FAILED, 180.0),
        ("running", RunState.RUNNING, None),
    ],
)  # fmt: skip
def test_the_states_of_workflows_are_those_of_runs(status, state, seconds, tmp_path):
    fake = FakeCircleCi(count=1)
    fake.workflows = [{**WORKFLOW, "status": status}]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert [(fact.value.state, fact.value.seconds) for fact in got.facts] == [(state, seconds)]


def test_a_pipeline_with_a_wrong_configuration_failed_although_it_has_no_workflows(tmp_path):
    fake = FakeCircleCi(count=1)
    fake.pipeline |= {"state": "errored", "errors": [{"type": "config", "message": "no jobs"}]}
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert [(fact.value.name, fact.value.state) for fact in got.facts] == [("configuration", RunState.FAILED)]
    assert len(requests) == 1


def test_a_project_without_pipelines_is_a_measured_zero_and_one_that_is_missing_is_told(tmp_path):
    fake = FakeCircleCi(count=1)
    fake.pipeline = None
    got, _ = collect_from(fake, [*fake.targets, target("lost", annotations={SLUG: "github/acme/lost"})], tmp_path)
    assert (got.facts, measured(got, "pipeline-run")) == ((), {"s0": True, "lost": False})
    assert [(problem.subject.name, problem.code) for problem in got.problems] == [("lost", "INT003")]


@needs_data
@pytest.mark.data
def test_every_request_is_in_circlecis_description(tmp_path):
    fake = FakeCircleCi()
    _, requests = collect_from(fake, fake.targets, tmp_path)
    for request in requests:
        request.target = request.target.replace("/project/github/acme/", "/project/github%2Facme%2F")
    assert complaints(description("circleci.oas3"), requests) == []
