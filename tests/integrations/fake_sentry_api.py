"""Sentry on loopback: always a next page, and ``results`` that says whether it has anything."""

from urllib.parse import parse_qs, urlsplit

from vendors import TOKEN, target

from faulty import json_answer

BASE = "/api/0/organizations/acme"


class FakeSentry:
    type = "sentry"
    has_lists = True

    def __init__(self, count=3, issues=2):
        self.options = {"token": TOKEN, "organization": "acme"}
        self.count, self.issues = count, issues
        self.targets = [target(f"s{n}", annotations={"sentry.io/project-slug": f"s{n}"}) for n in range(count)]

    def __call__(self, request, wire):
        wanted = parse_qs(urlsplit(request.target).query).get("project", ())
        if request.path == f"{BASE}/stats_v2/":
            return json_answer(wire, self.stats(wanted))
        if request.path == f"{BASE}/projects/":
            return self.page(request, wire, [{"id": f"{n}", "slug": f"s{n}", "name": f"Service {n}"} for n in range(self.count)])
        if request.path == f"{BASE}/issues/":
            return self.page(request, wire, [self.issue(project, n) for project in wanted for n in range(self.issues)])
        return json_answer(wire, {"detail": "The requested resource does not exist"}, 404)

    def page(self, request, wire, found):
        start = int(request.query.get("cursor", "0:0:0").split(":")[1])
        end = start + 100
        query = "&".join(part for part in urlsplit(request.target).query.split("&") if not part.startswith("cursor="))
        base = f"http://{request.headers['host']}{request.path}?{query}"
        more = "true" if end < len(found) else "false"
        link = (
            f'<{base}&cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", '
            f'<{base}&cursor=0:{end}:0>; rel="next"; results="{more}"; cursor="0:{end}:0"'
        )
        json_answer(wire, found[start:end], headers={"Link": link})

    def stats(self, wanted):
        days = [f"2026-05-{day:02}T00:00:00Z" for day in range(3, 18)]
        groups = [
            {"by": {"project": int(one)}, "totals": {"sum(quantity)": 15}, "series": {"sum(quantity)": [1] * len(days)}}
            for one in wanted if one != "1"
        ]  # fmt: skip
        return {"start": days[0], "end": days[-1], "intervals": days, "groups": groups}

    def issue(self, project, number):
        first = "2026-05-16T21:19:55Z" if number == 0 else "2025-11-06T21:19:55Z"
        return {"id": f"{project}-{number}", "project": {"id": project, "slug": f"s{project}"}, "firstSeen": first, "status": "unresolved"}
