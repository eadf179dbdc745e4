"""Grafana and Grafana OnCall on loopback: groups of alert rules, instances that fire, dashboards, schedules with their final shifts."""

from vendors import TOKEN, target

from faulty import json_answer

DASHBOARDS = "grafana/dashboard-selector"
SELECTOR, SCHEDULE = "grafana/alert-label-selector", "grafana/oncall-schedule"


def rule(name, state="inactive", health="ok", **labels):
    active = "0001-01-01T00:00:00Z" if state == "inactive" else "2026-05-17T01:00:00Z"
    return {
        "name": name, "uid": f"uid-{name}", "state": state, "health": health, "type": "alerting", "query": "up", "labels": labels,
        "annotations": {"summary": "5xx above 2 %"}, "activeAt": active, "totals": {}, "lastEvaluation": "2026-05-17T01:59:00Z",
    }  # fmt: skip


def instance(name, state="active", **labels):
    return {
        "labels": {"alertname": name, "grafana_folder": "Shop", **labels}, "annotations": {"summary": "5xx above 2 %"},
        "startsAt": "2026-05-17T01:00:00.000Z", "endsAt": "2026-05-17T02:04:00.000Z", "updatedAt": "2026-05-17T02:00:00.000Z",
        "fingerprint": f"f-{name}", "status": {"state": state, "silencedBy": [], "inhibitedBy": []}, "receivers": [{"name": "mail"}],
        "generatorURL": "https://grafana.acme.example/alerting/grafana/x/view?orgId=1",
    }  # fmt: skip


def dashboard(n, **fields):
    """A dashboard with the tag of the n-th component."""
    return {
        "id": n, "uid": f"d{n}", "title": f"Service {n}", "uri": f"db/service-{n}", "url": f"/d/d{n}/service-{n}", "slug": "",
        "type": "dash-db", "tags": [f"s{n}", "generated"], "isStarred": False, "sortMeta": 0, "folderId": 7, "folderUid": "f1",
        "folderTitle": "Shop", "folderUrl": "/dashboards/f/f1/shop", **fields,
    }  # fmt: skip


class FakeGrafana:
    type = "grafana"
    has_lists = True

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.targets = [target(f"s{n}", annotations={SELECTOR: f"service=s{n}", DASHBOARDS: f"tags @> 's{n}'"}) for n in range(count)]
        self.groups = [{"name": f"g{n}", "file": "Shop", "interval": 60, "rules": [rule(f"r{n}", service=f"s{n}")]} for n in range(count)]
        self.instances = [instance(f"r{n}", service=f"s{n}", severity="critical") for n in range(count)]

        self.dashboards = [dashboard(n) for n in range(count)]

    def __call__(self, request, wire):
        if request.path == "/api/search":
            start, size = (int(request.query["page"]) - 1) * int(request.query["limit"]), int(request.query["limit"])
            assert (request.query["type"], size <= 5_000) == ("dash-db", True)
            return json_answer(wire, self.dashboards[start : start + size])
        if request.path == "/api/alertmanager/grafana/api/v2/alerts":
            return json_answer(wire, self.instances)
        assert request.path == "/api/prometheus/grafana/api/v1/rules"
        assert request.query["limit_alerts"] == "0"
        start, size = int(request.query.get("group_next_token", 0)), int(request.query["group_limit"])
        more = {"groupNextToken": str(start + size)} if start + size < len(self.groups) else {}
        return json_answer(wire, {"status": "success", "data": {"groups": self.groups[start : start + size], **more}})


class FakeGrafanaOnCall:
    type = "grafana-oncall"
    has_lists = True

    def __init__(self, count=3):
        self.options = {"token": TOKEN, "grafana": "https://acme.grafana.net"}
        self.targets = [target(f"s{n}", annotations={SCHEDULE: f"S{n}"}) for n in range(count)]
        self.schedules = [{"id": f"S{n}", "name": f"Primary {n}", "type": "web", "team_id": None, "on_call_now": []} for n in range(count)]
        self.shifts = [
            {"user_pk": "U1", "user_email": "ann@acme.example", "user_username": "ann",
             "shift_start": "2026-05-16T09:00:00Z", "shift_end": "2026-05-17T09:00:00Z"},
        ]  # fmt: skip

    def __call__(self, request, wire):
        found = self.shifts if request.path.endswith("/final_shifts") else self.schedules
        number = int(request.query["page"])
        following = f"https://oncall.internal.example{request.path}?page={number + 1}" if number * 50 < len(found) else None
        page = {"count": len(found), "next": following, "previous": None, "results": found[(number - 1) * 50 : number * 50]}
        json_answer(wire, {**page, "current_page_number": number, "page_size": 50, "total_pages": -(-len(found) // 50)})
