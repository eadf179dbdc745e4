"""Kubernetes: ids and label selectors in; workloads of one cluster, as deployments, out. Argo CD uses the same selectors.

https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.integrations import (
    Answer,
    Client,
    Connector,
    Cursor,
    Deployment,
    FactBatch,
    Health,
    HttpError,
    RunState,
    Target,
    bearer,
    count_at,
    json_resource,
    listed_objects,
    objects_at,
    split_commas,
    string_at,
    time_at,
    value_at,
)

ID, SELECTOR = "backstage.io/kubernetes-id", "backstage.io/kubernetes-label-selector"
NAMESPACE, CLUSTER = "backstage.io/kubernetes-namespace", "backstage.io/kubernetes-cluster"
VERSION = "app.kubernetes.io/version"
FAMILY = "deployment"
APIS = {
    "deployments": "/apis/apps/v1",
    "statefulsets": "/apis/apps/v1",
    "daemonsets": "/apis/apps/v1",
    "cronjobs": "/apis/batch/v1",
    "rollouts": "/apis/argoproj.io/v1alpha1",
}
"""The path of the API of each kind of workloads."""
OPTIONAL = frozenset({"rollouts"})
"""Kinds that a cluster has only if their controller is installed."""
NOT_INSTALLED = frozenset({403, 404})
"""Statuses of the list of a kind that is not installed; 403 if the token may list only some kinds."""
PAGE = 250
"""A workload has about 10 kB: a larger page would exceed the limit of an answer."""
NOT_FOUND = 404
GONE = 410
"""The token for the next page has expired: the list is requested again from its beginning."""
ATTEMPTS = 3
BY_TOKEN = Cursor(("metadata", "continue"), "continue")
ROLLOUT_PHASES = {
    "Healthy": Health.HEALTHY, "Progressing": Health.PROGRESSING, "Degraded": Health.DEGRADED, "Paused": Health.PROGRESSING,
}  # fmt: skip
"""Phases of an Argo Rollout; it is paused between the steps of a canary."""
STATES = {Health.HEALTHY: RunState.SUCCEEDED, Health.PROGRESSING: RunState.RUNNING}
Workload = Mapping[str, Any]

KEY = r"[A-Za-z0-9](?:[\w./-]{0,316}[A-Za-z0-9])?"
REQUIREMENT = re.compile(
    rf"(?P<key>{KEY})\s*(?:(?P<sign>==?|!=)\s*(?P<value>[\w.-]{{0,63}})|\s(?P<word>in|notin)\s*\((?P<values>[^()]{{0,2000}})\))"
    rf"|(?P<absent>!\s*)?(?P<name>{KEY})",
    re.ASCII,
)
COMMA = re.compile(r",(?![^(]*\))")
SELECTOR_LIMIT = 2_000
"""Characters of a selector."""
TAG_LIMIT = 80
NO_VERSION = frozenset({"", "latest"})
"""Tags of images that are not a version."""


class KubernetesIntegration(Connector):
    """Workloads in one Kubernetes cluster."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/kubernetes.json")
    title: ClassVar[str] = "Kubernetes"
    families = (FAMILY,)
    annotations = (ID, SELECTOR)
    _has_hidden_kinds = False
    """Whether the cluster may have workloads that the token may not list, although the settings do not require them."""

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The workloads of the entities that the annotations connect; an entity without a workload here is a measured zero."""
        by_id: dict[str, list[Target]] = {}
        selecting: list[tuple[Target, Selector]] = []
        for target in targets:
            self._connect(target, by_id, selecting)
        connected = [*chain.from_iterable(by_id.values()), *(target for target, _ in selecting)]
        if connected:
            client = self._client(bearer(self._option("token")))
            for kind in self._options.get("workloads") or APIS:
                for path in self._paths(kind):
                    self._read_list(client, kind, path, by_id, selecting)
            self._add_measurements(connected)
        return self._collector.batch()

    def _add_measurements(self, connected: Sequence[Target]) -> None:
        """Record what was queried: what runs now, and not what ran before.

        If a kind may exist that the token may not list, an entity without a workload is not measured.
        """
        found = {fact_key[0] for fact_key in self._collector.facts}
        measured = [target for target in connected if target.ref in found or not self._has_hidden_kinds]
        self._collector.add_measurements(measured, FAMILY, since=self._now)

    def _connect(self, target: Target, by_id: dict[str, list[Target]], selecting: list[tuple[Target, Selector]]) -> None:
        """Enter a target by its selector or, as in Backstage only without a selector, by its id."""
        name, written = target.annotations.get(ID, "").strip(), target.annotations.get(SELECTOR, "").strip()
        cluster, own_cluster = target.annotations.get(CLUSTER, "").strip(), self._option("cluster")
        if cluster and own_cluster and own_cluster not in split_commas(cluster):
            return
        if not written:
            if name:
                by_id.setdefault(name, []).append(target)
        elif selector := read_selector(written):
            selecting.append((target, selector))
        else:
            message = f"`{written[:100]}` is not a label selector, such as `app=payments,tier=web`."
            self._collector.add_unusable_annotation([target], SELECTOR, message)

    def _paths(self, kind: str) -> list[str]:
        namespaces = self._options.get("namespaces") or ()
        return [f"{APIS[kind]}/namespaces/{quote(name, safe='')}/{kind}" for name in namespaces] or [f"{APIS[kind]}/{kind}"]

    def _read_list(
        self, client: Client, kind: str, path: str, by_id: Mapping[str, Sequence[Target]], selecting: Sequence[tuple[Target, Selector]]
    ) -> None:
        """Add the workloads of one list; if no entity has a selector, only those with the label ``backstage.io/kubernetes-id``."""
        query = {"limit": PAGE} | ({} if selecting else {"labelSelector": ID})
        try:
            workloads = _listed(client, path, query)
        except HttpError as error:
            if kind in OPTIONAL and error.status in NOT_INSTALLED and kind not in self._options.get("workloads", ()):
                self._has_hidden_kinds = self._has_hidden_kinds or error.status != NOT_FOUND
                return
            connected = [*chain.from_iterable(by_id.values()), *(target for target, _ in selecting)]
            self._collector.add_failure(error, path, connected, FAMILY)
            return
        for workload in workloads:
            labels = labels_of(workload)
            matching = [*by_id.get(labels.get(ID, ""), ()), *(target for target, selector in selecting if selector.matches(labels))]
            namespace = string_at(workload, "metadata", "namespace")
            self._add(kind, workload, [target for target in matching if _is_in(namespace, target)])

    def _add(self, kind: str, workload: Workload, targets: Sequence[Target]) -> None:
        namespace, name = string_at(workload, "metadata", "namespace"), string_at(workload, "metadata", "name")
        key = "/".join(part for part in (self._option("cluster"), namespace, kind, name) if part)
        make = partial({"daemonsets": self._daemon_set, "cronjobs": self._cron_job}.get(kind, self._replicas), workload)
        self._collector.add_fact(targets, FAMILY, key, make, environment=self._option("environment") or namespace)

    def _replicas(self, workload: Workload) -> Deployment:
        """A Deployment or a StatefulSet; as in Kubernetes, a missing number of replicas means 1 wanted and 0 ready."""
        wanted = count_at(workload, "spec", "replicas")
        status = workload.get("status")
        ready, updated = count_at(status, "readyReplicas") or 0, count_at(status, "updatedReplicas") or 0
        return self._value(workload, 1 if wanted is None else wanted, ready, updated)

    def _daemon_set(self, workload: Workload) -> Deployment:
        status = workload.get("status")
        wanted, ready = count_at(status, "desiredNumberScheduled") or 0, count_at(status, "numberReady") or 0
        return self._value(workload, wanted, ready, count_at(status, "updatedNumberScheduled") or 0)

    def _cron_job(self, workload: Workload) -> Deployment:
        """A CronJob, which has no replicas; it is degraded if the last run did not succeed."""
        health = _cron_job_health(workload, self._now)
        return Deployment(_version(workload), None, STATES.get(health, RunState.UNKNOWN), health=health)

    def _value(self, workload: Workload, wanted: int, ready: int, updated: int) -> Deployment:
        rollout = _condition(workload, "Progressing")
        is_stuck = string_at(rollout, "status") == "False"
        health = _health(workload, wanted, ready, updated)
        state = RunState.FAILED if is_stuck else STATES.get(health, RunState.UNKNOWN)
        changed = time_at(rollout, self._now, "lastUpdateTime")
        return Deployment(_version(workload), changed, state, health=health, ready=ready, wanted=wanted)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of a label selector."""

    key: str
    values: tuple[str, ...] | None
    """Values of which the label must have one; None if any value will do."""
    is_negated: bool = False

    def matches(self, labels: Mapping[str, str]) -> bool:
        """True if the labels fulfill it. As in Kubernetes, ``!=`` and ``notin`` match also if the label is missing."""
        fits = self.key in labels and (self.values is None or labels[self.key] in self.values)
        return fits is not self.is_negated


