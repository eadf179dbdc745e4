"""The buildkite integration against Buildkite's GraphQL schema, and builds in all states of that."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_buildkite_api import SLUG, FakeBuildkite, build
from vendors import TOKEN, collect_from, facts, measured, target

from callboard.integrations.buildkite import PIPELINES
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.pipeline_run import PipelineRun
from spec_checking import DATA, needs_data

STARTED = datetime(2026, 5, 16, 22, 0, 0, 120_000, tzinfo=UTC)
STATES = {
    "BLOCKED": RunState.WAITING, "CANCELED": RunState.CANCELLED, "CANCELING": RunState.CANCELLED, "CREATING": RunState.WAITING,
    "FAILED": RunState.FAILED, "FAILING": RunState.RUNNING, "NOT_RUN": RunState.CANCELLED, "PASSED": RunState.SUCCEEDED,
    "RUNNING": RunState.RUNNING, "SCHEDULED": RunState.WAITING, "SKIPPED": RunState.CANCELLED,
}  # fmt: skip


def test_a_thousand_pipelines_cost_twenty_queries(tmp_path):
    fake = FakeBuildkite(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems, len(requests), len(got.facts)) == ((), (), 20, 1_000)
    assert facts(got, "pipeline-run")["s999"] == [PipelineRun("Shop 999", STARTED, RunState.SUCCEEDED, "main", 180.0)]
    assert (got.facts[0].url, got.facts[0].key) == ("https://buildkite.com/acme/s0/builds/7", "acme/s0#7")
    assert {request.headers["authorization"] for request in requests} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(("word", "state"), STATES.items())
def test_every_state_of_a_build_is_that_of_a_run(word, state, tmp_path):
    fake = FakeBuildkite(count=1)
    fake.pipelines[0]["builds"]["edges"] = [{"node": build(word, finished=None)}]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert [(fact.value.state, fact.value.state_word, fact.value.seconds) for fact in got.facts] == [(state, "", None)]


def test_a_build_that_has_not_started_has_the_time_at_which_it_was_made(tmp_path):
    fake = FakeBuildkite(count=1)
    fake.pipelines[0]["builds"]["edges"] = [{"node": build("SCHEDULED", started=None, finished=None)}]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert got.facts[0].value.at == datetime(2026, 5, 16, 21, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("slug", "complete", "codes"),
    [
        ("Acme/S0", True, []), ("acme/lost", False, ["INT003"]), ("acme", None, ["INT003"]), ("acme/a/b", None, ["INT003"]),
        ("elsewhere/s0", False, []),
    ],
)  # fmt: skip
def test_a_pipeline_that_the_token_does_not_see_is_not_measured(slug, complete, codes, tmp_path):
    got, _ = collect_from(FakeBuildkite(count=1), [target("a", annotations={SLUG: slug})], tmp_path)
    assert measured(got, "pipeline-run") == ({} if complete is None else {"a": complete})
    assert [problem.code for problem in got.problems] == codes
    assert bool(got.failures) is slug.startswith("elsewhere")


def test_another_default_branch_is_told_and_not_taken_for_no_builds(tmp_path):
    fake = FakeBuildkite(count=1)
    fake.pipelines[0] |= {"defaultBranch": "trunk", "builds": {"edges": []}}
    got, _ = collect_from(fake, fake.targets, tmp_path / "default")
    assert (measured(got, "pipeline-run"), [failure.hint for failure in got.failures]) == (
        {"s0": False}, ["Add the branch to the option `branches`."],
    )  # fmt: skip
    got, requests = collect_from(fake, fake.targets, tmp_path / "set", branches=["trunk"], runs=3)
    assert (measured(got, "pipeline-run"), got.failures) == ({"s0": True}, ())
    assert {key: requests[0].json()["variables"][key] for key in ("branches", "builds")} == {"branches": ["trunk"], "builds": 3}


@needs_data
@pytest.mark.data
def test_the_query_is_valid_in_buildkites_schema_and_our_play_answers_it(tmp_path):
    graphql = pytest.importorskip("graphql", reason="needs graphql-core from the package index")
    schema = graphql.build_schema((Path(DATA) / "specs/buildkite.graphql").read_text(encoding="utf-8"))
    assert graphql.validate(schema, graphql.parse(PIPELINES)) == []
    assert graphql.validate(schema, graphql.parse(PIPELINES.replace("defaultBranch", "default_branch")))
    assert set(STATES) == set(schema.get_type("BuildStates").values)
    fake = FakeBuildkite(count=1)
    _, (request,) = collect_from(fake, fake.targets, tmp_path)
    answer = {"organization": {"pipelines": {"pageInfo": {"hasNextPage": False}, "edges": [{"node": fake.pipelines[0]}]}}}
    done = graphql.execute(schema, graphql.parse(request.json()["query"]), answer, variable_values=request.json()["variables"])
    assert done.errors is None
    node = done.data["organization"]["pipelines"]["edges"][0]["node"]
    assert node == fake.pipelines[0]
