"""Label selectors of Kubernetes: ``app=orders, tier in (web, api), !canary``.

https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors. Argo CD takes the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.io.http.auth import bearer
from callboard.io.http.cache import Answer
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.pagination import Cursor
from callboard.model.facts.values import Deployment
from callboard.model.facts.words import Health, RunState
from callboard.plugins.integrations.base import FactBatch, Target, options_schema
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.integrations.json_access import at, count_at, items, text_at, time_at
from callboard.plugins.integrations.parsing import version_of

KEY = r"[A-Za-z0-9](?:[\w./-]{0,316}[A-Za-z0-9])?"
REQUIREMENT = re.compile(
    rf"(?P<key>{KEY})\s*(?:(?P<sign>==?|!=)\s*(?P<value>[\w.-]{{0,63}})|\s(?P<word>in|notin)\s*\((?P<values>[^()]{{0,2000}})\))"
    rf"|(?P<absent>!\s*)?(?P<name>{KEY})",
    re.ASCII,
)
COMMA = re.compile(r",(?![^(]*\))")
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Requirement:
    """One part of a selector."""

    key: str
    values: tuple[str, ...] | None
    """Of which the label has one; None where it only has to be there."""
    is_negated: bool = False

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether labels are so. As in Kubernetes, ``!=`` and ``notin`` hold where the label is not there at all."""
        fits = self.key in labels and (self.values is None or labels[self.key] in self.values)
        return fits is not self.is_negated


@dataclass(frozen=True, slots=True)
class Selector:
    """All requirements hold for what is selected."""

    requirements: tuple[Requirement, ...]

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether something with these labels is selected."""
        return all(requirement.holds(labels) for requirement in self.requirements)


def read_selector(text: str) -> Selector | None:
    """A selector, or None where the text is none; an empty one, which would select everything, is none either."""
    parts = [part.strip() for part in COMMA.split(text[: LONGEST + 1])]
    found = [REQUIREMENT.fullmatch(part) for part in parts]
    return None if len(text) > LONGEST or not all(found) else Selector(tuple(_requirement(match) for match in found if match))


def labels_of(thing: Mapping[str, Any]) -> Mapping[str, str]:
    """The labels in the metadata of an object."""
    found = at(thing, "metadata", "labels")
    return {key: value for key, value in found.items() if isinstance(value, str)} if isinstance(found, Mapping) else {}


def _requirement(match: re.Match[str]) -> Requirement:
    if match["sign"]:
        return Requirement(match["key"], (match["value"],), match["sign"] == "!=")
    if match["word"]:
        return Requirement(match["key"], tuple(value.strip() for value in match["values"].split(",")), match["word"] == "notin")
    return Requirement(match["name"], None, bool(match["absent"]))


ID, SELECTOR = "backstage.io/kubernetes-id", "backstage.io/kubernetes-label-selector"
NAMESPACE, CLUSTER = "backstage.io/kubernetes-namespace", "backstage.io/kubernetes-cluster"
VERSION = "app.kubernetes.io/version"
FAMILY = "deployment"
KINDS = ("deployments", "statefulsets", "daemonsets")
PAGE = 250
"""A workload has some 10 kB: more of them would be too much for one answer."""
GONE = 410
ATTEMPTS = 3
BY_CONTINUE = Cursor(("metadata", "continue"), "continue")
STATES = {Health.HEALTHY: RunState.SUCCEEDED, Health.PROGRESSING: RunState.RUNNING}
Workload = Mapping[str, Any]


class KubernetesIntegration(Connector):
    """What runs in one cluster."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("kubernetes")
    title: ClassVar[str] = "Kubernetes"
    families = (FAMILY,)
    annotations = (ID, SELECTOR)

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """The workloads of the entities that the annotations name. No workload in this cluster is a measured zero."""
        by_id: dict[str, list[Target]] = {}
        selecting: list[tuple[Target, Selector]] = []
        for subject in subjects:
            self._sort(subject, by_id, selecting)
        asked = [*(one for those in by_id.values() for one in those), *(subject for subject, _ in selecting)]
        if asked:
            self._found.measured(asked, FAMILY)
            client = self._client(bearer(self._option("token")))
            for kind in KINDS:
                for way in self._ways(kind):
                    self._listing(client, kind, way, by_id, selecting)
        return self._found.done()

    def _sort(self, subject: Target, by_id: dict[str, list[Target]], selecting: list[tuple[Target, Selector]]) -> None:
        """As in Backstage the selector goes before the id."""
        name, written = subject.annotations.get(ID, "").strip(), subject.annotations.get(SELECTOR, "").strip()
        cluster, ours = subject.annotations.get(CLUSTER, "").strip(), self._option("cluster")
        if cluster and ours and cluster != ours:
            return
        if not written:
            if name:
                by_id.setdefault(name, []).append(subject)
        elif selector := read_selector(written):
            selecting.append((subject, selector))
        else:
            self._found.unknown([subject], SELECTOR, f"`{written[:100]}` is no label selector, such as `app=payments,tier=web`.")

    def _ways(self, kind: str) -> list[str]:
        namespaces = self._options.get("namespaces") or ()
        return [f"namespaces/{quote(name, safe='')}/{kind}" for name in namespaces] or [kind]

    def _listing(
        self, client: Client, kind: str, way: str, by_id: Mapping[str, Sequence[Target]], selecting: Sequence[tuple[Target, Selector]]
    ) -> None:
        """One list, of which only what carries the label is asked for where no entity has a selector."""
        query = {"limit": PAGE} | ({} if selecting else {"labelSelector": ID})
        try:
            workloads = _listed(client, f"/apis/apps/v1/{way}", query)
        except HttpError as error:
            asked = [*(one for those in by_id.values() for one in those), *(subject for subject, _ in selecting)]
            self._found.failed(error, way, asked, FAMILY)
            return
        for workload in workloads:
            labels = labels_of(workload)
            named = by_id.get(labels.get(ID, ""), ())
            ours = [*named, *(subject for subject, selector in selecting if selector.holds(labels))]
            namespace = text_at(workload, "metadata", "namespace")
            self._add(kind, workload, [one for one in ours if one.annotations.get(NAMESPACE, namespace).strip() == namespace])

    def _add(self, kind: str, workload: Workload, subjects: Sequence[Target]) -> None:
        namespace, name = text_at(workload, "metadata", "namespace"), text_at(workload, "metadata", "name")
        key = "/".join(part for part in (self._option("cluster"), namespace, kind, name) if part)
        make = partial(self._daemons if kind == "daemonsets" else self._replicas, workload)
        self._found.add(subjects, FAMILY, key, make, environment=self._option("environment") or namespace)

    def _replicas(self, workload: Workload) -> Deployment:
        """A Deployment or a StatefulSet, for which replicas that are not told are one wanted, or none ready."""
        wanted = count_at(workload, "spec", "replicas")
        status = workload.get("status")
        ready, updated = count_at(status, "readyReplicas") or 0, count_at(status, "updatedReplicas") or 0
        return self._value(workload, 1 if wanted is None else wanted, ready, updated)

    def _daemons(self, workload: Workload) -> Deployment:
        status = workload.get("status")
        wanted, ready = count_at(status, "desiredNumberScheduled") or 0, count_at(status, "numberReady") or 0
        return self._value(workload, wanted, ready, count_at(status, "updatedNumberScheduled") or 0)

    def _value(self, workload: Workload, wanted: int, ready: int, updated: int) -> Deployment:
        rollout = _condition(workload, "Progressing")
        is_stuck = text_at(rollout, "status") == "False"
        health = _health(workload, wanted, ready, updated)
        state = RunState.FAILED if is_stuck else STATES.get(health, RunState.UNKNOWN)
        brought = time_at(rollout, self._now, "lastUpdateTime")
        return Deployment(_version(workload), brought, state, health=health, ready=ready, wanted=wanted)


