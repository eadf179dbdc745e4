"""Bitbucket on loopback: the API 2.0 of Bitbucket Cloud, and the REST API of a Data Center server, with a number of repositories."""

import json
from urllib.parse import parse_qsl, unquote

from vendors import TOKEN, target

from faulty import json_answer

COMPLETED = {"name": "COMPLETED", "type": "pipeline_state_completed"}
ENVIRONMENT = "{e0000000-0000-4000-8000-000000000001}"


class FakeBitbucketCloud:
    type = "bitbucket-cloud"
    has_lists = True

    def __init__(self, count=3):
        self.options = {"email": "portal@acme.example", "token": TOKEN}
        self.targets = [target(f"s{n}", annotations={"bitbucket.org/repo-url": f"acme/s{n}"}) for n in range(count)]
        self.lists = {
            (f"s{n}", kind): [one]
            for n in range(count)
            for kind, one in (
                ("pipelines", self.run(7)),
                ("deployments", self.deployment(n)),
                ("environments", {"uuid": ENVIRONMENT, "name": "Production"}),
                ("pullrequests", self.request("Fix it", "2026-05-10T08:00:00.123456+00:00")),
            )
        }

    @staticmethod
    def run(number, result="SUCCESSFUL", **more):
        target = {
            "type": "pipeline_ref_target",
            "ref_name": "main",
            "ref_type": "branch",
            "selector": {"type": "branches", "pattern": "main"},
        }
        times = {"created_on": "2026-05-16T22:00:00.123Z", "completed_on": "2026-05-16T22:03:00.123Z", "build_seconds_used": 170}
        state = {**COMPLETED, "result": {"name": result}}
        return {"build_number": number, "creator": {"display_name": "Ada"}, "target": target, "state": state, **times, **more}

    @staticmethod
    def deployment(number, started="2026-05-16T23:00:00Z", **more):
        state = {**COMPLETED, "status": {"name": "SUCCESSFUL"}, "started_on": started, "completed_on": "2026-05-16T23:05:00Z"}
        release = {"name": f"#{number}", "url": f"https://bitbucket.org/acme/s/pipelines/results/{number}", "commit": {"hash": "c0ffee"}}
        about = {"uuid": f"{{d0000000-0000-4000-8000-{number:012d}}}", "environment": {"uuid": ENVIRONMENT}}
        return {**about, "state": state, "release": {**release, "created_on": "2026-05-16T22:59:00Z"}, **more}

    @staticmethod
    def request(title, created):
        link = {"html": {"href": "https://bitbucket.org/acme/s0/pull-requests/1"}}
        return {"title": title, "created_on": created, "draft": False, "author": {"display_name": "Bob"}, "links": link}

    def __call__(self, request, wire):
        _, version, _, workspace, slug, kind = unquote(request.path).split("/")
        found = self.lists.get((slug, kind))
        if found is None or (version, workspace) != ("2.0", "acme"):
            json_answer(wire, {"type": "error", "error": {"message": "You may not have access to this repository"}}, 404)
            return
        size, page = int(request.query["pagelen"]), int(request.query.get("page", 1))
        assert size <= {"pullrequests": 50}.get(kind, 100)
        rest = {"next": f"http://{request.headers['host']}{request.target.split('&page=')[0]}&page={page + 1}"}
        values = found[(page - 1) * size : page * size]
        json_answer(wire, {"values": values, **(rest if kind != "pipelines" and page * size < len(found) else {})})


class FakeBitbucketDatacenter:
    type = "bitbucket-datacenter"

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.targets = [target(f"s{n}", annotations={"bitbucket.org/project-key": f"SHOP/s{n}"}) for n in range(count)]
        self.commits = {f"s{n}": f"{n:040x}" for n in range(count)}
        self.builds = {commit: [self.build()] for commit in self.commits.values()}
        self.requests = {slug: [self.request("Fix it")] for slug in self.commits}

    @staticmethod
    def build(**more):
        tests = {"successful": 134, "failed": 1, "skipped": 5}
        about = {"key": "SHOP-CI", "name": "Shop CI", "state": "SUCCESSFUL", "url": "https://bamboo.acme.example/browse/SHOP-CI-3"}
        return {**about, "ref": "refs/heads/main", "createdDate": 1_778_968_800_000, "duration": 180_000, "testResults": tests, **more}

    @staticmethod
    def request(title):
        link = {"self": [{"href": "https://bitbucket.acme.example/projects/SHOP/repos/s0/pull-requests/1"}]}
        return {"title": title, "createdDate": 1_778_400_000_000, "draft": True, "author": {"user": {"displayName": "Bob"}}, "links": link}

    def __call__(self, request, wire):
        path = unquote(request.path).removeprefix("/rest")
        if path == "/build-status/latest/commits/stats":
            wanted = json.loads(request.body)
            assert len(wanted) <= 100
            json_answer(wire, {commit: {"successful": len(self.builds[commit])} for commit in wanted if self.builds.get(commit)})
        elif path.startswith("/build-status/latest/commits/"):
            json_answer(wire, {"values": self.builds[path.split("/")[-1]], "isLastPage": True, "nextPageStart": None})
        else:
            self._repository(request, wire, path)

    def _repository(self, request, wire, path):
        _, _, _, _, key, _, slug, *kind = path.split("/")
        if key != "shop" or slug not in self.commits:
            json_answer(wire, {"errors": [{"exceptionName": "com.atlassian.bitbucket.repository.NoSuchRepositoryException"}]}, 404)
        elif kind == ["pull-requests"]:
            start = int(dict(parse_qsl(request.target.partition("?")[2])).get("start", 0))
            rest = start + 2 < len(self.requests[slug])
            page = {"isLastPage": not rest, "nextPageStart": start + 2 if rest else None}
            json_answer(wire, {"values": self.requests[slug][start : start + 2], **page})
        elif kind == ["commits"] and self.commits[slug]:
            json_answer(wire, {"values": [{"id": self.commits[slug], "committerTimestamp": 1_778_968_000_000}], "isLastPage": False})
        else:
            json_answer(wire, {} if kind == [] else {"errors": [{}]}, 404 if kind else 200)
