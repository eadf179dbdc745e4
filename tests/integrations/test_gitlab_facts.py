"""The gitlab integration against an excerpt of GitLab's reference of its GraphQL API."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fake_gitlab_api import FakeGitLab
from vendors import NOW, TOKEN, collect, collect_from, facts, measured, target

from callboard.integrations.gitlab import queries
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.enumerations import FactSeverity, RunState
from callboard.model.facts.pipeline_run import PipelineRun
from callboard.model.facts.vulnerability import Vulnerability
from faulty import Server, json_answer

EXCERPT = Path(__file__).parent.parent / "data/vectors/gitlab-excerpt.graphql"


def moment(*parts):
    return datetime(2026, *parts, tzinfo=UTC)


def test_two_queries_cover_fifty_projects(tmp_path):
    fake = FakeGitLab(count=50)
    with Server(fake) as server:
        got = collect("gitlab", server.url, fake.targets, tmp_path, token=TOKEN)
    assert (got.failures, got.problems) == ((), ())
    assert len(server.requests) == 2
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {TOKEN}"}
    assert facts(got, "pipeline-run")["s49"] == [PipelineRun("pipeline", moment(5, 16, 10, 0, 5), RunState.FAILED, "main", 90.0, "ada")]
    assert facts(got, "deployment")["s49"] == [Deployment("v1.2", moment(5, 16, 11, 5), RunState.SUCCEEDED, "ada", "c0ffee")]
    assert facts(got, "vulnerability")["s49"] == [
        Vulnerability(
            "CVE-2026-1", FactSeverity.HIGH, "Regular expression denial of service", "ms", "1.0", None, moment(5, 1, 10), "yarn.lock"
        )
    ]
    deployed = next(fact for fact in got.facts if fact.family == "deployment")
    assert (deployed.environment, deployed.url) == ("production", f"{server.url}/acme/shop/s0/-/d/3")


def test_a_thousand_projects_cost_forty_queries(tmp_path):
    fake = FakeGitLab(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "vulnerability")) == len(facts(got, "pipeline-run")) == 1_000
    assert len(requests) == 20 + 20


def test_a_query_that_is_too_complex_is_sent_for_fewer_projects(tmp_path):
    fake = FakeGitLab(count=60, most=20)
    got, requests = collect_from(fake, fake.targets, tmp_path, families=["deployment"])
    assert (len(facts(got, "deployment")), got.failures) == (60, ())
    assert len(requests) == 1 + 4
    assert {one.family for one in got.measurements} == {"deployment"}


@pytest.mark.parametrize("edition", ["community", "free"])
def test_without_a_licence_vulnerabilities_are_not_measured_and_nobody_is_blamed(edition, tmp_path):
    fake = FakeGitLab(edition=edition)
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    assert measured(got, "vulnerability") == {}
    assert measured(got, "deployment") == {"s0": True, "s1": True, "s2": True}


def test_all_vulnerabilities_of_a_project_are_read(tmp_path):
    fake = FakeGitLab(count=1, weaknesses=250)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "vulnerability")["s0"]) == 250
    assert len(requests) == 1 + 1 + 2


def test_projects_are_known_by_path_number_or_where_the_descriptor_lies(tmp_path):
    fake = FakeGitLab()
    told = {
        "path": {"gitlab.com/project-slug": "Acme/Shop/S0"}, "number": {"gitlab.com/project-id": "1"}, "lies": {},
        "gone": {"gitlab.com/project-slug": "acme/gone"}, "odd": {"gitlab.com/project-id": "one"},
        "theirs": {"gitlab.com/project-slug": "acme/shop/s1", "gitlab.com/instance": "gitlab.other.example"},
    }  # fmt: skip
    with Server(fake) as server:
        those = [target(name, repository=f"{server.url}/acme/shop/s2", annotations=annotations) for name, annotations in told.items()]
        got = collect("gitlab", server.url, those, tmp_path, token=TOKEN)
    assert measured(got, "pipeline-run") == {"path": True, "number": True, "lies": True}
    assert {problem.subject.name for problem in got.problems} == {"gone", "odd"}


def test_what_gitlab_says_about_errors_is_told(tmp_path):
    fake = FakeGitLab(count=1)
    with Server(lambda request, wire: json_answer(wire, {"errors": [{"message": "Timeout on Project.pipelines"}]})) as server:
        got = collect("gitlab", server.url, fake.targets, tmp_path, token=TOKEN)
    assert "Timeout on Project.pipelines" in got.failures[0].message
    assert measured(got, "vulnerability") == measured(got, "deployment") == {"s0": False}


@pytest.mark.parametrize("by", ["paths", "ids"])
def test_every_query_is_valid_in_the_excerpt_of_gitlabs_reference(by):
    graphql = pytest.importorskip("graphql", reason="needs graphql-core from the package index")
    schema = graphql.build_schema(EXCERPT.read_text(encoding="utf-8"))
    work = [queries.work_query(by, families, 2) for families in (("pipeline-run", "deployment"), ["deployment"])]
    for query in (
        *work, queries.work_query(by, ["pipeline-run"], 0), queries.vulnerabilities_query(by),
        queries.MORE_VULNERABILITIES, queries.MORE_PIPELINES,
    ):  # fmt: skip
        assert graphql.validate(schema, graphql.parse(query)) == []
        assert graphql.validate(schema, graphql.parse(query.replace("nodes", "node")))


def test_environments_are_asked_about_by_name(tmp_path):
    fake = FakeGitLab(count=1)
    _, requests = collect_from(fake, fake.targets, tmp_path, environments=["live", 'x") { id } #'], families=["deployment"])
    (request,) = requests
    assert request.json()["variables"] == {"e0": "live", "e1": 'x") { id } #', "paths": ["acme/shop/s0"], "size": 1}
    assert "live" not in request.json()["query"]


class OneProject(FakeGitLab):
    """A project with other pipelines."""

    def __init__(self, runs, *, has_next=False, branch="main"):
        super().__init__(count=1)
        self.runs, self.has_next, self.branch = runs, has_next, branch

    def project(self, path, text):
        node = super().project(path, text)
        first = node["pipelines"]["nodes"][0]
        nodes = [{**first, "id": f"gid://gitlab/Ci::Pipeline/{n}", **run} for n, run in enumerate(self.runs)]
        repository = {"rootRef": self.branch} if self.branch else None
        return node | {"repository": repository, "pipelines": {"pageInfo": {"hasNextPage": self.has_next}, "nodes": nodes}}


OF_MERGE_REQUEST = {"ref": "refs/merge-requests/7/head", "status": "FAILED"}
OF_FEATURE = {"ref": "feature", "status": "FAILED"}
OF_MAIN = {"ref": "main", "status": "SUCCESS", "createdAt": "2026-05-10T10:00:00Z"}


@pytest.mark.parametrize(
    ("runs", "branch", "refs"),
    [
        ([OF_MERGE_REQUEST, OF_FEATURE, OF_MAIN], "main", ["main"]),
        ([OF_MERGE_REQUEST, OF_FEATURE, OF_MAIN], "", ["feature", "main"]),
        ([OF_MERGE_REQUEST], "main", []),
    ],
)
def test_only_pipelines_of_the_default_branch_count_as_those_of_the_component(runs, branch, refs, tmp_path):
    got, _ = collect_from(OneProject(runs, branch=branch), FakeGitLab(count=1).targets, tmp_path, families=["pipeline-run"])
    assert [value.branch for value in facts(got, "pipeline-run").get("s0", [])] == refs
    assert measured(got, "pipeline-run") == {"s0": True}


@pytest.mark.parametrize(("has_next", "since"), [(True, moment(5, 10, 10)), (False, None)])
def test_a_project_with_older_pipelines_is_known_since_the_oldest_listed_one(has_next, since, tmp_path):
    fake = OneProject([OF_MERGE_REQUEST, OF_MAIN], has_next=has_next)
    got, _ = collect_from(fake, fake.targets, tmp_path, families=["pipeline-run"])
    assert [one.since for one in got.measurements] == [since]


class Busy(OneProject):
    """A project with a pipeline of a merge request each minute, and one of the default branch each hour."""

    def __init__(self, pages_fail=False):
        of_requests = [{**OF_MERGE_REQUEST, "createdAt": (NOW - timedelta(minutes=n)).isoformat()} for n in range(50)]
        super().__init__(of_requests, has_next=True)
        self.pages_fail = pages_fail

    def __call__(self, request, wire):
        body = request.json()
        if "MorePipelines" not in body["query"]:
            return super().__call__(request, wire)
        if self.pages_fail:
            return json_answer(wire, {"errors": [{"message": "Timeout on Project.pipelines"}]})
        assert (body["variables"]["path"], body["variables"]["ref"]) == ("acme/shop/s0", "main")
        start = int(body["variables"]["cursor"] or 0)
        nodes = [
            {"id": f"gid://gitlab/Ci::Pipeline/{1000 + n}", "status": "SUCCESS", "ref": "main",
             "createdAt": (NOW - timedelta(hours=n / 2)).isoformat()}
            for n in range(start, start + 100)
        ]  # fmt: skip
        page = {"pageInfo": {"hasNextPage": True, "endCursor": str(start + 100)}, "nodes": nodes}
        return json_answer(wire, {"data": {"project": {"pipelines": page}}})


def test_where_many_pipelines_ran_those_of_the_default_branch_are_queried_for_the_last_days(tmp_path):
    fake = Busy()
    got, requests = collect_from(fake, fake.targets, tmp_path, families=["pipeline-run"])
    assert (len(requests), len(facts(got, "pipeline-run")["s0"]), got.failures) == (3, 200, ())
    assert [(one.since, one.complete) for one in got.measurements] == [(NOW - timedelta(hours=199 / 2), True)]


def test_a_further_page_of_pipelines_that_cannot_be_read_is_a_failure(tmp_path):
    fake = Busy(pages_fail=True)
    got, _ = collect_from(fake, fake.targets, tmp_path, families=["pipeline-run"])
    assert [failure.place for failure in got.failures] == ["acme/shop/s0"]
    assert [one.since for one in got.measurements] == [NOW - timedelta(minutes=49)]


@pytest.mark.parametrize(
    ("ref", "version"),
    [
        ("v1.2", "v1.2"), ("1.2.0-rc.1", "1.2.0-rc.1"), ("2026-05-17", "2026-05-17"), ("main", "c0ffeec0ffee"),
        ("release/1.2", "c0ffeec0ffee"), ("feature", "c0ffeec0ffee"),
    ],
)  # fmt: skip
def test_a_branch_is_no_version(ref, version):
    node = {"ref": ref, "sha": "c0ffee" * 6, "status": "SUCCESS"}
    assert queries.deployment(node, "main", NOW).version == version
    assert queries.deployment({**node, "ref": "1.0"}, "1.0", NOW).version == "c0ffeec0ffee"


def test_deployments_are_known_since_the_newest_last_one(tmp_path):
    fake = FakeGitLab(count=1)
    got, _ = collect_from(fake, fake.targets, tmp_path, families=["deployment"])
    assert [one.since for one in got.measurements] == [moment(5, 16, 11)]
