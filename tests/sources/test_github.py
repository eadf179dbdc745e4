"""The github source against a host on loopback, GitHub's own schema and description, and recorded answers."""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from company import context, descriptor, found, settings
from fake_github import CODEOWNERS, FakeGitHub, commit_of

from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_file
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits
from callboard.model.errors import MissingFileError, MissingRevisionError, SourceError, TreeError
from callboard.settings.settings import Limits as DescriptorLimits
from callboard.sources.github.api import MEMBERS, TEAM_MEMBERS, TEAMS, repositories_query
from callboard.sources.github.folders import folders_query, history_query
from callboard.sources.github.source import GitHubSource
from faulty import PatientClock, Server, json_answer
from faulty.clock import MIDNIGHT
from github_app import AppHost

TOKEN = "ghp_very-secret-token"
SCHEMA_PACKAGE = "@octokit/graphql-schema@15.26.1"


def collect(tmp_path, server, **options):
    options = {"organization": "acme", "url": server.url, "token": TOKEN, **options}
    return GitHubSource(settings("github", **options), context(tmp_path, clock=PatientClock(), http=ClientLimits(tries=2))).collect()


def requests_of(collected):
    return collected.traffic[0].traffic.counts


def test_another_revision_is_requested_by_its_commit(tmp_path):
    """architecture.md, decision 11: the own repository at any ref; a branch moves, so its name is no key of a cache."""
    host = FakeGitHub({"payments": {"catalog-info.yaml": descriptor("payments"), "o.yaml": "main"}})
    host.revisions = {"v1": {"o.yaml": "one"}, "feature/x": {"o.yaml": "x"}}
    with host.serve() as server:
        [tree] = collect(tmp_path, server).trees
        assert [tree.read_at(ref, "o.yaml", 100) for ref in ("v1", "feature/x", "v1")] == [b"one", b"x", b"one"]
        assert tree.read("o.yaml", 100) == b"main"
        with pytest.raises(MissingRevisionError, match="v9"):
            tree.read_at("v9", "o.yaml", 100)
        with pytest.raises(MissingFileError):
            tree.read_at("v1", "none.yaml", 100)


def test_an_organization_is_read_with_one_question_for_fifty_repositories(tmp_path):
    github = FakeGitHub({f"service-{n:03}": {"catalog-info.yaml": descriptor(f"service-{n:03}")} for n in range(120)})
    with github.serve() as server:
        got = collect(tmp_path, server)
    assert not got.failures
    assert found(got)[:2] == ["acme/service-000: catalog-info.yaml", "acme/service-001: catalog-info.yaml"]
    assert (len(got.files), len(github.queries), github.rest) == (120, 3, [])
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {TOKEN}"}


def test_a_tree_knows_its_commit_places_and_ages_without_further_questions(tmp_path):
    files = {"catalog-info.yaml": descriptor("payments"), "CODEOWNERS": CODEOWNERS}
    with FakeGitHub({"payments": files}).serve() as server:
        got = collect(tmp_path, server)
        tree = got.trees[0]
        assert tree.id == f"{server.url.replace('127', '127')}/acme/payments"
        assert (tree.repository, tree.revision) == ("acme/payments", commit_of(files))
        assert tree.read("CODEOWNERS", 1_000).decode() == CODEOWNERS
        assert tree.view_url("catalog-info.yaml", 3) == f"{server.url}/acme/payments/blob/main/catalog-info.yaml#L3"
        assert tree.edit_url("catalog-info.yaml") == f"{server.url}/acme/payments/edit/main/catalog-info.yaml"
        assert tree.last_change("catalog-info.yaml") == datetime(2024, 2, 1, tzinfo=UTC)
        with pytest.raises(MissingFileError):
            tree.read(".github/CODEOWNERS", 10)
    assert len(server.requests) == 1
    assert got.repositories[0].languages == (("Go", 10),)
    assert (got.repositories[0].topics, got.repositories[0].release) == (("payments",), "v1")


def test_further_files_are_asked_for_once_and_stay_in_the_cache(tmp_path):
    files = {"catalog-info.yaml": descriptor("payments"), "api/open api.yaml": "openapi: 3.1.0\n"}
    github = FakeGitHub({"payments": files})
    with github.serve() as server:
        for _ in range(2):
            tree = collect(tmp_path, server).trees[0]
            assert [tree.read("api/open api.yaml", 100) for _ in range(3)] == [b"openapi: 3.1.0\n"] * 3
            assert tree.glob("**/*.yaml") == ["api/open api.yaml", "catalog-info.yaml"]
            assert tree.last_change("api/open api.yaml") == datetime(2024, 3, 1, tzinfo=UTC)
            with pytest.raises(MissingFileError):
                tree.read("api/none.yaml", 100)
    at = commit_of(files)
    assert github.rest == [
        f"/api/v3/repos/acme/payments/contents/api/open%20api.yaml?ref={at}",
        f"/api/v3/repos/acme/payments/git/trees/{at}?recursive=1",
        f"/api/v3/repos/acme/payments/commits?path=api%2Fopen+api.yaml&per_page=1&sha={at}",
    ]


