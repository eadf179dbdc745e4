"""Jira Service Management operations on loopback: answers as recorded, with names and ids replaced."""

from urllib.parse import parse_qs, urlsplit

from vendors import TOKEN, target

from faulty import json_answer

CLOUD = "00000000-1111-2222-3333-444444444444"
BASE = f"/jsm/ops/api/{CLOUD}/v1/"
LISA = {"accountId": "5b2b0e", "displayName": "Lisa Karlin Curtis", "emailAddress": "lisa@acme.example", "active": True}


class FakeJsmOperations:
    type = "jsm-operations"
    has_lists = True

    def __init__(self, count=3):
        self.options = {"token": TOKEN, "email": "portal@acme.example", "cloud_id": CLOUD}
        self.targets = [
            target(f"s{n}", annotations={"opsgenie.com/component-selector": f'tag:"service:s{n}"', "opsgenie.com/team": f"Team {n % 2}"})
            for n in range(count)
        ]
        self.alerts = [alert(n) for n in range(count)]
        self.schedules = [{"id": f"R{n}", "name": f"Rota {n}", "enabled": True, "teamId": f"T{n}"} for n in range(2)]
        lisa, nobody = {"id": "5b2b0e", "type": "user"}, {"type": "noone"}
        self.periods = [
            {"startDate": "2026-05-16T09:00:00Z", "endDate": "2026-05-18T09:00:00Z", "type": "base", "responder": lisa},
            {"startDate": "2026-05-18T09:00:00Z", "endDate": "2026-05-19T09:00:00Z", "type": "base", "responder": nobody},
            {"startDate": "2026-05-14T09:00:00Z", "endDate": "2026-05-16T09:00:00Z", "type": "historical", "responder": lisa},
        ]

    def __call__(self, request, wire):
        what = request.path.removeprefix(BASE)
        if what == "teams":
            json_answer(wire, {"platformTeams": [{"teamId": f"T{n}", "teamName": f"Team {n}"} for n in range(2)]})
        elif what in {"alerts", "schedules"}:
            self._listing(request, wire, getattr(self, what))
        elif what.endswith("/timeline"):
            gone = {
                "id": "Z",
                "name": "Old",
                "deleted": True,
                "periods": [{**self.periods[0], "responder": {"id": "gone", "type": "user"}}],
            }
            json_answer(wire, {"finalTimeline": {"rotations": [{"id": "Y", "name": "Weekly", "periods": self.periods}, gone]}})
        else:
            assert request.path in {f"/ex/jira/{CLOUD}/rest/api/3/user/bulk", "/rest/api/3/user/bulk"}
            ids = parse_qs(urlsplit(request.target).query)["accountId"]
            json_answer(wire, {"values": [LISA] * ("5b2b0e" in ids), "maxResults": 50, "startAt": 0, "isLast": True})

    def _listing(self, request, wire, found):
        start, size = int(request.query["offset"]), int(request.query["size"])
        assert size <= 100
        following = f"/v1/alerts?offset={start + size}&size={size}" if start + size < len(found) else None
        json_answer(wire, {"values": found[start : start + size], "links": {"next": following}, "count": len(found)})


def alert(n, **fields):
    """An alert with the tag of the n-th component."""
    return {
        "id": f"A{n}-1795881600000", "tinyId": str(n), "createdAt": "2026-05-16T23:11:11.485Z", "message": "queue is old", "entity": "",
        "source": "Coralogix", "status": "open",
        "alias": "abc", "tags": [f"service:s{n}"], "acknowledged": False, "count": 1, "owner": "", "snoozed": False,
        "priority": "P2", "responders": [{"id": "T0", "type": "team"}], "seen": True, **fields,
    }  # fmt: skip
