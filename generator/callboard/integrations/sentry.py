"""Sentry: how many errors programs report, by day, and how many nobody has settled.

https://docs.sentry.io/api: counts of events for a hundred projects in one question, unresolved issues by pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.io.http.auth import bearer
from callboard.io.http.cache import Answer
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.pagination import LINK
from callboard.model.facts.values import ErrorTrend
from callboard.model.facts.words import FactError
from callboard.plugins.integrations.base import FactBatch, Target, by_annotation, options_schema
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.integrations.json_access import at, batches, count_at, items, text_at, time_at

SLUG = "sentry.io/project-slug"
AT_ONCE = 100
PAGE = 100
NEW = timedelta(days=7)
FAMILY = "error-trend"
FIELD = "sum(quantity)"


@dataclass(frozen=True, slots=True)
class SentryLinks:
    """``Link`` with a next page always; ``results`` says whether anything is on it."""

    def next(self, answer: Answer, asked: Mapping[str, Any]) -> str | None:  # noqa: ARG002 - the way of the protocol
        """The next page, if it has results."""
        found = (match for match in LINK.finditer(answer.headers.get("link", "")[:20_000]) if 'rel="next"' in match.group(2))
        return next((match.group(1) for match in found if 'results="true"' in match.group(2)), None)


@dataclass(frozen=True, slots=True)
class SentryProject:
    """A project that is ours."""

    id: str
    slug: str
    name: str
    subjects: tuple[Target, ...]


class SentryIntegration(Connector):
    """Errors that programs report, from Sentry."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("sentry")
    title: ClassVar[str] = "Sentry"
    home: ClassVar[str] = "https://sentry.io"
    families = (FAMILY,)
    annotations = (SLUG,)

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """Trends of the projects that the annotations name, organization by organization."""
        by_org: dict[str, dict[str, tuple[Target, ...]]] = {}
        for written, those in by_annotation(subjects, SLUG).items():
            org, _, slug = written.rpartition("/")
            org = org or self._option("organization")
            if org and slug:
                by_org.setdefault(org, {}).setdefault(slug, ())
                by_org[org][slug] += those
            else:
                self._found.unknown(
                    those, SLUG, f"`{written[:100]}` names no organization.", "Write organization/project, or the option `organization`."
                )
        client = self._client(bearer(self._option("token"))) if by_org else None
        for org, slugs in sorted(by_org.items()):
            if client:
                self._organization(client, f"/api/0/organizations/{quote(org, safe='')}", org, slugs)
        return self._found.done()

    def _organization(self, client: Client, base: str, org: str, slugs: Mapping[str, tuple[Target, ...]]) -> None:
        everybody = [one for those in slugs.values() for one in those]
        try:
            listed = {text_at(one, "slug"): one for one in self._listed(client, f"{base}/projects/", {"per_page": PAGE})}
        except HttpError as error:
            self._found.failed(error, org, everybody, FAMILY)
            return
        ours = []
        for slug, those in slugs.items():
            if text_at(listed.get(slug), "id"):
                ours.append(SentryProject(text_at(listed[slug], "id"), slug, text_at(listed[slug], "name") or slug, those))
            else:
                self._found.unknown(those, SLUG, f"Sentry has no project `{slug[:100]}` in `{org[:100]}`.")
        for portion in batches(sorted(ours, key=lambda one: one.id), AT_ONCE):
            self._trends(client, base, org, portion)

    def _trends(self, client: Client, base: str, org: str, projects: Sequence[SentryProject]) -> None:
        everybody, ids = [one for project in projects for one in project.subjects], [project.id for project in projects]
        self._found.measured(everybody, FAMILY)
        counts: Mapping[str, tuple[int, ...]] | None = None
        unresolved: Counter[str] | None = None
        new: Counter[str] | None = None
        try:
            counts = self._counts(client, base, ids)
            unresolved, new = self._unresolved(client, base, ids)
        except HttpError as error:
            self._found.failed(error, org, everybody, FAMILY)
        if counts is None:
            return
        for project in projects:
            value = ErrorTrend(
                project.name, counts.get(project.id, counts[""]), None if unresolved is None else unresolved[project.id],
                None if new is None else new[project.id],
            )  # fmt: skip
            url = f"{self._base}/organizations/{quote(org)}/issues/?project={quote(project.id)}"
            self._found.add(project.subjects, FAMILY, project.id, partial(_same, value), url=url)

    def _counts(self, client: Client, base: str, ids: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
        """Errors by day of each project; under an empty name those of a project that had none."""
        query = {
            "groupBy": "project", "field": FIELD, "category": "error", "outcome": "accepted", "statsPeriod": "14d", "interval": "1d",
            "project": ids,
        }  # fmt: skip
        answer = client.get(f"{base}/stats_v2/", query)
        days, groups = answer.object().get("intervals"), answer.object().get("groups")
        if not isinstance(days, list) or not isinstance(groups, list):
            raise answer.invalid("counts", groups)
        found = {"": (0,) * min(len(days), 100)}
        for group in items(answer.object(), "groups"):
            series = at(group, "series", FIELD)
            numbers = series if isinstance(series, list) else []
            found[text_at(group, "by", "project")] = tuple(count_at({"n": one}, "n") or 0 for one in numbers[:100])
        return found

    def _unresolved(self, client: Client, base: str, ids: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
        """Issues by project: all that are not resolved, and of these the new ones."""
        every: Counter[str] = Counter()
        new: Counter[str] = Counter()
        query = {"query": "is:unresolved", "statsPeriod": "90d", "limit": PAGE, "collapse": "stats", "project": ids}
        for issue in self._listed(client, f"{base}/issues/", query):
            project = text_at(issue, "project", "id")
            every[project] += 1
            new[project] += self._is_new(issue)
        return every, new

    def _is_new(self, issue: Mapping[str, Any]) -> bool:
        try:
            first = time_at(issue, self._now, "firstSeen")
        except FactError:
            return False
        return first is not None and first >= self._now - NEW

    def _listed(self, client: Client, path: str, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        for answer in client.pages(path, query, by=SentryLinks()):
            yield from items({"all": answer.array()}, "all")


def _same(value: ErrorTrend) -> ErrorTrend:
    return value
