"""The azure-devops integration against answers as documented, and against the vendor's descriptions of Services and Server."""

from datetime import UTC, datetime

import pytest
from fake_azure_devops_api import FakeAzureDevOps
from vendors import collect, collect_from, facts, measured, target

from callboard.model.facts.deployment import Deployment
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.pipeline_run import PipelineRun
from callboard.model.facts.repository import PullRequest
from faulty import Server, json_answer
from spec_checking import complaints, description, needs_data, unknown_fields

COMMIT = "0" * 40
FAMILIES = ("pipeline-run", "deployment", "repository")


def test_runs_deployments_and_pull_requests_belong_to_their_repositories(tmp_path):
    fake = FakeAzureDevOps()
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems, len(requests)) == ((), (), 6)
    started = datetime(2026, 5, 16, 22, 0, 0, 123456, tzinfo=UTC)
    assert facts(got, "pipeline-run")["s1"] == [PipelineRun("s1-ci", started, RunState.SUCCEEDED, "main", 180.0, "Ada")]
    assert facts(got, "deployment")["s2"] == [Deployment("2026.2", datetime(2026, 5, 16, 23, 5, tzinfo=UTC), RunState.SUCCEEDED)]
    assert [fact.environment for fact in got.facts if fact.family == "deployment"] == ["production"] * 3
    [activity] = facts(got, "repository")["s0"]
    assert (activity.name, activity.open_pull_requests) == ("shop front/s0", 1)
    assert activity.pull_requests == (PullRequest("Fix it", "", datetime(2026, 5, 10, 8, tzinfo=UTC), "Bob"),)
    assert [facts(got, "repository")[name][0].open_pull_requests for name in ("s1", "s2")] == [0, 0]
    assert {family: set(measured(got, family).values()) for family in FAMILIES} == {family: {True} for family in FAMILIES}


@pytest.mark.long
def test_a_thousand_repositories_cost_a_request_for_each_page(tmp_path):
    fake = FakeAzureDevOps(1_000)
    fake.builds += [fake.build(n, id=more + n, result="failed") for more in (5_000, 9_000) for n in range(1_000)]
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, len(requests), len(facts(got, "pipeline-run"))) == ((), 8, 1_000)
    assert sorted(run.state for run in facts(got, "pipeline-run")["s7"]) == [RunState.FAILED, RunState.FAILED, RunState.SUCCEEDED]


@pytest.mark.parametrize(
    ("build", "state"),
    [
        ({"result": "partiallySucceeded"}, RunState.SUCCEEDED),
        ({"result": "canceled"}, RunState.CANCELLED),
        ({"status": "inProgress", "result": None}, RunState.RUNNING),
        ({"status": "notStarted", "result": "none"}, RunState.WAITING),
        ({"status": "completed", "result": None}, RunState.UNKNOWN),
    ],
)
def test_the_result_of_a_build_counts_and_not_that_it_is_over(tmp_path, build, state):
    fake = FakeAzureDevOps(1)
    fake.builds = [fake.build(0, **build)]
    got, _ = collect_from(fake, fake.targets, tmp_path, families=["pipeline-run"])
    assert [run.state for run in facts(got, "pipeline-run")["s0"]] == [state]


def test_a_descriptor_in_azure_devops_needs_no_annotation(tmp_path):
    from vendors import collect

    from faulty import Server

    fake = FakeAzureDevOps(2)
    with Server(fake) as server:
        targets = [target("shop", f"{server.url}/acme/Shop%20Front/_git/S1"), target("other", "https://github.com/acme/s0")]
        got = collect(fake.type, server.url, targets, tmp_path, **fake.options)
    assert list(facts(got, "pipeline-run")) == ["shop"]


def test_a_listing_that_fails_leaves_the_other_families(tmp_path):
    fake = FakeAzureDevOps(1)

    def answer(request, wire):
        return json_answer(wire, {"message": "no"}, 403) if "environments" in request.path else fake(request, wire)

    answer.type, answer.options = fake.type, fake.options
    got, _ = collect_from(answer, fake.targets, tmp_path)
    assert [failure.place for failure in got.failures] == ["shop front"]
    assert [measured(got, family)["s0"] for family in FAMILIES] == [True, False, True]
    assert not facts(got, "deployment")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, [("build-0", RunState.SUCCEEDED, COMMIT)]),
        ({"status": "inProgress", "completedOn": None}, [("build-0", RunState.RUNNING, COMMIT)]),
        ({"status": "partiallySucceeded"}, [("build-0", RunState.SUCCEEDED, COMMIT)]), ({"status": "notDeployed"}, []),
        ({"release": {"name": "R", "artifacts": [
            {"type": "Git", "definitionReference": {"definition": {"id": "r0"}, "version": {"id": "c0ffee", "name": ""}}}
        ]}}, [("R", RunState.SUCCEEDED, "c0ffee")]),
        ({"release": {"name": "R", "artifacts": [{"type": "Jenkins", "definitionReference": {"definition": {"id": "100"}}}]}}, []),
        ({"release": {"name": "R", "artifacts": None}}, []),
    ],
)  # fmt: skip
def test_deployments_of_classic_releases_belong_to_what_built_their_artifacts(more, expected, tmp_path):
    fake = FakeAzureDevOps(1)
    fake.environments, fake.releases = [], [fake.release(0, **more)]
    with Server(fake) as server:
        options = {**fake.options, "families": ["deployment"], "releases": True, "releases_url": server.url}
        got = collect(fake.type, server.url, fake.targets, tmp_path, **options)
    assert [(one.version, one.state, one.revision) for one in facts(got, "deployment").get("s0", [])] == expected
    assert {(fact.environment, fact.key) for fact in got.facts} == ({("Production", "release:7000")} if expected else set())
    assert (got.failures, measured(got, "deployment")) == ((), {"s0": True})


def test_of_more_releases_than_are_read_the_result_is_incomplete(tmp_path):
    fake = FakeAzureDevOps(1)
    fake.releases = [fake.release(0, id=n) for n in range(2_001)]
    got, requests = collect_from(fake, fake.targets, tmp_path, families=["deployment"], releases=True)
    asked = [request for request in requests if request.path.endswith("/release/deployments")]
    assert (measured(got, "deployment"), len(asked)) == ({"s0": False}, 20)


def test_names_that_do_not_exist_are_problems(tmp_path):
    fake = FakeAzureDevOps(1)
    written = ["shop front/gone", "shop front"]
    got, _ = collect_from(fake, [target(f"t{n}", annotations={"dev.azure.com/project-repo": w}) for n, w in enumerate(written)], tmp_path)
    assert sorted(problem.subject.name for problem in got.problems) == ["t0", "t1"]


@needs_data
@pytest.mark.data
def test_requests_are_in_the_descriptions_of_services_and_server(tmp_path):
    fake = FakeAzureDevOps(1_001)
    _, requests = collect_from(fake, fake.targets, tmp_path, releases=True)
    for name in ("azure-devops.oas3", "azure-devops-server.oas3"):
        assert complaints(description(name), requests) == []
        unnamed = ["release._links.web", "requestedFor.displayName"]  # the schemas of links and identities name no fields of this kind
        assert unknown_fields(description(name), "Deployment", fake.releases[0]) == unnamed
