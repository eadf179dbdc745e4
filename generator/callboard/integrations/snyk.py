"""Snyk: open issues of an organization's projects, as vulnerabilities.

https://apidocs.snyk.io: JSON:API below ``/rest`` with a required ``version``; pages are linked by ``starting_after``. An organization is
asked once for its projects and once for its open issues, however many components it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID

from callboard.io.http.auth import header
from callboard.io.http.cache import Answer
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.model.facts.values import Vulnerability
from callboard.model.facts.words import FactSeverity
from callboard.plugins.integrations import parsing
from callboard.plugins.integrations.base import FactBatch, Target, options_schema
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.integrations.json_access import at, items, text_at, time_at, words_of

ORG, ORGS, TARGET, TARGETS = "snyk.io/org-id", "snyk.io/org-ids", "snyk.io/target-id", "snyk.io/targets"
PROJECTS, EXCLUDED, SLUG = "snyk.io/project-ids", "snyk.io/exclude-project-ids", "github.com/project-slug"
VERSION = "2024-10-15"
ACCEPT = "application/vnd.api+json"
PAGE = 100
WEB = "https://app.snyk.io"
UPGRADE = re.compile(r"\bversion to ([\w.+,-]{1,60})")
FAMILY = "vulnerability"


@dataclass(frozen=True, slots=True)
class JsonApiLinks:
    """``links.next``, of which only the cursor is taken: the rest of the way is ours."""

    def next(self, answer: Answer, asked: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The query with the cursor in it."""
        link = at(answer.object(), "links", "next")
        link = link.get("href") if isinstance(link, Mapping) else link
        cursor = parse_qs(urlsplit(link).query).get("starting_after") if isinstance(link, str) else None
        return {**asked, "starting_after": cursor[0]} if cursor else None


