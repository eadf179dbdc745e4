"""Azure DevOps Services and Server: projects with repositories in; pipeline runs, deployments and open pull requests out.

https://learn.microsoft.com/rest/api/azure/devops/, sections Build, Environments, Git and Release: everything is listed by project, and
matched here by the ids of repositories and pipelines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from callboard.plugins.integrations import (
    Client,
    Connector,
    Credential,
    Deployment,
    FactBatch,
    HeaderCursor,
    HttpError,
    OAuthClient,
    PipelineRun,
    PullRequest,
    RepositoryActivity,
    RunState,
    Target,
    basic,
    client_credentials,
    json_resource,
    listed_objects,
    objects_at,
    parse_run_state,
    string_at,
    time_at,
    url_at,
    value_at,
)

REPOSITORY = "dev.azure.com/project-repo"
RUNS, DEPLOYMENTS, REPOSITORIES = "pipeline-run", "deployment", "repository"
VERSION = "7.1"
PAGE = 1_000
DEPLOYMENTS_PAGE = 200
RELEASES_PAGE, RELEASES_PAGES = 100, 20
"""Deployments of classic releases on a page, and pages of a project: of more in ``RELEASES_DAYS`` days, the result is incomplete."""
RELEASES_DAYS = timedelta(days=30)
SERVICES, RELEASES_OF_SERVICES = "https://dev.azure.com", "https://vsrm.dev.azure.com"
NEVER_BEGAN = "notdeployed"
LISTED_PULL_REQUESTS = 30
NEXT = HeaderCursor("x-ms-continuationtoken", "continuationToken")
AUTHORITY = "https://login.microsoftonline.com"
SCOPE = "499b84ac-1321-427f-aa17-267ca6975798/.default"
"""Azure DevOps Services as an application of Microsoft Entra ID."""
STATES = {
    "inprogress": RunState.RUNNING, "cancelling": RunState.RUNNING, "notstarted": RunState.WAITING, "postponed": RunState.WAITING,
    "succeeded": RunState.SUCCEEDED, "succeededwithissues": RunState.SUCCEEDED, "partiallysucceeded": RunState.SUCCEEDED,
    "failed": RunState.FAILED, "canceled": RunState.CANCELLED, "abandoned": RunState.CANCELLED, "skipped": RunState.CANCELLED,
}  # fmt: skip
"""The words of builds and of deployments. ``completed`` is none: it only says that a build is over, and ``result`` how."""
Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AzureProject:
    """A project with the targets in it."""

    name: str
    targets: Mapping[str, list[Target]]
    """By the name of the repository in lower case."""
    repositories: dict[str, str] = field(default_factory=dict)
    """Names in lower case by id."""
    pipelines: dict[str, str] = field(default_factory=dict)
    """Names of repositories in lower case by the id of a pipeline that builds them."""

    def of_repository(self, id_: str) -> Sequence[Target]:
        """The targets in a repository."""
        return self.targets.get(self.repositories.get(id_.lower(), ""), ())

    def of_pipeline(self, id_: str) -> Sequence[Target]:
        """The targets in the repository that a pipeline builds."""
        return self.targets.get(self.pipelines.get(id_, ""), ())


class AzureDevOpsIntegration(Connector):
    """Runs of pipelines, deployments to environments, and open pull requests, from Azure DevOps."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/azure-devops.json")
    title: ClassVar[str] = "Azure DevOps"
    default_url: ClassVar[str] = SERVICES
    annotations = (REPOSITORY,)

    @property
    def families(self) -> tuple[str, ...]:
        """The option ``families``, or all."""
        return tuple(self._options.get("families", (RUNS, DEPLOYMENTS, REPOSITORIES)))

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Facts about the repositories that the annotations name, or that the descriptors are in. Raises ``HttpError``."""
        projects = self._projects(targets)
        if projects:
            organization, credential = quote(self._option("organization"), safe=""), self._credential()
            client = self._client(credential, base_url=f"{self._base_url}/{organization}")
            releases = self._client(credential, base_url=f"{self._releases_url}/{organization}") if self._options.get("releases") else None
            for name, by_repository in sorted(projects.items()):
                self._project(client, releases, AzureProject(name, by_repository))
        return self._collector.batch()

    @property
    def _releases_url(self) -> str:
        """Where classic releases are: Services have a host of their own for them, a server has not."""
        default = RELEASES_OF_SERVICES if self._base_url == SERVICES else self._base_url
        return self._option("releases_url", default).rstrip("/")

    def _credential(self) -> Credential:
        """A personal access token as password, or a token of an application of Entra ID."""
        if not self._option("client_id"):
            return basic("", self._option("token"))
        url = f"{self._option('authority', AUTHORITY).rstrip('/')}/{quote(self._option('tenant'), safe='')}/oauth2/v2.0/token"
        return client_credentials(self._context, OAuthClient(url, self._option("client_id"), self._option("client_secret"), scope=SCOPE))

    def _projects(self, targets: Sequence[Target]) -> dict[str, dict[str, list[Target]]]:
        """The targets by project and repository, both in lower case: ``project/repository`` of the annotation, or the descriptor's."""
        found: dict[str, dict[str, list[Target]]] = {}
        base = f"{self._base_url}/{self._option('organization')}/".lower()
        for target in targets:
            written = target.annotations.get(REPOSITORY, "").strip()
            here = unquote(target.repository).lower()
            name = written or (here.removeprefix(base).replace("/_git/", "/") if here.startswith(base) else "")
            project, _, repository = name.lower().partition("/")
            if project and repository and "/" not in repository:
                found.setdefault(project, {}).setdefault(repository, []).append(target)
            elif written:
                message = f"`{written[:100]}` is not the name of a project and a repository."
                self._collector.add_unusable_annotation([target], REPOSITORY, message, "Write project/repository.")
        return found

    def _project(self, client: Client, releases: Client | None, project: AzureProject) -> None:
        """The facts of a project; a listing that fails costs its families, and not those of others."""
        everyone = [target for group in project.targets.values() for target in group]
        place = f"/{quote(project.name, safe='')}/_apis"
        try:
            nodes = _listed(client, f"{place}/git/repositories", {}, "repositories")
            project.repositories.update({string_at(node, "id").lower(): string_at(node, "name").lower() for node in nodes})
        except HttpError as error:
            self._collector.add_failure(error, project.name, everyone, *self.families)
            return
        known = {*project.repositories.values()}
        for name, group in project.targets.items():
            if name not in known:
                message = f"The project `{project.name[:100]}` has no repository `{name[:100]}`, or the token may not read it."
                self._collector.add_unusable_annotation([t for t in group if REPOSITORY in t.annotations], REPOSITORY, message)
        for families, asked, add in (
            ((RUNS, DEPLOYMENTS), client, self._add_runs),
            ((DEPLOYMENTS,), client, self._add_deployments),
            ((DEPLOYMENTS,), releases, self._add_releases),
            ((REPOSITORIES,), client, self._add_requests),
        ):
            wanted = [family for family in families if family in self.families]
            try:
                if wanted and asked:
                    add(asked, place, project)
            except HttpError as error:
                self._collector.add_failure(error, project.name, everyone, *wanted)

    def _add_runs(self, client: Client, place: str, project: AzureProject) -> None:
        """The newest builds of each pipeline. Raises ``HttpError``."""
        query: dict[str, str | int] = {
            "maxBuildsPerDefinition": self._integer_option("runs", 3),
            "queryOrder": "queueTimeDescending",
            "$top": PAGE,
        }
        builds = [*_pages(client, f"{place}/build/builds", query, "builds")]
        targets = [target for group in project.targets.values() for target in group]
        if RUNS in self.families:
            self._collector.add_measurements(targets, RUNS)
        for build in builds:
            id_ = string_at(build, "repository", "id").lower()
            project.pipelines[str(value_at(build, "definition", "id"))] = project.repositories.get(id_, "")
            if RUNS in self.families and (group := project.of_repository(id_)):
                key = f"{string_at(build, 'definition', 'name')}#{value_at(build, 'id')}"
                url = url_at(build, "_links", "web", "href")
                self._collector.add_fact(group, RUNS, key, partial(self._run, build), url=url)

    def _run(self, build: Node) -> PipelineRun:
        started, finished = time_at(build, self._now, "startTime"), time_at(build, self._now, "finishTime")
        state, word = _state(string_at(build, "result"), string_at(build, "status"))
        return PipelineRun(
            string_at(build, "definition", "name"),
            started or time_at(build, self._now, "queueTime"),
            state,
            string_at(build, "sourceBranch").removeprefix("refs/heads/"),
            (finished - started).total_seconds() if started and finished else None,
            string_at(build, "requestedFor", "displayName"),
            state_word=word,
        )

    def _add_deployments(self, client: Client, place: str, project: AzureProject) -> None:
        """The newest deployments of each environment, by the pipeline that made them. Raises ``HttpError``."""
        environments = [*_pages(client, f"{place}/distributedtask/environments", {"$top": PAGE}, "environments")]
        records: list[tuple[str, Node]] = []
        for environment in environments:
            id_, name = value_at(environment, "id"), string_at(environment, "name")
            path = f"{place}/distributedtask/environments/{quote(str(id_), safe='')}/environmentdeploymentrecords"
            answer = client.get(path, {"api-version": VERSION, "top": DEPLOYMENTS_PAGE})
            records += ((name, record) for record in listed_objects(answer, "deployments", "value"))
        self._collector.add_measurements([target for group in project.targets.values() for target in group], DEPLOYMENTS)
        for name, record in records:
            if group := project.of_pipeline(str(value_at(record, "definition", "id"))):
                key, url = str(value_at(record, "id")), url_at(record, "owner", "_links", "web", "href")
                self._collector.add_fact(group, DEPLOYMENTS, key, partial(self._deployment, record), environment=name, url=url)

    def _deployment(self, record: Node) -> Deployment:
        state, word = _state(string_at(record, "result"), "" if value_at(record, "finishTime") else "inProgress")
        at = time_at(record, self._now, "finishTime") or time_at(record, self._now, "startTime")
        return Deployment(string_at(record, "owner", "name"), at, state, state_word=word)

    def _add_releases(self, client: Client, place: str, project: AzureProject) -> None:
        """The deployments of classic releases, by the pipelines and repositories whose artifacts they deploy. Raises ``HttpError``."""
        since = self._now - RELEASES_DAYS
        query: dict[str, str | int] = {
            "api-version": VERSION, "minStartedTime": since.strftime("%Y-%m-%dT%H:%M:%SZ"), "queryOrder": "descending",
            "$top": RELEASES_PAGE,
        }  # fmt: skip
        pages = client.pages(f"{place}/release/deployments", query, by=NEXT)
        answers = [*islice(pages, RELEASES_PAGES)]
        nodes = [node for answer in answers for node in listed_objects(answer, "deployments", "value")]
        targets = [target for group in project.targets.values() for target in group]
        is_whole = len(answers) < RELEASES_PAGES or not answers[-1].headers.get(NEXT.header, "")
        self._collector.add_measurements(targets, DEPLOYMENTS, complete=is_whole, since=since)
        for node in nodes:
            if string_at(node, "deploymentStatus").lower() == NEVER_BEGAN:
                continue
            for artifact in objects_at(node, "release", "artifacts"):
                if group := _built(project, artifact):
                    key, environment = f"release:{value_at(node, 'id')}", string_at(node, "releaseEnvironment", "name")
                    url = url_at(node, "release", "_links", "web", "href")
                    self._collector.add_fact(
                        group, DEPLOYMENTS, key, partial(self._release, node, artifact), environment=environment, url=url
                    )

    def _release(self, node: Node, artifact: Node) -> Deployment:
        """The version is that of the artifact, such as the number of a build; the revision is the commit from which it was built."""
        about = value_at(artifact, "definitionReference")
        state, word = _state(string_at(node, "deploymentStatus"), "")
        at = time_at(node, self._now, "completedOn") or time_at(node, self._now, "startedOn")
        commit = string_at(about, "version" if string_at(artifact, "type") == "Git" else "sourceVersion", "id")
        return Deployment(
            string_at(about, "version", "name") or string_at(node, "release", "name"), at, state,
            string_at(node, "requestedFor", "displayName"), commit, state_word=word,
        )  # fmt: skip

    def _add_requests(self, client: Client, place: str, project: AzureProject) -> None:
        """The open pull requests. Raises ``HttpError``."""
        query: dict[str, str | int] = {"searchCriteria.status": "active", "$top": PAGE}
        requests = _listed(client, f"{place}/git/pullrequests", query, "pull requests")
        is_whole = len(requests) < PAGE
        by_repository: dict[str, list[Node]] = {id_: [] for id_ in project.repositories}
        for request in requests:
            by_repository.setdefault(string_at(request, "repository", "id").lower(), []).append(request)
        for id_, nodes in by_repository.items():
            if group := project.of_repository(id_):
                self._collector.add_measurements(group, REPOSITORIES, complete=is_whole)
                name = f"{project.name}/{project.repositories[id_]}"
                self._collector.add_fact(group, REPOSITORIES, name, partial(self._activity, name, nodes, is_whole=is_whole))

    def _activity(self, name: str, nodes: Sequence[Node], *, is_whole: bool) -> RepositoryActivity:
        oldest = sorted(nodes, key=lambda node: string_at(node, "creationDate"))[:LISTED_PULL_REQUESTS]
        requests = tuple(
            PullRequest(
                string_at(node, "title"), "", time_at(node, self._now, "creationDate"), string_at(node, "createdBy", "displayName"),
                value_at(node, "isDraft") is True,
            )
            for node in oldest
        )  # fmt: skip
        return RepositoryActivity(name, open_pull_requests=len(nodes) if is_whole else None, pull_requests=requests)


def _built(project: AzureProject, artifact: Node) -> Sequence[Target]:
    """The targets in the repository of an artifact: of a pipeline, or of files of a repository."""
    id_ = string_at(artifact, "definitionReference", "definition", "id")
    return {"Build": project.of_pipeline, "Git": project.of_repository}.get(string_at(artifact, "type"), lambda _: ())(id_)


def _state(result: str, status: str) -> tuple[RunState, str]:
    """The state that the result says, else the status, and the word where neither is known."""
    word = result if result.lower() not in {"", "none", "undefined"} else status
    known = STATES.get(word.lower())
    return (known, "") if known else parse_run_state("" if word.lower() == "completed" else word)


def _listed(client: Client, path: str, query: Mapping[str, str | int], items: str) -> list[Node]:
    """A listing in one answer. Raises ``HttpError``."""
    return listed_objects(client.get(path, {"api-version": VERSION, **query}), items, "value")


def _pages(client: Client, path: str, query: Mapping[str, str | int], items: str) -> Iterator[Node]:
    """A listing in pages; the last page has no header with a token. Raises ``HttpError``."""
    for answer in client.pages(path, {"api-version": VERSION, **query}, by=NEXT):
        yield from listed_objects(answer, items, "value")
