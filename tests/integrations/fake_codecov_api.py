"""Codecov on loopback: repositories of owners in pages, with links to the next ones, as its serializers write them."""

from vendors import TOKEN, target

from faulty import json_answer

TOTALS = {"files": 81, "lines": 5_230, "hits": 4_711, "misses": 450, "partials": 69, "coverage": 90.08, "branches": 0, "sessions": 4}


class FakeCodecov:
    type = "codecov"

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.targets = [target(f"s{n}", annotations={"github.com/project-slug": f"Acme/s{n}"}) for n in range(count)]
        self.found = [
            {"name": f"s{n}", "private": True, "updatestamp": "2026-05-16T22:00:00.123456Z", "branch": "main", "totals": TOTALS}
            for n in range(count)
        ]

    def __call__(self, request, wire):
        assert request.path == "/api/v2/github/acme/repos/"
        number, size = int(request.query.get("page", 1)), int(request.query["page_size"])
        more = number * size < len(self.found)
        following = f"http://{request.headers['host']}{request.path}?active=true&page={number + 1}&page_size={size}" if more else None
        json_answer(wire, {"count": len(self.found), "next": following, "results": self.found[(number - 1) * size : number * size]})
