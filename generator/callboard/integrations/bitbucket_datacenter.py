"""Bitbucket Data Center: repositories in; builds of the newest commit of their default branches and open pull requests out.

https://developer.atlassian.com/server/bitbucket/rest/, sections Pull Requests, Repository and Builds and Deployments: builds belong to
commits, and are reported by the tool that builds. Which commits have builds is asked for a hundred of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from callboard.plugins.integrations import (
    Client,
    Connector,
    Credential,
    Cursor,
    FactBatch,
    HttpError,
    PipelineRun,
    PullRequest,
    RepositoryActivity,
    Target,
    basic,
    batches,
    bearer,
    count_at,
    json_resource,
    listed_objects,
    number_at,
    objects_at,
    parse_run_state,
    string_at,
    time_at,
    url_at,
    value_at,
)

KEY = "bitbucket.org/project-key"
RUNS, REPOSITORIES = "pipeline-run", "repository"
PLACE = re.compile(r"(?:scm|projects|(users))/([^/]++)/(?:repos/)?([^/]++)")
"""Paths of repositories on a server: of clones, and of pages."""
AT_ONCE = 4
NEXT = Cursor(("nextPageStart",), "start")
"""It is not the sum of ``start`` and ``limit`` where permissions hide items; null on the last page."""
PAGE = 1_000
BUILDS, COMMITS = 100, 100
"""Builds that are kept of a commit, and commits in one question."""
LISTED_PULL_REQUESTS = 30
NOT_FOUND = 404
Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ServerRepository:
    """A repository on a server with the targets in it."""

    name: str
    """``PROJECT/repository``, in lower case."""
    targets: Sequence[Target]

    @property
    def path(self) -> str:
        """Its path in the API."""
        project, _, slug = self.name.partition("/")
        return f"/api/latest/projects/{quote(project, safe='~')}/repos/{quote(slug, safe='')}"


class BitbucketDatacenterIntegration(Connector):
    """Builds of default branches, and open pull requests, from Bitbucket Data Center."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/bitbucket-datacenter.json")
    title: ClassVar[str] = "Bitbucket Data Center"
    annotations = (KEY,)

    @property
    def families(self) -> tuple[str, ...]:
        """The option ``families``, or all."""
        return tuple(self._options.get("families", (RUNS, REPOSITORIES)))

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Facts about the repositories that the annotations name, or that the descriptors are in. Raises ``HttpError``."""
        repositories = self._repositories(targets)
        if repositories:
            client = self._client(self._credential(), base_url=f"{self._base_url}/rest")
            with ThreadPoolExecutor(AT_ONCE) as pool:
                heads = [*filter(None, pool.map(partial(self._query, client), repositories))]
                with_builds = self._with_builds(client, heads) if RUNS in self.families else {}
                list(pool.map(lambda pair: self._builds(client, *pair), with_builds.items()))
        return self._collector.batch()

    def _credential(self) -> Credential:
        """An HTTP access token, or user and password."""
        user = self._option("user")
        return basic(user, self._option("password")) if user else bearer(self._option("token").strip())

    def _repositories(self, targets: Sequence[Target]) -> list[ServerRepository]:
        """The repositories by name in lower case; the annotation of a descriptor on Bitbucket Cloud names a repository there."""
        found: dict[str, list[Target]] = {}
        for target in targets:
            written = target.annotations.get(KEY, "").strip()
            if written and target.repository.startswith("https://bitbucket.org/"):
                continue
            name = (written or self._place(target.repository)).strip("/").lower()
            project, _, slug = name.partition("/")
            if project.strip(".~") and slug.strip(".") and "/" not in slug:
                found.setdefault(name, []).append(target)
            elif written:
                message = f"`{written[:100]}` is not the name of a project and a repository."
                self._collector.add_unusable_annotation([target], KEY, message, "Write PROJECT/repository.")
        return [ServerRepository(name, group) for name, group in sorted(found.items())]

    def _place(self, url: str) -> str:
        """``PROJECT/repository`` of a URL on this server; empty for any other URL."""
        prefix = f"{self._base_url}/".lower()
        path = unquote(url).lower().removesuffix(".git")
        if not path.startswith(prefix):
            return ""
        match = PLACE.match(path.removeprefix(prefix))
        return f"{'~' if match[1] else ''}{match[2]}/{match[3]}" if match else ""

    def _query(self, client: Client, repository: ServerRepository) -> tuple[ServerRepository, str] | None:
        """The repository with the id of the newest commit of its default branch; None without one."""
        try:
            requests = self._requests(client, repository) if REPOSITORIES in self.families else None
            head = self._head(client, repository)
        except HttpError as error:
            if error.status == NOT_FOUND:
                message = f"Bitbucket has no repository `{repository.name[:100]}`, or the token may not read it."
                self._collector.add_unusable_annotation([t for t in repository.targets if KEY in t.annotations], KEY, message)
            self._collector.add_failure(error, repository.name, repository.targets, *self.families)
            return None
        if requests is not None:
            activity = partial(self._activity, repository.name, requests, head)
            self._collector.add_fact(repository.targets, REPOSITORIES, repository.name, activity)
        if RUNS in self.families:
            self._collector.add_measurements(repository.targets, RUNS, since=self._now)
        commit = string_at(head, "id")
        return (repository, commit) if commit else None

    def _requests(self, client: Client, repository: ServerRepository) -> list[Node]:
        """The open pull requests, the oldest first. Raises ``HttpError``."""
        pages = client.pages(f"{repository.path}/pull-requests", {"state": "OPEN", "order": "OLDEST", "limit": PAGE}, by=NEXT)
        return [node for page in pages for node in listed_objects(page, "pull requests", "values")]

    def _head(self, client: Client, repository: ServerRepository) -> Node:
        """The newest commit of the default branch; empty for a repository without one. Raises ``HttpError``."""
        try:
            commits = listed_objects(client.get(f"{repository.path}/commits", {"limit": 1}), "commits", "values")
        except HttpError as error:
            if error.status != NOT_FOUND:
                raise
            client.get(repository.path)  # an empty repository has no commits, but exists
            return {}
        return commits[0] if commits else {}

    def _activity(self, name: str, nodes: Sequence[Node], head: Node) -> RepositoryActivity:
        requests = tuple(
            PullRequest(
                string_at(node, "title"), next((url_at(link, "href") for link in objects_at(node, "links", "self")), ""),
                time_at(node, self._now, "createdDate"), string_at(node, "author", "user", "displayName"), value_at(node, "draft") is True,
            )
            for node in nodes[:LISTED_PULL_REQUESTS]
        )  # fmt: skip
        last = time_at(head, self._now, "committerTimestamp")
        return RepositoryActivity(name, last_commit=last, open_pull_requests=len(nodes), pull_requests=requests)

    def _with_builds(self, client: Client, heads: Sequence[tuple[ServerRepository, str]]) -> dict[str, list[Target]]:
        """The targets by commit, of commits with builds: forks share commits."""
        by_commit: dict[str, list[Target]] = {}
        for repository, commit in heads:
            by_commit.setdefault(commit, []).extend(repository.targets)
        found: dict[str, list[Target]] = {}
        for commits in batches(sorted(by_commit), COMMITS):
            try:
                counts = client.post("/build-status/latest/commits/stats", list(commits)).object()
                found |= {commit: by_commit[commit] for commit in commits if isinstance(counts.get(commit), Mapping)}
            except HttpError as error:
                self._collector.add_failure(error, "builds", chain.from_iterable(by_commit[commit] for commit in commits), RUNS)
        return found

    def _builds(self, client: Client, commit: str, targets: Sequence[Target]) -> None:
        query: dict[str, str | int] = {"orderBy": "NEWEST", "limit": BUILDS}
        try:
            answer = client.get(f"/build-status/latest/commits/{quote(commit, safe='')}", query)
            for build in listed_objects(answer, "builds", "values"):
                key = f"{commit[:12]}/{string_at(build, 'key')}"
                self._collector.add_fact(targets, RUNS, key, partial(self._run, build), url=url_at(build, "url"))
        except HttpError as error:
            self._collector.add_failure(error, f"builds of {commit[:12]}", targets, RUNS)

    def _run(self, build: Node) -> PipelineRun:
        """A build; times and durations are milliseconds, and older servers have ``dateAdded`` alone."""
        state, word = parse_run_state(string_at(build, "state"))
        times = (time_at(build, self._now, name) for name in ("createdDate", "dateAdded", "updatedDate"))
        milliseconds = number_at(build, "duration")
        counts = {name: count_at(build, "testResults", name) for name in ("successful", "failed", "skipped")}
        known = [count for count in counts.values() if count is not None]
        return PipelineRun(
            string_at(build, "name") or string_at(build, "key"),
            next(filter(None, times), None),
            state,
            string_at(build, "ref").removeprefix("refs/heads/"),
            milliseconds / 1_000 if milliseconds and milliseconds > 0 else None,
            tests=sum(known) if known else None,
            tests_failed=counts["failed"],
            tests_skipped=counts["skipped"],
            state_word=word,
        )