def test_a_descriptor_that_came_in_part_is_fetched_whole(tmp_path):
    github = FakeGitHub({"payments": {"catalog-info.yaml": descriptor("payments")}})
    github.truncated = {"catalog-info.yaml"}
    with github.serve() as server:
        got = collect(tmp_path, server)
        assert got.trees[0].read("catalog-info.yaml", 1_000).decode() == descriptor("payments")
    assert requests_of(got).requests == 2


def test_globs_are_looked_for_in_listings(tmp_path):
    files = {"a/catalog-info.yaml": descriptor("a"), "b/catalog-info.yaml": descriptor("b"), "b/x.txt": "x"}
    with FakeGitHub({"mono": files, "other": {"README.md": "x"}}).serve() as server:
        got = collect(tmp_path, server, include=["**/catalog-info.yaml"], exclude=["b/**"])
    assert found(got) == ["acme/mono: a/catalog-info.yaml"]
    assert [u.repository for u in got.undescribed] == ["acme/other"]
    assert requests_of(got).requests == 1 + 2 + 1


def test_a_repository_without_a_descriptor_is_listed_with_one_to_paste(tmp_path):
    files = {"README.md": "x", ".github/CODEOWNERS": CODEOWNERS}
    with FakeGitHub({"ledger": files, "old": {"a": "b"}, "empty": {}}, old={"isArchived": True}).serve() as server:
        got = collect(tmp_path, server, archived=True)
    assert [u.repository for u in got.undescribed] == ["acme/empty", "acme/ledger"]
    (suggestion,) = [u.suggestion_yaml for u in got.undescribed if u.repository == "acme/ledger"]
    assert suggestion.partition("apiVersion")[2] == (
        ": backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ledger\n"
        "  description: The ledger  # guess: from the description on the host\n"
        "  annotations:\n    github.com/project-slug: acme/ledger\n"
        "  tags:  # guess: from topics on the host and the main language on the host\n    - payments\n    - go\n"
        "spec:\n  # type: unknown (the files were not read); write service, website, library or a word of your own\n"
        "  # lifecycle: unknown (neither releases nor the README say); write production, experimental or deprecated\n"
        "  owner: payments  # guess: from .github/CODEOWNERS line 2\n"
    )


def test_options_choose_repositories(tmp_path):
    names = ("payments-api", "payments-old", "ledger", "fork", "attic")
    github = FakeGitHub(
        {name: {"catalog-info.yaml": descriptor(name)} for name in names}, fork={"isFork": True}, attic={"isArchived": True}
    )
    with github.serve() as server:
        some = collect(tmp_path, server, repositories=["payments-*"], exclude_repositories=["*-old"])
        most = collect(tmp_path, server)
        every = collect(tmp_path, server, forks=True, archived=True)
    assert found(some) == ["acme/payments-api: catalog-info.yaml"]
    assert (len(most.files), len(every.files)) == (3, 5)


def test_a_repository_that_fails_is_a_failure_of_its_own(tmp_path):
    github = FakeGitHub({"a": {"catalog-info.yaml": descriptor("a")}, "b": {"catalog-info.yaml": descriptor("b")}})
    github.truncated = {"catalog-info.yaml"}

    def answer(asked, wire):
        if "/repos/acme/a/" in asked.path:
            return json_answer(wire, {"message": f"trouble with {TOKEN}"}, 500)
        return github(asked, wire)

    with Server(answer) as server:
        got = collect(tmp_path, server)
    assert found(got) == ["acme/b: catalog-info.yaml"]
    assert [f.repository for f in got.failures] == ["acme/a"]
    assert "failed (status 500: trouble with ***)" in got.failures[0].message
    assert not got.undescribed


