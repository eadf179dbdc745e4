"""Buildkite's GraphQL API on loopback: the pipelines of an organization in pages, with their last builds."""

from vendors import TOKEN, target

from faulty import json_answer

SLUG = "buildkite.com/project-slug"


def build(state="PASSED", number=7, branch="main", started="2026-05-16T22:00:00.120Z", finished="2026-05-16T22:03:00.120Z"):
    return {
        "number": number, "url": f"https://buildkite.com/acme/s0/builds/{number}", "state": state, "branch": branch,
        "createdAt": "2026-05-16T21:59:00.000Z", "startedAt": started, "finishedAt": finished,
    }  # fmt: skip


class FakeBuildkite:
    type = "buildkite"

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.targets = [target(f"s{n}", annotations={SLUG: f"acme/s{n}"}) for n in range(count)]
        self.pipelines = [
            {"slug": f"s{n}", "name": f"Shop {n}", "url": f"https://buildkite.com/acme/s{n}", "defaultBranch": "main",
             "builds": {"edges": [{"node": build()}]}}
            for n in range(count)
        ]  # fmt: skip

    def __call__(self, request, wire):
        assert request.path == "/v1"
        variables = request.json()["variables"]
        if variables["organization"] != "acme":
            return json_answer(wire, {"data": {"organization": None}})
        start = int(variables["cursor"] or 0)
        end = start + variables["size"]
        page = {"hasNextPage": end < len(self.pipelines), "endCursor": str(end)}
        edges = [{"node": pipeline} for pipeline in self.pipelines[start:end]]
        return json_answer(wire, {"data": {"organization": {"pipelines": {"pageInfo": page, "edges": edges}}}})
