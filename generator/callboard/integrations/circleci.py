"""CircleCI: project slugs in; the workflows of the last pipeline of the default branches out.

https://circleci.com/docs/api/v2/: a pipeline has no state of its own, but that of its workflows, so that a project costs two requests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.integrations import (
    Client,
    Connector,
    FactBatch,
    HttpError,
    PipelineRun,
    RunState,
    Target,
    by_annotation,
    header,
    json_resource,
    listed_objects,
    objects_at,
    parse_run_state,
    string_at,
    time_at,
)

SLUG = "circleci.com/project-slug"
FAMILY = "pipeline-run"
AT_ONCE = 4
NOT_FOUND = 404
ERRORED = "errored"
"""State of a pipeline whose configuration is wrong: it has no workflows."""


class CircleCiIntegration(Connector):
    """Runs of workflows, from CircleCI."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/circleci.json")
    title: ClassVar[str] = "CircleCI"
    default_url: ClassVar[str] = "https://circleci.com/api/v2"
    families = (FAMILY,)
    annotations = (SLUG,)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The workflows of the last pipeline of each project that the annotations name."""
        by_slug = by_annotation(targets, SLUG)
        if by_slug:
            client = self._client(header("Circle-Token", self._option("token")))
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(lambda pair: self._query(client, *pair), by_slug.items()))
        return self._collector.batch()

    def _query(self, client: Client, slug: str, targets: Sequence[Target]) -> None:
        self._collector.add_measurements(targets, FAMILY, since=self._now)
        try:
            self._add_last(client, slug, targets)
        except HttpError as error:
            if error.status == NOT_FOUND:
                message = f"CircleCI has no project `{slug[:100]}`, or the token may not see it."
                hint = "Correct the annotation, and use a personal token: tokens of projects do not work."
                self._collector.add_unusable_annotation(targets, SLUG, message, hint)
            self._collector.add_failure(error, slug[:80], targets, FAMILY)

    def _add_last(self, client: Client, slug: str, targets: Sequence[Target]) -> None:
        branch = self._option("branch", "main")
        path = "/".join(quote(part, safe="") for part in slug.strip("/").split("/") if part.strip("."))
        pipelines = listed_objects(client.get(f"/project/{path}/pipeline", {"branch": branch}), "pipelines", "items")
        if not pipelines:
            return
        last, web = pipelines[0], self._option("web", "https://app.circleci.com").rstrip("/")
        number, identity = string_at(last, "number"), string_at(last, "id")
        url = f"{web}/pipelines/{path}/{quote(number, safe='')}"
        if string_at(last, "state") == ERRORED or objects_at(last, "errors"):
            run = partial(PipelineRun, "configuration", time_at(last, self._now, "created_at"), RunState.FAILED, branch)
            self._collector.add_fact(targets, FAMILY, f"{number}/configuration", run, url=url)
            return
        workflows = listed_objects(client.get(f"/pipeline/{quote(identity, safe='')}/workflow"), "workflows", "items")
        newest: dict[str, Mapping[str, Any]] = {}
        for workflow in workflows:  # the newest first; an older one of the same name was run again
            newest.setdefault(string_at(workflow, "name"), workflow)
        for name, workflow in newest.items():
            run = partial(self._run, name, branch, workflow)
            self._collector.add_fact(
                targets, FAMILY, f"{number}/{name}", run, url=f"{url}/workflows/{quote(string_at(workflow, 'id'), safe='')}"
            )

    def _run(self, name: str, branch: str, workflow: Mapping[str, Any]) -> PipelineRun:
        started, stopped = time_at(workflow, self._now, "created_at"), time_at(workflow, self._now, "stopped_at")
        state, word = parse_run_state(string_at(workflow, "status"))
        seconds = (stopped - started).total_seconds() if started and stopped and stopped >= started else None
        return PipelineRun(name or "workflow", started, state, branch, seconds if state.is_over else None, state_word=word)
