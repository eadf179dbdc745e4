"""Jira on loopback: projects, and issues found with JQL."""

import re

from vendors import TOKEN, target

from faulty import json_answer


class FakeJira:
    type = "jira"

    def __init__(self, count=3):
        self.options = {"token": TOKEN, "email": "ada@acme.example"}
        self.keys = [f"P{n}" for n in range(count)]
        self.targets = [target(f"s{n}", annotations={"jira/project-key": key}) for n, key in enumerate(self.keys)]

    def __call__(self, request, wire):
        if request.path.endswith("/project/search"):
            wanted = re.findall(r"keys=(\w+)", request.target)
            return json_answer(wire, {"isLast": True, "values": [{"id": "1", "key": key} for key in self.keys if key in wanted]})
        found = [self.issue(key, n) for key in re.findall(r'"(\w+)"', request.query["jql"]) for n in (1, 2, 3)]
        start, size = int(request.query.get("nextPageToken", 0)), int(request.query["maxResults"])
        is_last = start + size >= len(found)
        page = {"issues": found[start : start + size], "isLast": is_last, **({} if is_last else {"nextPageToken": str(start + size)})}
        return json_answer(wire, page)

    def issue(self, key, number):
        return {
            "id": f"{number}", "key": f"{key}-{number}",
            "fields": {
                "summary": f"It breaks {number}", "issuetype": {"name": "Bug"}, "priority": {"name": "Highest"},
                "status": {"name": "To Do"}, "created": "2026-05-01T19:24:50.000+0000", "assignee": {"displayName": "Mia Krystof"},
                "project": {"key": key}, "components": [{"name": "Api"}] if number == 1 else [], "labels": ["slow"] if number == 2 else [],
            },
        }  # fmt: skip
