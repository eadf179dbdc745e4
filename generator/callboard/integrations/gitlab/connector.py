"""GitLab: project paths and ids in; pipelines, deployments and, with a license that includes them, vulnerabilities out.

https://docs.gitlab.com/api/graphql: one query covers fifty projects. REST would take two requests per project.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlsplit

from callboard.integrations.gitlab import queries
from callboard.plugins.integrations import (
    Connector,
    FactBatch,
    GraphqlClient,
    HttpError,
    Target,
    UnknownFieldError,
    bearer,
    in_portions,
    json_resource,
    objects_at,
    string_at,
    url_at,
    value_at,
)

SLUG, ID, INSTANCE = "gitlab.com/project-slug", "gitlab.com/project-id", "gitlab.com/instance"
PATH = re.compile(r"[\w.-]{1,255}(?:/[\w.-]{1,255}){1,20}")
NUMBER = re.compile(r"\d{1,18}", re.ASCII)
PROJECTS_PER_QUERY = 50
VULNERABILITY_PAGES = 20
"""Pages of a hundred vulnerabilities that are read of one project at most."""
PIPELINE_REACH = timedelta(days=3)
"""How far back the pipelines of the default branch are queried where the first page has fewer days: daily builds may fail twice."""
PIPELINE_PAGES = 5
"""Further pages of a hundred pipelines of one project at most."""
PIPELINE_PAGES_OF_BUILD = 500
"""Further pages of all projects at most."""
PIPELINES, DEPLOYMENTS, VULNERABILITIES = "pipeline-run", "deployment", "vulnerability"
ENVIRONMENTS = ("production", "staging")
ProjectNode = Mapping[str, Any]
ProjectQuery = Callable[[Mapping[str, Any]], Sequence[ProjectNode]]
"""Sends a query with these variables. Raises ``HttpError``."""


@dataclass(frozen=True, slots=True)
class ProjectSelection:
    """Projects that are queried together, all by path or all by id."""

    key: str
    """``paths`` or ``ids``: a key of ``queries.BY``."""
    targets: Mapping[str, list[Target]]
    """By path in lower case, or by global id."""


class GitLabIntegration(Connector):
    """Pipelines, deployments and vulnerabilities of projects, from GitLab."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/gitlab.json")
    title: ClassVar[str] = "GitLab"
    default_url: ClassVar[str] = "https://gitlab.com"
    annotations = (SLUG, ID)
    _pages_left = PIPELINE_PAGES_OF_BUILD

    @property
    def families(self) -> tuple[str, ...]:
        """The option ``families``, or all."""
        return tuple(self._options.get("families", (PIPELINES, DEPLOYMENTS, VULNERABILITIES)))

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Facts about the projects that the annotations name, or that the descriptors are in."""
        by_path, by_id = self._projects(targets)
        if by_path or by_id:
            graphql = GraphqlClient(self._client(bearer(self._option("token"))), "GitLab", "/api/graphql")
            for selection in (ProjectSelection("paths", by_path), ProjectSelection("ids", by_id)):
                if selection.targets:
                    self._query_projects(graphql, selection)
        return self._collector.batch()

    @property
    def _environments(self) -> dict[str, str]:
        """Names of environments by the variables of the query."""
        return {f"e{n}": str(name) for n, name in enumerate(self._options.get("environments", ENVIRONMENTS))}

    def _projects(self, targets: Sequence[Target]) -> tuple[dict[str, list[Target]], dict[str, list[Target]]]:
        """The targets by path in lower case, and by global id."""
        by_path: dict[str, list[Target]] = {}
        by_id: dict[str, list[Target]] = {}
        host = urlsplit(self._base_url).netloc
        for target in targets:
            if target.annotations.get(INSTANCE, host) != host:
                continue
            slug, number = target.annotations.get(SLUG, "").strip(), target.annotations.get(ID, "").strip()
            repository = urlsplit(target.repository)
            path = slug or (repository.path.strip("/") if repository.netloc == host and not number else "")
            if PATH.fullmatch(path):
                by_path.setdefault(path.lower(), []).append(target)
            elif NUMBER.fullmatch(number) and not slug:
                by_id.setdefault(f"gid://gitlab/Project/{number}", []).append(target)
            elif slug or number:
                message = f"`{(slug or number)[:100]}` is not the path or the id of a project."
                self._collector.add_unusable_annotation([target], SLUG if slug else ID, message, "Write group/project, or a number.")
        return by_path, by_id

    def _query_projects(self, graphql: GraphqlClient, selection: ProjectSelection) -> None:
        existing = sorted(selection.targets)
        if {PIPELINES, DEPLOYMENTS} & set(self.families):
            environments = self._environments if DEPLOYMENTS in self.families else {}
            query = partial(_query, graphql, queries.work_query(selection.key, self.families, len(environments)), environments)
            existing = []
            for portion, nodes in self._responses(query, selection, sorted(selection.targets), self.families):
                for name in portion:
                    if name in nodes:
                        existing.append(name)
                        self._add_work(self._with_earlier_pipelines(graphql, nodes[name]), selection.targets[name])
                    else:
                        self._report_unknown(selection.targets[name], name)
        if VULNERABILITIES in self.families and existing:
            query = partial(_query, graphql, queries.vulnerabilities_query(selection.key), {})
            for portion, nodes in self._responses(query, selection, existing, [VULNERABILITIES]):
                for name in (one for one in portion if one in nodes):
                    self._add_vulnerabilities(graphql, nodes[name], selection.targets[name])

    def _responses(
        self, query: ProjectQuery, selection: ProjectSelection, names: Sequence[str], families: Sequence[str]
    ) -> Iterator[tuple[Sequence[str], Mapping[str, ProjectNode]]]:
        """The projects in portions, by path or id; a portion that is too complex for GitLab is queried in smaller ones."""
        key = selection.key
        for portion, result in in_portions(names, PROJECTS_PER_QUERY, 1, lambda portion: query({key: [*portion], "size": len(portion)})):
            if isinstance(result, UnknownFieldError):
                return
            if isinstance(result, HttpError):
                targets = [target for name in portion for target in selection.targets[name]]
                self._collector.add_failure(result, portion[0], targets, *families)
            else:
                yield portion, {_name(node, key): node for node in result}

    def _report_unknown(self, targets: Sequence[Target], name: str) -> None:
        for target in targets:
            key = next((key for key in (SLUG, ID) if key in target.annotations), "")
            if key:
                message = f"GitLab has no project `{name[:100]}`, or the token may not read it."
                self._collector.add_unusable_annotation([target], key, message)

    def _with_earlier_pipelines(self, graphql: GraphqlClient, node: ProjectNode) -> ProjectNode:
        """The project with those of its default branch in place of the listed pipelines, if these do not reach back far enough.

        Pipelines of merge requests may fill the list in an hour.
        """
        branch, path, cursor = queries.default_branch(node), string_at(node, "fullPath"), None
        runs: list[ProjectNode] = []
        for _ in range(PIPELINE_PAGES if branch and PIPELINES in self.families else 0):
            since = queries.runs_since(node)
            if since is None or since < self._now - PIPELINE_REACH or not self._pages_left or cursor == "":
                break
            self._pages_left -= 1
            try:
                variables = {"path": path, "ref": branch, "cursor": cursor}
                listed = value_at(graphql.query(queries.MORE_PIPELINES, variables, is_partial_accepted=False).data, "project", "pipelines")
                if not isinstance(listed, Mapping):
                    raise HttpError("wrong-type", f"GitLab's answer does not contain the pipelines of {path}")  # noqa: TRY301
            except HttpError as error:  # the data begins with the oldest listed pipeline, which its ``since`` states
                self._collector.add_failure(error, path)
                break
            runs += objects_at(listed, "nodes")
            node = {**node, "pipelines": {**listed, "nodes": [*runs]}}
            cursor = string_at(listed, "pageInfo", "endCursor")
        return node

    def _add_work(self, node: ProjectNode, targets: Sequence[Target]) -> None:
        """Add the pipelines and deployments of a project."""
        add_fact, now = self._collector.add_fact, self._now
        if PIPELINES in self.families:
            is_complete = isinstance(node.get("pipelines"), Mapping)
            self._collector.add_measurements(targets, PIPELINES, complete=is_complete, since=queries.runs_since(node))
            for run in queries.runs_of_default_branch(node):
                add_fact(targets, PIPELINES, string_at(run, "id"), partial(queries.pipeline_run, run, now), url=self._url(run, "path"))
        if DEPLOYMENTS in self.families:
            is_complete = all(name in node for name in self._environments)
            self._collector.add_measurements(targets, DEPLOYMENTS, complete=is_complete, since=self._deployments_since(node))
            for environment in (node.get(name) for name in self._environments):
                for last in (value_at(environment, state) for state in queries.STATES):
                    if isinstance(last, Mapping):
                        url = url_at(environment, "externalUrl") or self._url(last, "webPath")
                        make = partial(queries.deployment, last, queries.default_branch(node), now)
                        name = string_at(environment, "name")
                        add_fact(targets, DEPLOYMENTS, string_at(last, "id"), make, environment=name, url=url)

    def _deployments_since(self, node: ProjectNode) -> datetime | None:
        """The time of the newest last deployment: GitLab returns only the last one of each state. None if there is none."""
        last = [value_at(node, name, state) for name in self._environments for state in queries.STATES]
        return max(queries.creation_times(one for one in last if isinstance(one, Mapping)), default=None)

    def _add_vulnerabilities(self, graphql: GraphqlClient, node: ProjectNode, targets: Sequence[Target]) -> None:
        """Add all pages of a project; without a license GitLab returns null, which means not measured."""
        listed, path = node.get("vulnerabilities"), string_at(node, "fullPath")
        if not isinstance(listed, Mapping):
            return
        self._collector.add_measurements(targets, VULNERABILITIES)
        try:
            for page in range(VULNERABILITY_PAGES):
                for finding in objects_at(listed, "nodes"):
                    make = partial(queries.vulnerability, finding, self._now)
                    self._collector.add_fact(targets, VULNERABILITIES, string_at(finding, "id"), make, url=url_at(finding, "webUrl"))
                if value_at(listed, "pageInfo", "hasNextPage") is not True:
                    return
                if page == VULNERABILITY_PAGES - 1:
                    message = f"{path} has more than {VULNERABILITY_PAGES * 100:,} open vulnerabilities"
                    raise HttpError("too-many-pages", message)  # noqa: TRY301 - handled as other errors are
                cursor = value_at(listed, "pageInfo", "endCursor")
                response = graphql.query(queries.MORE_VULNERABILITIES, {"path": path, "cursor": cursor}, is_partial_accepted=False)
                listed = value_at(response.data, "project", "vulnerabilities")
                if not isinstance(listed, Mapping):
                    raise HttpError("wrong-type", f"GitLab's answer does not contain the vulnerabilities of {path}")  # noqa: TRY301
        except HttpError as error:
            self._collector.add_failure(error, path, targets, VULNERABILITIES)

    def _url(self, node: ProjectNode, field: str) -> str:
        path = string_at(node, field)
        return f"{self._base_url}{path}" if path.startswith("/") and not path.startswith("//") else ""


def _name(node: ProjectNode, key: str) -> str:
    return string_at(node, "fullPath").lower() if key == "paths" else string_at(node, "id")


def _query(graphql: GraphqlClient, text: str, environments: Mapping[str, Any], variables: Mapping[str, Any]) -> Sequence[ProjectNode]:
    """The projects in the response to a query. Raises ``HttpError`` if GitLab leaves out anything."""
    data = graphql.query(text, {**environments, **variables}, is_partial_accepted=False).data
    if not isinstance(value_at(data, "projects", "nodes"), list):
        raise HttpError("wrong-type", "GitLab's answer does not contain projects")
    return objects_at(data, "projects", "nodes")
