"""Statuspage on loopback."""

from vendors import TOKEN, target

from faulty import json_answer

BASE = "/v1/pages/acme1"


class FakeStatuspage:
    type = "statuspage"
    has_lists = True

    def __init__(self, count=3):
        self.options = {"token": TOKEN, "page": "acme1"}
        self.ids = [f"c{n}" for n in range(count)]
        self.targets = [target(f"s{n}", annotations={"statuspage.io/components": f"acme:{one}"}) for n, one in enumerate(self.ids)]

    def __call__(self, request, wire):
        what = request.path.removeprefix(BASE).strip("/")
        if what.endswith("/uptime"):
            told = {"id": what.split("/")[1], "name": "API", "uptime_percentage": 99.95, "range_start": "2026-02-16T00:00:00Z"}
            return json_answer(wire, told)
        found = {"components": self.components, "incidents": self.incidents, "incidents/unresolved": self.unresolved}[what]()
        start, size = int(request.query["page"]) - 1, int(request.query.get("per_page") or request.query["limit"])
        return json_answer(wire, found[start * size : (start + 1) * size])

    def components(self):
        return [{"id": one, "name": one, "group_id": "g0" if one in {"c0", "c1"} else None, "status": "operational"} for one in self.ids]

    def incident(self, name, component, **more):
        return {
            "id": name, "name": "Payments fail", "impact": "major", "status": "resolved", "created_at": "2026-05-16T10:00:00.000Z",
            "resolved_at": "2026-05-16T11:00:00.000Z", "scheduled_for": None, "components": [{"id": component}],
            "shortlink": "https://stspg.io/1", **more,
        }  # fmt: skip

    def incidents(self):
        recent = [self.incident(f"recent-{one}", one) for one in self.ids]
        return [*recent, self.incident("planned", self.ids[0], impact="maintenance"), *self.older()]

    def older(self):
        return [self.incident(f"old-{n}", self.ids[0], created_at="2025-01-01T00:00:00Z") for n in range(350)]

    def unresolved(self):
        return [self.incident("open", self.ids[0], status="investigating", created_at="2025-12-01T00:00:00Z", resolved_at=None)]
