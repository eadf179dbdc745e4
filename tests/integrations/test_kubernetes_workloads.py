"""The kubernetes integration against Kubernetes' own description."""

from datetime import UTC, datetime

import pytest
from fake_kubernetes_api import ID, FakeKubernetes
from vendors import NOW, TOKEN, collect, collect_from, facts, measured, target

from callboard.model.facts.deployment import Deployment, Health
from callboard.model.facts.enumerations import RunState
from faulty import Server, json_answer
from spec_checking import complaints, description, needs_data

SELECTOR, NAMESPACE, CLUSTER = (f"backstage.io/kubernetes-{name}" for name in ("label-selector", "namespace", "cluster"))
FOUND = Deployment("1.4.2", datetime(2026, 5, 16, 21, 0, tzinfo=UTC), RunState.SUCCEEDED, health=Health.HEALTHY, ready=2, wanted=2)


def test_a_workload_is_a_deployment_of_the_entity_whose_id_its_label_says(tmp_path):
    fake = FakeKubernetes()
    got, requests = collect_from(fake, fake.targets, tmp_path, environment="production", cluster="eu")
    assert (got.failures, got.problems) == ((), ())
    assert facts(got, "deployment") == {"s0": [FOUND], "s1": [FOUND], "s2": [FOUND]}
    assert (got.facts[0].environment, got.facts[0].key) == ("production", "eu/shop/deployments/s0")
    assert {request.headers["authorization"] for request in requests} == {f"Bearer {TOKEN}"}


def test_a_thousand_components_cost_pages_of_workloads(tmp_path):
    fake = FakeKubernetes(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "deployment")) == 1_000
    assert len(requests) == 4 + 1 + 1 + 1 + 1


def test_a_list_that_expires_is_begun_again(tmp_path):
    fake = FakeKubernetes(count=600)

    def expiring(request, wire):
        if request.query.get("continue") == "at-500" and request.number < 4:
            said = {
                "kind": "Status",
                "status": "Failure",
                "message": "The provided continue parameter is too old",
                "reason": "Expired",
                "code": 410,
            }
            return json_answer(wire, said, 410)
        return fake(request, wire)

    with Server(expiring) as server:
        got = collect("kubernetes", server.url, fake.targets, tmp_path, token=TOKEN)
    assert [request.query.get("continue") for request in server.requests[:6]] == [None, "at-250", "at-500", None, "at-250", "at-500"]
    assert (len(facts(got, "deployment")), got.failures) == (600, ())
    assert set(measured(got, "deployment").values()) == {True}


def test_a_list_that_always_expires_is_incomplete(tmp_path):
    fake = FakeKubernetes(count=300)

    def expiring(request, wire):
        json_answer(wire, {"message": "too old"}, 410) if "continue" in request.query else fake(request, wire)

    with Server(expiring) as server:
        got = collect("kubernetes", server.url, fake.targets, tmp_path, token=TOKEN)
    assert len(server.requests) == 3 * 2 + 4
    assert [failure.place for failure in got.failures] == ["/apis/apps/v1/deployments"]
    assert set(measured(got, "deployment").values()) == {False}


def test_the_selector_goes_before_the_id_and_namespaces_and_clusters_narrow_down(tmp_path):
    fake = FakeKubernetes()
    fake.deployments = lambda: [
        fake.workload("a", labels={"app": "a", ID: "x"}), fake.workload("a", labels={"app": "a"}, namespace="other"),
        fake.workload("b", labels={"app": "b", ID: "x"}),
    ]  # fmt: skip
    those = {
        "selecting": {SELECTOR: "app=a", ID: "x"}, "narrow": {SELECTOR: "app=a", NAMESPACE: "other"}, "named": {ID: "x"},
        "elsewhere": {ID: "x", CLUSTER: "us"}, "zero": {ID: "nobody"}, "broken": {SELECTOR: "app=a=b"}, "none": {},
    }  # fmt: skip
    got, requests = collect_from(fake, [target(name, annotations=told) for name, told in those.items()], tmp_path, cluster="eu")
    keys = {name: [fact.key for fact in got.facts if fact.subject.name == name] for name in those}
    assert keys["selecting"] == ["eu/other/deployments/a", "eu/shop/deployments/a"]
    assert keys["narrow"] == ["eu/other/deployments/a"]
    assert keys["named"] == ["eu/shop/deployments/a", "eu/shop/deployments/b"]
    assert {fact.environment for fact in got.facts} == {"shop", "other"}
    assert measured(got, "deployment") == dict.fromkeys(("selecting", "narrow", "named", "zero"), True)
    assert [problem.subject.name for problem in got.problems] == ["broken"]
    assert "labelSelector" not in requests[0].query


