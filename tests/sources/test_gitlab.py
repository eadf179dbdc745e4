"""The gitlab source against a host on loopback and GitLab's own description."""

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
from callboard.io.http.limits import ClientLimits
from callboard.model.errors import MissingFileError, MissingRevisionError
from callboard.settings.settings import Limits as DescriptorLimits
from callboard.sources.gitlab.source import GitLabSource
from faulty import PatientClock, Server, json_answer

TOKEN = "glpat-very-secret"
COMMIT = "c0ffee" + "0" * 34


class FakeGitLab:
    """``projects`` are paths to contents by file; keyset pages where GitLab has them."""

    def __init__(self, projects, **fields):
        self.projects = projects
        self.fields = fields
        self.groups = {"acme": 1}
        self.members = {}
        self.marked = {}
        self.branches = {}
        """Names of branches, besides main, by project."""
        self.commit = COMMIT
        self.revisions = {}
        """Files by ref, of other branches and tags; each is its own commit."""

    def __call__(self, asked, wire):
        path = asked.path.removeprefix("/api/v4")
        for pattern, answer in (
            (r"/groups/([^/]+)/projects", self._projects),
            (r"/groups/([^/]+)/descendant_groups", self._descendants),
            (r"/groups/([^/]+)/members", self._members),
            (r"/groups/([^/]+)", lambda asked, wire, name: json_answer(wire, self._group(unquote(name)))),
            (r"/projects/(\d+)/repository/commits", self._commits),
            (r"/projects/(\d+)/repository/tree", self._tree),
            (r"/projects/(\d+)/repository/files/([^/]+)/raw", self._file),
        ):
            if match := re.fullmatch(pattern, path):
                return answer(asked, wire, *match.groups())
        return json_answer(wire, {"message": "404 Not Found"}, 404)

    def _page(self, asked, wire, items):
        start, size = int(asked.query.get("page", 1)) - 1, int(asked.query["per_page"])
        end = (start + 1) * size
        query = "&".join(f"{k}={v}" for k, v in (asked.query | {"page": str(start + 2)}).items())
        link = {"Link": f'<http://{asked.headers["host"]}{asked.path}?{query}>; rel="next"'} if end < len(items) else {}
        json_answer(wire, items[start * size : end], headers=link)

    def _projects(self, asked, wire, group):
        everything = [
            {
                "id": n, "path_with_namespace": path, "default_branch": "main", "description": None, "topics": ["go"],
                "last_activity_at": "2024-05-01T00:00:00Z", "archived": False, **self.fields.get(path.rpartition("/")[2], {}),
            }
            for n, path in enumerate(self.projects)
        ]  # fmt: skip
        self._page(asked, wire, [project for project in everything if asked.query.get("archived") != "false" or not project["archived"]])

    def _files(self, number):
        return list(self.projects.values())[int(number)]

    def _commits(self, asked, wire, number):
        ref = asked.query.get("ref_name", self.commit)
        if ref in self.branches.get([*self.projects][int(number)].rpartition("/")[2], ()):
            return json_answer(wire, [{"id": self.commit, "committed_date": "2024-05-01T00:00:00.000+02:00"}])
        if ref in self.revisions:
            return json_answer(wire, [{"id": ref, "committed_date": "2024-05-01T00:00:00.000+02:00"}])
        if ref not in {"main", self.commit}:
            return json_answer(wire, {"message": "404 Commit Not Found"}, 404)
        return json_answer(wire, [{"id": self.commit, "committed_date": "2024-05-01T00:00:00.000+02:00"}] if self._files(number) else [])

    def _tree(self, asked, wire, number):
        paths = [p for p in self._files(number) if asked.query["recursive"] == "true" or "/" not in p]
        self._page(asked, wire, [{"path": p, "type": "blob"} for p in paths] + [{"path": "src", "type": "tree"}])

    def _file(self, asked, wire, number, path):
        content = self.revisions.get(asked.query["ref"], self._files(number)).get(unquote(path))
        if content is None:
            return json_answer(wire, {"message": "404 File Not Found"}, 404)
        return wire.answer(200, content, {"Cache-Control": "max-age=0, private, must-revalidate, no-store, no-cache"})

    def _group(self, name):
        path = next((path for path, number in self.groups.items() if name.lower() == path or name == str(number)), name)
        parent = self.groups.get(path.rpartition("/")[0])
        url = f"https://gitlab.acme.example/groups/{path}"
        return {
            "id": self.groups[path], "full_path": path, "name": path.title(), "parent_id": parent, "web_url": url, "description": "",
            **self.marked.get(path, {}),
        }  # fmt: skip

    def _descendants(self, asked, wire, group):
        self._page(asked, wire, [self._group(path) for path in self.groups if path != "acme"])

    def _members(self, asked, wire, number):
        url = "https://gitlab.acme.example/"
        people = [
            {"id": n, "username": name, "name": name.title(), "state": "blocked" if name == "gone" else "active", "web_url": url + name}
            for n, name in enumerate(self.members.get(int(number), ()))
        ]
        self._page(asked, wire, people)


