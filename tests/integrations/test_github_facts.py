"""The github integration against GitHub's own GraphQL schema, its description of REST, and recorded answers."""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_github_api import FAMILIES, SECRET, FakeGitHub, alert
from vendors import NOW, TOKEN, collect, collect_from, facts, measured, target

from callboard.integrations.github import facts as github_facts
from callboard.integrations.github.queries import MORE_ALERTS, MORE_COMMITS, MORE_DEPLOYMENTS, repositories_query
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.enumerations import FactSeverity, RunState
from callboard.model.facts.pipeline_run import PipelineRun
from callboard.model.facts.repository import GoodFirstIssue, PullRequest, Release, RepositoryActivity
from callboard.model.facts.vulnerability import Vulnerability
from faulty import PatientClock, Server, json_answer
from github_app import AppHost
from spec_checking import DATA, complaints, description, example, needs_data

SCHEMA_PACKAGE = "@octokit/graphql-schema@15.26.1"
DESCRIBED = Path(__file__).parent.parent / "data/vectors/github-code-scanning.json"


def moment(*parts):
    return datetime(2026, *parts, tzinfo=UTC)


def test_one_query_covers_fifty_repositories(tmp_path):
    fake = FakeGitHub(count=50)
    got, requests = collect_from(fake, fake.targets, tmp_path, code_scanning=False)
    assert (got.failures, got.problems) == ((), ())
    assert len(requests) == 1
    assert requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert facts(got, "deployment")["s49"] == [Deployment("v1.2", moment(5, 16, 11, 5), RunState.SUCCEEDED, "ada", "c0ffee" * 6)]
    assert facts(got, "pipeline-run")["s49"] == [PipelineRun("CI", moment(5, 16, 10), RunState.FAILED, "main", 120.0, "ada")]
    assert facts(got, "vulnerability")["s49"] == [
        Vulnerability("CVE-2026-00000", FactSeverity.MEDIUM, "Path traversal", "zip", "1.2.0", "1.3.0", moment(5, 1, 10), "go.mod")
    ]
    assert facts(got, "repository")["s49"] == [
        RepositoryActivity(
            "acme/s49", moment(5, 16, 9), tuple(range(12)), 2, 1, (PullRequest("Mend it", "https://github.com/x", moment(5, 1), "", True),),
            4, (GoodFirstIssue("Say hello", "https://github.com/y"),), (("Go", 75.0), ("Make", 25.0)),
            (Release("v1.2", moment(5, 1), "https://github.com/z"),), ("readme", "license", "contributing", "security"),
            is_archived=False, is_protected=True, documented=moment(4, 1), bus_factor=1, topics=("inner-source",),
            contributing_url="https://github.com/acme/s49/blob/main/CONTRIBUTING.md", stars=3, forks=0, created=moment(1, 2),
        )
    ]  # fmt: skip
    assert {fact.url for fact in got.facts if fact.family == "deployment"} == {
        f"https://github.com/acme/s{n}/deployments" for n in range(50)
    }


@pytest.mark.long
def test_a_thousand_repositories_cost_twenty_queries(tmp_path):
    fake = FakeGitHub(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "repository")) == 1_000
    assert len(requests) == 20 + 10  # alerts of code scanning are on pages of a hundred


def test_a_query_that_is_too_large_is_sent_for_fewer_repositories(tmp_path):
    fake = FakeGitHub(count=60, most=20)
    got, requests = collect_from(fake, fake.targets, tmp_path, code_scanning=False)
    assert (len(facts(got, "repository")), got.failures) == (60, ())
    assert len(requests) == 1 + 4


def test_all_alerts_of_a_repository_are_read(tmp_path):
    fake = FakeGitHub(count=1, alerts=250)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "vulnerability")["s0"]) == 250 + 1
    assert len(requests) == 1 + 2 + 1
    scanned = Vulnerability("js/zipslip", FactSeverity.HIGH, "Arbitrary file write", first_seen=moment(5, 2, 10), place="src/zip.js:12")
    assert scanned in facts(got, "vulnerability")["s0"]


