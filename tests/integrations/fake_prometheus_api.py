"""Prometheus and Alertmanager on loopback."""

from vendors import TOKEN, target

from faulty import json_answer

DAY = 86_400
QUERY = "sum by (service) (rate(good[$window])) / sum by (service) (rate(all[$window]))"


class FakePrometheus:
    type = "prometheus"

    def __init__(self, count=3):
        self.options = {"token": TOKEN, "objectives": [{"name": "answers", "query": QUERY, "objective": 99.9}]}
        self.count = count
        self.targets = [target(f"s{n}", annotations={"prometheus.io/service-name": f"s{n}"}) for n in range(count)]

    def __call__(self, request, wire):
        if request.path == "/api/v1/query":
            when = int(request.query["time"])
            result = [{"metric": self.labels(n), "value": [when, "0.9985"]} for n in range(self.count)]
            return json_answer(wire, {"status": "success", "data": {"resultType": "vector", "result": result}})
        days = range(int(request.query["start"]), int(request.query["end"]) + 1, int(request.query["step"]))
        result = [{"metric": self.labels(n), "values": [[day, "0.9985"] for day in [*days][1:]]} for n in range(self.count)]
        return json_answer(wire, {"status": "success", "data": {"resultType": "matrix", "result": result}})

    def labels(self, n):
        return {"__name__": "up", "service": f"s{n}", "environment": "production"}


class FakeAlertmanager:
    type = "alertmanager"
    has_lists = True

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.count = count
        self.targets = [target(f"s{n}", annotations={"prometheus.io/service-name": f"s{n}"}) for n in range(count)]

    def __call__(self, request, wire):
        json_answer(wire, self.alerts())

    def alerts(self):
        return [self.alert("HighErrors", f"{n:016x}", service=f"s{n}", severity="page") for n in range(self.count)]

    def alert(self, name, fingerprint, state="active", **labels):
        return {
            "annotations": {"summary": "5xx above 2 %"}, "endsAt": "2026-05-17T02:04:00.000Z", "fingerprint": fingerprint,
            "receivers": [{"name": "team"}], "startsAt": "2026-05-17T01:00:00.000Z",
            "status": {"inhibitedBy": [], "mutedBy": [], "silencedBy": ["s1"] if state == "suppressed" else [], "state": state},
            "updatedAt": "2026-05-17T02:00:00.000Z", "generatorURL": "http://prometheus.acme.example/graph?g0.expr=x",
            "labels": {"alertname": name, **labels},
        }  # fmt: skip
