"""CircleCI on loopback: the last pipelines of projects, and their workflows."""

from vendors import TOKEN, target

from faulty import json_answer

WORKFLOW = {"id": "w2", "name": "build", "status": "failed", "created_at": "2026-05-16T22:00:00Z", "stopped_at": "2026-05-16T22:03:00Z"}


class FakeCircleCi:
    type = "circleci"
    has_lists = True

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.targets = [target(f"s{n}", annotations={"circleci.com/project-slug": f"github/acme/s{n}"}) for n in range(count)]
        self.pipeline = {
            "id": "5034460f-c7c4-4c43-9457-de07e2029e7b",
            "number": 25,
            "state": "created",
            "errors": [],
            "created_at": "2026-05-16T21:59:00Z",
            "vcs": {},
        }
        self.workflows = [WORKFLOW, {**WORKFLOW, "id": "w1", "status": "success"}]

    def __call__(self, request, wire):
        if request.path.endswith("/workflow"):
            json_answer(wire, {"items": self.workflows, "next_page_token": None})
        elif request.path.startswith("/project/github/acme/s"):
            json_answer(wire, {"items": [self.pipeline] if self.pipeline else [], "next_page_token": "more"})
        else:
            json_answer(wire, {"message": "Project not found"}, 404)