def of_owners(*owners):
    """A subject for a repository of each."""
    return [target(f"of-{owner}", annotations={"github.com/project-slug": f"{owner}/s0"}) for owner in owners]


def test_an_app_signs_in_for_each_owner_of_repositories(tmp_path):
    fake, met = FakeGitHub(count=1), []

    def answer(request, wire):
        met.append((request.owner, request.method, request.path.removeprefix("/api")))
        return json_answer(wire, []) if "/orgs/" in request.path else fake(request, wire)

    host = AppHost(answer, PatientClock(), ["acme", "globex"])
    with Server(host) as server:
        app = {"id": "Iv1.abc", "private_key": host.pem}
        got = collect("github", server.url, of_owners("acme", "elsewhere", "globex"), tmp_path, app=app, code_scanning=True)
    assert [path for method, path in host.asked_for if method == "POST"] == ["/41/access_tokens", "/42/access_tokens"]
    assert met == [
        (owner, method, path) for owner in ("acme", "globex")
        for method, path in (("POST", "/graphql"), ("GET", f"/v3/orgs/{owner}/code-scanning/alerts"))
    ]  # fmt: skip
    assert measured(got, "deployment") == {"of-acme": True, "of-elsewhere": False, "of-globex": True}
    assert {failure.message for failure in got.failures} == {"the App is not installed in elsewhere"}
    assert not any(b"token-of" in f.read_bytes() or host.pem.encode() in f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())


def test_an_installation_that_is_named_is_the_only_one(tmp_path):
    host = AppHost(FakeGitHub(count=1), PatientClock(), ["acme"])
    with Server(host) as server:
        app = {"id": "Iv1.abc", "private_key": host.pem, "installation": 41}
        got = collect("github", server.url, of_owners("acme", "globex"), tmp_path, app=app)
        bad = collect("github", server.url, of_owners("acme"), tmp_path, app={**app, "private_key": "no key"})
    assert host.asked_for == [("POST", "/41/access_tokens")]
    assert (got.failures, len(facts(got, "deployment"))) == ((), 2)
    assert "cannot sign" in bad.failures[0].message


def test_the_repository_of_the_descriptor_is_asked_about_where_no_annotation_names_one(tmp_path):
    fake = FakeGitHub(count=2)
    with Server(fake) as server:
        lies = target("lies", repository=f"{server.url}/acme/s0")
        elsewhere = target("elsewhere", repository="https://gitlab.com/acme/s1")
        broken = target("broken", annotations={"github.com/project-slug": "no slug"})
        gone = target("gone", annotations={"github.com/project-slug": "acme/gone"})
        both = target("both", annotations={"github.com/project-slug": "Acme/S0"})
        got = collect("github", server.url, [lies, elsewhere, broken, gone, both], tmp_path, token=TOKEN, families=["repository"])
    assert measured(got, "repository") == {"lies": True, "both": True}
    assert {fact.family for fact in got.facts} == {"repository"}
    assert {problem.subject.name for problem in got.problems} == {"broken", "gone"}


def test_what_a_token_may_not_read_is_incomplete_and_told(tmp_path):
    fake = FakeGitHub(count=1)
    whole = fake.repository("s0", "deployments runs pullRequests issues vulnerabilityAlerts")

    def answer(request, wire):
        error = {"type": "FORBIDDEN", "path": ["r0", "vulnerabilityAlerts"], "message": "Resource not accessible by personal access token"}
        json_answer(wire, {"data": {"r0": {**whole, "vulnerabilityAlerts": None}}, "errors": [error]})

    with Server(answer) as server:
        got = collect("github", server.url, fake.targets, tmp_path, token=TOKEN)
    assert measured(got, "vulnerability") == {"s0": False}
    assert measured(got, "deployment") == {"s0": True}
    assert "not accessible" in got.failures[0].message


