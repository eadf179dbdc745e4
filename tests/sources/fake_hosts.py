"""Azure DevOps, Bitbucket Cloud and Bitbucket Data Center on loopback, which answer as their vendors document it.

``repositories`` are names to contents by file, ``fields`` what the listing says of one; each has the branch main with one commit.
"""

import hashlib
import re
from urllib.parse import unquote

from faulty import json_answer

LISTED_AT = "2026-05-01T00:00:00.000001+00:00"


class FakeRepositories:
    """What the three share: files by branch, teams with the logins of their members."""

    def __init__(self, repositories, **fields):
        self.repositories, self.fields = repositories, fields
        self.branches = {}
        """Names of branches besides main, by repository."""
        self.teams = {}
        self.page = 1_000
        self.between = 1
        """Commits, without merges, between two revisions."""

    def commit(self, name, branch="main"):
        files = self.repositories.get(name)
        if not files or branch not in {"main", *self.branches.get(name, ())}:
            return ""
        return hashlib.sha1(repr((name, branch, sorted(files.items()))).encode()).hexdigest()

    def files_at(self, name, commit):
        known = {self.commit(name, branch) for branch in ("main", *self.branches.get(name, ()))}
        return self.repositories[name] if commit in known else None

    def __call__(self, asked, wire):
        for pattern, answer in self.routes():
            if match := re.fullmatch(pattern, asked.path):
                return answer(asked, wire, *map(unquote, match.groups()))
        return self.missing(wire)

    def missing(self, wire):
        json_answer(wire, {"message": "not found", "error": {"message": "not found"}, "errors": [{"message": "not found"}]}, 404)

    def file(self, asked, wire, content):
        return self.missing(wire) if content is None else wire.answer(200, content)


class FakeAzure(FakeRepositories):
    """Organization acme with the project Shop Front, whose name has a blank."""

    def routes(self):
        project = "/acme/Shop%20Front/_apis/git/repositories"
        return (
            ("/acme/_apis/projects", lambda asked, wire: self._page(asked, wire, [{"id": "p1", "name": "Shop Front"}])),
            (project, lambda asked, wire: json_answer(wire, {"value": [*map(self._about, self.repositories)]})),
            (rf"{project}/([^/]+)/refs", self._refs),
            (rf"{project}/([^/]+)/items", self._items),
            (rf"{project}/([^/]+)/commits", self._commits),
            ("/acme/_apis/teams", lambda asked, wire: self._page(asked, wire, [*map(self._team, self.teams)])),
            ("/acme/_apis/projects/p1/teams/([^/]+)/members", self._members),
        )

    def _page(self, asked, wire, items):
        start, size = int(asked.query["$skip"]), min(int(asked.query["$top"]), self.page)
        json_answer(wire, {"count": size, "value": items[start : start + size]})

    def _about(self, name):
        branch = {"defaultBranch": "refs/heads/main"} if self.repositories[name] else {}
        return {"id": f"id-{name}", "name": name, "isDisabled": False, **branch, **self.fields.get(name, {})}

    def _refs(self, asked, wire, id_):
        name, start = id_.removeprefix("id-"), asked.query["filter"].removeprefix("heads/")
        known = [branch for branch in ("main", *self.branches.get(name, ())) if branch.startswith(start)]
        json_answer(wire, {"value": [{"name": f"refs/heads/{b}", "objectId": self.commit(name, b)} for b in known if self.commit(name, b)]})

    def _items(self, asked, wire, id_):
        name = id_.removeprefix("id-")
        files = self.files_at(name, asked.query["versionDescriptor.version"])
        if files is None or "path" in asked.query:
            return self.file(asked, wire, (files or {}).get(asked.query.get("path", "")[1:]))
        folders = sorted({path.partition("/")[0] for path in files if "/" in path})
        paths = files if asked.query["recursionLevel"] == "full" else [path for path in files if "/" not in path]
        found = [{"path": f"/{folder}", "isFolder": True, "objectId": "f" * 40} for folder in ("", *folders)]
        return json_answer(
            wire, {"value": [*found, *({"path": f"/{path}", "gitObjectType": "blob", "objectId": "b" * 40} for path in paths)]}
        )

    def _commits(self, asked, wire, id_):
        if after := asked.query.get("searchCriteria.compareVersion.version"):
            assert asked.query["searchCriteria.itemVersion.versionType"] == "commit"
            assert asked.query["searchCriteria.compareVersion.versionType"] == "tag"
            if after != "v2":
                return json_answer(wire, {"message": "TF401175: The version descriptor could not be resolved"}, 404)
            return json_answer(wire, {"value": [{"committer": {"date": "2024-03-01T00:00:00Z"}, "parents": ["x"]}] * self.between})
        name, kind = id_.removeprefix("id-"), asked.query["searchCriteria.itemVersion.versionType"]
        version = asked.query["searchCriteria.itemVersion.version"]
        commit = self.commit(name, version) if kind == "branch" else version if self.files_at(name, version) else ""
        if not commit:
            return json_answer(wire, {"message": "TF401175: The version descriptor could not be resolved"}, 404)
        return json_answer(wire, {"value": [{"commitId": commit, "committer": {"date": "2024-04-01T00:00:00Z"}}]})

    def _team(self, name):
        return {"id": f"t-{name}", "name": name, "projectId": "p1", "projectName": "Shop Front", "description": f"The {name}"}

    def _members(self, asked, wire, team):
        logins = self.teams[team.removeprefix("t-")]
        users = [{"id": f"u-{n}", "displayName": n.title(), "uniqueName": f"{n}@acme.example"} for n in logins]
        self._page(asked, wire, [{"identity": user} for user in (*users, {"id": "g", "displayName": "AAD group", "isContainer": True})])


