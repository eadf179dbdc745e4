"""Sentry: project slugs in; numbers of errors by day, and of unresolved issues, out.

https://docs.sentry.io/api: one query counts the events of a hundred projects; unresolved issues are a paged listing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.integrations import (
    Answer,
    Client,
    Connector,
    ErrorTrend,
    FactBatch,
    FactError,
    HttpError,
    Target,
    batches,
    bearer,
    by_annotation,
    count_at,
    json_resource,
    objects_at,
    string_at,
    time_at,
    value_at,
)

SLUG = "sentry.io/project-slug"
PROJECTS_PER_QUERY = 100
PAGE = 100
DAYS = 100
"""Days of counts that are kept at most."""
NEW = timedelta(days=7)
"""An issue that was first seen within this time is new."""
FAMILY = "error-trend"
FIELD = "sum(quantity)"
LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[^<>,;]+)*)")
"""A URL of the header ``Link``, and its attributes; Sentry's values contain neither commas nor semicolons."""


@dataclass(frozen=True, slots=True)
class SentryLinks:
    """Pagination by the header ``Link``, which always has a next page; its attribute ``results`` tells if that page has items."""

    def next(self, answer: Answer, query: Mapping[str, Any]) -> str | None:  # noqa: ARG002 - part of the protocol
        """The URL of the next page, if it has items."""
        links = (match for match in LINK.finditer(answer.headers.get("link", "")[:20_000]) if 'rel="next"' in match.group(2))
        return next((match.group(1) for match in links if 'results="true"' in match.group(2)), None)


@dataclass(frozen=True, slots=True)
class SentryProject:
    """A project that entities are connected to."""

    id: str
    slug: str
    name: str
    targets: tuple[Target, ...]


class SentryIntegration(Connector):
    """Errors that programs report, from Sentry."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/sentry.json")
    title: ClassVar[str] = "Sentry"
    default_url: ClassVar[str] = "https://sentry.io"
    families = (FAMILY,)
    annotations = (SLUG,)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Trends of the projects that the annotations name, organization by organization."""
        by_organization: dict[str, dict[str, tuple[Target, ...]]] = {}
        for written, group in by_annotation(targets, SLUG).items():
            organization, _, slug = written.rpartition("/")
            organization = organization or self._option("organization")
            if organization and slug:
                by_organization.setdefault(organization, {}).setdefault(slug, ())
                by_organization[organization][slug] += group
            else:
                self._collector.add_unusable_annotation(
                    group, SLUG, f"`{written[:100]}` has no organization.",
                    "Write it as organization/project, or set the option `organization`.",
                )  # fmt: skip
        client = self._client(bearer(self._option("token"))) if by_organization else None
        for organization, by_slug in sorted(by_organization.items()):
            if client:
                self._query_organization(client, organization, by_slug)
        return self._collector.batch()

    def _query_organization(self, client: Client, organization: str, by_slug: Mapping[str, tuple[Target, ...]]) -> None:
        base = f"/api/0/organizations/{quote(organization, safe='')}"
        try:
            listed = {string_at(project, "slug"): project for project in self._listed(client, f"{base}/projects/", {"per_page": PAGE})}
        except HttpError as error:
            self._collector.add_failure(error, organization, chain.from_iterable(by_slug.values()), FAMILY)
            return
        projects = []
        for slug, group in by_slug.items():
            if project_id := string_at(listed.get(slug), "id"):
                projects.append(SentryProject(project_id, slug, string_at(listed[slug], "name") or slug, group))
            else:
                message = f"Sentry has no project `{slug[:100]}` in the organization `{organization[:100]}`."
                self._collector.add_unusable_annotation(group, SLUG, message)
        for batch in batches(sorted(projects, key=lambda project: project.id), PROJECTS_PER_QUERY):
            self._add_trends(client, base, organization, batch)

    def _add_trends(self, client: Client, base: str, organization: str, projects: Sequence[SentryProject]) -> None:
        targets, ids = [target for project in projects for target in project.targets], [project.id for project in projects]
        self._collector.add_measurements(targets, FAMILY)
        counts: Mapping[str, tuple[int, ...]] | None = None
        unresolved: Counter[str] | None = None
        new: Counter[str] | None = None
        try:
            counts = self._counts(client, base, ids)
            unresolved, new = self._unresolved(client, base, ids)
        except HttpError as error:
            self._collector.add_failure(error, organization, targets, FAMILY)
        if counts is None:
            return
        for project in projects:
            make = partial(
                ErrorTrend, project.name, counts.get(project.id, counts[""]), None if unresolved is None else unresolved[project.id],
                None if new is None else new[project.id],
            )  # fmt: skip
            url = f"{self._base_url}/organizations/{quote(organization)}/issues/?project={quote(project.id)}"
            self._collector.add_fact(project.targets, FAMILY, project.id, make, url=url)

    def _counts(self, client: Client, base: str, ids: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
        """Errors by day, by id of the project; the key "" has zeros, for a project without errors. Raises ``HttpError``."""
        query = {
            "groupBy": "project", "field": FIELD, "category": "error", "outcome": "accepted", "statsPeriod": "14d", "interval": "1d",
            "project": ids,
        }  # fmt: skip
        answer = client.get(f"{base}/stats_v2/", query)
        days, groups = answer.object().get("intervals"), answer.object().get("groups")
        if not isinstance(days, list) or not isinstance(groups, list):
            raise answer.invalid("counts", groups)
        counts = {"": (0,) * min(len(days), DAYS)}
        for group in objects_at(groups):
            series = value_at(group, "series", FIELD)
            numbers = series if isinstance(series, list) else []
            counts[string_at(group, "by", "project")] = tuple(count_at(number) or 0 for number in numbers[:DAYS])
        return counts

    def _unresolved(self, client: Client, base: str, ids: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
        """The numbers of unresolved issues, and of new ones among them, by id of the project. Raises ``HttpError``."""
        unresolved: Counter[str] = Counter()
        new: Counter[str] = Counter()
        query = {"query": "is:unresolved", "statsPeriod": "90d", "limit": PAGE, "collapse": "stats", "project": ids}
        for issue in self._listed(client, f"{base}/issues/", query):
            project = string_at(issue, "project", "id")
            unresolved[project] += 1
            new[project] += self._is_new(issue)
        return unresolved, new

    def _is_new(self, issue: Mapping[str, Any]) -> bool:
        try:
            first = time_at(issue, self._now, "firstSeen")
        except FactError:
            return False
        return first is not None and first >= self._now - NEW

    def _listed(self, client: Client, path: str, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """All items of a listing. Raises ``HttpError``."""
        for answer in client.pages(path, query, by=SentryLinks()):
            yield from objects_at(answer.array())