@pytest.fixture(scope="session")
def graphql_schema():
    graphql = pytest.importorskip("graphql", reason="needs graphql-core from the package index")
    folder = Path(tempfile.gettempdir()) / "callboard-tests-graphql-schema"
    file = folder / "package/schema.graphql"
    if not file.exists() and shutil.which("npm"):
        folder.mkdir(exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", SCHEMA_PACKAGE], cwd=folder, capture_output=True, timeout=120, check=False)
        for archive in folder.glob("*.tgz"):
            with tarfile.open(archive) as tar:
                tar.extract("package/schema.graphql", folder, filter="data")
    if not file.exists():
        (pytest.fail if os.environ.get("CALLBOARD_TEST_FULL") == "1" else pytest.skip)(f"needs npm and the package {SCHEMA_PACKAGE}")
    return graphql.build_schema(file.read_text(encoding="utf-8"), assume_valid=True)


@pytest.mark.parametrize("families", [FAMILIES, *([family] for family in FAMILIES)], ids="-".join)
@pytest.mark.long
def test_every_query_is_valid_in_githubs_own_schema(graphql_schema, families):
    import graphql

    query, variables = repositories_query(["acme/a", "acme/b"], families, NOW, ["production", "staging"], has_rulesets=True)
    assert graphql.validate(graphql_schema, graphql.parse(query)) == []
    assert graphql.validate(graphql_schema, graphql.parse(query.replace("nameWithOwner", "nameWithOwners")))
    declared = graphql.parse(query).definitions[0].variable_definitions
    assert {one.variable.name.value for one in declared} == set(variables)
    for further in (MORE_ALERTS, MORE_COMMITS, MORE_DEPLOYMENTS):
        assert graphql.validate(graphql_schema, graphql.parse(further)) == []


@pytest.mark.long
def test_our_play_answers_what_githubs_schema_says(graphql_schema):
    """GitHub's schema itself resolves the query over the played values: a field that it does not have would be an error."""
    import graphql

    query, variables = repositories_query(["acme/s0"], FAMILIES, NOW, ["production", "staging"])
    node = FakeGitHub(alerts=3).repository("s0", query)
    commit = {"__typename": "Commit", **node["activity"]["target"], **node["runs"]["target"]}
    node |= {"runs": node["runs"] | {"target": commit}, "activity": {"target": commit}}

    def resolve(source, info, **_):
        if info.field_name == "repository":
            return node
        return source.get(info.path.key, source.get(info.field_name)) if isinstance(source, dict) else None

    done = graphql.execute(
        graphql_schema, graphql.parse(query), variable_values=variables, field_resolver=resolve,
        type_resolver=lambda value, _, abstract: value.get("__typename") or {"Actor": "User", "GitObject": "Blob"}[abstract.name],
    )  # fmt: skip
    assert [error.message for error in done.errors or () if "non-nullable" not in error.message] == []


def test_the_listing_of_code_scanning_is_in_githubs_description(tmp_path):
    fake = FakeGitHub(count=1)
    _, requests = collect_from(fake, fake.targets, tmp_path)
    rest = [request for request in requests if "/orgs/" in request.path]
    assert len(rest) == 1
    assert complaints(json.loads(DESCRIBED.read_text()), rest, prefix="/api/v3") == []


def test_alerts_of_secret_scanning_are_listed_once_for_all_and_their_secrets_stay_nowhere(tmp_path):
    fake = FakeGitHub(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path, families=["vulnerability"], code_scanning=False, secret_scanning=True)
    rest = [request for request in requests if "/orgs/" in request.path]
    assert (got.failures, len(requests), len(rest)) == ((), 30, 10)
    assert (rest[0].query["hide_secret"], rest[0].query["state"]) == ("true", "open")
    found = Vulnerability(
        "adafruit_io_key", FactSeverity.HIGH, "Adafruit IO Key", first_seen=datetime(2026, 5, 3, 10, tzinfo=UTC), place="config/io.yml:4"
    )
    assert found in facts(got, "vulnerability")["s999"]
    assert SECRET not in repr((got.facts, got.problems, got.failures))
    assert not any(SECRET.encode() in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


@pytest.mark.parametrize(
    ("alert", "severity"),
    [
        ({"validity": "active"}, "critical"), ({"validity": "unknown", "publicly_leaked": True}, "critical"),
        ({"validity": "inactive", "publicly_leaked": True}, "low"),
        ({"validity": "unknown"}, "high"), ({}, "high"), ({"validity": 7}, "high"),
    ],
)  # fmt: skip
def test_a_secret_that_still_works_or_that_others_know_is_critical(alert, severity):
    assert github_facts.secret(alert, NOW).severity == severity


@needs_data
@pytest.mark.data
def test_the_listing_of_secret_scanning_and_its_answers_are_in_githubs_description(tmp_path):
    described = description("github-security.oas3")
    fake = FakeGitHub(count=1)
    _, requests = collect_from(fake, fake.targets, tmp_path, code_scanning=False, secret_scanning=True)
    rest = [request for request in requests if "/orgs/" in request.path]
    assert (len(rest), complaints(described, rest, prefix="/api/v3")) == (1, [])
    for one in example(described, "/orgs/{org}/secret-scanning/alerts"):
        value = github_facts.secret(one, NOW)
        assert (value.id, value.title) == (one["secret_type"], one["secret_type_display_name"])
        assert one["secret"] not in repr(value)


@needs_data
@pytest.mark.data
def test_githubs_own_examples_and_recorded_alerts_are_understood():
    listed = example(description("github"), "/repos/{owner}/{repo}/code-scanning/alerts")
    values = [github_facts.finding(one, NOW) for one in listed]
    assert values[0].id == "js/zipslip"
    assert all(value.first_seen and value.place for value in values)
    recorded = json.loads((Path(DATA) / "recorded/github/by_path.json").read_text())["/repos/{owner}/{repo}/code-scanning/alerts"]
    read = 0
    for entry in recorded:
        body = json.loads(entry[5]) if isinstance(entry[5], str) else entry[5]
        for one in body if entry[3] == 200 else ():
            value = github_facts.finding(one, NOW)
            assert (value.id, value.first_seen is not None) == (one["rule"]["id"], True)
            read += 1
    assert read > 0


def test_a_new_word_of_a_state_is_unknown_and_no_error():
    node = {"state": "TELEPORTED", "createdAt": "2026-05-01T00:00:00Z", "commitOid": "abc"}
    assert github_facts.deployment(node, NOW).state is RunState.UNKNOWN
    assert github_facts.vulnerability({**alert(1), "securityVulnerability": None}, NOW).severity is FactSeverity.UNKNOWN


@pytest.mark.parametrize(
    ("branch", "is_protected"),
    [
        ({"refUpdateRule": {"pattern": "main"}}, True),
        ({"refUpdateRule": None, "rules": {"totalCount": 2}}, True),
        ({"refUpdateRule": None, "rules": {"totalCount": 0}}, False),
        ({"refUpdateRule": None}, None),
        ({"rules": {"totalCount": 0}}, None),
        (None, None),
    ],
)
def test_a_branch_is_unprotected_only_where_github_tells_about_rules_and_rulesets(branch, is_protected):
    value = github_facts.activity({"nameWithOwner": "acme/a", "isArchived": True, "activity": branch}, NOW)
    assert (value.is_protected, value.is_archived) == (is_protected, True)


def test_facts_about_a_repository_cost_no_further_request(tmp_path):
    fake = FakeGitHub(count=50)
    got, requests = collect_from(fake, fake.targets, tmp_path, code_scanning=False, families=["repository"])
    values = {name: value for name, (value,) in facts(got, "repository").items()}
    assert (values["s1"].is_archived, values["s2"].is_archived, values["s2"].documented) == (True, False, moment(4, 1))
    assert len(requests) == 1