@dataclass(frozen=True, slots=True)
class Selector:
    """A label selector: all requirements must match."""

    requirements: tuple[Requirement, ...]

    def matches(self, labels: Mapping[str, str]) -> bool:
        """True if an object with these labels is selected."""
        return all(requirement.matches(labels) for requirement in self.requirements)


def read_selector(text: str) -> Selector | None:
    """Parse ``app=orders, tier in (web, api), !canary``; None for an invalid selector, and for an empty one, which would select all."""
    parts = [part.strip() for part in COMMA.split(text[: SELECTOR_LIMIT + 1])]
    matches = [REQUIREMENT.fullmatch(part) for part in parts]
    return None if len(text) > SELECTOR_LIMIT or not all(matches) else Selector(tuple(_requirement(match) for match in matches if match))


def _requirement(match: re.Match[str]) -> Requirement:
    if match["sign"]:
        return Requirement(match["key"], (match["value"],), match["sign"] == "!=")
    if match["word"]:
        return Requirement(match["key"], tuple(value.strip() for value in match["values"].split(",")), match["word"] == "notin")
    return Requirement(match["name"], None, bool(match["absent"]))


def labels_of(resource: Mapping[str, Any]) -> Mapping[str, str]:
    """The labels in the metadata of a resource."""
    labels = value_at(resource, "metadata", "labels")
    return {key: value for key, value in labels.items() if isinstance(value, str)} if isinstance(labels, Mapping) else {}


