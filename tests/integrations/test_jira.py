"""The jira integration against Jira's own description and example answers."""

import base64
from datetime import UTC, datetime

import pytest
from fake_jira_api import FakeJira
from vendors import TOKEN, collect, collect_from, facts, measured, target

from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.issue import Issue
from faulty import Server, json_answer
from spec_checking import complaints, description, example, needs_data


def test_open_bugs_are_found_for_fifty_projects_at_once(tmp_path):
    fake = FakeJira(count=50)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    created = datetime(2026, 5, 1, 19, 24, 50, tzinfo=UTC)
    assert facts(got, "issue")["s49"][0] == Issue("It breaks 1", "bug", FactSeverity.CRITICAL, created, "To Do", "Mia Krystof")
    assert got.facts[0].url.endswith("/browse/P0-1")
    assert len(requests) == 1 + 2
    wanted = base64.b64encode(f"ada@acme.example:{TOKEN}".encode()).decode()
    assert {request.headers["authorization"] for request in requests} == {f"Basic {wanted}"}


def test_a_thousand_projects_cost_twenty_searches_and_their_pages(tmp_path):
    fake = FakeJira(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "issue")) == 1_000
    assert len(requests) == 20 * (1 + 2)


def test_components_and_labels_narrow_down_what_is_whose(tmp_path):
    def told(name, **more):
        return target(name, annotations={"jira/project-key": "p0", **{f"jira/{key}": value for key, value in more.items()}})

    those = [told("all"), told("api", component="api, web"), told("slow", label="slow"), told("none", component="api", label="slow")]
    got, _ = collect_from(FakeJira(), those, tmp_path)
    assert {name: len(values) for name, values in facts(got, "issue").items()} == {"all": 3, "api": 1, "slow": 1}
    assert measured(got, "issue") == dict.fromkeys(("all", "api", "slow", "none"), True)


def test_a_project_that_does_not_exist_is_told_and_no_part_of_the_search(tmp_path):
    fake = FakeJira(count=1)
    gone = target("gone", annotations={"jira/project-key": "GONE"})
    sly = target("sly", annotations={"jira/project-key": '") OR project in ("SECRET'})
    got, requests = collect_from(fake, [*fake.targets, gone, sly], tmp_path)
    assert sorted(problem.subject.name for problem in got.problems) == ["gone", "sly"]
    assert measured(got, "issue") == {"s0": True}
    assert requests[-1].query["jql"] == 'project in ("P0") AND (statusCategory != Done AND issuetype = Bug)'
    assert not any("SECRET" in request.target for request in requests)


@pytest.mark.parametrize(
    ("annotations", "options", "count"),
    [
        ({"jira.com/project-key": "P0"}, {}, 3),
        ({"jira.com/project-key": "p0, P1"}, {}, 6),
        ({"jira.com/project-key": "ours/P0, theirs/P1"}, {"instance": "ours"}, 3),
        ({"jira.com/project-key": "theirs/P0"}, {"instance": "ours"}, 0),
        ({"jira.com/project-key": "theirs/P0"}, {}, 3),
        ({"jira.com/project-key": "P0", "jira.com/components": "web,Api"}, {}, 1),
        ({"jira.com/project-key": "P0", "jira/component": "api"}, {}, 1),
        ({"jira/project-key": "P0,P1,P0", "jira.com/project-key": "P2"}, {}, 6),
    ],
)
def test_the_annotations_of_jira_dashboard_are_read(annotations, options, count, tmp_path):
    got, _ = collect_from(FakeJira(), [target("one", annotations=annotations)], tmp_path, **options)
    assert (len(facts(got, "issue").get("one", [])), got.problems) == (count, ())


def test_a_project_of_jira_dashboard_that_does_not_exist_is_reported_at_its_annotation(tmp_path):
    lost = [target(f"s{n}", annotations={"jira.com/project-key": key}) for n, key in enumerate(("GONE", "no key"))]
    got, _ = collect_from(FakeJira(), lost, tmp_path)
    assert [problem.field for problem in got.problems] == ["metadata.annotations.jira.com/project-key"] * 2


def test_data_center_has_other_addresses_and_pages_by_number(tmp_path):
    fake = FakeJira(count=60)

    def answer(request, wire):
        if request.path == "/rest/api/2/project":
            return json_answer(wire, [{"id": "1", "key": key} for key in fake.keys[:-1]])
        assert request.path == "/rest/api/2/search"
        issues = [fake.issue(key, n) for key in fake.keys if f'"{key}"' in request.query["jql"] for n in (1, 2, 3)]
        start, size = int(request.query.get("startAt", 0)), int(request.query["maxResults"])
        return json_answer(wire, {"startAt": start, "maxResults": size, "total": len(issues), "issues": issues[start : start + size]})

    with Server(answer) as server:
        got = collect("jira", server.url, fake.targets, tmp_path, token=TOKEN, edition="data-center")
    assert (got.failures, len(facts(got, "issue")), len(got.facts)) == ((), 59, 177)
    assert [problem.subject.name for problem in got.problems] == ["s59"]
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {TOKEN}"}
    assert len(server.requests) == 1 + 2 + 1


@needs_data
@pytest.mark.data
def test_every_request_is_in_jiras_description(tmp_path):
    fake = FakeJira(count=60)
    _, requests = collect_from(fake, fake.targets, tmp_path)
    assert complaints(description("jira"), requests) == []
    assert {request.path for request in requests} == {"/rest/api/3/project/search", "/rest/api/3/search/jql"}


@needs_data
@pytest.mark.data
def test_jiras_own_examples_are_understood(tmp_path):
    described = description("jira")

    def answer(request, wire):
        json_answer(wire, example(described, request.path))

    with Server(answer) as server:
        got = collect("jira", server.url, [target("ex", annotations={"jira/project-key": "EX"})], tmp_path, token=TOKEN)
    (failure,) = got.failures or (None,)
    assert failure is None
    assert len(facts(got, "issue")["ex"]) == 1
