"""GitLab on loopback: GraphQL about projects, with GitLab's bound on complexity."""

from vendors import TOKEN, target

from faulty import json_answer


class FakeGitLab:
    type = "gitlab"

    def __init__(self, count=3, most=50, weaknesses=1, edition="ultimate"):
        self.options = {"token": TOKEN}
        self.most, self.count, self.edition = most, weaknesses, edition
        self.paths = [f"acme/shop/s{n}" for n in range(count)]
        self.targets = [target(f"s{n}", annotations={"gitlab.com/project-slug": path}) for n, path in enumerate(self.paths)]

    def __call__(self, request, wire):
        text, variables = request.json()["query"], request.json()["variables"]
        if "vulnerabilities" in text and self.edition == "community":
            return json_answer(wire, {"errors": [{"message": "Field 'vulnerabilities' doesn't exist on type 'Project'"}]})
        if "query More(" in text:
            return json_answer(wire, {"data": {"project": {"vulnerabilities": self.page(int(variables["cursor"]))}}})
        wanted = variables.get("paths") or [self.paths[int(one.rpartition("/")[2])] for one in variables["ids"]]
        if len(wanted) > self.most:
            return json_answer(wire, {"errors": [{"message": "Query has complexity of 310, which exceeds max complexity of 250"}]})
        nodes = [self.project(path, text) for path in reversed(self.paths) if path in wanted]
        return json_answer(wire, {"data": {"projects": {"nodes": nodes}}})

    def page(self, start):
        end = start + 100
        nodes = [
            {
                "id": f"gid://gitlab/Vulnerability/{n}", "title": "Regular expression denial of service", "severity": "HIGH",
                "detectedAt": "2026-05-01T10:00:00Z", "webUrl": f"https://gitlab.com/acme/-/security/vulnerabilities/{n}",
                "identifiers": [{"name": "Gemnasium-1", "externalType": "gemnasium"}, {"name": "CVE-2026-1", "externalType": "cve"}],
                "location": {"file": "yarn.lock", "dependency": {"version": "1.0", "package": {"name": "ms"}}},
            }
            for n in range(start, min(end, self.count))
        ]  # fmt: skip
        return {"pageInfo": {"hasNextPage": end < self.count, "endCursor": str(end)}, "nodes": nodes}

    def project(self, path, text):
        head = {"id": f"gid://gitlab/Project/{self.paths.index(path)}", "fullPath": path, "webUrl": f"https://gitlab.com/{path}"}
        if "vulnerabilities" in text:
            return {**head, "vulnerabilities": None if self.edition == "free" else self.page(0)}
        run = {
            "id": f"gid://gitlab/Ci::Pipeline/{path}", "iid": "7", "name": None, "status": "FAILED", "ref": "main",
            "createdAt": "2026-05-16T10:00:00Z", "startedAt": "2026-05-16T10:00:05Z", "duration": 90, "path": f"/{path}/-/pipelines/7",
            "user": {"username": "ada"},
        }  # fmt: skip
        done = {
            "id": f"gid://gitlab/Deployment/{path}", "iid": "3", "status": "SUCCESS", "ref": "v1.2", "sha": "c0ffee",
            "createdAt": "2026-05-16T11:00:00Z", "finishedAt": "2026-05-16T11:05:00Z", "webPath": f"/{path}/-/d/3",
            "triggerer": {"username": "ada"},
        }  # fmt: skip
        production = {"name": "production", "externalUrl": "javascript:alert(1)", "succeeded": done, "failed": None, "running": None}
        pipelines = {"pageInfo": {"hasNextPage": False}, "nodes": [run]}
        parts = {"pipelines": pipelines, "e0": production, "e1": None}
        return {
            **head,
            "repository": {"rootRef": "main"},
            **{name: value for name, value in parts.items() if f"{name}(" in text or f"{name}:" in text},
        }
