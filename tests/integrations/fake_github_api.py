"""GitHub on loopback: GraphQL about repositories as its schema has it, and the listing of code scanning."""

import re

from vendors import TOKEN, target

from faulty import json_answer

SECRET = "aio_a-secret-that-was-found"
FAMILIES = ["deployment", "pipeline-run", "vulnerability", "repository"]


def alert(number):
    return {
        "number": number, "createdAt": "2026-05-01T10:00:00Z", "vulnerableManifestPath": "go.mod", "vulnerableRequirements": "= 1.2.0",
        "securityAdvisory": {
            "ghsaId": "GHSA-xxxx", "summary": "Path traversal", "identifiers": [{"type": "CVE", "value": f"CVE-2026-{number:05}"}],
        },
        "securityVulnerability": {
            "severity": "MODERATE", "vulnerableVersionRange": "< 1.3", "package": {"name": "zip"},
            "firstPatchedVersion": {"identifier": "1.3.0"},
        },
    }  # fmt: skip


def deployment(number, environment, ref, hour=11, state="ACTIVE", statuses=(("SUCCESS", 5),), prefix="refs/tags/"):
    """``statuses``: state and minute of each, as GitHub adds them one after the other."""
    listed = [{"state": word, "createdAt": f"2026-05-16T{hour + minute // 60:02}:{minute % 60:02}:00Z"} for word, minute in statuses]
    latest = {"environmentUrl": "javascript:alert(1)", "logUrl": None, **listed[-1]} if listed else None
    return {
        "databaseId": number, "environment": environment, "createdAt": f"2026-05-16T{hour:02}:00:00Z", "commitOid": "c0ffee" * 6,
        "state": state, "creator": {"login": "ada"}, "ref": {"name": ref, "prefix": prefix}, "latestStatus": latest,
        "statuses": {"nodes": listed},
    }  # fmt: skip


