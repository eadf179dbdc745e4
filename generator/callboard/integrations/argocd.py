"""Argo CD: the applications of components, with sync, health and the last operation, as deployments.

https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/: the list of applications has no pages. It is asked for once; where
it is too large for one answer, project by project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.integrations.kubernetes import labels_of, read_selector
from callboard.io.http.auth import bearer
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.model.facts.values import Deployment
from callboard.model.facts.words import Health, RunState
from callboard.plugins.integrations import parsing
from callboard.plugins.integrations.base import FactBatch, Target, options_schema
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.integrations.json_access import at, items, text_at, time_at, words_of
from callboard.plugins.integrations.parsing import version_of

NAME, SELECTOR, PROJECT = "argocd/app-name", "argocd/app-selector", "argocd/project-name"
NAMESPACE, INSTANCE = "argocd/app-namespace", "argocd/instance-name"
FAMILY = "deployment"
SYNC = {"Synced": True, "OutOfSync": False}
HERE = "in-cluster"
"""What Argo CD calls the cluster that it runs in itself: no name of an environment."""
App = Mapping[str, Any]


class ArgoCdIntegration(Connector):
    """What runs, by Argo CD's applications."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("argocd")
    title: ClassVar[str] = "Argo CD"
    families = (FAMILY,)
    annotations = (NAME, SELECTOR, PROJECT)

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """The applications that the annotations name. Raises ``HttpError`` where they cannot be listed."""
        wanted = [(subject, fits) for subject in subjects if self._is_here(subject) and (fits := self._fits(subject))]
        if not wanted:
            return self._found.done()
        self._found.measured([subject for subject, _ in wanted], FAMILY)
        known = [*self._applications(self._client(bearer(self._option("token"))), [subject for subject, _ in wanted])]
        by_name: dict[str, list[App]] = {}
        for app in known:
            by_name.setdefault(text_at(app, "metadata", "name"), []).append(app)
        for subject, fits in wanted:
            names = words_of(subject.annotations.get(NAME, ""))
            ours = [app for app in (chain.from_iterable(by_name.get(name, ()) for name in names) if names else known) if fits(app)]
            for app in ours:
                self._add(subject, app)
            if not ours:
                self._nothing(subject)
        return self._found.done()

    def _is_here(self, subject: Target) -> bool:
        """Whether the entity is this Argo CD's, or says nothing of it."""
        theirs, ours = subject.annotations.get(INSTANCE, ""), self._option("instance")
        return not theirs or not ours or theirs == ours

    def _fits(self, subject: Target) -> Callable[[App], bool] | None:
        """What tells the subject's applications from others with these names; None where no annotation names any."""
        told = subject.annotations
        names, project, namespace = words_of(told.get(NAME, "")), told.get(PROJECT, "").strip(), told.get(NAMESPACE, "").strip()
        selector = read_selector(told[SELECTOR]) if told.get(SELECTOR) else None
        if told.get(SELECTOR) and not selector:
            self._found.unknown([subject], SELECTOR, f"`{told[SELECTOR][:100]}` is no label selector, such as `app=payments`.")
            return None
        if not (names or selector or project):
            return None

        def fits(app: App) -> bool:
            return (
                (not selector or selector.holds(labels_of(app)))
                and (not project or text_at(app, "spec", "project") == project)
                and (not namespace or text_at(app, "metadata", "namespace") == namespace)
            )

        return fits

    def _applications(self, client: Client, subjects: Sequence[Target]) -> Iterator[App]:
        projects = self._options.get("projects") or ()
        if not projects:
            try:
                yield from _listed(client, "applications", {})
            except HttpError as error:
                if error.kind != "too-large":
                    raise
                projects = [text_at(project, "metadata", "name") for project in _listed(client, "projects", {})]
        for project in projects:
            try:
                yield from _listed(client, "applications", {"projects": project})
            except HttpError as error:
                self._found.failed(error, f"project {project}", subjects, FAMILY)

    def _add(self, subject: Target, app: App) -> None:
        name, namespace = text_at(app, "metadata", "name"), text_at(app, "metadata", "namespace")
        way = "/".join(quote(part, safe="") for part in (namespace, name) if part)
        self._found.add(
            [subject], FAMILY, f"{namespace}/{name}", partial(self._value, app), environment=self._environment(app),
            url=f"{self._option('web', self._base).rstrip('/')}/applications/{way}",
        )  # fmt: skip

    def _value(self, app: App) -> Deployment:
        status, operation = app.get("status"), at(app, "status", "operationState")
        history = items(status, "history")
        last = history[-1] if history else None
        health = text_at(status, "health", "status")
        ended = time_at(operation, self._now, "finishedAt") or time_at(operation, self._now, "startedAt")
        return Deployment(
            _version(app),
            ended or time_at(last, self._now, "deployedAt"),
            parsing.known_word(RunState, text_at(operation, "phase"), RunState.UNKNOWN),
            text_at(operation, "operation", "initiatedBy", "username") or text_at(last, "initiatedBy", "username"),
            _revision(at(status, "sync")) or _revision(last),
            parsing.known_word(Health, health, Health.UNKNOWN) if health else None,
            SYNC.get(text_at(status, "sync", "status")),
        )  # fmt: skip

    def _environment(self, app: App) -> str:
        """A label of the application, else the name of the cluster that it goes to."""
        cluster = text_at(app, "spec", "destination", "name")
        return labels_of(app).get(self._option("environment_label", "environment")) or ("" if cluster == HERE else cluster)

    def _nothing(self, subject: Target) -> None:
        """No application: told, unless the entity may well be another Argo CD's."""
        is_elsewhere = self._option("instance") and not subject.annotations.get(INSTANCE)
        if not is_elsewhere and self._found.asked.get((subject.ref, FAMILY)):
            key = next(key for key in self.annotations if subject.annotations.get(key))
            self._found.unknown(
                [subject], key, f"Argo CD has no application for `{key}: {subject.annotations[key][:100]}`.",
                "Correct the annotation, or let the token see the application's project.",
            )  # fmt: skip


def _listed(client: Client, what: str, query: Mapping[str, str]) -> list[App]:
    """All of them. Raises ``HttpError``."""
    answer = client.get(f"/api/v1/{what}", query)
    told = answer.object()
    found = told.get("items")
    is_empty = found is None and isinstance(told.get("metadata"), Mapping)
    if not isinstance(found, list) and not is_empty:
        raise answer.invalid(f"a list of {what}", found)
    return items(told, "items")


def _version(app: App) -> str:
    """The tag of the image, or the version of the chart."""
    images = at(app, "status", "summary", "images")
    told = version_of(
        [image for image in images if isinstance(image, str)] if isinstance(images, list) else [], text_at(app, "metadata", "name")
    )
    sources = [app["spec"]["source"]] if isinstance(at(app, "spec", "source"), Mapping) else items(app, "spec", "sources")
    charts = [text_at(source, "targetRevision") for source in sources if text_at(source, "chart")]
    return told or (charts[0] if len(charts) == 1 else "")


def _revision(value: Any) -> str:
    """The commit; the first one of an application with several sources."""
    several = at(value, "revisions")
    return text_at(value, "revision") or (several[0][:80] if isinstance(several, list) and several and isinstance(several[0], str) else "")
