"""The API of a Kubernetes cluster on loopback: lists with ``limit`` and ``continue``."""

from vendors import TOKEN, target

from faulty import json_answer

ID = "backstage.io/kubernetes-id"


class FakeKubernetes:
    type = "kubernetes"

    def __init__(self, count=3):
        self.options = {"token": TOKEN}
        self.count, self.rollouts = count, []
        self.targets = [target(f"s{n}", annotations={ID: f"s{n}"}) for n in range(count)]

    def __call__(self, request, wire):
        *_, kind = request.path.split("/")
        if kind == "rollouts" and not self.rollouts:
            return json_answer(wire, {"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404}, 404)
        found = self.rollouts if kind == "rollouts" else getattr(self, kind)()
        if "namespaces" in request.path:
            found = [one for one in found if one["metadata"]["namespace"] == request.path.split("/")[5]]
        if request.query.get("labelSelector"):
            assert request.query["labelSelector"] == ID
            found = [one for one in found if ID in one["metadata"]["labels"]]
        start, limit = int(request.query.get("continue", "at-0").removeprefix("at-")), int(request.query["limit"])
        more = {"continue": f"at-{start + limit}", "remainingItemCount": len(found) - start - limit} if start + limit < len(found) else {}
        return json_answer(
            wire,
            {"kind": "List", "apiVersion": "apps/v1", "metadata": {"resourceVersion": "7", **more}, "items": found[start : start + limit]},
        )

    def workload(self, name, spec=None, status=None, namespace="shop", labels=None, tag="1.4.2"):
        return {
            "metadata": {"name": name, "namespace": namespace, "generation": 3, "labels": {ID: name} if labels is None else labels},
            "spec": {
                **(spec or {}),
                "template": {"metadata": {}, "spec": {"containers": [{"name": "main", "image": f"acme/{name}:{tag}"}]}},
            },
            "status": {"observedGeneration": 3, **(status or {})},
        }

    def deployments(self):
        rolled = {
            "type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable",
            "lastUpdateTime": "2026-05-16T21:00:00Z", "lastTransitionTime": "2026-05-01T00:00:00Z",
        }  # fmt: skip
        status = {"replicas": 2, "readyReplicas": 2, "updatedReplicas": 2, "conditions": [rolled]}
        return [self.workload(f"s{n}", {"replicas": 2}, status) for n in range(self.count)]

    def cronjobs(self):
        return []

    def statefulsets(self):
        return []

    def daemonsets(self):
        return []
