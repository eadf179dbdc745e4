"""PagerDuty on loopback, made of its own example answers."""

from urllib.parse import parse_qs, urlsplit

from vendors import TOKEN, target

from faulty import json_answer


class FakePagerDuty:
    type = "pagerduty"

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.ids = [f"P{n:06}" for n in range(count)]
        self.targets = [target(f"s{n}", annotations={"pagerduty.com/service-id": one}) for n, one in enumerate(self.ids)]

    def __call__(self, request, wire):
        query = parse_qs(urlsplit(request.target).query)
        what = request.path.strip("/")
        found = {"services": self._services, "incidents": self._incidents, "oncalls": self._oncalls}[what](query)
        start, size = int(request.query.get("offset", 0)), int(request.query["limit"])
        page = {what: found[start : start + size], "limit": size, "offset": start, "more": start + size < len(found), "total": None}
        json_answer(wire, page)

    def _services(self, query):
        return [
            {
                "id": one, "summary": one, "html_url": f"https://acme.pagerduty.com/service-directory/{one}",
                "escalation_policy": {"id": f"E{one}", "type": "escalation_policy_reference", "summary": f"Policy {one}"},
                "integrations": [{"id": f"I{one}", "integration_key": f"key-{one}"}],
            }
            for one in [*self.ids, "POTHER1"]
        ]  # fmt: skip

    def _incidents(self, query):
        wanted = set(query["service_ids[]"])
        is_open = "statuses[]" in query
        return [
            {
                "id": f"{'O' if is_open else 'R'}{one}", "title": "The server is on fire.", "created_at": "2026-05-16T21:30:42Z",
                "status": "triggered" if is_open else "resolved", "resolved_at": None if is_open else "2026-05-16T22:00:00Z",
                "last_status_change_at": "2026-05-16T22:00:00Z", "urgency": "high", "priority": None if is_open else {"summary": "P2"},
                "service": {"id": one}, "html_url": f"https://acme.pagerduty.com/incidents/{one}",
            }
            for one in self.ids if one in wanted
        ]  # fmt: skip

    def _oncalls(self, query):
        wanted = set(query["escalation_policy_ids[]"])
        return [
            {
                "user": {"id": "PU", "summary": "Tim Wright", "name": "Tim Wright", "email": "tim@acme.example"},
                "schedule": {"id": "PS", "summary": "Rotation"} if level == 1 else None,
                "escalation_policy": {"id": f"E{one}", "summary": f"Policy {one}", "html_url": f"https://acme.pagerduty.com/e/{one}"},
                "escalation_level": level, "start": "2026-05-16T15:28:51-05:00" if level == 1 else None,
                "end": "2026-05-18T15:28:51-05:00" if level == 1 else None,
            }
            for one in self.ids if f"E{one}" in wanted for level in (1, 2)
        ]  # fmt: skip
