"""Opsgenie on loopback: listings of an account in pages by offset, and timelines of schedules."""

from vendors import TOKEN, target

from faulty import json_answer

LISA = {"id": "u1", "name": "lisa.curtis@acme.example", "type": "user"}


class FakeOpsgenie:
    type = "opsgenie"
    has_lists = True

    def __init__(self, count=3):
        self.options = {"token": TOKEN, "web": "https://acme.app.opsgenie.com"}
        self.targets = [
            target(f"s{n}", annotations={"opsgenie.com/component-selector": f'tag:"service:s{n}"', "opsgenie.com/team": f"Team {n % 2}"})
            for n in range(count)
        ]
        self.lists = {
            "/v2/alerts": [alert(n) for n in range(count)],
            "/v1/incidents/": [incident(n) for n in range(2)],
            "/v2/teams": [{"id": f"T{n}", "name": f"Team {n}", "description": ""} for n in range(2)],
            "/v2/schedules": [schedule(n) for n in range(2)],
        }
        self.periods = [
            {"startDate": "2026-05-16T09:00:00Z", "endDate": "2026-05-18T09:00:00Z", "type": "default", "recipient": LISA},
            {"startDate": "2026-05-18T09:00:00Z", "endDate": "2026-05-19T09:00:00Z", "type": "default", "recipient": {"type": "none"}},
            {
                "startDate": "2026-05-14T09:00:00Z", "endDate": "2026-05-16T09:00:00Z", "type": "historical",
                "recipient": {"id": "T0", "type": "team"}, "flattenedRecipients": [LISA],
            },
        ]  # fmt: skip

    def __call__(self, request, wire):
        about = {"took": 0.01, "requestId": "r1"}
        if request.path.endswith("/timeline"):
            timeline = {"rotations": [{"id": "Y", "name": "Weekly", "order": 1.0, "periods": self.periods}]}
            return json_answer(wire, {"data": {"finalTimeline": timeline}, **about})
        found = self.lists[request.path]
        if request.path in {"/v2/teams", "/v2/schedules"}:
            return json_answer(wire, {"data": found, **about})
        start, size = int(request.query["offset"]), int(request.query["limit"])
        assert size <= 100
        if start + size > 20_000:
            return json_answer(wire, {"message": "Sum of offset and limit should be lower than 20000", **about}, 422)
        return json_answer(wire, {"data": found[start : start + size], "paging": {}, **about})


def alert(n, **fields):
    """An alert with the tag of the n-th component."""
    return {
        "id": f"a{n}", "tinyId": str(n), "createdAt": "2026-05-16T23:11:11.485Z", "message": "queue is old", "source": "Coralogix",
        "status": "open", "alias": "abc", "tags": [f"service:s{n}"], "acknowledged": False, "count": 1, "owner": "", "snoozed": False,
        "priority": "P2", "responders": [{"id": "T0", "type": "team"}], "isSeen": True, **fields,
    }  # fmt: skip


def incident(n, **fields):
    """An incident of the n-th team."""
    return {
        "id": f"i{n}", "tinyId": str(n), "message": "Checkout is slow", "status": "open", "priority": "P1", "tags": [],
        "ownerTeam": f"T{n}", "createdAt": "2026-05-16T17:00:00Z", "updatedAt": "2026-05-16T18:00:00Z", "responders": [],
        "extraProperties": {}, **fields,
    }  # fmt: skip


def schedule(n, **fields):
    """The schedule of the n-th team."""
    return {"id": f"R{n}", "name": f"Rota {n}", "enabled": True, "ownerTeam": {"id": f"T{n}", "name": f"Team {n}"}, **fields}
