"""Argo CD on loopback: all applications in one answer."""

from vendors import TOKEN, target

from faulty import json_answer


class FakeArgoCd:
    type = "argocd"

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.count = count
        self.targets = [target(f"s{n}", annotations={"argocd/app-name": f"s{n}"}) for n in range(count)]

    def __call__(self, request, wire):
        what = request.path.removeprefix("/api/v1/")
        if what == "projects":
            return json_answer(
                wire, {"metadata": {"resourceVersion": "7"}, "items": [{"metadata": {"name": "shop"}}, {"metadata": {"name": "ops"}}]}
            )
        wanted = request.query.get("projects")
        found = [app for app in self.applications() if wanted in {None, app["spec"]["project"]}]
        return json_answer(wire, {"metadata": {"resourceVersion": "7"}, "items": found or None})

    def applications(self):
        return [self.application(n) for n in range(self.count)]

    def application(self, n):
        return {
            "metadata": {"name": f"s{n}", "namespace": "argocd", "uid": f"u{n}", "labels": {"app": f"s{n}", "environment": "production"}},
            "spec": {
                "project": "shop" if n % 2 else "ops",
                "source": {"repoURL": "https://github.com/acme/delivery", "path": f"s{n}", "targetRevision": "main"},
                "destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"},
            },
            "status": {
                "sync": {"status": "OutOfSync", "revision": "53e28ff20cc530b9ada2173fbbd64d48338583ba"},
                "health": {"status": "Degraded"},
                "history": [{"id": 1, "revision": "53e28ff2", "deployedAt": "2026-05-16T20:00:00Z"}],
                "operationState": {
                    "phase": "Failed", "startedAt": "2026-05-16T21:00:00Z", "finishedAt": "2026-05-16T21:01:00Z",
                    "operation": {"initiatedBy": {"username": "iain"}},
                },
                "summary": {"images": [f"registry.acme.example:5000/acme/s{n}:1.4.{n}", "envoyproxy/envoy:v1.30"]},
            },
        }  # fmt: skip
