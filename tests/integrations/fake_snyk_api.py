"""Snyk on loopback: JSON:API pages with relative links."""

import uuid

from vendors import TOKEN, target

from faulty import json_answer

ORG = "a3952187-0d8e-45d8-9aa2-036642857b5b"


def numbered(kind, number):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}/{number}"))


class FakeSnyk:
    type = "snyk"

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.count = count
        self.targets = [
            target(f"s{n}", annotations={"snyk.io/org-id": ORG, "snyk.io/target-id": numbered("target", n)}) for n in range(count)
        ]

    def __call__(self, request, wire):
        what = request.path.removeprefix(f"/rest/orgs/{ORG}").strip("/")
        if not what:
            return json_answer(wire, {"data": {"id": ORG, "type": "org", "attributes": {"name": "Acme", "slug": "acme"}}})
        found = self.projects() if what == "projects" else self.issues()
        start, size = int(request.query.get("starting_after", 0)), int(request.query["limit"])
        end = start + size
        query = f"version={request.query['version']}&starting_after={end}&limit={size}"
        links = {"next": f"/orgs/{ORG}/{what}?{query}"} if end < len(found) else {}
        return json_answer(wire, {"data": found[start:end], "jsonapi": {"version": "1.0"}, "links": links})

    def projects(self):
        return [
            {
                "id": numbered("project", n), "type": "project", "attributes": {"name": f"acme/s{n}:package.json"},
                "relationships": {
                    "target": {"data": {"id": numbered("target", n), "type": "target", "attributes": {"display_name": f"acme/s{n}"}}}
                },
            }
            for n in range(self.count)
        ]  # fmt: skip

    def issues(self):
        return [
            {
                "id": numbered("issue", n), "type": "issue",
                "attributes": {
                    "created_at": "2026-05-01T20:09:05Z", "effective_severity_level": "high", "ignored": False, "status": "open",
                    "key": f"SNYK-JS-LODASH-{n}", "title": "Prototype Pollution", "type": "package_vulnerability",
                    "problems": [{"id": f"SNYK-JS-LODASH-{n}", "source": "SNYK"}, {"id": "CVE-2026-31877", "source": "NVD"}],
                    "coordinates": [{
                        "representations": [{"dependency": {"package_name": "lodash", "package_version": "4.17.4"}}],
                        "remedies": [{"type": "indeterminate", "description": "Upgrade the package version to 4.17.20 to fix this"}],
                    }],
                },
                "relationships": {"scan_item": {"data": {"id": numbered("project", n), "type": "project"}}},
            }
            for n in range(self.count)
        ]  # fmt: skip