def collect(tmp_path, server, **options):
    options = {"group": "acme", "url": server.url, "token": TOKEN, **options}
    return GitLabSource(settings("gitlab", **options), context(tmp_path, clock=PatientClock(), http=ClientLimits(tries=2))).collect()


def requests_of(collected):
    return collected.traffic[0].traffic.counts


def test_another_revision_is_requested_by_its_commit(tmp_path):
    """architecture.md, decision 11: the own repository at any ref; a branch moves, so its name is no key of a cache."""
    host = FakeGitLab({"acme/payments": {"catalog-info.yaml": descriptor("payments"), "o.yaml": "main"}})
    host.revisions = {"v1": {"o.yaml": "one"}, "feature/x": {"o.yaml": "x"}}
    with Server(host) as server:
        [tree] = collect(tmp_path, server).trees
        assert [tree.read_at(ref, "o.yaml", 100) for ref in ("v1", "feature/x", "v1")] == [b"one", b"x", b"one"]
        assert tree.read("o.yaml", 100) == b"main"
        with pytest.raises(MissingRevisionError, match="v9"):
            tree.read_at("v9", "o.yaml", 100)
        with pytest.raises(MissingFileError):
            tree.read_at("v1", "none.yaml", 100)


def test_projects_of_subgroups_are_read_too(tmp_path):
    projects = {
        "acme/payments": {"catalog-info.yaml": descriptor("payments"), "CODEOWNERS": "* @ada\n"},
        "acme/platform/deep/auth": {"catalog-info.yml": descriptor("auth")},
        "acme/bare": {"README.md": "x"},
        "acme/empty": {},
    }
    with Server(FakeGitLab(projects)) as server:
        got = collect(tmp_path, server)
        tree = got.trees[0]
        assert tree.read("CODEOWNERS", 100) == b"* @ada\n"
        with pytest.raises(MissingFileError):
            tree.read("catalog-info.yml", 100)
        assert tree.last_change("catalog-info.yaml") == datetime.fromisoformat("2024-05-01T00:00:00+02:00").astimezone(UTC)
    assert not got.failures
    assert found(got) == ["acme/payments: catalog-info.yaml", "acme/platform/deep/auth: catalog-info.yml"]
    assert tree.revision == COMMIT
    assert tree.view_url("catalog-info.yaml", 3) == f"{server.url}/acme/payments/-/blob/main/catalog-info.yaml#L3"
    assert [u.repository for u in got.undescribed] == ["acme/bare", "acme/empty"]
    assert "gitlab.com/project-slug: acme/bare\n" in got.undescribed[0].suggestion_yaml
    assert {r.headers["private-token"] for r in server.requests} == {TOKEN}


@pytest.mark.long
def test_pages_are_followed_and_a_second_night_asks_for_commits_alone(tmp_path):
    gitlab = FakeGitLab({f"acme/p{n:03}": {"catalog-info.yaml": descriptor(f"p{n:03}")} for n in range(150)})
    counts = []
    with Server(gitlab) as server:
        for _ in range(2):
            got = collect(tmp_path, server)
            counts.append((requests_of(got).requests, requests_of(got).saved))
            assert len(got.files) == 150
    assert counts == [(2 + 3 * 150, 0), (2 + 150, 300)]


def test_globs_and_options_choose(tmp_path):
    projects = {
        "acme/mono": {"a/catalog-info.yaml": descriptor("a"), "b/c/catalog-info.yaml": descriptor("c")},
        "acme/old/x": {"catalog-info.yaml": descriptor("x")},
        "acme/fork": {"catalog-info.yaml": descriptor("fork")},
    }
    with Server(FakeGitLab(projects, fork={"forked_from_project": {"id": 1}})) as server:
        got = collect(tmp_path, server, include=["**/catalog-info.yaml"], exclude_repositories=["old/**"])
    assert found(got) == ["acme/mono: a/catalog-info.yaml", "acme/mono: b/c/catalog-info.yaml"]
    assert [(each.repository, each.reason) for each in got.left_out] == [("acme/old/x", "names"), ("acme/fork", "forks")]