class FakeBitbucketCloud(FakeRepositories):
    """Workspace acme."""

    def routes(self):
        place = "/2.0/repositories/acme/([^/]+)"
        return (
            ("/2.0/repositories/acme", lambda asked, wire: self._page(asked, wire, [*map(self._about, self.repositories)])),
            (rf"{place}/refs/(branches|tags)", self._refs),
            (rf"{place}/src/(\w+)/(.*)", self._src),
            (rf"{place}/commit/(\w+)", self._commit),
            (rf"{place}/commits/(.+)", self._between),
            ("/2.0/workspaces/acme/members", lambda asked, wire: self._page(asked, wire, [*map(self._member, self.teams.get("all", ()))])),
        )

    def _page(self, asked, wire, items):
        page, size = int(asked.query.get("page", 1)), min(int(asked.query["pagelen"]), 100, self.page)
        body = {"values": items[(page - 1) * size : page * size], "pagelen": size}
        if page * size < len(items):
            rest = asked.target.partition("?")[2].partition("&page=")[0]
            body["next"] = f"http://{asked.headers['host']}{asked.path}?{rest}&page={page + 1}"
        json_answer(wire, body)

    def _about(self, name):
        branch = {"name": "main"} if self.repositories[name] else None
        about = {"full_name": f"acme/{name}", "slug": name, "uuid": f"{{{name}}}", "mainbranch": branch, "is_private": True}
        return {**about, "updated_on": LISTED_AT, "language": "go", "description": "", **self.fields.get(name, {})}

    def _refs(self, asked, wire, name, kind):
        branch = re.fullmatch(r'name = "(.*)"', asked.query["q"])[1]
        commit = self.commit(name, branch) if kind == "branches" else ""
        found = [{"name": branch, "target": {"hash": commit, "date": LISTED_AT}}] if commit else []
        self._page(asked, wire, found)

    def _commit(self, asked, wire, name, commit):
        return json_answer(wire, {"hash": commit}) if self.files_at(name, commit) else self.missing(wire)

    def _between(self, asked, wire, name, after):
        assert asked.query["exclude"] == "a1b2c3d" * 5 + "a1b2c"
        if after != "v2":
            return self.missing(wire)
        merge = {"date": "2024-03-02T00:00:00+00:00", "parents": [{"hash": "x"}, {"hash": "y"}]}
        commit = {"date": "2024-03-01T00:00:00+00:00", "parents": [{"hash": "x"}]}
        return self._page(asked, wire, [*[commit] * self.between, merge])

    def _src(self, asked, wire, name, commit, path):
        files = self.files_at(name, commit)
        if files is None or (path and not path.endswith("/")):
            if files and asked.query.get("format") == "meta":
                return json_answer(wire, {"commit": {"date": "2024-04-01T00:00:00+00:00"}})
            return self.file(asked, wire, (files or {}).get(path))
        deep = int(asked.query.get("max_depth", 1))
        inside = [p for p in files if p.startswith(path) and p[len(path) :].count("/") < deep]
        folders = sorted({p.rpartition("/")[0] for p in files if "/" in p})
        entries = [*({"path": p, "type": "commit_file"} for p in inside), *({"path": p, "type": "commit_directory"} for p in folders)]
        return self._page(asked, wire, entries)

    def _member(self, login):
        return {"user": {"display_name": login.title(), "nickname": login, "account_id": f"557058:{login}", "uuid": f"{{{login}}}"}}