class FakeGitHub:
    type = "github"

    def __init__(self, count=3, alerts=1, most=50):
        self.options = {"token": TOKEN, "code_scanning": True}
        self.alerts, self.most, self.owner = alerts, most, "acme"
        self.names = [f"s{n}" for n in range(count)]
        self.targets = [target(name, annotations={"github.com/project-slug": f"acme/{name}"}) for name in self.names]

    def __call__(self, request, wire):
        if request.path.startswith("/api/v3/orgs/acme/"):
            alert = self.finding if request.path == "/api/v3/orgs/acme/code-scanning/alerts" else self.secret
            page, following = int(request.query.get("page", 1)), ""
            if page * 100 < len(self.names):
                following = f'<http://{request.headers["host"]}{request.path}?page={page + 1}>; rel="next"'
            return json_answer(wire, [alert(name) for name in self.names[page * 100 - 100 : page * 100]], headers={"Link": following})
        body = request.json()
        variables = body["variables"]
        if "MoreAlerts" in body["query"]:
            return json_answer(wire, {"data": {"repository": {"vulnerabilityAlerts": self.page(int(variables["cursor"]))}}})
        numbers = [int(name[1:]) for name in variables if re.fullmatch(r"n\d+", name)]
        if len(numbers) > self.most:
            return json_answer(wire, {"message": "We couldn't respond to your request in time."}, 502)
        data, errors = {}, []
        for n in numbers:
            self.owner, name = variables[f"o{n}"], variables[f"n{n}"]
            data[f"r{n}"] = self.repository(name, body["query"]) if name in self.names else None
            if name not in self.names:
                errors.append({"type": "NOT_FOUND", "path": [f"r{n}"], "message": f"Could not resolve to {name}"})
        return json_answer(wire, {"data": data, **({"errors": errors} if errors else {})})

    def page(self, start):
        end = start + 100
        nodes = [alert(number) for number in range(start, min(end, self.alerts))]
        return {"pageInfo": {"hasNextPage": end < self.alerts, "endCursor": str(end)}, "nodes": nodes}

    def finding(self, name):
        return {
            "number": 7, "state": "open", "created_at": "2026-05-02T10:00:00Z", "html_url": f"https://github.com/acme/{name}/security/7",
            "rule": {"id": "js/zipslip", "severity": "error", "security_severity_level": "high", "description": "Arbitrary file write"},
            "most_recent_instance": {"location": {"path": "src/zip.js", "start_line": 12}},
            "repository": {"full_name": f"acme/{name}"},
        }  # fmt: skip

    def secret(self, name):
        """As a server answers that does not know ``hide_secret``."""
        return {
            "number": 3, "state": "open", "created_at": "2026-05-03T10:00:00Z", "secret_type": "adafruit_io_key",
            "html_url": f"https://github.com/acme/{name}/security/secret-scanning/3", "secret_type_display_name": "Adafruit IO Key",
            "secret": SECRET, "validity": "unknown", "publicly_leaked": False,
            "first_location_detected": {"path": "config/io.yml", "start_line": 4}, "repository": {"full_name": f"Acme/{name}"},
        }  # fmt: skip

    def repository(self, name, query):
        run = {
            "databaseId": 99, "runNumber": 3, "url": f"https://github.com/acme/{name}/actions/runs/99",
            "createdAt": "2026-05-16T10:00:00Z", "updatedAt": "2026-05-16T10:02:00Z", "workflow": {"name": "CI"},
        }  # fmt: skip
        suite = {"status": "COMPLETED", "conclusion": "FAILURE", "createdAt": "2026-05-16T10:00:00Z", "creator": {"login": "ada"}}
        suites = [{**suite, "workflowRun": run}, {**suite, "workflowRun": None}]
        deployments = {"pageInfo": {"hasNextPage": False}, "nodes": [deployment(5, "production", "v1.2")]}
        commit = {"committedDate": "2026-05-16T09:00:00Z", "checkSuites": {"pageInfo": {"hasNextPage": False}, "nodes": suites}}
        parts = {
            "deployments": deployments, "e0": deployments, "e1": {"nodes": []},
            "runs": {"name": "main", "target": {"history": {"pageInfo": {"hasNextPage": False}, "nodes": [commit]}}},
            "hasVulnerabilityAlertsEnabled": True,
            "vulnerabilityAlerts": self.page(0),
            "pullRequests": {"totalCount": 1, "nodes": [
                {"title": "Mend it", "url": "https://github.com/x", "createdAt": "2026-05-01T00:00:00Z", "isDraft": True, "author": None}
            ]},
            "issues": {"totalCount": 4},
            "beginners": {"nodes": [{"title": "Say hello", "url": "https://github.com/y"}]},
            "languages": {"totalSize": 400, "edges": [{"size": 300, "node": {"name": "Go"}}, {"size": 100, "node": {"name": "Make"}}]},
            "releases": {"nodes": [
                {"name": "", "tagName": "v1.2", "publishedAt": "2026-05-01T00:00:00Z", "url": "https://github.com/z", "isDraft": False},
                {"name": "soon", "tagName": "v2", "publishedAt": None, "url": "https://github.com/z", "isDraft": True},
            ]},
            "licenseInfo": {"key": "mit"}, "codeOfConduct": None, "isSecurityPolicyEnabled": True,
            "readme0": None, "readme1": {"oid": "1"}, "readme2": None, "codeowners0": None, "codeowners1": None, "codeowners2": None,
            "contributingGuidelines": {"url": f"https://github.com/acme/{name}/blob/main/CONTRIBUTING.md"},
            "createdAt": "2026-01-02T00:00:00Z", "stargazerCount": 3, "forkCount": 0,
            "repositoryTopics": {"nodes": [{"topic": {"name": "inner-source"}}]},
            "isArchived": name == "s1",
            "activity": {"refUpdateRule": {"pattern": "main"} if name == "s49" else None, "target": {
                "docs": {"nodes": []}, "readme": {"nodes": [{"committedDate": "2026-04-01T00:00:00Z"}]},
                "committedDate": "2026-05-16T09:00:00Z",
                "recent": {"pageInfo": {"hasNextPage": False}, "nodes": [
                    {"author": {"email": "a@x", "user": {"login": "ada"}}}, {"author": {"email": "b@x", "user": None}},
                    {"author": {"email": "c@x", "user": {"login": "ada"}}},
                ]},
                **{f"w{n}": {"totalCount": n} for n in range(12)},
            }},
        }  # fmt: skip
        wanted = {part: value for part, value in parts.items() if re.search(rf"\b{part}\b", query)}
        return {"nameWithOwner": f"{self.owner}/{name}", "url": f"https://github.com/acme/{name}", **wanted}
