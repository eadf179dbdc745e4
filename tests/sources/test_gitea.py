"""The gitea source against a host on loopback and Gitea's own description."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from company import context, descriptor, found, settings

from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_file
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits
from callboard.model.errors import MissingFileError, MissingRevisionError
from callboard.settings.settings import Limits as DescriptorLimits
from callboard.sources.gitea.source import GiteaSource
from faulty import PatientClock, Server, json_answer

TOKEN = "gitea-very-secret"
COMMIT = "c0ffee" + "0" * 34


class FakeGitea:
    """``repositories`` are names to contents by file; pages of fifty, as hosts give them, and trees in pages of their own."""

    def __init__(self, repositories, **fields):
        self.repositories = repositories
        self.fields = fields
        self.teams, self.members = {}, []
        self.commit = COMMIT
        self.tree_page = 1_000
        self.links = True
        self.branches = {}
        """Names of branches, besides main, by repository."""
        self.revisions = {}
        """Files by ref, of other branches and tags; each is its own commit."""
        self.compared = 2
        """The number of commits between two revisions, of which two are listed."""

    def __call__(self, asked, wire):
        path = asked.path.removeprefix("/api/v1")
        for pattern, answer in (
            (r"/orgs/\w+/repos", lambda asked, wire: self._page(asked, wire, [self._about(name) for name in self.repositories])),
            (r"/orgs/\w+/teams", lambda asked, wire: self._page(asked, wire, [self._team(*each) for each in enumerate(self.teams)])),
            (r"/orgs/\w+/members", lambda asked, wire: self._page(asked, wire, [*map(self._user, self.members)])),
            (r"/teams/(\d+)/members", self._of_team),
            (r"/repos/acme/([^/]+)/branches/([^/]+)", self._branch),
            (r"/repos/acme/([^/]+)/git/trees/\w+", self._tree),
            (r"/repos/acme/([^/]+)/raw/(.+)", self._file),
            (r"/repos/acme/([^/]+)/commits", self._commits),
            (r"/repos/acme/([^/]+)/compare/(.+)", self._compare),
        ):
            if match := re.fullmatch(pattern, path):
                return answer(asked, wire, *match.groups())
        return json_answer(wire, {"message": "not found"}, 404)

    def _page(self, asked, wire, items):
        page, size = int(asked.query.get("page", 1)), min(int(asked.query["limit"]), 50)
        link = f'<http://{asked.headers["host"]}{asked.path}?limit={size}&page={page + 1}>; rel="next"'
        headers = {"X-Total-Count": str(len(items))} | ({"Link": link} if page * size < len(items) and self.links else {})
        json_answer(wire, items[(page - 1) * size : page * size], headers=headers)

    def _about(self, name):
        return {
            "id": 1, "name": name, "full_name": f"acme/{name}", "default_branch": "main", "description": "", "topics": ["go"],
            "updated_at": "2024-05-01T00:00:00Z", "archived": False, "fork": False, "empty": not self.repositories[name],
            **self.fields.get(name, {}),
        }  # fmt: skip

    def _team(self, number, name):
        return {"id": number, "name": name, "description": f"The {name}"}

    def _user(self, login):
        return {"login": login, "full_name": "", "email": f"{login}@acme.example", "avatar_url": "", "prohibit_login": login == "gone"}

    def _of_team(self, asked, wire, number):
        self._page(asked, wire, [*map(self._user, [*self.teams.values()][int(number)])])

    def _branch(self, asked, wire, name, branch):
        if branch not in {"main", *self.branches.get(name, ())}:
            return json_answer(wire, {"message": "not found"}, 404)
        return json_answer(wire, {"name": branch, "commit": {"id": self.commit, "timestamp": "2024-05-01T00:00:00+02:00"}})

    def _tree(self, asked, wire, name):
        paths = [p for p in self.repositories[name] if asked.query["recursive"] == "true" or "/" not in p]
        start = (int(asked.query["page"]) - 1) * self.tree_page
        entries = [{"path": path, "type": "blob"} for path in paths][start : start + self.tree_page]
        cut = start + self.tree_page < len(paths)
        json_answer(wire, {"sha": COMMIT, "tree": [*entries, {"path": "src", "type": "tree"}], "truncated": cut})

    def _file(self, asked, wire, name, path):
        content = self.revisions.get(asked.query["ref"], self.repositories[name]).get(unquote(path))
        if content is None:
            return json_answer(wire, {"message": "not found"}, 404)
        return wire.answer(200, content)

    def _compare(self, asked, wire, name, range_):
        if range_ != "a1b2c3d...v2":
            return json_answer(wire, {"message": "not found"}, 404)
        commits = [
            {"commit": {"committer": {"date": "2024-03-01T01:00:00+01:00"}}, "parents": [{}]},
            {"commit": {"committer": {"date": "2024-03-02T00:00:00Z"}}, "parents": [{}, {}]},
        ]
        return json_answer(wire, {"total_commits": self.compared, "commits": commits})

    def _commits(self, asked, wire, name):
        if (ref := asked.query["sha"]) not in {*self.revisions, self.commit, COMMIT}:
            return json_answer(wire, {"message": "not found"}, 404)
        if ref in self.revisions:
            return json_answer(wire, [{"sha": ref}])
        return json_answer(wire, [{"sha": COMMIT, "commit": {"committer": {"date": "2024-04-01T00:00:00Z"}}}])


def collect(tmp_path, server, **options):
    options = {"organization": "acme", "url": server.url, "token": TOKEN, **options}
    return GiteaSource(settings("gitea", **options), context(tmp_path, clock=PatientClock(), http=ClientLimits(tries=2))).collect()


def requests_of(collected):
    return collected.traffic[0].traffic.counts


def test_another_revision_is_requested_by_its_commit(tmp_path):
    """architecture.md, decision 11: the own repository at any ref; a branch moves, so its name is no key of a cache."""
    host = FakeGitea({"payments": {"catalog-info.yaml": descriptor("payments"), "o.yaml": "main"}})
    host.revisions = {"v1": {"o.yaml": "one"}, "feature/x": {"o.yaml": "x"}}
    with Server(host) as server:
        [tree] = collect(tmp_path, server).trees
        assert [tree.read_at(ref, "o.yaml", 100) for ref in ("v1", "feature/x", "v1")] == [b"one", b"x", b"one"]
        assert tree.read("o.yaml", 100) == b"main"
        with pytest.raises(MissingRevisionError, match="v9"):
            tree.read_at("v9", "o.yaml", 100)
        with pytest.raises(MissingFileError):
            tree.read_at("v1", "none.yaml", 100)


def test_commits_between_two_revisions_are_compared_and_merges_do_not_count(tmp_path):
    host = FakeGitea({"payments": {"catalog-info.yaml": descriptor("payments")}})
    with Server(host) as server:
        [tree] = collect(tmp_path, server).trees
        assert tree.commits_between("a1b2c3d", "v2", "") == [datetime(2024, 3, 1, tzinfo=UTC)]
        assert tree.commits_between("a1b2c3d", "none", "") is None
    host.compared = 400
    with Server(host) as server:
        [tree] = collect(tmp_path / "other", server).trees
        assert tree.commits_between("a1b2c3d", "v2", "") is None


def test_repositories_of_an_organization_are_read(tmp_path):
    repositories = {
        "payments": {"catalog-info.yaml": descriptor("payments"), "CODEOWNERS": "* @acme/pay\n"},
        "auth": {"catalog-info.yml": descriptor("auth")},
        "bare": {"README.md": "x"},
        "empty": {},
    }
    with Server(FakeGitea(repositories)) as server:
        got = collect(tmp_path, server)
        tree = got.trees[0]
        assert tree.read("CODEOWNERS", 100) == b"* @acme/pay\n"
        with pytest.raises(MissingFileError):
            tree.read("catalog-info.yml", 100)
        assert tree.last_change("catalog-info.yaml") == datetime(2024, 4, 1, tzinfo=UTC)
    assert not got.failures
    assert found(got) == ["acme/payments: catalog-info.yaml", "acme/auth: catalog-info.yml"]
    assert (tree.id, tree.revision) == (f"{server.url}/acme/payments", COMMIT)
    assert tree.view_url("catalog-info.yaml", 3) == f"{server.url}/acme/payments/src/branch/main/catalog-info.yaml#L3"
    assert tree.edit_url("catalog-info.yaml") == f"{server.url}/acme/payments/_edit/main/catalog-info.yaml"
    assert [u.repository for u in got.undescribed] == ["acme/bare", "acme/empty"]
    assert "annotations" not in got.undescribed[0].suggestion_yaml
    assert {r.headers["authorization"] for r in server.requests} == {f"token {TOKEN}"}


@pytest.mark.long
def test_pages_are_followed_and_a_second_night_asks_for_commits_alone(tmp_path):
    gitea = FakeGitea({f"p{n:03}": {"catalog-info.yaml": descriptor(f"p{n:03}")} for n in range(120)})
    counts = []
    with Server(gitea) as server:
        for _ in range(2):
            got = collect(tmp_path, server)
            counts.append((requests_of(got).requests, requests_of(got).saved))
            assert len(got.files) == 120
    assert counts == [(3 + 3 * 120, 0), (3 + 120, 240)]


def test_a_listing_that_was_cut_off_is_a_failure(tmp_path):
    """A proxy that takes the header Link away would else make repositories look gone."""
    gitea = FakeGitea({f"p{n:03}": {} for n in range(60)})
    gitea.links = False
    with Server(gitea) as server, pytest.raises(HttpError, match="50 of 60 items"):
        collect(tmp_path, server)


def test_globs_and_options_choose(tmp_path):
    repositories = {
        "mono": {"a/catalog-info.yaml": descriptor("a"), "b/c/catalog-info.yaml": descriptor("c"), "x": "x"},
        "old": {"catalog-info.yaml": descriptor("x")}, "fork": {"catalog-info.yaml": descriptor("fork")},
        "sandbox": {"catalog-info.yaml": descriptor("s")},
    }  # fmt: skip
    gitea = FakeGitea(repositories, fork={"fork": True}, old={"archived": True})
    gitea.tree_page = 2
    with Server(gitea) as server:
        got = collect(tmp_path, server, include=["**/catalog-info.yaml"], exclude_repositories=["sand*"])
        assert found(got) == ["acme/mono: a/catalog-info.yaml", "acme/mono: b/c/catalog-info.yaml"]
        assert len(found(collect(tmp_path, server, archived=True, forks=True))) == 3


def test_a_repository_that_fails_is_a_failure_of_its_own(tmp_path):
    gitea = FakeGitea({"a": {"catalog-info.yaml": descriptor("a")}, "b": {"catalog-info.yaml": descriptor("b")}})

    def answer(asked, wire):
        return json_answer(wire, {"message": "oops"}, 500) if "/acme/a/raw" in asked.path else gitea(asked, wire)

    with Server(answer) as server:
        got = collect(tmp_path, server)
    assert found(got) == ["acme/b: catalog-info.yaml"]
    assert [(f.repository, f.tree) for f in got.failures] == [("acme/a", f"{server.url}/acme/a")]
    assert not got.undescribed


@pytest.mark.parametrize("name", ["../../etc", "", None, 7, "acme/..", "a b/c"])
def test_odd_repositories_are_failures(name, tmp_path):
    with Server(FakeGitea({"a": {}}, a={"full_name": name})) as server:
        got = collect(tmp_path, server)
    assert [f.message for f in got.failures] == ["Gitea returned a repository without a name"]


def test_teams_and_members_are_groups_and_users(tmp_path):
    gitea = FakeGitea({"a": {"catalog-info.yaml": descriptor("a")}})
    gitea.teams, gitea.members = {"Owners": ["ada"], "Pay": ["ada", "bob", "gone"]}, ["ada", "bob", "eve", "gone"]
    with Server(gitea) as server:
        got = collect(tmp_path, server, people=True)
        entities = {str(e.ref): e for f in got.files for e in read_file(f, builtin_kinds(), DescriptorLimits()).entities}
    assert not got.failures
    assert sorted(ref for ref in entities if not ref.startswith("component")) == [
        "group:default/owners", "group:default/pay", "user:default/ada", "user:default/bob", "user:default/eve",
    ]  # fmt: skip
    assert entities["user:default/ada"].spec["memberOf"] == ["owners", "pay"]
    assert entities["user:default/bob"].spec["profile"] == {"displayName": "bob", "email": "bob@acme.example"}


@pytest.mark.data
def test_requests_are_in_giteas_description(tmp_path):
    data = os.environ.get("CALLBOARD_TEST_DATA", "")
    if not data:
        pytest.skip("needs the vendors' descriptions: set CALLBOARD_TEST_DATA")
    from described import undescribed_parts

    description = json.loads((Path(data) / "specs/gitea.json").read_text())
    gitea = FakeGitea({"a": {"catalog-info.yaml": descriptor("a"), "x": "x"}} | {f"p{n}": {} for n in range(60)})
    gitea.teams, gitea.members = {"Pay": ["ada"]}, ["ada"]
    with Server(gitea) as server:
        tree = collect(tmp_path, server, people=True).trees[0]
        tree.read("x", 10)
        tree.glob("**")
        tree.last_change("catalog-info.yaml")
    kinds = (
        "/repos",
        "/teams",
        "/teams/0/members",
        "acme/members",
        "/branches/main",
        f"/trees/{COMMIT}",
        "/raw/x",
        "/commits",
    )
    assert all(any(request.path.endswith(kind) for request in server.requests) for kind in kinds)
    for request in server.requests:
        assert undescribed_parts(description, request.method, request.path.removeprefix("/api/v1"), request.query) == [], request.target