def test_what_github_leaves_out_is_told(tmp_path):
    def answer(asked, wire):
        data = {"repositoryOwner": {"repositories": {"pageInfo": {"hasNextPage": False}, "nodes": [None]}}}
        json_answer(wire, {"data": data, "errors": [{"type": "FORBIDDEN", "message": "SAML enforcement"}]})

    with Server(answer) as server:
        got = collect(tmp_path, server)
    assert [f.message for f in got.failures] == ["GitHub left something out: SAML enforcement"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"data": None, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}, "rate-limited"),
        ({"data": {"repositoryOwner": None}, "errors": [{"type": "NOT_FOUND", "message": "Could not resolve"}]}, "status"),
        ({"data": {"repositoryOwner": None}}, "status"),
        ({"errors": [{"message": "Parse error"}]}, "wrong-type"),
        ({"data": {"repositoryOwner": {"repositories": {"nodes": "many"}}}}, "wrong-type"),
        (
            {"data": {"repositoryOwner": {"repositories": {"nodes": [{"nameWithOwner": 7}], "pageInfo": {"hasNextPage": True}}}}},
            "repeated-url",
        ),
        ({"errors": "no"}, "wrong-type"),
        ([], "wrong-type"),
    ],
)
def test_answers_that_are_none_are_told(tmp_path, answer, kind):
    with Server(lambda _, wire: json_answer(wire, answer)) as server, pytest.raises(HttpError) as caught:
        collect(tmp_path, server)
    assert caught.value.kind == kind


def test_a_page_that_is_too_much_for_github_is_asked_for_in_parts(tmp_path):
    github = FakeGitHub({f"r{n:02}": {"catalog-info.yaml": descriptor(f"r{n}")} for n in range(40)})

    def answer(asked, wire):
        if asked.json()["variables"]["size"] > 20:
            return json_answer(wire, {"message": "timedout"}, 502)
        return github(asked, wire)

    with Server(answer) as server:
        got = collect(tmp_path, server)
    assert (len(got.files), [q["size"] for q in github.queries]) == (40, [16, 16, 16])


def test_teams_and_members_are_groups_and_users(tmp_path):
    github = FakeGitHub({})
    logins = [f"user{n}" for n in range(150)]
    github.teams = [
        {"slug": "engineering", "logins": []},
        {"slug": "payments", "parent": "engineering", "logins": ["Ada", *logins]},
        {"slug": "Odd Name!", "logins": ["yes"]},
    ]
    github.members = [{"login": login, "name": None, "url": f"https://github.acme.example/{login}", "avatarUrl": None} for login in logins]
    github.members += [{"login": "Ada", "name": 'Ada: "Countess" 💡\n', "url": "javascript:alert(1)", "avatarUrl": 7}]
    with github.serve() as server:
        got = collect(tmp_path, server, people=True)
    results = [read_file(file, builtin_kinds(), DescriptorLimits()) for file in got.files]
    assert [p for result in results for p in result.problems] == []
    entities = {str(e.ref): e for result in results for e in result.entities}
    assert len(entities) == 3 + 151
    assert entities["group:default/payments"].spec["parent"] == "engineering"
    assert entities["group:default/payments"].metadata["annotations"] == {"github.com/team-slug": "acme/payments"}
    assert entities["user:default/ada"].spec == {"profile": {"displayName": 'Ada: "Countess" 💡\n'}, "memberOf": ["payments"]}
    assert entities["user:default/user149"].spec["memberOf"] == ["payments"]
    assert "group:default/odd-name" in entities
    tree = got.trees[-1]
    assert tree.view_url("groups/payments.yaml") == "https://github.acme.example/orgs/acme/teams/payments"
    assert got.files[0].tree is tree


@pytest.mark.parametrize("is_known", [True, False], ids=["new-server", "old-server"])
def test_suspended_users_of_an_enterprise_server_are_left_out(is_known, tmp_path):
    """backstage#31336. A version of the server without the field rejects the query."""
    github = FakeGitHub({})
    github.members = [
        {"login": "ada", "suspendedAt": None},
        {"login": "gone", **({"suspendedAt": "2026-01-01T00:00:00Z"} if is_known else {})},
    ]

    def answer(asked, wire):
        if "suspendedAt" in asked.json()["query"] and not is_known:
            return json_answer(wire, {"errors": [{"message": "Field 'suspendedAt' doesn't exist on type 'User'"}]})
        return github(asked, wire)

    with Server(answer) as server:
        got = collect(tmp_path, server, people=True)
    asked = [request.json()["query"] for request in server.requests if b"Members(" in request.body]
    assert ["suspendedAt" in query for query in asked] == ([True] if is_known else [True, False])
    assert "users/ada.yaml" in [file.path for file in got.files]
    assert ("users/gone.yaml" in [file.path for file in got.files]) is not is_known


