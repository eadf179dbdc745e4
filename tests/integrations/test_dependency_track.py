"""The dependency-track integration against the vendor's description, and answers as its documentation and bug reports show them."""

from datetime import UTC, datetime

import pytest
from fake_dependency_track_api import FakeDependencyTrack, uuid
from vendors import TOKEN, collect_from, facts, measured, target

from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.vulnerability import Vulnerability
from spec_checking import complaints, description, needs_data

ID, NAME, VERSION = "dependencytrack/project-id", "dependencytrack/project-name", "dependencytrack/project-version"
FOUND = Vulnerability(
    "CVE-2026-31877", FactSeverity.HIGH, "Netty", "io.netty/netty", "4.1.112", first_seen=datetime(2026, 5, 16, 22, tzinfo=UTC)
)


def test_findings_of_the_portfolio_belong_to_the_entities_of_their_projects(tmp_path):
    fake = FakeDependencyTrack(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems, len(requests)) == ((), (), 22)
    assert facts(got, "vulnerability")["s999"] == [FOUND]
    assert len(facts(got, "vulnerability")) == 1_000
    assert {request.headers["x-api-key"] for request in requests} == {TOKEN}


@pytest.mark.parametrize(
    ("annotations", "project"),
    [
        ({NAME: "shop"}, 2), ({NAME: "shop", VERSION: "1.0"}, 1), ({ID: uuid(1).upper()}, 1), ({NAME: "shop", VERSION: "9"}, None),
        ({NAME: "lost"}, None), ({ID: "no-uuid"}, None),
    ],
)  # fmt: skip
def test_of_several_versions_the_named_or_the_latest_counts(annotations, project, tmp_path):
    fake = FakeDependencyTrack(count=3)
    for number, version in ((1, "1.0"), (2, "2.0")):
        fake.projects[number] |= {"name": "shop", "version": version, "isLatest": False, "lastBomImport": number}
        fake.findings[number]["vulnerability"] = {"vulnId": f"CVE-{number}", "severity": "UNASSIGNED"}
    got, _ = collect_from(fake, [target("shop", annotations=annotations)], tmp_path)
    assert [fact.value.id for fact in got.facts] == ([] if project is None else [f"CVE-{project}"])
    assert [problem.code for problem in got.problems] == (["INT003"] if project is None else [])


@pytest.mark.parametrize(
    "analysis", [{"state": "NOT_AFFECTED"}, {"state": "FALSE_POSITIVE"}, {"isSuppressed": True}, {"state": "RESOLVED"}]
)
def test_a_finding_that_an_analysis_closed_is_a_measured_zero(analysis, tmp_path):
    fake = FakeDependencyTrack(count=1)
    fake.findings[0]["analysis"] = analysis
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert (got.facts, measured(got, "vulnerability")) == ((), {"s0": True})


def test_a_project_that_was_never_analyzed_is_not_measured(tmp_path):
    fake = FakeDependencyTrack(count=1)
    fake.projects[0]["metrics"] = None
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.facts, got.measurements, got.problems, len(requests)) == ((), (), (), 1)


@needs_data
@pytest.mark.data
def test_every_request_is_in_the_vendors_description(tmp_path):
    fake = FakeDependencyTrack()
    _, requests = collect_from(fake, fake.targets, tmp_path)
    assert complaints(description("dependency-track.oas3"), requests, "/api") == []
