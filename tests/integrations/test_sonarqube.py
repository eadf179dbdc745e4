"""The sonarqube integration against SonarQube's example answers; it publishes no description of its requests."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_sonarqube_api import KEY, FakeSonarQube
from vendors import TOKEN, collect, collect_from, facts, measured, target

from callboard.model.facts.quality_gate import GateState, QualityGate
from faulty import MODES, Server, json_answer
from spec_checking import DATA, needs_data

ANALYSED = datetime(2026, 5, 16, 18, 0, tzinfo=UTC)
RATINGS = (("reliability", "C"), ("security", "A"), ("maintainability", "B"))
FOUND = QualityGate(
    GateState.FAILED, ANALYSED, 81.4, new_coverage=64.2, duplication=2.0, bugs=3, smells=120, hotspots=0, lines=12_345, ratings=RATINGS
)


def test_measures_are_the_quality_gate_of_the_entity_that_names_the_project(tmp_path):
    fake = FakeSonarQube()
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    assert facts(got, "quality-gate") == {"s0": [FOUND], "s1": [FOUND], "s2": [FOUND]}
    assert got.facts[0].url.endswith("/dashboard?id=acme%3As0")
    assert {request.headers["authorization"] for request in requests} == {f"Bearer {TOKEN}"}


def test_a_thousand_components_cost_a_request_for_a_hundred_and_the_pages_of_projects(tmp_path):
    fake = FakeSonarQube(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "quality-gate")) == 1_000
    assert len(requests) == 10 + 2


def test_keys_may_name_an_instance_and_projects_that_have_nothing_are_told(tmp_path):
    those = {"ours": "here/acme:s0", "plain": "acme:s1", "theirs": "there/acme:s2", "lost": "acme:lost"}
    got, requests = collect_from(
        FakeSonarQube(), [target(name, annotations={KEY: key}) for name, key in those.items()], tmp_path, instance="here"
    )
    assert set(facts(got, "quality-gate")) == {"ours", "plain"}
    assert measured(got, "quality-gate") == {"ours": True, "plain": True}
    assert [(problem.subject.name, problem.code) for problem in got.problems] == [("lost", "INT003")]
    assert requests[0].query["projectKeys"] == "acme:lost,acme:s0,acme:s1"


def test_an_old_server_takes_the_token_as_a_name_and_the_cloud_an_organization(tmp_path):
    fake = FakeSonarQube()
    _, requests = collect_from(fake, fake.targets, tmp_path, scheme="basic", organization="acme")
    assert base64.b64decode(requests[0].headers["authorization"].removeprefix("Basic ")).decode() == f"{TOKEN}:"
    assert [request.query.get("organization") for request in requests] == [None, "acme"]


@pytest.mark.parametrize(("metric", "value"), [("sqale_rating", "6.0"), ("coverage", "much"), ("bugs", "1.5")])
def test_a_measure_that_cannot_be_understood_is_a_problem(metric, value, tmp_path):
    fake = FakeSonarQube(count=1)
    fake.measures = lambda query: {"measures": [{"metric": metric, "component": "acme:s0", "value": value}]}
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert (got.facts, measured(got, "quality-gate")) == ((), {"s0": False})
    assert [problem.code for problem in got.problems] == ["INT001"]


def test_without_the_times_of_analyses_the_measures_are_there_and_incomplete(tmp_path):
    fake = FakeSonarQube(count=1)

    def answer(request, wire):
        (MODES["403"] if "search_projects" in request.path else fake)(request, wire)

    with Server(answer) as server:
        got = collect("sonarqube", server.url, fake.targets, tmp_path, token=TOKEN)
    (value,) = facts(got, "quality-gate")["s0"]
    assert (value.analysed, value.coverage, measured(got, "quality-gate")) == (None, 81.4, {"s0": False})


def test_the_listing_of_projects_ends_where_sonarqube_goes_no_further(tmp_path):
    fake = FakeSonarQube(count=1)
    fake.projects = lambda query: {"paging": {"total": 25_000}, "components": []}
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (len(requests), got.failures) == (1 + 20, ())


@needs_data
@pytest.mark.data
def test_sonarqubes_own_examples_are_understood(tmp_path):
    def example(name):
        return json.loads((Path(DATA) / "recorded" / "sonarqube" / f"{name}-example.json").read_text(encoding="utf-8"))

    def fake(request, wire):
        answer = example("measures-search" if "measures" in request.path else "components-search_projects")
        json_answer(wire, answer)

    with Server(fake) as server:
        got = collect("sonarqube", server.url, [target("one", annotations={KEY: "MY_PROJECT_3"})], tmp_path, token=TOKEN)
    assert facts(got, "quality-gate")["one"] == [QualityGate(GateState.NONE, lines=1984)]
