"""GitHub: deployments, runs of Actions, Dependabot alerts, code scanning, and how much repositories move.

https://docs.github.com/graphql: one question for fifty repositories. Only code scanning is not in GraphQL; it is listed by organization
(https://docs.github.com/rest/code-scanning), which needs a token that may read the organization's security alerts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from callboard.integrations.github import facts as told
from callboard.integrations.github.queries import MORE_ALERTS, PARTS, repositories_question
from callboard.io.github import HEADERS, JSON, PUBLIC, GitHubConnection, connect
from callboard.io.graphql import GraphqlResponse, in_portions
from callboard.io.http.auth import Credential
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.plugins.integrations.base import FactBatch, Target, options_schema
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.integrations.json_access import at, items, link_at, text_at

SLUG = "github.com/project-slug"
NAME = re.compile(r"\w[\w-]{0,99}/(?!\.{1,2}$)[\w.-]{1,100}", re.ASCII)
PAGE = 50
SMALLEST_PAGE = 2
MORE_PAGES = 20
NEEDED = {
    "deployment": ("deployments",), "vulnerability": ("vulnerabilityAlerts",), "repository": ("pullRequests", "issues"),
}  # fmt: skip
"""Connections that are never null where we may read them."""
RepositoryNode = Mapping[str, Any]


class GitHubIntegration(Connector):
    """Deployments, runs of Actions, security alerts and activity of repositories, from GitHub."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("github")
    title: ClassVar[str] = "GitHub"
    home: ClassVar[str] = PUBLIC
    annotations = (SLUG,)

    @property
    def families(self) -> tuple[str, ...]:
        """Those that the option names, else all."""
        return tuple(self._options.get("families", PARTS))

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """What GitHub knows of the repositories that the annotations name, or that the descriptors lie in."""
        for owner, about in self._by_sign_in(self._repositories(subjects)):
            api = self._api(owner)
            for slugs, replied in self._asked(api, sorted(about)):
                for n, slug in enumerate(slugs):
                    self._repository(api, slug, about[slug], f"r{n}", replied)
            if self._options.get("code_scanning") is True and "vulnerability" in self.families:
                self._scanned(api, about)
        return self._found.done()

    def _by_sign_in(self, about: Mapping[str, list[Target]]) -> Iterator[tuple[str, Mapping[str, list[Target]]]]:
        """An App has an installation, and so a token, for each owner of repositories; else all are asked about together."""
        app = self._options.get("app")
        if not app or app.get("installation"):
            yield from [("", about)] if about else []
            return
        for owner in sorted({_owner(slug) for slug in about}):
            yield owner, {slug: subjects for slug, subjects in about.items() if _owner(slug) == owner}

    def _api(self, owner: str) -> GitHubConnection:
        def client_of(base: str, credential: Credential) -> Client:
            return self._client(credential, HEADERS, base=base)

        return connect(self._options, self._base, owner, client_of, self._context.clock)

    def _repositories(self, subjects: Sequence[Target]) -> Mapping[str, list[Target]]:
        """Names of repositories in lower case, with the subjects that are about them."""
        about: dict[str, list[Target]] = {}
        for subject in subjects:
            written = subject.annotations.get(SLUG, "").strip()
            slug = written or self._own(subject.repository)
            if NAME.fullmatch(slug):
                about.setdefault(slug.lower(), []).append(subject)
            elif written:
                self._found.unknown([subject], SLUG, f"`{written[:100]}` is no name of a repository.", "Write it as owner/name.")
        return about

    def _own(self, repository: str) -> str:
        """The name of a repository on this host."""
        parts = urlsplit(repository)
        return parts.path.strip("/") if parts.netloc.removeprefix("www.") == urlsplit(self._base).netloc.removeprefix("www.") else ""

    def _asked(self, api: GitHubConnection, slugs: Sequence[str]) -> Iterator[tuple[Sequence[str], GraphqlResponse]]:
        """All repositories in portions; one that is too large for GitHub is queried in smaller ones from then on."""
        for portion, result in in_portions(slugs, PAGE, SMALLEST_PAGE, partial(self._portion, api)):
            if isinstance(result, HttpError):
                self._found.failed(result, f"{portion[0]} and {len(portion) - 1} more" if len(portion) > 1 else portion[0])
                yield portion, GraphqlResponse({})
                continue
            if result.missing:
                reason = f"GitHub left something out: {result.missing}"
                self._found.failed(HttpError("wrong-type", reason, "Check what the token may read."))
            yield portion, result

    def _portion(self, api: GitHubConnection, slugs: Sequence[str]) -> GraphqlResponse:
        return api.graphql.query(*repositories_question(slugs, self.families, self._now))

    def _repository(self, api: GitHubConnection, slug: str, subjects: Sequence[Target], name: str, replied: GraphqlResponse) -> None:
        node = replied.data.get(name)
        if name in replied.not_found:
            message = f"GitHub has no repository `{slug}`, or hides it from the token."
            self._found.unknown([one for one in subjects if SLUG in one.annotations], SLUG, message)
            return
        node = node if isinstance(node, Mapping) else {}
        for family in self.families:
            self._found.measured(subjects, family, complete=_is_whole(node, family))
        if node:
            self._values(node, subjects)
            self._alerts(api, slug, node, subjects)

    def _values(self, node: RepositoryNode, subjects: Sequence[Target]) -> None:
        add, now, url = self._found.add, self._now, link_at(node, "url")
        for one in items(node, "deployments", "nodes"):
            where = link_at(one, "latestStatus", "environmentUrl") or link_at(one, "latestStatus", "logUrl")
            add(
                subjects, "deployment", text_at(one, "databaseId"), partial(told.deployment, one, now),
                environment=text_at(one, "environment"), url=where or (f"{url}/deployments" if url else ""),
            )  # fmt: skip
        branch = text_at(node, "runs", "name")
        for commit in items(node, "runs", "target", "history", "nodes"):
            for suite in items(commit, "checkSuites", "nodes"):
                run = suite.get("workflowRun")
                if isinstance(run, Mapping):
                    add(
                        subjects, "pipeline-run", text_at(run, "databaseId"), partial(told.pipeline_run, suite, branch, now),
                        url=link_at(run, "url"),
                    )  # fmt: skip
        if "repository" in self.families and "pullRequests" in node:
            add(subjects, "repository", text_at(node, "nameWithOwner"), partial(told.activity, node, now), url=url)

    def _alerts(self, api: GitHubConnection, slug: str, node: RepositoryNode, subjects: Sequence[Target]) -> None:
        """Dependabot's; those of a repository with more than a hundred are asked for page by page."""
        url, alerts = link_at(node, "url"), node.get("vulnerabilityAlerts")
        owner, name = slug.split("/")
        for page in range(MORE_PAGES):
            for one in items(alerts, "nodes"):
                number = text_at(one, "number")
                self._found.add(
                    subjects, "vulnerability", f"dependabot-{number}", partial(told.vulnerability, one, self._now),
                    url=f"{url}/security/dependabot/{number}" if url else "",
                )  # fmt: skip
            cursor = at(alerts, "pageInfo", "endCursor")
            if at(alerts, "pageInfo", "hasNextPage") is not True:
                return
            try:
                if page == MORE_PAGES - 1 or not isinstance(cursor, str):
                    raise HttpError("too-many-pages", f"{slug} has more than {MORE_PAGES * 100:,} open alerts")  # noqa: TRY301 - told as others are
                replied = api.graphql.query(MORE_ALERTS, {"owner": owner, "name": name, "cursor": cursor})
                alerts = at(replied.data, "repository", "vulnerabilityAlerts")
                if not isinstance(alerts, Mapping):
                    raise HttpError("wrong-type", f"GitHub answers without the alerts of {slug}")  # noqa: TRY301
            except HttpError as error:
                self._found.failed(error, slug, subjects, "vulnerability")
                return

    def _scanned(self, api: GitHubConnection, about: Mapping[str, Sequence[Target]]) -> None:
        """Open alerts of code scanning, owner by owner."""
        for owner in sorted({_owner(slug) for slug in about}):
            path = f"{api.rest}/orgs/{quote(owner)}/code-scanning/alerts"
            try:
                for answer in api.client.pages(path, {"state": "open", "per_page": 100}, accept=JSON):
                    for alert in answer.array():
                        self._alert(alert, about)
            except HttpError as error:
                ours = [one for slug, those in about.items() if slug.startswith(f"{owner}/") for one in those]
                self._found.failed(error, f"code scanning of {owner}", ours, "vulnerability")

    def _alert(self, alert: Any, about: Mapping[str, Sequence[Target]]) -> None:
        slug = text_at(alert, "repository", "full_name").lower()
        if slug in about:
            key = f"code-scanning-{text_at(alert, 'number')}"
            self._found.add(about[slug], "vulnerability", key, partial(told.finding, alert, self._now), url=link_at(alert, "html_url"))


def _owner(slug: str) -> str:
    return slug.partition("/")[0]


def _is_whole(node: RepositoryNode, family: str) -> bool:
    """Whether GitHub told everything that we asked about; what a token may not read is null."""
    if family == "pipeline-run":
        commits = items(node, "runs", "target", "history", "nodes")
        return "runs" in node and all(isinstance(commit.get("checkSuites"), Mapping) for commit in commits)
    return all(isinstance(node.get(field), Mapping) for field in NEEDED[family])