def list_items(answer: Answer, items: str) -> list[Mapping[str, Any]]:
    """The items of a Kubernetes list; ``items`` may be null in an empty one. Raises ``HttpError`` if the answer is not a list."""
    value = answer.object()
    if value.get("items") is None and isinstance(value.get("metadata"), Mapping):
        return []
    return listed_objects(answer, items, "items")


def image_tag(image: str) -> str:
    """The tag of ``registry:5000/acme/payments:1.4.2@sha256:…``; empty if there is none, or if it is not a version."""
    tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
    return "" if tag in NO_VERSION else tag[:TAG_LIMIT]


def image_version(images: Sequence[str], name: str) -> str:
    """The version of a workload called ``name``: the tag of its image with the same name, or the tag that all images have, or empty."""
    tags = {image: image_tag(image) for image in images}
    of_same_name = [tag for image, tag in tags.items() if image.partition("@")[0].rpartition("/")[2].partition(":")[0] == name]
    candidates = of_same_name or [*tags.values()]
    return candidates[0] if len(set(candidates)) == 1 else ""


def _listed(client: Client, path: str, query: Mapping[str, str | int]) -> list[Workload]:
    """All pages of one consistent list. Raises ``HttpError``."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return [workload for answer in client.pages(path, query, by=BY_TOKEN) for workload in list_items(answer, "workloads")]
        except HttpError as error:
            if error.status != GONE or attempt == ATTEMPTS:
                raise
    return []


def _health(workload: Workload, wanted: int, ready: int, updated: int) -> Health:
    """The health as ``kubectl rollout status`` derives it; degraded also if a finished rollout has lost replicas since."""
    if phase := ROLLOUT_PHASES.get(string_at(workload, "status", "phase")):
        return phase
    rollout, observed = _condition(workload, "Progressing"), count_at(workload, "status", "observedGeneration")
    if value_at(workload, "spec", "replicas") == 0:
        return Health.SUSPENDED
    if observed is not None and observed < (count_at(workload, "metadata", "generation") or 0):
        return Health.PROGRESSING
    if string_at(rollout, "status") == "False" or string_at(_condition(workload, "Available"), "status") == "False":
        return Health.DEGRADED
    if ready >= wanted:
        return Health.HEALTHY if updated >= wanted else Health.PROGRESSING
    is_rolled_out = string_at(rollout, "reason") == "NewReplicaSetAvailable"
    return Health.DEGRADED if is_rolled_out or not ready else Health.PROGRESSING


def _cron_job_health(workload: Workload, now: datetime) -> Health:
    """By its last runs; unknown before the first one, and on clusters older than 1.22, which do not report the last success."""
    if value_at(workload, "spec", "suspend") is True:
        return Health.SUSPENDED
    succeeded, scheduled = (time_at(workload, now, "status", name) for name in ("lastSuccessfulTime", "lastScheduleTime"))
    if objects_at(workload, "status", "active") or not succeeded or not scheduled:
        return Health.HEALTHY if succeeded else Health.UNKNOWN
    return Health.HEALTHY if succeeded >= scheduled else Health.DEGRADED


def _is_in(namespace: str, target: Target) -> bool:
    """Whether the annotation of the target allows the namespace; it may name several, separated by commas."""
    named = split_commas(target.annotations.get(NAMESPACE, ""))
    return not named or namespace in named


def _condition(workload: Workload, name: str) -> Workload | None:
    return next((one for one in objects_at(workload, "status", "conditions") if one.get("type") == name), None)


def _version(workload: Workload) -> str:
    """The value of the label ``app.kubernetes.io/version``, or else the tag of the image."""
    pod = value_at(workload, "spec", "template") or value_at(workload, "spec", "jobTemplate", "spec", "template")
    images = [image for container in objects_at(pod, "spec", "containers") if (image := string_at(container, "image"))]
    label = string_at(pod, "metadata", "labels", VERSION) or labels_of(workload).get(VERSION, "")
    return label or image_version(images, string_at(workload, "metadata", "name"))
