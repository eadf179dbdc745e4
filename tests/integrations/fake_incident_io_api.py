"""incident.io on loopback: custom fields, a catalog in pages of 250, incidents, schedules and an escalation path."""

from vendors import TOKEN, target

from faulty import json_answer

LISTS = {
    "/v2/custom_fields": "custom_fields", "/v3/catalog_entries": "catalog_entries", "/v1/severities": "severities",
    "/v2/incidents": "incidents", "/v2/schedules": "schedules", "/v2/users": "users",
}  # fmt: skip
LISA = {"id": "U1", "name": "Lisa Karlin Curtis", "email": "lisa@acme.example", "role": "viewer"}
TIM = {"id": "U2", "name": "Tim Wright", "email": "tim@acme.example", "role": "viewer"}


class FakeIncidentIo:
    type = "incident-io"
    has_lists = True

    def __init__(self, count=3):
        self.options = {"token": TOKEN, "fields": {"component": "Affected services"}}
        self.targets = [target(f"s{n}") for n in range(count)]
        self.lists = {
            "/v2/custom_fields": [
                {"id": "F0", "name": "Customer", "field_type": "text"},
                {"id": "F1", "name": "Affected services", "field_type": "multi_select", "catalog_type_id": "T1"},
            ],
            "/v3/catalog_entries": [
                {
                    "id": f"C{n}", "name": f"Service {n}", "external_id": f"default/s{n}", "aliases": [], "catalog_type_id": "T1",
                    "attribute_values": {"A1": {"value": {"label": "Primary", "literal": f"S{n % 2}"}}, "A0": {"value": {"literal": "1"}}},
                }
                for n in range(count)
            ],
            "/v1/severities": [{"id": f"R{n}", "name": name, "rank": n} for n, name in enumerate(("Minor", "Major", "Critical"), 1)],
            "/v2/incidents": [incident(n) for n in range(count)],
            "/v2/schedules": [{"id": f"S{n}", "name": f"Rota {n}", "current_shifts": []} for n in range(2)],
            "/v2/users": [LISA, TIM],
        }  # fmt: skip
        self.attributes = [{"id": "A0", "name": "Tier", "type": "String"}, {"id": "A1", "name": "Rota", "type": "Schedule"}]
        self.path = []

    def __call__(self, request, wire):
        if request.path == "/v2/schedule_entries":
            final = [
                {"start_at": "2026-05-16T09:00:00Z", "end_at": "2026-05-18T09:00:00Z", "user": LISA},
                {"start_at": "2026-05-18T09:00:00Z", "end_at": "2026-05-19T02:00:00Z"},
            ]
            json_answer(wire, {"schedule_entries": {"final": final, "overrides": [], "scheduled": final}})
        elif request.path.startswith("/v2/escalation_paths/"):
            json_answer(wire, {"escalation_path": {"id": "E1", "name": "Urgent", "path": self.path}})
        else:
            self._listing(request, wire)

    def _listing(self, request, wire):
        found = self.lists[request.path]
        if wanted := request.query.get("status_category[one_of]"):
            found = [one for one in found if one["incident_status"]["category"] == wanted]
        size, start = int(request.query.get("page_size", 25)), int(request.query.get("after", 0))
        assert size <= (250 if request.path in {"/v2/incidents", "/v3/catalog_entries"} else 10_000)
        page = {LISTS[request.path]: found[start : start + size], "pagination_meta": {"page_size": size}}
        if start + size < len(found):
            page["pagination_meta"]["after"] = str(start + size)
        if request.path == "/v3/catalog_entries":
            page["catalog_type"] = {"id": "T1", "schema": {"attributes": self.attributes}}
        json_answer(wire, page)


def incident(n, category="live", rank=2):
    """An incident that names the n-th component."""
    return {
        "id": f"I{n}", "reference": f"INC-{n}", "name": "Our database is sad", "created_at": "2026-05-16T13:28:57Z", "mode": "standard",
        "incident_status": {"id": "X", "category": category, "name": category}, "permalink": f"https://app.incident.io/acme/incidents/{n}",
        "severity": {"id": f"R{rank}", "name": "Major", "rank": rank}, "visibility": "public",
        "custom_field_entries": [
            {"custom_field": {"id": "F1", "name": "Affected services"}, "values": [{"value_catalog_entry": {"id": f"C{n}"}}]},
            {"custom_field": {"id": "F0", "name": "Customer"}, "values": [{"value_text": "Acme"}]},
        ],
        "incident_timestamp_values": [
            {"incident_timestamp": {"id": "TS1", "name": "Resolved at"}, "value": {"value": "2026-05-16T15:00:00Z"}},
            {"incident_timestamp": {"id": "TS2", "name": "Closed at"}},
        ],
    }  # fmt: skip
