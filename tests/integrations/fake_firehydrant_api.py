"""FireHydrant on loopback: numbered pages that name the next one, in the shapes of its description."""

from vendors import TOKEN, target

from faulty import json_answer

SERVICE_NAME = "firehydrant.com/service-name"
LISA = {"id": "u1", "name": "Lisa Karlin Curtis"}
BEGUN, ENDED = "2026-05-16T09:00:00.000Z", "2026-05-18T09:00:00.000Z"


class FakeFireHydrant:
    type = "firehydrant"
    has_lists = True

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.targets = [target(f"s{n}", annotations={SERVICE_NAME: f"Service {n}"}) for n in range(count)]
        self.lists = {
            "services": [service(n) for n in range(count)],
            "incidents": [incident(n) for n in range(count)],
            "users": [{**LISA, "email": "lisa@acme.example"}, {"id": "u2", "name": "Max", "email": None}],
        }
        self.schedules = [schedule(n) for n in range(2)]
        self.older = {}

    def __call__(self, request, wire):
        what = request.path.removeprefix("/v1/")
        if what == "signals_on_call":
            teams = request.query["team_id"].split(",")
            found = [one for one in self.schedules if one["team"]["id"] in teams]
            return json_answer(wire, {"data": found, "pagination": {"count": len(found), "page": 1, "next": None}})
        if what.startswith("incidents/"):
            return json_answer(wire, self.older[what.partition("/")[2]])
        number, size = int(request.query["page"]), int(request.query["per_page"])
        assert size <= 100
        found = self.lists[what]
        following = number + 1 if number * size < len(found) else None
        pages = {"count": len(found), "page": number, "items": size, "prev": None, "next": following}
        return json_answer(wire, {"data": found[(number - 1) * size : number * size], "pagination": pages})


def service(n, **fields):
    """The n-th service, of one of two teams."""
    team = {"id": f"team-{n % 2}", "name": f"Team {n % 2}", "slug": f"team-{n % 2}"}
    return {
        "id": f"service-{n}", "name": f"Service {n}", "slug": f"service-{n}", "service_tier": 1, "active_incidents": [], "owner": team,
        "teams": [], **fields,
    }  # fmt: skip


def incident(n, **fields):
    """An incident of the n-th service."""
    return {
        "id": f"incident-{n}", "name": "Database connection pool exhausted", "number": n, "severity": "SEV2", "active": True,
        "created_at": "2026-05-16T17:01:00.000Z", "started_at": "2026-05-16T10:00:00.000-07:00", "current_milestone": "started",
        "discarded_at": None,
        "lifecycle_phases": phases(), "milestones": [], "incident_url": f"https://app.firehydrant.io/incidents/incident-{n}",
        "services": [{"id": f"service-{n}", "name": f"Service {n}"}], **fields,
    }  # fmt: skip


def phases(**occurred):
    """The phases of an incident; ``occurred`` has times of milestones."""
    of = {
        "started": ["started", "detected"], "active": ["acknowledged", "fixing"], "post_incident": ["resolved", "reviewed"],
        "closed": ["closed"],
    }  # fmt: skip
    return [
        {"type": kind, "name": kind.title(), "milestones": [{"slug": slug, "occurred_at": occurred.get(slug)} for slug in slugs]}
        for kind, slugs in of.items()
    ]


def schedule(n, **fields):
    """The schedule of the n-th team: Lisa now, Max from Monday on."""
    lisa = {"id": "1", "user": LISA, "start_time": BEGUN, "end_time": ENDED}
    later = {"id": "2", "user": {"id": "u2", "name": "Max"}, "start_time": "2026-05-25T09:00:00.000Z", "end_time": None}
    rotation = {"id": f"rotation-{n}", "name": "Weekly", "current_shift": lisa, "next_shift": later}
    return {
        "id": f"schedule-{n}", "name": f"Rota {n}", "team": {"id": f"team-{n}", "name": f"Team {n}"}, "rotations": [rotation],
        "current_shift": lisa, "next_shift": None, **fields,
    }  # fmt: skip
