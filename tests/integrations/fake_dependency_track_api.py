"""Dependency-Track on loopback: projects and findings of the portfolio as lists, in pages of a hundred at most."""

from vendors import TOKEN, target

from faulty import json_answer


def uuid(number):
    return f"5f0d9a3c-0000-4000-8000-{number:012d}"


class FakeDependencyTrack:
    type = "dependency-track"
    has_lists = True

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.targets = [target(f"s{n}", annotations={"dependencytrack/project-id": uuid(n)}) for n in range(count)]
        self.projects = [
            {"uuid": uuid(n), "name": f"s{n}", "version": "1.0", "active": True, "hasChildren": False, "isLatest": True,
             "lastBomImport": 1_778_968_800_000, "metrics": {"critical": 0, "high": 1}}
            for n in range(count)
        ]  # fmt: skip
        self.findings = [
            {
                "component": {"uuid": uuid(9_000 + n), "name": "netty", "group": "io.netty", "version": "4.1.112", "project": uuid(n)},
                "vulnerability": {"uuid": "v", "source": "NVD", "vulnId": "CVE-2026-31877", "title": "Netty", "severity": "HIGH"},
                "analysis": {"state": "NOT_SET", "isSuppressed": False}, "attribution": {"attributedOn": 1_778_968_800_000},
                "matrix": f"{uuid(n)}:{uuid(9_000 + n)}:v",
            }
            for n in range(count)
        ]  # fmt: skip

    def __call__(self, request, wire):
        found = {"/api/v1/project/concise": self.projects, "/api/v1/finding": self.findings}[request.path]
        number, size = int(request.query["pageNumber"]), int(request.query["pageSize"])
        assert size <= 100
        json_answer(wire, found[(number - 1) * size : number * size], headers={"X-Total-Count": str(len(found))})
