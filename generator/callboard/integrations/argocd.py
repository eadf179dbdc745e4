"""Argo CD: application names, selectors and projects in; applications with sync, health and last operation, as deployments, out.

https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/: the list of applications is not paged. It is requested as one answer or,
if that is too large, project by project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.integrations.kubernetes import image_version, labels_of, list_items, read_selector
from callboard.plugins.integrations import (
    Client,
    Connector,
    Deployment,
    FactBatch,
    Health,
    HttpError,
    Target,
    bearer,
    json_resource,
    objects_at,
    parse_run_state,
    parse_word,
    split_commas,
    string_at,
    time_at,
    value_at,
)

NAME, SELECTOR, PROJECT = "argocd/app-name", "argocd/app-selector", "argocd/project-name"
NAMESPACE, INSTANCE = "argocd/app-namespace", "argocd/instance-name"
FAMILY = "deployment"
SYNC = {"Synced": True, "OutOfSync": False}
OWN_CLUSTER = "in-cluster"
"""Argo CD's name for the cluster that it runs in, which does not tell the environment."""
App = Mapping[str, Any]


class ArgoCdIntegration(Connector):
    """Applications of Argo CD."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/argocd.json")
    title: ClassVar[str] = "Argo CD"
    families = (FAMILY,)
    annotations = (NAME, SELECTOR, PROJECT)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The applications that the annotations select. Raises ``HttpError`` if the applications cannot be listed."""
        selecting = [(target, is_selected) for target in targets if self._is_here(target) and (is_selected := self._selection(target))]
        if not selecting:
            return self._collector.batch()
        connected = [target for target, _ in selecting]
        self._collector.add_measurements(connected, FAMILY, since=self._now)
        apps = [*self._applications(self._client(bearer(self._option("token"))), connected)]
        by_name: dict[str, list[App]] = {}
        for app in apps:
            by_name.setdefault(string_at(app, "metadata", "name"), []).append(app)
        for target, is_selected in selecting:
            names = split_commas(target.annotations.get(NAME, ""))
            candidates = chain.from_iterable(by_name.get(name, ()) for name in names) if names else apps
            selected = [app for app in candidates if is_selected(app)]
            for app in selected:
                self._add(target, app)
            if not selected:
                self._report_unknown(target)
        return self._collector.batch()

    def _is_here(self, target: Target) -> bool:
        """False if the target's annotation names other instances of Argo CD; it may name several, separated by commas."""
        named, own = split_commas(target.annotations.get(INSTANCE, "")), self._option("instance")
        return not named or not own or own in named

    def _selection(self, target: Target) -> Callable[[App], bool] | None:
        """A predicate for the target's applications among those with its names; None if no annotation selects any."""
        annotations = target.annotations
        names, projects = split_commas(annotations.get(NAME, "")), split_commas(annotations.get(PROJECT, ""))
        namespaces, written = split_commas(annotations.get(NAMESPACE, "")), annotations.get(SELECTOR, "")
        selector = read_selector(written) if written else None
        if written and not selector:
            message = f"`{written[:100]}` is not a label selector, such as `app=payments`."
            self._collector.add_unusable_annotation([target], SELECTOR, message)
            return None
        if not (names or selector or projects):
            return None

        def is_selected(app: App) -> bool:
            return (
                (not selector or selector.matches(labels_of(app)))
                and (not projects or string_at(app, "spec", "project") in projects)
                and (not namespaces or string_at(app, "metadata", "namespace") in namespaces)
            )

        return is_selected

    def _applications(self, client: Client, targets: Sequence[Target]) -> Iterator[App]:
        projects = self._options.get("projects") or ()
        if not projects:
            try:
                yield from _listed(client, "applications", {})
            except HttpError as error:
                if error.kind != "too-large":
                    raise
                projects = [string_at(project, "metadata", "name") for project in _listed(client, "projects", {})]
        for project in projects:
            try:
                yield from _listed(client, "applications", {"projects": project})
            except HttpError as error:
                self._collector.add_failure(error, f"project {project}", targets, FAMILY)

    def _add(self, target: Target, app: App) -> None:
        name, namespace = string_at(app, "metadata", "name"), string_at(app, "metadata", "namespace")
        path = "/".join(quote(part, safe="") for part in (namespace, name) if part)
        self._collector.add_fact(
            [target], FAMILY, f"{namespace}/{name}", partial(self._value, app), environment=self._environment(app),
            url=f"{self._option('web', self._base_url).rstrip('/')}/applications/{path}",
        )  # fmt: skip

    def _value(self, app: App) -> Deployment:
        status, operation = app.get("status"), value_at(app, "status", "operationState")
        history = objects_at(status, "history")
        last = history[-1] if history else None
        health = string_at(status, "health", "status")
        ended = time_at(operation, self._now, "finishedAt") or time_at(operation, self._now, "startedAt")
        state, word = parse_run_state(string_at(operation, "phase"))
        found, health_word = parse_word(Health, health, Health.UNKNOWN) if health else (None, "")
        return Deployment(
            _version(app),
            ended or time_at(last, self._now, "deployedAt"),
            state,
            string_at(operation, "operation", "initiatedBy", "username") or string_at(last, "initiatedBy", "username"),
            _revision(value_at(status, "sync")) or _revision(last),
            found,
            SYNC.get(string_at(status, "sync", "status")),
            state_word=word,
            health_word=health_word,
        )  # fmt: skip

    def _environment(self, app: App) -> str:
        """The value of the application's label for it, or else the name of its destination cluster."""
        cluster = string_at(app, "spec", "destination", "name")
        label = labels_of(app).get(self._option("environment_label", "environment"))
        return label or ("" if cluster == OWN_CLUSTER else cluster)

    def _report_unknown(self, target: Target) -> None:
        """Report annotations without an application, unless the application may be in another instance of Argo CD."""
        may_be_elsewhere = self._option("instance") and not target.annotations.get(INSTANCE)
        if not may_be_elsewhere and self._collector.measurements.get((target.ref, FAMILY)):
            key = next(key for key in self.annotations if target.annotations.get(key))
            self._collector.add_unusable_annotation(
                [target], key, f"Argo CD has no application for `{key}: {target.annotations[key][:100]}`.",
                "Correct the annotation, or give the token access to the application's project.",
            )  # fmt: skip


def _listed(client: Client, items: str, query: Mapping[str, str]) -> list[App]:
    """All items of a list. Raises ``HttpError``."""
    return list_items(client.get(f"/api/v1/{items}", query), items)


def _version(app: App) -> str:
    """The tag of the image, or else the version of the chart."""
    images = value_at(app, "status", "summary", "images")
    names = [image for image in images if isinstance(image, str)] if isinstance(images, list) else []
    sources = [app["spec"]["source"]] if isinstance(value_at(app, "spec", "source"), Mapping) else objects_at(app, "spec", "sources")
    charts = [string_at(source, "targetRevision") for source in sources if string_at(source, "chart")]
    return image_version(names, string_at(app, "metadata", "name")) or (charts[0] if len(charts) == 1 else "")


def _revision(value: Any) -> str:
    """The commit; of an application with several sources, the commit of the first one."""
    several = value_at(value, "revisions")
    first = several[0][:80] if isinstance(several, list) and several and isinstance(several[0], str) else ""
    return string_at(value, "revision") or first