class SnykIntegration(Connector):
    """Open issues of projects, from Snyk."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("snyk")
    title: ClassVar[str] = "Snyk"
    home: ClassVar[str] = "https://api.snyk.io"
    families = (FAMILY,)
    annotations = (ORG, ORGS, TARGET, TARGETS, PROJECTS)

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """The open issues of the projects that are ours, organization by organization."""
        by_org: dict[str, list[Target]] = {}
        for subject in subjects:
            for org in self._organizations(subject):
                by_org.setdefault(org, []).append(subject)
        if by_org:
            client = self._client(header("Authorization", self._option("token"), "token "))
            for org, those in sorted(by_org.items()):
                self._organization(client, org, those)
        self._tell_unknown(subjects)
        return self._found.done()

    def _organizations(self, subject: Target) -> tuple[str, ...]:
        """Those of the annotations, else those of the options."""
        written = words_of(subject.annotations.get(ORG) or subject.annotations.get(ORGS, ""))
        broken = next((org for org in written if not _is_id(org)), None)
        if broken:
            key = ORG if subject.annotations.get(ORG) else ORGS
            self._found.unknown([subject], key, f"`{broken[:80]}` is no id of a Snyk organization.")
        return tuple(org.lower() for org in written or self._options.get("organizations", ()) if _is_id(org))

    def _organization(self, client: Client, org: str, subjects: Sequence[Target]) -> None:
        base = f"/rest/orgs/{quote(org, safe='')}"
        try:
            slug = text_at(client.get(base, {"version": VERSION}, accept=ACCEPT).object(), "data", "attributes", "slug")
            projects = [*self._listed(client, f"{base}/projects", {"expand": "target"})]
        except HttpError as error:
            self._found.failed(error, org, [one for one in subjects if any(key in one.annotations for key in self.annotations)], FAMILY)
            return
        about = _owners(projects, subjects)
        ours = [subject for those in about.values() for subject in those]
        self._found.measured(ours, FAMILY)
        try:
            if ours:
                self._issues(client, base, slug, about)
        except HttpError as error:
            self._found.failed(error, org, ours, FAMILY)

    def _issues(self, client: Client, base: str, slug: str, about: Mapping[str, Sequence[Target]]) -> None:
        for issue in self._listed(client, f"{base}/issues", {"status": "open", "ignored": "false"}):
            project = text_at(issue, "relationships", "scan_item", "data", "id").lower()
            place = f"{self._option('web', WEB).rstrip('/')}/org/{quote(slug)}/project/{quote(project)}"
            url = f"{place}#issue-{quote(text_at(issue, 'attributes', 'key'))}" if slug else ""
            self._found.add(about.get(project, ()), FAMILY, text_at(issue, "id"), partial(self._value, issue), url=url)

    def _value(self, issue: Mapping[str, Any]) -> Vulnerability:
        told = issue.get("attributes")
        severity = parsing.known_word(FactSeverity, text_at(told, "effective_severity_level"), FactSeverity.UNKNOWN)
        package, version, place = _where(told)
        name = _name(told) or text_at(told, "key") or text_at(issue, "id")
        return Vulnerability(
            name, severity, text_at(told, "title"), package, version, _fixed_in(told), time_at(told, self._now, "created_at"), place
        )

    def _listed(self, client: Client, path: str, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        for answer in client.pages(path, {**query, "version": VERSION, "limit": PAGE}, by=JsonApiLinks(), accept=ACCEPT):
            found = answer.object().get("data")
            if not isinstance(found, list):
                raise answer.invalid("a list", found)
            yield from items(found)

    def _tell_unknown(self, subjects: Sequence[Target]) -> None:
        """Those that say which projects are theirs, and nobody was asked about them."""
        asked = {ref for ref, _ in self._found.asked}
        for subject in subjects:
            key = next((key for key in (PROJECTS, TARGET, TARGETS) if key in subject.annotations), "")
            if not key or subject.ref in asked:
                continue
            if subject.annotations.get(ORG) or subject.annotations.get(ORGS) or self._options.get("organizations"):
                self._found.unknown([subject], key, f"Snyk has no project for `{key}: {subject.annotations[key][:100]}`.")
            else:
                self._found.unknown(
                    [subject], key, f"`{key}` needs an organization.", f"Name it in `{ORG}`, or in the option `organizations`."
                )


def _is_id(value: Any) -> bool:
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False


def _owners(projects: Sequence[Mapping[str, Any]], subjects: Sequence[Target]) -> Mapping[str, list[Target]]:
    """Projects by id, with the subjects that call for them or for their target."""
    called: dict[str, list[Target]] = {}
    for subject in subjects:
        for name in _wanted(subject):
            called.setdefault(name, []).append(subject)
    about: dict[str, list[Target]] = {}
    for project in projects:
        name, target = text_at(project, "id").lower(), at(project, "relationships", "target", "data")
        names = {f"project {name}", *(f"target {text_at(target, *way).lower()}" for way in (("id",), ("attributes", "display_name")))}
        those = {one.ref: one for called_so in sorted(names) for one in called.get(called_so, ())}
        about[name] = [one for one in those.values() if name not in words_of(one.annotations.get(EXCLUDED, "").lower())]
    return about


def _wanted(subject: Target) -> list[str]:
    """By the first that is written: projects, targets (ids or names), the repository, which is what targets are called like."""
    told = subject.annotations
    if PROJECTS in told:
        return [f"project {one}" for one in words_of(told[PROJECTS].lower())]
    written = told.get(TARGET) or told.get(TARGETS) or told.get(SLUG) or urlsplit(subject.repository).path.strip("/")
    return [f"target {one}" for one in words_of(written.lower())]


def _where(told: Any) -> tuple[str, str, str]:
    """Package, version, and place in the code, of the first that each coordinate names."""
    package = version = place = ""
    for representation in (one for coordinate in items(told, "coordinates") for one in items(coordinate, "representations")):
        package = package or text_at(representation, "dependency", "package_name")
        version = version or text_at(representation, "dependency", "package_version")
        file, line = text_at(representation, "sourceLocation", "file"), text_at(representation, "sourceLocation", "region", "start", "line")
        place = place or (f"{file}:{line}" if file and line else file)
    return package, version, place


def _name(told: Any) -> str:
    """The CVE, where one is named among the problems."""
    names = [text_at(problem, "id") for problem in items(told, "problems")]
    return next((name for name in names if name.startswith("CVE-")), next(filter(None, names), ""))


def _fixed_in(told: Any) -> str:
    """The versions that a remedy names: ``Upgrade the package version to 0.3.61,1.2.10 to fix this vulnerability``."""
    remedies = [remedy for coordinate in items(told, "coordinates") for remedy in items(coordinate, "remedies")]
    named = next(filter(None, (text_at(remedy, "details", "upgrade_package") for remedy in remedies)), "")
    return named or next((match[1] for remedy in remedies if (match := UPGRADE.search(text_at(remedy, "description")))), "")
