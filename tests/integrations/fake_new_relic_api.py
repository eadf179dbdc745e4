"""New Relic on loopback: entities, values of NRQL and issues of the accounts 1 and 2, as NerdGraph returns them."""

import base64
import json
import re

from vendors import TOKEN, target

from faulty import json_answer


def guid(number, account=1):
    return base64.b64encode(f"{account}|APM|APPLICATION|{number}".encode()).decode().rstrip("=")


class FakeNewRelic:
    type = "new-relic"
    options = {"token": TOKEN, "families": ["availability", "alert", "incident"]}  # noqa: RUF012 - read only

    def __init__(self, count=3):
        self.targets = [target(f"s{n}", annotations={"newrelic.com/entity-guid": guid(n)}) for n in range(count)]
        self.entities = {guid(n): self.entity(n) for n in range(count)}
        self.results = {guid(n): [{"SLI": 99.95}] for n in range(count)}
        self.found = {1: [self.issue(0)], 2: []}
        self.errors = []
        self.asked = []

    @staticmethod
    def entity(n, **more):
        window = {"rolling": {"count": 7, "unit": "DAY"}}
        indicator = {
            "guid": guid(n), "name": "Success", "objectives": [{"name": None, "target": 99.9, "timeWindow": window}],
            "resultQueries": {"indicator": {"nrql": f"SELECT 1 AS 'SLI' FROM Metric WHERE entity.guid = '{guid(n)}' UNTIL 2 MINUTES AGO"}},
        }  # fmt: skip
        about = {"guid": guid(n), "name": f"s{n}", "permalink": f"https://one.newrelic.com/redirect/entity/{guid(n)}"}
        return {**about, "alertSeverity": "NOT_ALERTING", "reporting": True, "serviceLevel": {"indicators": [indicator]}, **more}

    @staticmethod
    def issue(n, **more):
        times = {"createdAt": 1_778_968_800_000, "acknowledgedAt": None, "closedAt": None}
        about = {
            "issueId": f"i{n}",
            "title": ["Error rate is high"],
            "priority": "CRITICAL",
            "state": "ACTIVATED",
            "entityGuids": [guid(n)],
        }
        return {**about, **times, "deepLinkUrl": ["https://one.newrelic.com/issue"], "mutingState": "NOT_MUTED", **more}

    def __call__(self, request, wire):
        assert (request.method, request.path, request.headers["api-key"]) == ("POST", "/graphql", TOKEN)
        body = json.loads(request.body)
        self.asked.append(body)
        kind, given = re.match(r"query (\w+)", body["query"])[1], body["variables"]
        actor = {"Entities": self._entities, "Values": self._values, "Issues": self._issues}[kind](request, given)
        json_answer(wire, {"data": {"actor": actor}, **({"errors": self.errors} if self.errors else {})})

    def _entities(self, _, given):
        assert len(given["guids"]) <= 25
        return {"entities": [self.entities.get(one) for one in given["guids"]]}

    def _values(self, _, given):
        numbers = range(len(given) // 2)
        assert len(numbers) <= 20
        return {f"v{n}": {"nrql": {"results": self.results[given[f"q{n}"].split("'")[3]]}} for n in numbers}

    def _issues(self, request, given):
        assert request.headers["nerd-graph-unsafe-experimental-opt-in"] == "AiIssues"
        found, start = self.found[given["account"]], int(given["cursor"] or 0)
        page = {"issues": found[start : start + 2], "nextCursor": str(start + 2) if start + 2 < len(found) else None}
        return {"account": {"aiIssues": {"issues": page}}}
