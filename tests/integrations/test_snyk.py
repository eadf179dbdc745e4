"""The snyk integration against Snyk's own description and example answers."""

from datetime import UTC, datetime

import pytest
from fake_snyk_api import ORG, FakeSnyk, numbered
from vendors import TOKEN, collect, collect_from, facts, measured, target

from callboard.integrations.snyk import _fixed_in
from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.vulnerability import Vulnerability
from faulty import Server, json_answer
from spec_checking import complaints, description, needs_data

FOUND = Vulnerability(
    "CVE-2026-31877", FactSeverity.HIGH, "Prototype Pollution", "lodash", "4.17.4", "4.17.20", datetime(2026, 5, 1, 20, 9, 5, tzinfo=UTC)
)


def test_open_issues_are_vulnerabilities_of_the_entities_of_their_projects(tmp_path):
    fake = FakeSnyk(count=150)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    assert facts(got, "vulnerability")["s149"] == [FOUND]
    assert got.facts[0].url.startswith("https://app.snyk.io/org/acme/project/")
    assert len(requests) == 1 + 2 + 2
    assert {request.headers["authorization"] for request in requests} == {f"token {TOKEN}"}


def test_a_thousand_components_of_an_organization_cost_one_listing_of_each(tmp_path):
    fake = FakeSnyk(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "vulnerability")) == 1_000
    assert len(requests) == 1 + 10 + 10


@pytest.mark.parametrize(
    "annotations",
    [
        {"snyk.io/project-ids": f"{numbered('project', 1)}, {numbered('project', 2)}"},
        {"snyk.io/targets": f"{numbered('target', 1)},acme/s2"},
        {"snyk.io/target-id": numbered("target", 1).upper()},
        {"github.com/project-slug": "Acme/S1"},
        {},
    ],
)
def test_projects_are_found_in_all_ways_of_the_annotations(annotations, tmp_path):
    one = target("one", repository="https://github.com/acme/s1", annotations=annotations)
    got, _ = collect_from(FakeSnyk(), [one, target("other", repository="https://github.com/acme/other")], tmp_path, organizations=[ORG])
    wanted = 2 if "," in "".join(annotations.values()) else 1
    assert len(facts(got, "vulnerability")["one"]) == wanted
    assert measured(got, "vulnerability") == {"one": True}


def test_excluded_projects_are_left_out_and_nothing_left_is_a_measured_zero_or_told(tmp_path):
    excluded = {"snyk.io/targets": "acme/s1,acme/s2", "snyk.io/exclude-project-ids": numbered("project", 1), "snyk.io/org-id": ORG}
    lost = {"snyk.io/targets": "acme/lost", "snyk.io/org-id": ORG}
    broken = {"snyk.io/targets": "acme/s1", "snyk.io/org-id": "acme"}
    homeless = {"snyk.io/target-id": numbered("target", 1)}
    those = {"excluded": excluded, "lost": lost, "broken": broken, "homeless": homeless}
    fake = FakeSnyk()
    fake.issues = list
    got, _ = collect_from(fake, [target(name, annotations=told) for name, told in those.items()], tmp_path)
    assert measured(got, "vulnerability") == {"excluded": True}
    assert {problem.subject.name for problem in got.problems} == {"lost", "broken", "homeless"}


@pytest.mark.parametrize("key", ["snyk.io/org-id", "snyk.io/org-ids"])
def test_an_organization_without_a_project_of_the_repository_is_reported(key, tmp_path):
    those = [
        target("lost", "https://github.com/acme/lost", annotations={key: ORG}),
        target("found", "https://github.com/acme/s1", annotations={key: ORG}),
        target("folder", annotations={key: ORG}),
        target("invalid", "https://github.com/acme/s1", annotations={key: "acme"}),
    ]
    got, _ = collect_from(FakeSnyk(), those, tmp_path)
    assert [(problem.subject.name, problem.field) for problem in got.problems] == [
        (name, f"metadata.annotations.{key}") for name in ("invalid", "lost", "folder")
    ]
    assert "acme/lost" in got.problems[1].message


@needs_data
@pytest.mark.data
def test_every_request_is_in_snyks_description(tmp_path):
    fake = FakeSnyk(count=101)
    _, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(requests) == 5
    assert complaints(description("snyk"), requests, prefix="/rest") == []


@needs_data
@pytest.mark.data
@pytest.mark.parametrize(
    "name", ["OpenSourceListIssuesResponse20240123", "CodeListIssuesResponse20240123", "IaCListIssuesResponse20240123"]
)
def test_snyks_own_examples_are_understood(name, tmp_path):
    answer = description("snyk")["components"]["examples"][name]["value"]
    (issue,) = answer["data"]
    project = {"id": issue["relationships"]["scan_item"]["data"]["id"], "relationships": {}}

    def fake(request, wire):
        json_answer(wire, {"issues": answer, "projects": {"data": [project]}}.get(request.path.rpartition("/")[2], {"data": {}}))

    annotations = {"snyk.io/org-id": ORG, "snyk.io/project-ids": project["id"]}
    with Server(fake) as server:
        got = collect("snyk", server.url, [target("one", annotations=annotations)], tmp_path, token=TOKEN)
    (value,) = facts(got, "vulnerability")["one"]
    told = issue["attributes"]
    assert (value.title, value.severity, value.first_seen.year) == (told["title"], told["effective_severity_level"], 2022)


@pytest.mark.parametrize(
    ("coordinates", "expected"),
    [
        ([{"remedies": [{"details": {"upgrade_package": "4.17.20"}}]}], "4.17.20"),
        ([{"is_fixable_upstream": False, "is_upgradeable": False}], ""),
        ([{"is_fixable_upstream": True}], None),
        ([{"remedies": []}], None),
        ([], None),
    ],
)
def test_no_fix_is_told_only_where_snyk_states_it(coordinates, expected):
    assert _fixed_in({"coordinates": coordinates}) == expected
