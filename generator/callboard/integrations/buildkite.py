"""Buildkite: slugs of pipelines in; the last builds of their default branches out.

https://buildkite.com/docs/apis/graphql-api: the pipelines of an organization are a connection, with the last builds in it, so that a
thousand pipelines cost twenty queries. A builds listing by REST would be one request per pipeline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from callboard.plugins.integrations import (
    CallboardError,
    Connector,
    FactBatch,
    GraphqlClient,
    HttpError,
    PipelineRun,
    Target,
    bearer,
    by_annotation,
    json_resource,
    objects_at,
    parse_run_state,
    string_at,
    time_at,
    url_at,
    value_at,
)

SLUG = "buildkite.com/project-slug"
FAMILY = "pipeline-run"
PAGE = 50
BRANCHES = ("main", "master")
PIPELINES = """
query Pipelines($organization: ID!, $branches: [String!], $builds: Int!, $size: Int!, $cursor: String) {
  organization(slug: $organization) {
    pipelines(first: $size, after: $cursor, archived: false) {
      pageInfo { hasNextPage endCursor }
      edges {
        node {
          slug name url defaultBranch
          builds(first: $builds, branch: $branches) { edges { node { number url state branch createdAt startedAt finishedAt } } }
        }
      }
    }
  }
}
"""


class BuildkiteIntegration(Connector):
    """Runs of pipelines, from Buildkite."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/buildkite.json")
    title: ClassVar[str] = "Buildkite"
    default_url: ClassVar[str] = "https://graphql.buildkite.com"
    families = (FAMILY,)
    annotations = (SLUG,)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The last builds of the pipelines that the annotations name, organization by organization."""
        by_organization: dict[str, dict[str, tuple[Target, ...]]] = {}
        for written, group in by_annotation(targets, SLUG).items():
            organization, _, pipeline = written.strip("/").partition("/")
            if organization and pipeline and "/" not in pipeline:
                by_organization.setdefault(organization.lower(), {})[pipeline.lower()] = group
            else:
                message = f"`{written[:100]}` is not the name of a pipeline."
                self._collector.add_unusable_annotation(group, SLUG, message, "Write it as organization/pipeline.")
        if by_organization:
            graphql = GraphqlClient(self._client(bearer(self._option("token"))), "Buildkite", "/v1")
            for organization, by_pipeline in sorted(by_organization.items()):
                self._query(graphql, organization, by_pipeline)
        return self._collector.batch()

    def _query(self, graphql: GraphqlClient, organization: str, by_pipeline: Mapping[str, Sequence[Target]]) -> None:
        everyone = [target for group in by_pipeline.values() for target in group]
        missing = dict(by_pipeline)
        variables = {"organization": organization, "branches": self._branches, "builds": self._integer_option("runs", 1)}

        def on_missing(reason: str) -> None:
            error = CallboardError(f"Buildkite left out a part of {organization}: {reason}", "Check what the token may read.")
            self._collector.add_failure(error, organization, everyone, FAMILY)

        try:
            for pipeline in graphql.nodes(PIPELINES, variables, ("organization", "pipelines"), PAGE, on_missing):
                if targets := missing.pop(string_at(pipeline, "slug").lower(), None):
                    self._add_pipeline(pipeline, organization, targets)
        except HttpError as error:
            self._collector.add_failure(error, organization, everyone, FAMILY)
            return
        for slug, targets in missing.items():
            message = f"Buildkite has no pipeline `{organization}/{slug[:100]}` that is not archived, or the token may not see it."
            self._collector.add_unusable_annotation(targets, SLUG, message)
            self._collector.add_measurements(targets, FAMILY, complete=False)

    @property
    def _branches(self) -> list[str]:
        return list(self._options.get("branches", BRANCHES))

    def _add_pipeline(self, pipeline: Mapping[str, Any], organization: str, targets: Sequence[Target]) -> None:
        """Add the builds; those of a pipeline with another default branch than the queried ones are not measured."""
        slug, branch = string_at(pipeline, "slug"), string_at(pipeline, "defaultBranch")
        builds = value_at(pipeline, "builds", "edges")
        self._collector.add_measurements(targets, FAMILY, complete=isinstance(builds, list), since=self._now)
        if branch and branch not in self._branches:
            error = CallboardError(f"the default branch of {slug} is `{branch[:100]}`", "Add the branch to the option `branches`.")
            self._collector.add_failure(error, f"{organization}/{slug}"[:80], targets, FAMILY)
        for edge in objects_at(builds):
            build = edge.get("node")
            number, url = string_at(build, "number"), url_at(build, "url") or url_at(pipeline, "url")
            make = partial(self._run, string_at(pipeline, "name") or slug, build)
            self._collector.add_fact(targets, FAMILY, f"{organization}/{slug}#{number}", make, url=url)

    def _run(self, name: str, build: Any) -> PipelineRun:
        state, word = parse_run_state(string_at(build, "state"))
        started, finished = time_at(build, self._now, "startedAt"), time_at(build, self._now, "finishedAt")
        seconds = (finished - started).total_seconds() if started and finished and finished >= started else None
        at = started or time_at(build, self._now, "createdAt")
        return PipelineRun(name, at, state, string_at(build, "branch"), seconds if state.is_over else None, state_word=word)