class FakeDatacenter(FakeRepositories):
    """Project SHOP."""

    def routes(self):
        place = "/rest/api/latest/projects/SHOP/repos/([^/]+)"
        return (
            (
                "/rest/api/latest/(?:projects/SHOP/)?repos",
                lambda asked, wire: self._page(asked, wire, [*map(self._about, self.repositories)]),
            ),
            (rf"{place}/branches/default", self._default),
            (rf"{place}/branches", self._branches),
            (rf"{place}/browse", self._browse),
            (rf"{place}/files", lambda asked, wire, name: self._page(asked, wire, [*self.files_at(name, asked.query["at"])])),
            (rf"{place}/raw/(.+)", lambda asked, wire, name, path: self.file(asked, wire, (self._at(asked, name) or {}).get(path))),
            (rf"{place}/commits", self._commits),
            ("/rest/api/latest/admin/groups", lambda asked, wire: self._page(asked, wire, [{"name": team} for team in self.teams])),
            ("/rest/api/latest/admin/groups/more-members", self._members),
        )

    def _at(self, asked, name):
        return self.files_at(name, asked.query["at"])

    def _page(self, asked, wire, items):
        start, size = int(asked.query.get("start", 0)), min(int(asked.query["limit"]), 1_000, self.page)
        following = start + size if start + size < len(items) else None
        values = items[start : start + size]
        json_answer(wire, {"values": values, "isLastPage": following is None, "nextPageStart": following, "start": start})

    def _about(self, name):
        about = {"slug": name, "name": name, "project": {"key": "SHOP"}, "state": "AVAILABLE", "archived": False, "public": False}
        return {**about, **self.fields.get(name, {})}

    def _default(self, asked, wire, name):
        if not self.commit(name):
            return self.missing(wire)
        return json_answer(wire, {"id": "refs/heads/main", "displayId": "main", "latestCommit": self.commit(name), "isDefault": True})

    def _branches(self, asked, wire, name):
        known = [b for b in ("main", *self.branches.get(name, ())) if asked.query["filterText"] in b and self.commit(name, b)]
        self._page(asked, wire, [{"displayId": b, "latestCommit": self.commit(name, b)} for b in known])

    def _browse(self, asked, wire, name):
        entries = [{"path": {"toString": p}, "type": "FILE"} for p in self._at(asked, name) if "/" not in p]
        json_answer(wire, {"children": {"values": entries, "isLastPage": len(entries) < 500}})

    def _commits(self, asked, wire, name):
        until = asked.query["until"]
        if "since" in asked.query:
            assert asked.query["merges"] == "exclude"
            if until != "v2":
                return self.missing(wire)
            return self._page(asked, wire, [{"committerTimestamp": 1_709_251_200_000}] * self.between)
        commit = self.commit(name, until) or (until if self.files_at(name, until) else "")
        if not commit:
            return self.missing(wire)
        return json_answer(wire, {"values": [{"id": commit, "committerTimestamp": 1_711_929_600_000}], "isLastPage": False})

    def _members(self, asked, wire):
        logins = self.teams[asked.query["context"]]
        users = [
            {"name": n, "slug": n, "displayName": n.title(), "emailAddress": f"{n}@acme.example", "active": n != "gone"} for n in logins
        ]
        self._page(asked, wire, users)