STUCK = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "lastUpdateTime": "2026-05-16T21:00:00Z"}
DONE = {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}


@pytest.mark.parametrize(
    ("spec", "status", "wanted"),
    [
        ({"replicas": 0}, {}, (Health.SUSPENDED, RunState.UNKNOWN, 0, 0)),
        ({}, {"readyReplicas": 1, "updatedReplicas": 1}, (Health.HEALTHY, RunState.SUCCEEDED, 1, 1)),
        ({"replicas": 3}, {"readyReplicas": 3, "updatedReplicas": 1}, (Health.PROGRESSING, RunState.RUNNING, 3, 3)),
        ({"replicas": 3}, {"readyReplicas": 2, "updatedReplicas": 3}, (Health.PROGRESSING, RunState.RUNNING, 2, 3)),
        ({"replicas": 3}, {"readyReplicas": 2, "updatedReplicas": 3, "conditions": [DONE]}, (Health.DEGRADED, RunState.UNKNOWN, 2, 3)),
        (
            {"replicas": 3},
            {"readyReplicas": 3, "updatedReplicas": 3, "observedGeneration": 2},
            (Health.PROGRESSING, RunState.RUNNING, 3, 3),
        ),
        ({"replicas": 3}, {"readyReplicas": 2, "conditions": [STUCK]}, (Health.DEGRADED, RunState.FAILED, 2, 3)),
        ({"replicas": 3}, {"conditions": [{"type": "Available", "status": "False"}]}, (Health.DEGRADED, RunState.UNKNOWN, 0, 3)),
    ],
)
def test_the_status_of_a_rollout_is_read_as_kubectl_reads_it(spec, status, wanted, tmp_path):
    fake = FakeKubernetes(count=1)
    fake.deployments = list
    fake.statefulsets = lambda: [fake.workload("s0", spec, status)]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    (value,) = facts(got, "deployment")["s0"]
    assert (value.health, value.state, value.ready, value.wanted) == wanted


def test_a_daemon_set_counts_nodes_and_a_label_says_the_version(tmp_path):
    fake = FakeKubernetes(count=1)
    fake.deployments = list
    status = {"desiredNumberScheduled": 5, "numberReady": 5, "updatedNumberScheduled": 5}
    fake.daemonsets = lambda: [fake.workload("s0", status=status, labels={ID: "s0", "app.kubernetes.io/version": "2026.5"}, tag="latest")]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert facts(got, "deployment")["s0"] == [Deployment("2026.5", None, RunState.SUCCEEDED, health=Health.HEALTHY, ready=5, wanted=5)]


def cron_job(fake, name, status, **spec):
    job = fake.workload(name, labels={ID: name})
    return job | {"spec": {**spec, "jobTemplate": {"spec": {"template": job["spec"]["template"]}}}, "status": status}


EARLY, LATE = "2026-05-16T01:00:00Z", "2026-05-16T02:00:00Z"


@pytest.mark.parametrize(
    ("status", "spec", "health", "state"),
    [
        ({"lastScheduleTime": EARLY, "lastSuccessfulTime": LATE}, {}, Health.HEALTHY, RunState.SUCCEEDED),
        ({"lastScheduleTime": LATE, "lastSuccessfulTime": EARLY}, {}, Health.DEGRADED, RunState.UNKNOWN),
        ({"lastScheduleTime": LATE, "lastSuccessfulTime": EARLY, "active": [{"name": "s0-1"}]}, {}, Health.HEALTHY, RunState.SUCCEEDED),
        ({"lastScheduleTime": LATE}, {}, Health.UNKNOWN, RunState.UNKNOWN),
        ({}, {}, Health.UNKNOWN, RunState.UNKNOWN),
        ({"lastScheduleTime": EARLY, "lastSuccessfulTime": LATE}, {"suspend": True}, Health.SUSPENDED, RunState.UNKNOWN),
    ],
)
def test_a_cron_job_is_a_workload(status, spec, health, state, tmp_path):
    """backstage#3804."""
    fake = FakeKubernetes(count=1)
    fake.deployments = list
    fake.cronjobs = lambda: [cron_job(fake, "s0", status, **spec)]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert facts(got, "deployment")["s0"] == [Deployment("1.4.2", None, state, health=health)]


