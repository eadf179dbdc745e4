"""Datadog on loopback: the search of objectives and the listing of monitors."""

from vendors import TOKEN, target

from faulty import json_answer


class FakeDatadog:
    type = "datadog"
    has_lists = True

    def __init__(self, count=3):
        self.options = {"api_key": TOKEN, "application_key": f"{TOKEN}-too"}
        self.count = count
        self.targets = [
            target(f"s{n}", annotations={"datadoghq.com/slo_tag": f"service:s{n}", "datadoghq.com/monitor_tags": f"service:s{n}, env:prod"})
            for n in range(count)
        ]

    def __call__(self, request, wire):
        if request.path == "/api/v1/slo/search":
            start, size = int(request.query["page[number]"]), int(request.query["page[size]"])
            found = self.slos()[start * size : (start + 1) * size]
            return json_answer(wire, {"data": {"type": "", "attributes": {"slos": [{"data": one} for one in found]}}})
        start, size = int(request.query["page"]), int(request.query["page_size"])
        return json_answer(wire, self.monitors()[start * size : (start + 1) * size])

    def slos(self):
        return [
            {
                "id": f"slo{n}", "type": "slo",
                "attributes": {
                    "name": f"s{n} answers", "all_tags": [f"service:s{n}", "Team:x"], "thresholds": [{"timeframe": "7d", "target": 95}],
                    "overall_status": [
                        {"timeframe": "7d", "status": 98.0, "target": 95.0, "error_budget_remaining": 60.0, "state": "ok"},
                        {"timeframe": "30d", "status": 99.5, "target": 99.0, "error_budget_remaining": 50.0, "state": "ok"},
                    ],
                },
            }
            for n in range(self.count)
        ]  # fmt: skip

    def monitors(self):
        common = {"options": {"silenced": {}}, "matching_downtimes": [], "overall_state_modified": "2026-05-16T13:06:23+00:00"}
        alerting = [
            {**common, "id": n, "name": "Too slow", "tags": [f"service:s{n}", "env:prod"], "overall_state": "Alert", "priority": None}
            for n in range(self.count)
        ]
        return [*alerting, {**alerting[0], "id": -1, "overall_state": "OK"}, {**alerting[0], "id": -2, "tags": ["service:s0"]}]
