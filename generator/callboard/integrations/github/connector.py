"""GitHub: repositories in; deployments, runs of Actions, security alerts, and repository activity out.

https://docs.github.com/graphql: one query covers fifty repositories. Alerts of code scanning and secret scanning are not part of GraphQL
and are listed by organization (https://docs.github.com/rest/code-scanning, https://docs.github.com/rest/secret-scanning), which needs a
token that may read the organization's security alerts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from callboard.integrations.github import facts
from callboard.integrations.github.access import TeamAccess
from callboard.integrations.github.earlier import EarlierPages
from callboard.integrations.github.queries import MORE_ALERTS, PARTS, repositories_query
from callboard.plugins.integrations import (
    GITHUB_HEADERS,
    GITHUB_JSON,
    GITHUB_URL,
    Client,
    Connector,
    Credential,
    FactBatch,
    GitHubConnection,
    GraphqlResponse,
    HttpError,
    IntegrationContext,
    IntegrationSettings,
    Target,
    Vulnerability,
    connect_github,
    in_portions,
    json_resource,
    objects_at,
    string_at,
    url_at,
    value_at,
)

SLUG = "github.com/project-slug"
NAME = re.compile(r"\w[\w-]{0,99}/(?!\.{1,2}$)[\w.-]{1,100}", re.ASCII)
REPOSITORIES_PER_QUERY = 50
SMALLEST_QUERY = 2
"""Repositories: a query for so few is not made smaller if it is too large for GitHub."""
ALERT_PAGES = 20
"""Pages of a hundred alerts that are read of one repository at most."""
ENVIRONMENTS = ("production", "staging")
CONNECTIONS = {
    "deployment": ("deployments",), "vulnerability": ("vulnerabilityAlerts",), "repository": ("pullRequests", "issues"),
}  # fmt: skip
"""Connections that are null only if the token may not read them, by family."""
RepositoryNode = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AlertListing:
    """Alerts that REST lists for all repositories of an organization."""

    option: str
    name: str
    """Part of the path, and of the keys of facts."""
    value: Callable[[Mapping[str, Any], datetime], Vulnerability]
    query: Mapping[str, str] = field(default_factory=dict)
    is_secret: bool = False
    """Whether older servers write secrets into the answer: it must not stay in the cache."""


OF_ORGANIZATION = (
    AlertListing("code_scanning", "code-scanning", facts.finding),
    AlertListing("secret_scanning", "secret-scanning", facts.secret, {"hide_secret": "true"}, is_secret=True),
)


class GitHubIntegration(Connector):
    """Deployments, runs of Actions, security alerts and activity of repositories, from GitHub."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/github.json")
    title: ClassVar[str] = "GitHub"
    default_url: ClassVar[str] = GITHUB_URL
    annotations = (SLUG,)

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None:
        super().__init__(settings, context)
        self._names: dict[str, str] = {}
        """GitHub's names of repositories in lower case, by the name that was queried."""
        self._earlier = EarlierPages(self._now)
        self._access = TeamAccess()

    @property
    def families(self) -> tuple[str, ...]:
        """The option ``families``, or all."""
        return tuple(self._options.get("families", PARTS))

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Facts about the repositories that the annotations name, or that the descriptors are in."""
        for owner, by_slug in self._by_installation(self._by_slug(targets)):
            connection = self._connect(owner)
            for slugs, response in self._responses(connection, sorted(by_slug)):
                for index, slug in enumerate(slugs):
                    self._add_repository(connection, slug, by_slug[slug], f"r{index}", response)
            for listing in OF_ORGANIZATION:
                if self._options.get(listing.option) is True and "vulnerability" in self.families:
                    self._add_listing(connection, listing, self._by_current_name(by_slug))
        return self._collector.batch()

    def _by_current_name(self, by_slug: Mapping[str, list[Target]]) -> Mapping[str, list[Target]]:
        """The targets by GitHub's name of their repository: an annotation may have one from before a repository was renamed."""
        by_name: dict[str, list[Target]] = {}
        for slug, targets in by_slug.items():
            by_name.setdefault(self._names.get(slug, slug), []).extend(targets)
        return by_name

    def _by_installation(self, by_slug: Mapping[str, list[Target]]) -> Iterator[tuple[str, Mapping[str, list[Target]]]]:
        """The repositories in groups that one token may read: for a GitHub App one group per owner, otherwise a single one."""
        app = self._options.get("app")
        if not app or app.get("installation"):
            yield from [("", by_slug)] if by_slug else []
            return
        for owner in sorted({_owner(slug) for slug in by_slug}):
            yield owner, {slug: targets for slug, targets in by_slug.items() if _owner(slug) == owner}

    def _connect(self, owner: str) -> GitHubConnection:
        def client_of(base_url: str, credential: Credential) -> Client:
            return self._client(credential, GITHUB_HEADERS, base_url=base_url)

        return connect_github(self._options, self._base_url, owner, client_of, self._context.clock)

    def _by_slug(self, targets: Sequence[Target]) -> Mapping[str, list[Target]]:
        """The targets by ``owner/name`` of their repository, in lower case."""
        by_slug: dict[str, list[Target]] = {}
        for target in targets:
            written = target.annotations.get(SLUG, "").strip()
            slug = written or self._slug_on_host(target.repository)
            if NAME.fullmatch(slug):
                by_slug.setdefault(slug.lower(), []).append(target)
            elif written:
                message = f"`{written[:100]}` is not the name of a repository."
                self._collector.add_unusable_annotation([target], SLUG, message, "Write it as owner/name.")
        return by_slug

    def _slug_on_host(self, repository: str) -> str:
        """The path of a repository's URL; empty if it is on another host."""
        url = urlsplit(repository)
        return url.path.strip("/") if url.netloc.removeprefix("www.") == urlsplit(self._base_url).netloc.removeprefix("www.") else ""

    def _responses(self, connection: GitHubConnection, slugs: Sequence[str]) -> Iterator[tuple[Sequence[str], GraphqlResponse]]:
        """The responses about all repositories, in portions; a portion that is too large for GitHub is queried in smaller ones."""
        for portion, result in in_portions(slugs, REPOSITORIES_PER_QUERY, SMALLEST_QUERY, partial(self._query, connection)):
            if isinstance(result, HttpError):
                place = f"{portion[0]} and {len(portion) - 1} more" if len(portion) > 1 else portion[0]
                self._collector.add_failure(result, place)
                yield portion, GraphqlResponse({})
                continue
            if result.missing:
                error = HttpError("wrong-type", f"GitHub left out a part of the data: {result.missing}", "Check what the token may read.")
                self._collector.add_failure(error)
            yield portion, result

    def _query(self, connection: GitHubConnection, slugs: Sequence[str]) -> GraphqlResponse:
        environments = self._options.get("environments", ENVIRONMENTS)
        is_newest = self._base_url == GITHUB_URL
        return connection.graphql.query(*repositories_query(slugs, self.families, self._now, environments, has_rulesets=is_newest))

    def _add_repository(
        self, connection: GitHubConnection, slug: str, targets: Sequence[Target], name: str, response: GraphqlResponse
    ) -> None:
        """Add the facts of one repository, which has this name in the response."""
        node = response.data.get(name)
        if name in response.not_found:
            message = f"GitHub has no repository `{slug}`, or the token may not read it."
            self._collector.add_unusable_annotation([target for target in targets if SLUG in target.annotations], SLUG, message)
            return
        node = node if isinstance(node, Mapping) else {}
        if current := string_at(node, "nameWithOwner").lower():
            self._names[slug] = current
        for family in self.families:
            try:
                for more in self._earlier.completed(connection.graphql, node, family):
                    node = more
            except HttpError as error:  # the data begins with the pages that were read, which its ``since`` states
                self._collector.add_failure(error, slug)
        self._add_measurements(node, targets)
        if node:
            node = self._with_maintainers(connection, slug, node, targets)
            self._add_values(node, targets)
            self._add_dependabot(connection, slug, node, targets)

    def _with_maintainers(self, connection: GitHubConnection, slug: str, node: RepositoryNode, targets: Sequence[Target]) -> RepositoryNode:
        """The repository with the teams that may administer it, if the options ask for them and none of its entities has an owner."""
        if self._options.get("access") is not True or "repository" not in self.families or any(target.owner for target in targets):
            return node
        try:
            return {**node, "maintainers": self._access.teams(connection, slug)}
        except HttpError as error:
            self._collector.add_failure(error, f"teams of {slug}")
            return node

    def _add_measurements(self, node: RepositoryNode, targets: Sequence[Target]) -> None:
        """Record what was queried; alerts of a repository without Dependabot are not measured, which is not the same as none."""
        since = {"deployment": partial(facts.deployments_since, node), "pipeline-run": partial(facts.runs_since, node)}
        for family in self.families:
            if family != "vulnerability" or node.get("hasVulnerabilityAlertsEnabled") is not False:
                oldest = since[family](self._now) if family in since else None
                self._collector.add_measurements(targets, family, complete=_is_complete(node, family), since=oldest)

    def _add_values(self, node: RepositoryNode, targets: Sequence[Target]) -> None:
        add_fact, now, url = self._collector.add_fact, self._now, url_at(node, "url")
        of_environments = (objects_at(node, f"e{n}", "nodes") for n, _ in enumerate(self._options.get("environments", ENVIRONMENTS)))
        for deployment in chain(objects_at(node, "deployments", "nodes"), *of_environments):
            page = url_at(deployment, "latestStatus", "environmentUrl") or url_at(deployment, "latestStatus", "logUrl")
            add_fact(
                targets, "deployment", string_at(deployment, "databaseId"), partial(facts.deployment, deployment, now),
                environment=string_at(deployment, "environment"), url=page or (f"{url}/deployments" if url else ""),
            )  # fmt: skip
        branch = string_at(node, "runs", "name")
        for commit in objects_at(node, "runs", "target", "history", "nodes"):
            for suite in objects_at(commit, "checkSuites", "nodes"):
                run = suite.get("workflowRun")
                if isinstance(run, Mapping):
                    add_fact(
                        targets, "pipeline-run", string_at(run, "databaseId"), partial(facts.pipeline_run, suite, branch, now),
                        url=url_at(run, "url"),
                    )  # fmt: skip
        if "repository" in self.families and "pullRequests" in node:
            keeps_names = self._options.get("authors") is True
            make = partial(facts.activity, node, now, keeps_names=keeps_names)
            add_fact(targets, "repository", string_at(node, "nameWithOwner"), make, url=url)

    def _add_dependabot(self, connection: GitHubConnection, slug: str, node: RepositoryNode, targets: Sequence[Target]) -> None:
        """Add Dependabot alerts; those of a repository with more than a hundred are queried page by page."""
        url, alerts = url_at(node, "url"), node.get("vulnerabilityAlerts")
        owner, name = slug.split("/")
        for page in range(ALERT_PAGES):
            for alert in objects_at(alerts, "nodes"):
                number = string_at(alert, "number")
                self._collector.add_fact(
                    targets, "vulnerability", f"dependabot-{number}", partial(facts.vulnerability, alert, self._now),
                    url=f"{url}/security/dependabot/{number}" if url else "",
                )  # fmt: skip
            cursor = value_at(alerts, "pageInfo", "endCursor")
            if value_at(alerts, "pageInfo", "hasNextPage") is not True:
                return
            try:
                if page == ALERT_PAGES - 1 or not isinstance(cursor, str):
                    raise HttpError("too-many-pages", f"{slug} has more than {ALERT_PAGES * 100:,} open alerts")  # noqa: TRY301 - handled as other errors are
                response = connection.graphql.query(MORE_ALERTS, {"owner": owner, "name": name, "cursor": cursor})
                alerts = value_at(response.data, "repository", "vulnerabilityAlerts")
                if not isinstance(alerts, Mapping):
                    raise HttpError("wrong-type", f"GitHub's answer does not contain the alerts of {slug}")  # noqa: TRY301
            except HttpError as error:
                self._collector.add_failure(error, slug, targets, "vulnerability")
                return

    def _add_listing(self, connection: GitHubConnection, listing: AlertListing, by_slug: Mapping[str, Sequence[Target]]) -> None:
        """Add open alerts, owner by owner."""
        for owner in sorted({_owner(slug) for slug in by_slug}):
            path = f"{connection.rest}/orgs/{quote(owner)}/{listing.name}/alerts"
            query: dict[str, str | int] = {"state": "open", "per_page": 100, **listing.query}
            try:
                for answer in connection.client.pages(path, query, accept=GITHUB_JSON):
                    if listing.is_secret:
                        answer.forget()
                    for alert in answer.array():
                        self._add_alert(alert, listing, by_slug)
            except HttpError as error:
                of_owner = chain.from_iterable(targets for slug, targets in by_slug.items() if _owner(slug) == owner)
                self._collector.add_failure(error, f"{listing.name.replace('-', ' ')} of {owner}", of_owner, "vulnerability")

    def _add_alert(self, alert: Any, listing: AlertListing, by_slug: Mapping[str, Sequence[Target]]) -> None:
        slug = string_at(alert, "repository", "full_name").lower()
        key = f"{listing.name}-{string_at(alert, 'number')}"
        make, url = partial(listing.value, alert, self._now), url_at(alert, "html_url")
        self._collector.add_fact(by_slug.get(slug, ()), "vulnerability", key, make, url=url)


def _owner(slug: str) -> str:
    return slug.partition("/")[0]


def _is_complete(node: RepositoryNode, family: str) -> bool:
    """True if the response has everything of the family; what the token may not read is null."""
    if family == "pipeline-run":
        suites = [commit.get("checkSuites") for commit in objects_at(node, "runs", "target", "history", "nodes")]
        is_whole = all(value_at(listed, "pageInfo", "hasNextPage") is not True for listed in suites)
        return "runs" in node and is_whole and all(isinstance(listed, Mapping) for listed in suites)
    return all(isinstance(node.get(field), Mapping) for field in CONNECTIONS[family])
