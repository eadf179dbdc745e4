"""The jira integration against Jira's own description and example answers."""

import base64
from datetime import UTC, datetime

import pytest
from play_jira import PlayedJira
from spec_checking import complaints, description, example, needs_data
from vendors import TOKEN, facts, known, measured, played, target

from callboard.model.facts.values import Issue
from callboard.model.facts.words import FactSeverity
from faulty import Server, json_answer


def test_open_bugs_are_found_for_fifty_projects_at_once(tmp_path):
    play = PlayedJira(count=50)
    got, asked = played(play, play.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    created = datetime(2026, 5, 1, 19, 24, 50, tzinfo=UTC)
    assert facts(got, "issue")["s49"][0] == Issue("It breaks 1", "bug", FactSeverity.CRITICAL, created, "To Do", "Mia Krystof")
    assert got.facts[0].url.endswith("/browse/P0-1")
    assert len(asked) == 1 + 2
    wanted = base64.b64encode(f"ada@acme.example:{TOKEN}".encode()).decode()
    assert {request.headers["authorization"] for request in asked} == {f"Basic {wanted}"}


def test_a_thousand_projects_cost_twenty_searches_and_their_pages(tmp_path):
    play = PlayedJira(count=1_000)
    got, asked = played(play, play.targets, tmp_path)
    assert len(facts(got, "issue")) == 1_000
    assert len(asked) == 20 * (1 + 2)


def test_components_and_labels_narrow_down_what_is_whose(tmp_path):
    def told(name, **more):
        return target(name, annotations={"jira/project-key": "p0", **{f"jira/{key}": value for key, value in more.items()}})

    those = [told("all"), told("api", component="api, web"), told("slow", label="slow"), told("none", component="api", label="slow")]
    got, _ = played(PlayedJira(), those, tmp_path)
    assert {name: len(values) for name, values in facts(got, "issue").items()} == {"all": 3, "api": 1, "slow": 1}
    assert measured(got, "issue") == dict.fromkeys(("all", "api", "slow", "none"), True)


def test_a_project_that_does_not_exist_is_told_and_no_part_of_the_search(tmp_path):
    play = PlayedJira(count=1)
    gone = target("gone", annotations={"jira/project-key": "GONE"})
    sly = target("sly", annotations={"jira/project-key": '") OR project in ("SECRET'})
    got, asked = played(play, [*play.targets, gone, sly], tmp_path)
    assert sorted(problem.subject.name for problem in got.problems) == ["gone", "sly"]
    assert measured(got, "issue") == {"s0": True}
    assert asked[-1].query["jql"] == 'project in ("P0") AND (statusCategory != Done AND issuetype = Bug)'
    assert not any("SECRET" in request.target for request in asked)


@needs_data
@pytest.mark.data
def test_every_request_is_in_jiras_description(tmp_path):
    play = PlayedJira(count=60)
    _, asked = played(play, play.targets, tmp_path)
    assert complaints(description("jira"), asked) == []
    assert {request.path for request in asked} == {"/rest/api/3/project/search", "/rest/api/3/search/jql"}


@needs_data
@pytest.mark.data
def test_jiras_own_examples_are_understood(tmp_path):
    described = description("jira")

    def answer(asked, wire):
        json_answer(wire, example(described, asked.path))

    with Server(answer) as server:
        got = known("jira", server.url, [target("ex", annotations={"jira/project-key": "EX"})], tmp_path, token=TOKEN)
    (failure,) = got.failures or (None,)
    assert failure is None
    assert len(facts(got, "issue")["ex"]) == 1