def _listed(client: Client, path: str, query: Mapping[str, str | int]) -> list[Workload]:
    """All of a list that is consistent in itself. Raises ``HttpError``."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return [workload for answer in client.pages(path, query, by=BY_CONTINUE) for workload in _page(answer)]
        except HttpError as error:
            if error.status != GONE or attempt == ATTEMPTS:
                raise
    return []


def _page(answer: Answer) -> list[Workload]:
    told = answer.object()
    found = told.get("items")
    if not isinstance(found, list) and not (found is None and isinstance(told.get("metadata"), Mapping)):
        raise answer.invalid("a list of workloads", found)
    return items(told, "items")


def _health(workload: Workload, wanted: int, ready: int, updated: int) -> Health:
    """As ``kubectl rollout status`` reads the status, and degraded where what was rolled out has lost replicas since."""
    rollout, seen = _condition(workload, "Progressing"), count_at(workload, "status", "observedGeneration")
    if at(workload, "spec", "replicas") == 0:
        return Health.SUSPENDED
    if seen is not None and seen < (count_at(workload, "metadata", "generation") or 0):
        return Health.PROGRESSING
    if text_at(rollout, "status") == "False" or text_at(_condition(workload, "Available"), "status") == "False":
        return Health.DEGRADED
    if ready >= wanted:
        return Health.HEALTHY if updated >= wanted else Health.PROGRESSING
    is_rolled_out = text_at(rollout, "reason") == "NewReplicaSetAvailable"
    return Health.DEGRADED if is_rolled_out or not ready else Health.PROGRESSING


def _condition(workload: Workload, name: str) -> Workload | None:
    return next((one for one in items(workload, "status", "conditions") if one.get("type") == name), None)


def _version(workload: Workload) -> str:
    """The label that is recommended for it, else the tag of the image."""
    pod = at(workload, "spec", "template")
    images = [image for container in items(pod, "spec", "containers") if (image := text_at(container, "image"))]
    told = text_at(pod, "metadata", "labels", VERSION) or labels_of(workload).get(VERSION, "")
    return told or version_of(images, text_at(workload, "metadata", "name"))
