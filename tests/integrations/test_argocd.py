"""The argocd integration against Argo CD's own description and a recorded application."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_argocd_api import FakeArgoCd
from vendors import NOW, TOKEN, collect, collect_from, facts, measured, target

from callboard.model.facts.deployment import Deployment, Health
from callboard.model.facts.enumerations import RunState
from faulty import MODES, Server, json_answer
from spec_checking import DATA, complaints, description, needs_data

FOUND = Deployment(
    "1.4.1", datetime(2026, 5, 16, 21, 1, tzinfo=UTC), RunState.FAILED, "iain", "53e28ff20cc530b9ada2173fbbd64d48338583ba", Health.DEGRADED,
    in_sync=False,
)  # fmt: skip


def test_an_application_is_a_deployment_of_the_entity_that_names_it(tmp_path):
    fake = FakeArgoCd()
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    assert facts(got, "deployment")["s1"] == [FOUND]
    fact = next(fact for fact in got.facts if fact.subject.name == "s1")
    assert (fact.environment, fact.url.rpartition("/applications/")[2], fact.key) == ("production", "argocd/s1", "argocd/s1")
    assert requests[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_a_thousand_components_cost_one_request(tmp_path):
    fake = FakeArgoCd(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "deployment")) == 1_000
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("annotations", "wanted"),
    [
        ({"argocd/app-name": "s1, s2"}, ["1.4.1", "1.4.2"]),
        ({"argocd/app-selector": "app in (s1,s2),!old"}, ["1.4.1", "1.4.2"]),
        ({"argocd/app-selector": "app==s1"}, ["1.4.1"]),
        ({"argocd/app-selector": "environment=production,app!=s0,app notin (s2)"}, ["1.4.1"]),
        ({"argocd/project-name": "ops"}, ["1.4.0", "1.4.2"]),
        ({"argocd/app-selector": "app", "argocd/project-name": "shop"}, ["1.4.1"]),
        ({"argocd/app-name": "s1", "argocd/app-namespace": "argocd"}, ["1.4.1"]),
        ({"argocd/app-name": "s1", "argocd/instance-name": "here"}, ["1.4.1"]),
        ({"argocd/app-name": "s1", "argocd/instance-name": "there, here"}, ["1.4.1"]),
        ({"argocd/app-name": "s1", "argocd/app-namespace": "other,argocd"}, ["1.4.1"]),
        ({"argocd/project-name": "shop, ops"}, ["1.4.0", "1.4.1", "1.4.2"]),
    ],
)
def test_applications_are_found_in_all_ways_of_the_annotations(annotations, wanted, tmp_path):
    got, _ = collect_from(FakeArgoCd(), [target("one", annotations=annotations)], tmp_path, instance="here")
    assert [value.version for value in facts(got, "deployment")["one"]] == wanted
    assert measured(got, "deployment") == {"one": True}
    assert {one.since for one in got.measurements} == {NOW}
    assert got.problems == ()


def test_applications_of_another_argo_cd_are_nobodys_here_and_names_that_it_does_not_know_are_told(tmp_path):
    those = {
        "elsewhere": {"argocd/app-name": "s1", "argocd/instance-name": "there"},
        "perhaps-elsewhere": {"argocd/app-name": "lost"},
        "lost": {"argocd/app-name": "lost", "argocd/instance-name": "here"},
        "wrong-namespace": {"argocd/app-name": "s1", "argocd/app-namespace": "other", "argocd/instance-name": "here"},
        "broken": {"argocd/app-selector": "app in s1"},
        "none": {},
    }
    got, _ = collect_from(FakeArgoCd(), [target(name, annotations=told) for name, told in those.items()], tmp_path, instance="here")
    assert got.facts == ()
    assert {problem.subject.name for problem in got.problems} == {"lost", "wrong-namespace", "broken"}
    assert set(measured(got, "deployment")) == {"perhaps-elsewhere", "lost", "wrong-namespace"}


def test_a_list_that_is_too_large_is_asked_for_project_by_project(tmp_path):
    fake = FakeArgoCd()

    def answer(request, wire):
        whole = request.path.endswith("applications") and "projects" not in request.query
        (MODES["announced-huge-body"] if whole else fake)(request, wire)

    with Server(answer) as server:
        got = collect("argocd", server.url, fake.targets, tmp_path, token=TOKEN)
    assert len(facts(got, "deployment")) == 3
    assert [request.query.get("projects") for request in server.requests] == [None, None, "shop", "ops"]


def test_a_project_that_fails_leaves_all_incomplete_and_the_others_there(tmp_path):
    fake = FakeArgoCd()

    def answer(request, wire):
        (MODES["403"] if request.query.get("projects") == "ops" else fake)(request, wire)

    with Server(answer) as server:
        got = collect("argocd", server.url, fake.targets, tmp_path, token=TOKEN, projects=["shop", "ops"])
    assert list(facts(got, "deployment")) == ["s1"]
    assert set(measured(got, "deployment").values()) == {False}
    assert [failure.place for failure in got.failures] == ["project ops"]
    assert got.problems == ()


@needs_data
@pytest.mark.data
def test_every_request_is_in_argo_cds_description(tmp_path):
    fake = FakeArgoCd()
    requests = []
    for options in ({}, {"projects": ["shop"]}):
        requests += collect_from(fake, fake.targets, tmp_path, **options)[1]
    with Server(
        lambda request, wire: (MODES["announced-huge-body"] if request.path.endswith("s") and not request.query else fake)(request, wire)
    ) as s:
        collect("argocd", s.url, fake.targets, tmp_path, token=TOKEN)
    assert len([*requests, *s.requests]) > 2
    assert complaints(description("argocd.oas3"), [*requests, *s.requests]) == []


@needs_data
@pytest.mark.data
def test_a_recorded_application_is_understood(tmp_path):
    app = json.loads((Path(DATA) / "recorded" / "roadie" / "ArgoCD_applications-test-app.json").read_text(encoding="utf-8"))
    with Server(lambda request, wire: json_answer(wire, {"metadata": {}, "items": [app]})) as server:
        got = collect("argocd", server.url, [target("one", annotations={"argocd/app-name": "test-app"})], tmp_path, token=TOKEN)
    when = datetime(2021, 8, 11, 11, 38, 52, tzinfo=UTC)
    revision = "53e28ff20cc530b9ada2173fbbd64d48338583ba"
    assert facts(got, "deployment")["one"] == [Deployment("0.2", when, RunState.SUCCEEDED, "iain", revision, Health.HEALTHY, in_sync=True)]