def test_people_that_cannot_be_read_leave_the_repositories(tmp_path):
    github = FakeGitHub({"a": {"catalog-info.yaml": descriptor("a")}})

    def answer(asked, wire):
        if "Teams(" in asked.json()["query"]:
            return json_answer(wire, {"data": {"organization": None}, "errors": [{"type": "FORBIDDEN", "message": "needs read:org"}]})
        return github(asked, wire)

    with Server(answer) as server:
        got = collect(tmp_path, server, people=True)
    assert found(got) == ["acme/a: catalog-info.yaml"]
    assert [f.repository for f in got.failures] == ["acme (organization)"]


@pytest.mark.long
def test_an_organization_of_a_thousand_repositories_costs_twenty_requests_a_night(tmp_path):
    repositories = {
        f"service-{n:04}": {"catalog-info.yaml": descriptor(f"service-{n:04}"), "api.yaml": "openapi: 3.1.0\n"} for n in range(1_000)
    }
    github = FakeGitHub(repositories)
    github.truncated = {"catalog-info.yaml"}
    counts = []
    with github.serve() as server:
        for night in range(3):
            if night == 2:
                for n in range(10):
                    repositories[f"service-{n * 97:04}"]["api.yaml"] = "openapi: 3.1.1\n"
            got = collect(tmp_path, server)
            counts.append((requests_of(got).requests, requests_of(got).saved))
            assert (len(got.files), got.failures) == (1_000, ())
    assert counts == [(1_020, 0), (20, 1_000), (30, 990)]


def test_an_app_signs_in_and_its_token_is_asked_for_once(tmp_path):
    github = FakeGitHub({f"r{n:03}": {"catalog-info.yaml": descriptor(f"r{n:03}")} for n in range(60)})
    host = AppHost(github, PatientClock(), ["else", "acme"])
    with Server(host) as server:
        got = collect(tmp_path, server, token="", app={"id": "Iv1.abc", "private_key": host.pem})
        assert len(got.files) == 60
        assert host.asked_for == [("GET", ""), ("POST", "/42/access_tokens")]
        collect(tmp_path, server, token="", app={"id": "Iv1.abc", "private_key": host.pem, "installation": 42})
        assert host.asked_for[2:] == [("POST", "/42/access_tokens")]
        with pytest.raises(SourceError, match="cannot sign"):
            collect(tmp_path, server, token="", app={"id": 7, "private_key": "no key"})
    assert sum(t.traffic.counts.requests for t in got.traffic) == 2 + 2
    assert not any(b"token-of" in f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())


def test_a_token_that_is_about_to_end_is_asked_for_anew(tmp_path):
    github = FakeGitHub({f"r{n:03}": {"catalog-info.yaml": descriptor(f"r{n:03}")} for n in range(60)})
    host = AppHost(github, PatientClock(), ["acme"], lasts=datetime.fromtimestamp(MIDNIGHT + 299, UTC).isoformat())
    with Server(host) as server:
        assert len(collect(tmp_path, server, token="", app={"id": "Iv1.abc", "private_key": host.pem}).files) == 60
    assert host.asked_for == [("GET", ""), *[("POST", "/41/access_tokens")] * 2]


@pytest.fixture(scope="session")
def schema():
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


@pytest.mark.parametrize(
    "query",
    [
        repositories_query(()),
        repositories_query(("catalog-info.yaml", "x.yml")),
        repositories_query(("catalog-info.yaml", "x.yml"), ("portal", "main"), with_visibility=True),
        TEAMS,
        TEAM_MEMBERS,
        MEMBERS % "",
        folders_query(2),
        history_query(2),
    ],
)
@pytest.mark.long
def test_every_query_is_valid_in_githubs_own_schema(schema, query):
    import graphql

    assert graphql.validate(schema, graphql.parse(query)) == []
    assert graphql.validate(schema, graphql.parse(query.replace("pageInfo", "pageInf").replace("object(", "objet(")))


DATA = os.environ.get("CALLBOARD_TEST_DATA", "")
needs_data = pytest.mark.skipif(not DATA, reason="needs the vendors' descriptions: set CALLBOARD_TEST_DATA")


@needs_data
@pytest.mark.data
def test_rest_requests_are_in_githubs_description(tmp_path):
    from described import undescribed_parts

    description = json.loads((Path(DATA) / "specs/github.json").read_text())
    files = {"a/catalog-info.yaml": descriptor("a"), "a/x y.md": "x"}
    with FakeGitHub({"mono": files}).serve() as server:
        tree = collect(tmp_path, server, include=["**/catalog-info.yaml"]).trees[0]
        tree.read("a/x y.md", 10)
        tree.last_change("a/x y.md")
    rest = [r for r in server.requests if r.path.startswith("/api/v3")]
    assert len(rest) == 4
    assert [undescribed_parts(description, r.method, r.path.removeprefix("/api/v3"), r.query) for r in rest] == [[]] * 4


