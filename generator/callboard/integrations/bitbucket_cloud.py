"""Bitbucket Cloud: repositories in; runs of Pipelines, deployments to environments and open pull requests out.

https://developer.atlassian.com/cloud/bitbucket/rest/, sections Pipelines, Deployments and Pullrequests: nothing is listed for a whole
workspace, so that each repository costs a request for each family, and one more for the names of its environments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from callboard.plugins.integrations import (
    Client,
    Connector,
    Credential,
    Deployment,
    FactBatch,
    FactError,
    HttpError,
    NextLink,
    PipelineRun,
    PullRequest,
    ReadTimes,
    RepositoryActivity,
    RunState,
    SourceError,
    Target,
    basic,
    bearer,
    json_resource,
    listed_objects,
    number_at,
    parse_run_state,
    string_at,
    time_at,
    url_at,
    value_at,
)

SLUG, KEY = "bitbucket.org/repo-url", "bitbucket.org/project-key"
RUNS, DEPLOYMENTS, REPOSITORIES = "pipeline-run", "deployment", "repository"
AT_ONCE = 4
NEXT = NextLink(("next",))
REQUESTS = 900
"""Requests of a build, unless the option says another number: Bitbucket permits 1,000 an hour, and the source needs some."""
PAGE, PULL_REQUESTS_PAGE = 100, 50
"""The largest pages of deployments and environments, and of pull requests."""
DEPLOYMENT_PAGES = 10
"""Pages of deployments of one repository at most: the listing has no order."""
LISTED_DEPLOYMENTS, LISTED_PULL_REQUESTS = 30, 30
NOT_FOUND, LIMITED = 404, 429
RUN_FIELDS = (
    "build_number,created_on,completed_on,build_seconds_used,creator.display_name,state,target.type,target.ref_name,target.selector"
)
DEPLOYMENT_FIELDS = "uuid,state,environment,release.name,release.url,release.created_on,release.commit.hash,deployer.display_name"
PULL_REQUEST_FIELDS = "title,created_on,draft,author.display_name,links.html.href"
SELECTORS = {"branches": "branch", "default": "default", "pull-requests": "pull request", "tags": "tag", "custom": "custom"}
"""What a pipeline of the configuration is started for, by the type of its selector."""
Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BitbucketRepository:
    """A repository with the targets in it."""

    name: str
    """``acme/shop``."""
    targets: Sequence[Target]

    @property
    def path(self) -> str:
        """Its path in the API."""
        return f"/repositories/{'/'.join(quote(part, safe='') for part in self.name.split('/'))}"


class BitbucketCloudIntegration(Connector):
    """Runs of pipelines, deployments, and open pull requests, from Bitbucket Cloud."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/bitbucket-cloud.json")
    title: ClassVar[str] = "Bitbucket Cloud"
    default_url: ClassVar[str] = "https://api.bitbucket.org"
    annotations = (SLUG, KEY)
    _limit_reached: HttpError | None = None
    """The answer that the rate limit is used up: Bitbucket does not say for how long, so that nothing more is requested after it."""
    _waiting: list[BitbucketRepository]
    """Repositories of which nothing was requested in this build."""

    @property
    def families(self) -> tuple[str, ...]:
        """The option ``families``, or all."""
        return tuple(self._options.get("families", (RUNS, DEPLOYMENTS, REPOSITORIES)))

    @property
    def _web(self) -> str:
        return self._option("web", "https://bitbucket.org").rstrip("/")

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Facts about the repositories that the annotations name, or that the descriptors are in. Raises ``HttpError``."""
        repositories = self._repositories(targets)
        if repositories:
            client = self._client(self._credential(), base_url=f"{self._base_url}/2.0")
            times, by_name = ReadTimes(self._context, f"{self._base_url} {self._collector.source}"), {one.name: one for one in repositories}
            self._waiting = []
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(partial(self._in_turn, client, times), [by_name[name] for name in times.oldest_first(by_name)]))
            times.save([*by_name])
            if self._waiting:
                self._tell_waiting(times)
        return self._collector.batch()

    def _in_turn(self, client: Client, times: ReadTimes, repository: BitbucketRepository) -> None:
        """The facts of a repository, if the build may still send requests."""
        if self._limit_reached or client.counts.requests >= self._integer_option("requests", REQUESTS):
            self._waiting.append(repository)
            return
        self._query(client, repository)
        if not self._limit_reached:
            times.keep(repository.name)

    def _tell_waiting(self, times: ReadTimes) -> None:
        """One failure for all repositories that wait: their last facts are kept, and the next build begins with them."""
        count, known = len(self._waiting), [times.last(one.name) for one in self._waiting]
        oldest = min((time for time in known if time), default=None)
        since = f"; the oldest was read on {oldest.date().isoformat()}" if oldest else ""
        why = "Bitbucket refused more" if self._limit_reached else "the option requests permits no more"
        error = SourceError(
            f"repositories of which this build requested nothing: {count:,} (never read yet: {known.count(None):,}{since}), because {why}",
            "The next build begins with them. Build more often, read fewer families, or ask Atlassian for a higher limit.",
        )
        targets = [target for one in self._waiting for target in one.targets]
        self._collector.add_failure(error, "waiting repositories", targets, *self.families)

    def _credential(self) -> Credential:
        """An API token of the account ``email``, or an access token of a workspace, project or repository."""
        email, token = self._option("email"), self._option("token").strip()
        return basic(email, token) if email else bearer(token)

    def _repositories(self, targets: Sequence[Target]) -> list[BitbucketRepository]:
        """The repositories by name in lower case; an annotation of a descriptor on a Data Center server names a repository there."""
        found: dict[str, list[Target]] = {}
        host = urlsplit(self._web).netloc
        for target in targets:
            here = urlsplit(target.repository)
            key = _annotation(target)
            if key == KEY and "/scm/" in here.path:
                continue
            written = target.annotations.get(key, "").strip().removeprefix(f"{self._web}/")
            name = written or (here.path if here.netloc == host else "")
            parts = name.strip("/").lower().split("/")
            if len(parts) == 2 and all(part.strip(".") for part in parts):  # noqa: PLR2004 - workspace and repository
                found.setdefault("/".join(parts), []).append(target)
            elif written:
                message = f"`{written[:100]}` is not the name of a workspace and a repository."
                self._collector.add_unusable_annotation([target], key, message, "Write workspace/repository.")
        return [BitbucketRepository(name, group) for name, group in sorted(found.items())]

    def _query(self, client: Client, repository: BitbucketRepository) -> None:
        """The facts of a repository; a listing that fails costs its family, and not the others."""
        missing = 0
        for family, add in ((REPOSITORIES, self._add_requests), (RUNS, self._add_runs), (DEPLOYMENTS, self._add_deployments)):
            if family not in self.families:
                continue
            try:
                if self._limit_reached:
                    raise self._limit_reached
                add(client, repository)
            except HttpError as error:
                missing += error.status == NOT_FOUND
                if error.status == LIMITED:
                    self._limit_reached = error
                self._collector.add_failure(error, repository.name, repository.targets, family)
        if missing == len(self.families):
            for key in self.annotations:
                message = f"Bitbucket has no repository `{repository.name[:100]}`, or the token may not read it."
                self._collector.add_unusable_annotation([t for t in repository.targets if _annotation(t) == key], key, message)

    def _add_requests(self, client: Client, repository: BitbucketRepository) -> None:
        """The open pull requests. Raises ``HttpError``."""
        query: dict[str, str | int] = {"state": "OPEN", "pagelen": PULL_REQUESTS_PAGE, "fields": _fields(PULL_REQUEST_FIELDS)}
        nodes = [*_listed(client, f"{repository.path}/pullrequests", query)]
        self._collector.add_fact(repository.targets, REPOSITORIES, repository.name, partial(self._activity, repository.name, nodes))

    def _activity(self, name: str, nodes: Sequence[Node]) -> RepositoryActivity:
        oldest = sorted(nodes, key=lambda node: string_at(node, "created_on"))[:LISTED_PULL_REQUESTS]
        requests = tuple(
            PullRequest(
                string_at(node, "title"), url_at(node, "links", "html", "href"), time_at(node, self._now, "created_on"),
                string_at(node, "author", "display_name"), value_at(node, "draft") is True,
            )
            for node in oldest
        )  # fmt: skip
        return RepositoryActivity(name, open_pull_requests=len(nodes), pull_requests=requests)

    def _add_runs(self, client: Client, repository: BitbucketRepository) -> None:
        """The newest runs; those of pull requests say nothing about the branch that is deployed. Raises ``HttpError``."""
        size = self._integer_option("runs", 20)
        query: dict[str, str | int] = {"sort": "-created_on", "pagelen": size, "fields": _fields(RUN_FIELDS)}
        nodes = listed_objects(client.get(f"{repository.path}/pipelines", query), "pipelines", "values")
        self._collector.add_measurements(repository.targets, RUNS, since=self._since(nodes, size, "created_on"))
        for node in nodes:
            if string_at(node, "target", "type") != "pipeline_pullrequest_target":
                number = string_at(node, "build_number")
                url = f"{self._web}/{repository.name}/pipelines/results/{quote(number, safe='')}"
                self._collector.add_fact(repository.targets, RUNS, number, partial(self._run, node), url=url)

    def _run(self, node: Node) -> PipelineRun:
        kind, pattern = string_at(node, "target", "selector", "type").lower(), string_at(node, "target", "selector", "pattern")
        name = SELECTORS.get(kind, kind) or "pipeline"
        state, word = _state(node, "result")
        started, finished = time_at(node, self._now, "created_on"), time_at(node, self._now, "completed_on")
        seconds = (finished - started).total_seconds() if started and finished and finished >= started else None
        return PipelineRun(
            f"{name}: {pattern}" if pattern else name,
            started,
            state,
            string_at(node, "target", "ref_name"),
            seconds if seconds is not None else number_at(node, "build_seconds_used") if state.is_over else None,
            string_at(node, "creator", "display_name"),
            state_word=word,
        )

    def _add_deployments(self, client: Client, repository: BitbucketRepository) -> None:
        """The newest deployments; those that never began are none. Raises ``HttpError``."""
        query: dict[str, str | int] = {"pagelen": PAGE, "fields": _fields(DEPLOYMENT_FIELDS)}
        pages = [*islice(client.pages(f"{repository.path}/deployments", query, by=NEXT), DEPLOYMENT_PAGES)]
        nodes = [node for page in pages for node in listed_objects(page, "deployments", "values")]
        nodes = [node for node in nodes if string_at(node, "state", "name").upper() != "UNDEPLOYED"]
        names: dict[str, str] = {}
        if any(not string_at(node, "environment", "name") for node in nodes):
            found = _listed(client, f"{repository.path}/environments", {"pagelen": PAGE, "fields": _fields("uuid,name")})
            names = {string_at(node, "uuid"): string_at(node, "name") for node in found}
        is_whole = not (pages and pages[-1].object().get("next"))
        newest = sorted(nodes, key=_began, reverse=True)[:LISTED_DEPLOYMENTS]
        since = self._since(newest, LISTED_DEPLOYMENTS, "state", "started_on")
        self._collector.add_measurements(repository.targets, DEPLOYMENTS, complete=is_whole, since=since)
        for node in newest:
            environment = string_at(node, "environment", "name") or names.get(string_at(node, "environment", "uuid"), "")
            self._collector.add_fact(
                repository.targets, DEPLOYMENTS, string_at(node, "uuid"), partial(self._deployment, node),
                environment=environment, url=url_at(node, "release", "url"),
            )  # fmt: skip

    def _since(self, nodes: Sequence[Node], size: int, *path: str) -> datetime | None:
        """The time of the last of as many nodes as were asked for, since there may be older ones; None for fewer."""
        try:
            return (time_at(nodes[-1], self._now, *path) or self._now) if len(nodes) >= size else None
        except FactError:
            return self._now

    def _deployment(self, node: Node) -> Deployment:
        state, word = _state(node, "status")
        at = time_at(node, self._now, "state", "completed_on") or time_at(node, self._now, "state", "started_on")
        return Deployment(
            string_at(node, "release", "name"),
            at or time_at(node, self._now, "release", "created_on"),
            state,
            string_at(node, "deployer", "display_name") or string_at(node, "state", "deployer", "display_name"),
            string_at(node, "release", "commit", "hash"),
            state_word=word,
        )


def _annotation(target: Target) -> str:
    """The annotation that names the repository; empty if none does."""
    return next((key for key in (SLUG, KEY) if target.annotations.get(key, "").strip()), "")


def _state(node: Node, result: str) -> tuple[RunState, str]:
    """The state that the result says, else the stage (PAUSED, HALTED), else the state; COMPLETED alone only says that it is over."""
    words = (string_at(node, "state", name, "name") for name in (result, "stage"))
    return parse_run_state(next(filter(None, words), "") or string_at(node, "state", "name"))


def _began(node: Node) -> str:
    return string_at(node, "state", "started_on") or string_at(node, "release", "created_on")


def _fields(names: str) -> str:
    """The fields of an answer: the link to the next page, and these of each value."""
    return ",".join(["next", *(f"values.{name}" for name in names.split(","))])


def _listed(client: Client, path: str, query: Mapping[str, str | int]) -> Iterator[Node]:
    """A listing in pages. Raises ``HttpError``."""
    for page in client.pages(path, query, by=NEXT):
        yield from listed_objects(page, "values", "values")
