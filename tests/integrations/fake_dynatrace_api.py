"""Dynatrace on loopback: problems and service levels of an environment, in pages whose cursor must come alone."""

from vendors import TOKEN, target

from faulty import json_answer


def entity(number):
    return f"SERVICE-{number:016X}"


class FakeDynatrace:
    type = "dynatrace"
    has_lists = True

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.targets = [target(f"s{n}", annotations={"dynatrace.com/dynatrace-entity-id": entity(n)}) for n in range(count)]
        self.problems = [self.problem(n) for n in range(count)]
        self.levels = [self.level(n) for n in range(count)]
        self.largest = {"problems": 500, "slo": 25}

    @staticmethod
    def problem(n, **more):
        affected = [{"entityId": {"id": entity(n), "type": "SERVICE"}, "name": f"s{n}"}]
        about = {"problemId": f"-{n}_1778968800000V2", "displayId": f"P-{n}", "title": "Failure rate increase", "impactLevel": "SERVICES"}
        about |= {"severityLevel": "ERROR", "status": "OPEN", "startTime": 1_778_968_800_000, "endTime": -1}
        return {**about, "affectedEntities": affected, "impactedEntities": affected, "rootCauseEntity": None, **more}

    @staticmethod
    def level(n, **more):
        about = {"id": f"l{n}", "name": f"s{n} success", "enabled": True, "filter": f'type("SERVICE"),entityId("{entity(n)}")'}
        values = {"evaluatedPercentage": 99.95, "errorBudget": 0.05, "target": 99.9, "status": "SUCCESS", "error": "NONE"}
        return {**about, **values, "timeframe": "-1w", **more}

    def __call__(self, request, wire):
        assert request.headers["authorization"] == f"Api-Token {TOKEN}"
        kind = request.path.removeprefix("/api/v2/")
        found, size = {"problems": self.problems, "slo": self.levels}[kind], self.largest[kind]
        if "nextPageKey" in request.query and len(request.query) > 1:
            json_answer(wire, {"error": {"code": 400, "message": "Constraints violated."}}, 400)
            return
        assert "nextPageKey" in request.query or int(request.query["pageSize"]) <= size
        start = int(request.query.get("nextPageKey", 0))
        cursor = {"nextPageKey": str(start + size)} if start + size < len(found) else {}
        json_answer(wire, {kind: found[start : start + size], "totalCount": len(found), "pageSize": size, **cursor})
