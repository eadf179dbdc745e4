"""Rootly on loopback: JSON:API with numbered pages, in the shapes of its description."""

from vendors import TOKEN, target

from faulty import json_answer

LISA = {"full_name": "Lisa Karlin Curtis", "email": "lisa@acme.example", "time_zone": "Europe/London"}


class FakeRootly:
    type = "rootly"
    has_lists = True

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.targets = [target(f"s{n}", annotations={"rootly.com/service-slug": f"service-{n}"}) for n in range(count)]
        self.lists = {
            "services": [
                item("services", n, name=f"Service {n}", slug=f"service-{n}", backstage_id=None, owners_group_ids=[f"teams-{n % 2}"])
                for n in range(count)
            ],
            "functionalities": [item("functionalities", 0, name="Login", slug="login", owners_group_ids=[])],
            "teams": [item("groups", 0, name="Care", slug="care")],
            "incidents": [incident(n) for n in range(count)],
            "schedules": [item("schedules", n, name=f"Rota {n}", owner_group_ids=[f"teams-{n}"]) for n in range(2)],
        }
        self.shifts = [
            item(
                "shifts", n, schedule_id=f"schedules-{n}", starts_at="2026-05-16T09:00:00Z", ends_at="2026-05-18T09:00:00Z",
                user={"data": {"id": "7", "type": "users", "attributes": LISA}},
            )
            for n in range(2)
        ]  # fmt: skip
        self.included = []

    def __call__(self, request, wire):
        what = request.path.removeprefix("/v1/")
        if what == "shifts":
            json_answer(wire, {"data": self.shifts, "included": self.included})
            return
        number, size = int(request.query["page[number]"]), int(request.query["page[size]"])
        assert size <= 100
        found = self.lists[what]
        following = f"https://api.rootly.com/v1/{what}?page[number]={number + 1}" if number * size < len(found) else None
        json_answer(wire, {"data": found[(number - 1) * size : number * size], "links": {"next": following}})


def item(kind, n, /, **attributes):
    return {"id": f"{'teams' if kind == 'groups' else kind}-{n}", "type": kind, "attributes": attributes}


def incident(n, **attributes):
    """An incident of the n-th service."""
    return item(
        "incidents", n,
        **{
            "title": "Database connection pool exhausted", "kind": "normal", "status": "started", "created_at": "2026-05-16T17:01:00Z",
            "started_at": "2026-05-16T10:00:00.000-07:00", "url": f"https://rootly.com/account/incidents/{n}",
            "severity": {"data": {"id": "S", "type": "severities", "attributes": {"name": "SEV-1", "severity": "high"}}},
            "services": [{"data": {"id": f"services-{n}", "type": "services", "attributes": {"name": f"Service {n}"}}}], **attributes,
        },
    )  # fmt: skip