def test_a_project_that_fails_is_a_failure_of_its_own(tmp_path):
    gitlab = FakeGitLab({"acme/a": {"catalog-info.yaml": descriptor("a")}, "acme/b": {"catalog-info.yaml": descriptor("b")}})

    def answer(asked, wire):
        if "/projects/0/repository/files" in asked.path:
            return json_answer(wire, {"message": "oops"}, 500)
        return gitlab(asked, wire)

    with Server(answer) as server:
        got = collect(tmp_path, server)
    assert (found(got), [f.repository for f in got.failures]) == (["acme/b: catalog-info.yaml"], ["acme/a"])
    assert not got.undescribed


def test_odd_projects_are_failures(tmp_path):
    gitlab = FakeGitLab({"acme/a": {}}, a={"path_with_namespace": "../../etc"})
    with Server(gitlab) as server:
        got = collect(tmp_path, server)
    assert [f.message for f in got.failures] == ["GitLab returned a project without a path"]


def test_groups_and_members_are_groups_and_users(tmp_path):
    gitlab = FakeGitLab({})
    gitlab.groups = {"acme": 1, "acme/platform": 2, "acme/platform/auth": 3}
    gitlab.members = {1: ["ada"], 2: ["bob", "gone", "group_2_bot_ab12"], 3: ["ada", "bob"]}
    with Server(gitlab) as server:
        got = collect(tmp_path, server, people=True)
    results = [read_file(file, builtin_kinds(), DescriptorLimits()) for file in got.files]
    assert [p for result in results for p in result.problems] == []
    entities = {str(e.ref): e for result in results for e in result.entities}
    assert sorted(entities) == [
        "group:default/acme", "group:default/platform", "group:default/platform-auth", "user:default/ada", "user:default/bob",
    ]  # fmt: skip
    assert entities["group:default/platform-auth"].spec["parent"] == "platform"
    assert entities["user:default/ada"].spec["memberOf"] == ["acme", "platform-auth"]
    assert got.trees[-1].view_url("users/ada.yaml") == "https://gitlab.acme.example/ada"


@pytest.mark.parametrize("group", ["Acme", "ACME", "1", "acme"])
def test_a_group_may_be_named_by_its_id_or_in_any_case(group, tmp_path):
    gitlab = FakeGitLab({"acme/old/x": {"catalog-info.yaml": descriptor("x")}, "acme/y": {"catalog-info.yaml": descriptor("y")}})
    gitlab.groups = {"acme": 1, "acme/payments": 2}
    with Server(gitlab) as server:
        got = collect(tmp_path, server, group=group, people=True, exclude_repositories=["old/**"])
    assert found(got)[:1] == ["acme/y: catalog-info.yaml"]
    assert [file.path for file in got.files if file.path.startswith("groups/")] == ["groups/acme.yaml", "groups/payments.yaml"]


def test_what_gitlab_is_about_to_delete_and_what_has_no_repository_is_left_out(tmp_path):
    """backstage#34068, renovate#45928: a project that is marked for deletion is no longer archived. backstage#8623: no repository."""
    names = ("alive", "dead", "dead-deletion_scheduled-4", "wiki")
    projects = {f"acme/{name}": {"catalog-info.yaml": descriptor(name)} for name in names}
    fields = {"dead": {"marked_for_deletion_on": "2026-12-01"}, "wiki": {"repository_access_level": "disabled"}}
    gitlab = FakeGitLab(projects, **fields)
    gitlab.groups = {"acme": 1, "acme/dying-deletion_scheduled-7": 2, "acme/marked": 3, "acme/ops": 4}
    gitlab.marked = {"acme/marked": {"marked_for_deletion_on": "2026-12-01"}}
    gitlab.members = {1: ["ada", "service_account_group_2_ab12", "service_account_0f", "project_1_bot_x"], 3: ["bob"]}
    with Server(gitlab) as server:
        got = collect(tmp_path, server, people=True)
    paths = [file.path for file in got.files if file.tree is got.trees[-1]]
    assert found(got)[0] == "acme/alive: catalog-info.yaml"
    assert (paths, len(got.trees)) == (["groups/acme.yaml", "groups/ops.yaml", "users/ada.yaml"], 2)
    assert (got.failures, got.undescribed) == ((), ())


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "text/plain"])
def test_a_web_page_in_place_of_a_file_is_not_kept_as_the_file(tmp_path, content_type):
    """backstage#12997, #9072: a maintenance or sign-in page comes with status 200, and a file at a commit is never requested again."""
    gitlab = FakeGitLab({"acme/a": {"catalog-info.yaml": descriptor("a")}})

    def maintenance(asked, wire):
        if "/files/" in asked.path:
            return wire.answer(200, "<!DOCTYPE html><title>Back soon</title>", {"Content-Type": content_type})
        return gitlab(asked, wire)

    is_up = []

    def host(asked, wire):
        return gitlab(asked, wire) if is_up else maintenance(asked, wire)

    with Server(host) as server:
        broken = collect(tmp_path, server)
        is_up.append(True)
        whole = collect(tmp_path, server)
    assert found(broken) == []
    assert "web page" in broken.failures[0].message
    assert (found(whole), whole.failures) == (["acme/a: catalog-info.yaml"], ())


