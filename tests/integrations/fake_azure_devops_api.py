"""Azure DevOps on loopback: the organization acme with one project, whose listings are those of its REST API 7.1."""

from urllib.parse import unquote

from vendors import TOKEN, target

from faulty import json_answer

BUILD = {"status": "completed", "queueTime": "2026-05-16T21:59:00.1234567Z", "requestedFor": {"displayName": "Ada"}}
BUILD |= {"startTime": "2026-05-16T22:00:00.1234567Z", "finishTime": "2026-05-16T22:03:00.1234567Z", "sourceBranch": "refs/heads/main"}


class FakeAzureDevOps:
    type = "azure-devops"

    def __init__(self, count=3):
        self.options = {"organization": "acme", "token": TOKEN}
        self.targets = [target(f"s{n}", annotations={"dev.azure.com/project-repo": f"Shop Front/s{n}"}) for n in range(count)]
        self.builds = [self.build(n) for n in range(count)]
        self.environments = [{"id": 1, "name": "production"}, {"id": 2, "name": "staging"}]
        self.records = {1: [self.record(n) for n in range(count)], 2: []}
        self.requests = [
            {"repository": {"id": "R0"}, "title": "Fix it", "creationDate": "2026-05-10T08:00:00Z", "createdBy": {"displayName": "Bob"}}
        ]  # fmt: skip
        self.count = count
        self.releases = [self.release(n) for n in range(count)]

    def build(self, n, **more):
        pipeline = {"id": 100 + n, "name": f"s{n}-ci"}
        url = {"web": {"href": f"https://dev.azure.com/acme/p/_build/results?buildId={n}"}}
        return {**BUILD, "id": n, "result": "succeeded", "definition": pipeline, "repository": {"id": f"R{n}"}, "_links": url, **more}

    def record(self, n, **more):
        owner = {"id": n, "name": f"2026.{n}"}
        about = {"id": n, "definition": {"id": 100 + n, "name": f"s{n}-ci"}, "owner": owner, "result": "succeeded"}
        return {**about, "startTime": "2026-05-16T23:00:00Z", "finishTime": "2026-05-16T23:05:00Z", **more}

    def release(self, n, status="succeeded", **more):
        """A deployment of a classic release of what the n-th pipeline built."""
        about = {"definition": {"id": str(100 + n), "name": f"s{n}-ci"}, "version": {"id": str(n), "name": f"build-{n}"}}
        artifacts = [{"alias": "_ci", "type": "Build", "definitionReference": {**about, "sourceVersion": {"id": f"{n:040x}"}}}]
        page = {"web": {"href": f"https://dev.azure.com/acme/p/_release?releaseId={n}"}}
        return {
            "id": 7_000 + n, "release": {"id": n, "name": f"Release-{n}", "artifacts": artifacts, "_links": page},
            "releaseEnvironment": {"id": 1, "name": "Production"}, "deploymentStatus": status, "operationStatus": "approved", "attempt": 1,
            "startedOn": "2026-05-16T20:00:00.1234567Z", "completedOn": "2026-05-16T20:05:00.1234567Z",
            "requestedFor": {"displayName": "Ada"}, **more,
        }  # fmt: skip

    def __call__(self, request, wire):
        path = unquote(request.path).removeprefix("/acme/shop front/_apis")
        assert request.query["api-version"] == "7.1"
        if path == "/git/repositories":
            json_answer(wire, {"value": [{"id": f"r{n}", "name": f"S{n}"} for n in range(self.count)]})
        elif path == "/build/builds":
            self._page(request, wire, self.builds)
        elif path == "/distributedtask/environments":
            self._page(request, wire, self.environments)
        elif path.endswith("/environmentdeploymentrecords"):
            json_answer(wire, {"value": self.records[int(path.split("/")[3])]})
        elif path == "/release/deployments":
            assert (request.query["minStartedTime"], request.query["queryOrder"]) == ("2026-04-17T02:00:00Z", "descending")
            self._page(request, wire, self.releases)
        elif path == "/git/pullrequests":
            json_answer(wire, {"value": self.requests})
        else:
            json_answer(wire, {"message": "TF200016: The project does not exist."}, 404)

    def _page(self, request, wire, items):
        start, size = int(request.query.get("continuationToken", 0)), int(request.query["$top"])
        following = {"x-ms-continuationtoken": str(start + size)} if start + size < len(items) else {}
        json_answer(wire, {"value": items[start : start + size]}, headers=following)