@pytest.mark.parametrize(
    ("phase", "health"),
    [
        ("Healthy", Health.HEALTHY), ("Progressing", Health.PROGRESSING), ("Paused", Health.PROGRESSING),
        ("Degraded", Health.DEGRADED), ("Novel", Health.HEALTHY),
    ],
)  # fmt: skip
def test_an_argo_rollout_is_a_workload(phase, health, tmp_path):
    """backstage#26816, #4892."""
    fake = FakeKubernetes(count=1)
    fake.deployments = list
    status = {"phase": phase, "observedGeneration": "3", "readyReplicas": 2, "updatedReplicas": 2}
    fake.rollouts = [fake.workload("s0", {"replicas": 2}, status)]
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert [(value.version, value.health, value.ready) for value in facts(got, "deployment")["s0"]] == [("1.4.2", health, 2)]


@pytest.mark.parametrize(
    ("options", "answer", "is_measured", "places"),
    [
        ({}, 404, {"s0": True, "none": True}, []),
        ({}, 403, {"s0": True}, []),
        ({"workloads": ["deployments", "rollouts"]}, 403, {"s0": False, "none": False}, ["/apis/argoproj.io/v1alpha1/rollouts"]),
        ({"workloads": ["deployments"]}, 500, {"s0": True, "none": True}, []),
        ({}, 500, {"s0": False, "none": False}, ["/apis/argoproj.io/v1alpha1/rollouts"]),
    ],
)
def test_a_kind_that_may_be_hidden_leaves_no_measured_zero(options, answer, is_measured, places, tmp_path):
    fake = FakeKubernetes(count=1)

    def serve(request, wire):
        if request.path.endswith("/rollouts"):
            return json_answer(wire, {"kind": "Status", "code": answer}, answer)
        return fake(request, wire)

    with Server(serve) as server:
        targets = [*fake.targets, target("none", annotations={ID: "none"})]
        got = collect("kubernetes", server.url, targets, tmp_path, token=TOKEN, **options)
    assert (measured(got, "deployment"), [failure.place for failure in got.failures]) == (is_measured, places)


def test_what_runs_now_is_known_since_now(tmp_path):
    fake = FakeKubernetes(count=1)
    got, _ = collect_from(fake, fake.targets, tmp_path)
    assert {one.since for one in got.measurements} == {NOW}


@pytest.mark.parametrize("annotation", [NAMESPACE, CLUSTER])
@pytest.mark.parametrize(("written", "found"), [("shop", True), ("ops, shop", True), ("shop,ops", True), ("ops", False), ("sho", False)])
def test_an_annotation_may_name_several_namespaces_and_clusters(annotation, written, found, tmp_path):
    fake = FakeKubernetes(count=1)
    one = target("s0", annotations={ID: "s0", annotation: written})
    got, _ = collect_from(fake, [one], tmp_path, cluster="shop")
    assert bool(got.facts) is found


@needs_data
@pytest.mark.data
def test_every_request_is_in_kubernetes_description(tmp_path):
    fake = FakeKubernetes(count=251)
    requests = collect_from(fake, fake.targets, tmp_path)[1] + collect_from(fake, fake.targets, tmp_path, namespaces=["shop", "ops"])[1]
    assert len(requests) == 6 + 11
    rollouts = [request for request in requests if request.path.startswith("/apis/argoproj.io/")]
    assert len(rollouts) == 1 + 2
    assert complaints(description("kubernetes.oas3"), [request for request in requests if request not in rollouts]) == []