@pytest.mark.data
def test_requests_are_in_gitlabs_description(tmp_path):
    data = os.environ.get("CALLBOARD_TEST_DATA", "")
    if not data:
        pytest.skip("needs the vendors' descriptions: set CALLBOARD_TEST_DATA")
    from described import undescribed_parts

    description = json.loads((Path(data) / "specs/gitlab.oas3.json").read_text())
    gitlab = FakeGitLab({"acme/a": {"catalog-info.yaml": descriptor("a"), "x/y z.md": "x"}})
    gitlab.members = {1: ["ada"]}
    with Server(gitlab) as server:
        tree = collect(tmp_path, server, people=True).trees[0]
        tree.read("x/y z.md", 10)
        tree.glob("**")
        tree.last_change("catalog-info.yaml")
    assert len(server.requests) > 8
    for request in server.requests:
        assert undescribed_parts(description, request.method, request.path, request.query) == [], request.target


@pytest.mark.data
def test_recorded_commits_and_people_are_understood(tmp_path):
    data = os.environ.get("CALLBOARD_TEST_DATA", "")
    if not data:
        pytest.skip("needs recorded answers: set CALLBOARD_TEST_DATA")

    def recorded(name):
        return json.loads((Path(data) / f"recorded/go-gitlab/{name}.json").read_text())

    class Recorded(FakeGitLab):
        def _commits(self, asked, wire, number):
            json_answer(wire, [recorded("get_branch")["commit"]])

        def _members(self, asked, wire, number):
            self._page(asked, wire, [recorded("get_user"), *recorded("search_users")])

    with Server(Recorded({"acme/a": {"catalog-info.yaml": descriptor("a")}})) as server:
        got = collect(tmp_path, server, people=True)
        tree = got.trees[0]
        assert (tree.revision, tree.last_change("catalog-info.yaml")) == (
            "7b5c3cc8be40ee161ae89a06bba6229da1032a0c", datetime(2012, 6, 28, 3, 44, 20, tzinfo=UTC),
        )  # fmt: skip
    assert not got.failures
    people = [e for file in got.files for e in read_file(file, builtin_kinds(), DescriptorLimits()).entities if e.ref.kind == "user"]
    assert {user.ref.name: user.spec["profile"] for user in people} == {
        "john_smith": {
            "displayName": "John Smith", "email": "john@example.com",
            "picture": "http://localhost:3000/uploads/user/avatar/1/cd8.jpeg",
        },
        "user1": {
            "displayName": "John Doe1",
            "picture": "http://www.gravatar.com/avatar/c922747a93b40d1ea88262bf1aebee62?s=80&d=identicon",
        },
    }  # fmt: skip


def test_commits_between_two_revisions_are_compared(tmp_path):
    def compared(asked, wire):
        if not asked.path.endswith("/repository/compare"):
            return host(asked, wire)
        if (asked.query["from"], asked.query["to"]) != ("a1b2c3d", "v2"):
            return json_answer(wire, {"message": "404 Ref Not Found"}, 404)
        commits = [
            {"committed_date": "2024-05-01T00:00:00+02:00", "parent_ids": ["x"]},
            {"committed_date": "2024-05-02T00:00:00Z", "parent_ids": ["x", "y"]},
        ]
        return json_answer(wire, {"commits": commits, "compare_timeout": False})

    host = FakeGitLab({"acme/payments": {"catalog-info.yaml": descriptor("payments")}})
    with Server(compared) as server:
        [tree] = collect(tmp_path, server).trees
        assert tree.commits_between("a1b2c3d", "v2", "") == [datetime(2024, 4, 30, 22, tzinfo=UTC)]
        assert tree.commits_between("a1b2c3d", "v3", "") is None