@needs_data
@pytest.mark.data
def test_recorded_answers_are_understood(tmp_path):
    recorded = json.loads((Path(DATA) / "recorded/github/by_path.json").read_text())
    from callboard.io.github import GitHubConnection
    from callboard.io.http.client import client_for
    from callboard.sources.github.api import GitHubApi

    bodies = []

    def answer(asked, wire):
        wire.answer(bodies[-1][0], bodies[-1][1], {"Content-Type": "application/json"})

    from callboard.io.http.auth import bearer

    with Server(answer) as server:
        understood = 0
        for name, ask in (
            ("/repos/{owner}/{repo}/git/trees/{tree_sha}", lambda api: api.listing("acme/x", "0" * 40)),
            ("/repos/{owner}/{repo}/commits", lambda api: api.changed("acme/x", "0" * 40, "x")),
        ):
            for entry in recorded[name]:
                body = entry[5] if len(entry) > 5 else entry[-1]
                bodies.append((entry[3], body if isinstance(body, str) else json.dumps(body)))
                folder = tmp_path / str(len(bodies))
                api = GitHubApi(
                    GitHubConnection(client_for(context(folder, clock=PatientClock(), http=ClientLimits(tries=1)), server.url, bearer("")))
                )
                if entry[3] == 200:
                    assert ask(api)
                    understood += 1
    assert understood > 0


@needs_data
@pytest.mark.data
def test_an_app_is_found_in_recorded_installations(tmp_path):
    listings = json.loads((Path(DATA) / "recorded/github/by_path.json").read_text())["/app/installations"]
    github = FakeGitHub({"r": {"catalog-info.yaml": descriptor("r")}})
    for n, entry in enumerate(listings):
        installation = json.loads(entry[5])[-1]

        def answer(asked, wire, entry=entry, number=installation["id"]):
            if asked.path == "/api/v3/app/installations":
                return wire.answer(entry[3], entry[5], {"Content-Type": "application/json"})
            if asked.path == f"/api/v3/app/installations/{number}/access_tokens":
                return json_answer(wire, {"token": TOKEN, "expires_at": "2099-01-01T00:00:00Z"}, 201)
            return github(asked, wire)

        host = AppHost(github, PatientClock(), [])
        with Server(answer) as server:
            app = {"id": "Iv1.abc", "private_key": host.pem}
            got = collect(tmp_path / str(n), server, organization=installation["account"]["login"].upper(), token="", app=app)
        assert (got.failures, len(got.files)) == ((), 1)
    assert listings


def test_a_path_never_leaves_its_tree(tmp_path):
    with FakeGitHub({"a": {"catalog-info.yaml": descriptor("a")}}).serve() as server:
        tree = collect(tmp_path, server).trees[0]
        for path in ("../x", "/etc/passwd", ".git/config", "a\0b"):
            with pytest.raises(TreeError):
                tree.read(path, 10)
        assert len(server.requests) == 1


def test_commits_between_two_revisions_are_compared_once_and_merges_do_not_count(tmp_path):
    def compared(asked, wire):
        if "/compare/" not in asked.path:
            return host(asked, wire)
        if not asked.path.endswith("/compare/a1b2c3d...v2"):
            return json_answer(wire, {"message": "Not Found"}, 404)
        commits = [
            {"commit": {"committer": {"date": "2024-03-01T00:00:00Z"}}, "parents": [{}]},
            {"commit": {"committer": {"date": "2024-03-02T00:00:00Z"}}, "parents": [{}, {}]},
            {"commit": {"committer": None}},
        ]
        return json_answer(wire, {"total_commits": total, "commits": commits})

    host, total = FakeGitHub({"payments": {"catalog-info.yaml": descriptor("payments")}}), 3
    with Server(compared) as server:
        [tree] = collect(tmp_path, server).trees
        assert tree.commits_between("a1b2c3d", "v2", "") == [datetime(2024, 3, 1, tzinfo=UTC)]
        assert tree.commits_between("a1b2c3d", "none", "") is None
    total = 400  # more than the first page has
    with Server(compared) as server:
        [tree] = collect(tmp_path / "other", server).trees
        assert tree.commits_between("a1b2c3d", "v2", "") is None
