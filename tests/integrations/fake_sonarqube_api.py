"""SonarQube on loopback: measures of a hundred projects, projects by pages."""

from vendors import TOKEN, target

from faulty import json_answer

KEY = "sonarqube.org/project-key"
VALUES = {
    "alert_status": "ERROR", "bugs": "3", "code_smells": "120", "coverage": "81.4", "duplicated_lines_density": "2.0", "ncloc": "12345",
    "security_hotspots": "0", "reliability_rating": "3.0", "security_rating": "1.0", "sqale_rating": "2.0",
}  # fmt: skip


class FakeSonarQube:
    type = "sonarqube"

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.count = count
        self.targets = [target(f"s{n}", annotations={KEY: f"acme:s{n}"}) for n in range(count)]

    def __call__(self, request, wire):
        answer = {"/api/measures/search": self.measures, "/api/components/search_projects": self.projects}[request.path]
        json_answer(wire, answer(request.query))

    def measures(self, query):
        wanted = query["projectKeys"].split(",")
        assert len(wanted) <= 100
        keys = {f"acme:s{n}" for n in range(self.count)}
        return {"measures": [measure for key in wanted if key in keys for measure in self.measures_of(key, query["metricKeys"].split(","))]}

    def measures_of(self, key, metrics):
        old = [{"metric": name, "component": key, "value": VALUES[name], "bestValue": False} for name in metrics if name in VALUES]
        return [*old, {"metric": "new_coverage", "component": key, "period": {"index": 1, "value": "64.2", "bestValue": False}}]

    def projects(self, query):
        number, size = int(query["p"]), int(query["ps"])
        found = [
            {"key": f"acme:s{n}", "name": f"s{n}", "qualifier": "TRK", "analysisDate": "2026-05-16T20:00:00+0200"}
            for n in range(self.count)
        ]
        paging = {"pageIndex": number, "pageSize": size, "total": len(found)}
        return {"paging": paging, "components": found[(number - 1) * size : number * size]}
