"""Snyk: organizations, projects, targets and repositories in; open issues, as vulnerabilities, out.

https://apidocs.snyk.io: JSON:API below ``/rest`` with a required ``version``; pages are linked by ``starting_after``. One listing returns
the projects of an organization, another one its open issues, however many components there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID

from callboard.plugins.integrations import (
    Answer,
    Client,
    Connector,
    FactBatch,
    FactSeverity,
    HttpError,
    Target,
    Vulnerability,
    header,
    json_resource,
    listed_objects,
    objects_at,
    parse_word,
    split_commas,
    string_at,
    time_at,
    value_at,
)

ORG, ORGS, TARGET, TARGETS = "snyk.io/org-id", "snyk.io/org-ids", "snyk.io/target-id", "snyk.io/targets"
PROJECTS, EXCLUDED, SLUG = "snyk.io/project-ids", "snyk.io/exclude-project-ids", "github.com/project-slug"
VERSION = "2024-10-15"
ACCEPT = "application/vnd.api+json"
PAGE = 100
WEB = "https://app.snyk.io"
FIXABLE = ("is_fixable_manually", "is_fixable_snyk", "is_fixable_upstream", "is_patchable", "is_pinnable", "is_upgradeable")
"""Members of a coordinate that state whether there is a fix."""
UPSTREAM = "is_fixable_upstream"
"""The one of them about the package itself; the others are about ways to fix it in this project."""
UPGRADE = re.compile(r"\bversion to ([\w.+,-]{1,60})")
FAMILY = "vulnerability"


@dataclass(frozen=True, slots=True)
class JsonApiLinks:
    """Pagination by ``links.next`` in the answer, of which only the cursor is used: the link could lead to another path or host."""

    def next(self, answer: Answer, query: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The query with the cursor of the next page; None after the last one."""
        link = value_at(answer.object(), "links", "next")
        link = link.get("href") if isinstance(link, Mapping) else link
        cursor = parse_qs(urlsplit(link).query).get("starting_after") if isinstance(link, str) else None
        return {**query, "starting_after": cursor[0]} if cursor else None


class SnykIntegration(Connector):
    """Open issues of projects, from Snyk."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/snyk.json")
    title: ClassVar[str] = "Snyk"
    default_url: ClassVar[str] = "https://api.snyk.io"
    families = (FAMILY,)
    annotations = (ORG, ORGS, TARGET, TARGETS, PROJECTS)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The open issues of the projects that entities are connected to, organization by organization."""
        by_organization: dict[str, list[Target]] = {}
        for target in targets:
            for organization in self._organizations(target):
                by_organization.setdefault(organization, []).append(target)
        if by_organization:
            client = self._client(header("Authorization", self._option("token"), "token "))
            for organization, group in sorted(by_organization.items()):
                self._query_organization(client, organization, group)
        self._report_unknown(targets)
        return self._collector.batch()

    def _organizations(self, target: Target) -> tuple[str, ...]:
        """The ids in the annotations, or those of the option ``organizations``."""
        written = split_commas(target.annotations.get(ORG) or target.annotations.get(ORGS, ""))
        invalid = next((organization for organization in written if not _is_id(organization)), None)
        if invalid:
            key = ORG if target.annotations.get(ORG) else ORGS
            self._collector.add_unusable_annotation([target], key, f"`{invalid[:80]}` is not the id (UUID) of a Snyk organization.")
        return tuple(one.lower() for one in written or self._options.get("organizations", ()) if _is_id(one))

    def _query_organization(self, client: Client, organization: str, targets: Sequence[Target]) -> None:
        base = f"/rest/orgs/{quote(organization, safe='')}"
        try:
            slug = string_at(client.get(base, {"version": VERSION}, accept=ACCEPT).object(), "data", "attributes", "slug")
            projects = [*self._listed(client, f"{base}/projects", {"expand": "target"})]
        except HttpError as error:
            annotated = [target for target in targets if any(key in target.annotations for key in self.annotations)]
            self._collector.add_failure(error, organization, annotated, FAMILY)
            return
        by_project = _by_project(projects, targets)
        connected = [*chain.from_iterable(by_project.values())]
        self._collector.add_measurements(connected, FAMILY)
        try:
            if connected:
                self._add_issues(client, base, slug, by_project)
        except HttpError as error:
            self._collector.add_failure(error, organization, connected, FAMILY)

    def _add_issues(self, client: Client, base: str, slug: str, by_project: Mapping[str, Sequence[Target]]) -> None:
        for issue in self._listed(client, f"{base}/issues", {"status": "open", "ignored": "false"}):
            project = string_at(issue, "relationships", "scan_item", "data", "id").lower()
            page = f"{self._option('web', WEB).rstrip('/')}/org/{quote(slug)}/project/{quote(project)}"
            url = f"{page}#issue-{quote(string_at(issue, 'attributes', 'key'))}" if slug else ""
            self._collector.add_fact(by_project.get(project, ()), FAMILY, string_at(issue, "id"), partial(self._value, issue), url=url)

    def _value(self, issue: Mapping[str, Any]) -> Vulnerability:
        attributes = issue.get("attributes")
        severity, word = parse_word(FactSeverity, string_at(attributes, "effective_severity_level"), FactSeverity.UNKNOWN)
        package, version, place = _where(attributes)
        return Vulnerability(
            _name(attributes) or string_at(attributes, "key") or string_at(issue, "id"), severity, string_at(attributes, "title"),
            package, version, _fixed_in(attributes), time_at(attributes, self._now, "created_at"), place, word,
        )  # fmt: skip

    def _listed(self, client: Client, path: str, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """All items of a listing. Raises ``HttpError``."""
        for answer in client.pages(path, {**query, "version": VERSION, "limit": PAGE}, by=JsonApiLinks(), accept=ACCEPT):
            yield from listed_objects(answer, "resources", "data")

    def _report_unknown(self, targets: Sequence[Target]) -> None:
        """Report annotations for which no organization has a project, or that have no organization to look in."""
        measured = {ref for ref, _ in self._collector.measurements}
        for target in targets:
            key = next((key for key in (PROJECTS, TARGET, TARGETS, ORG, ORGS) if target.annotations.get(key)), "")
            if not key or target.ref in measured:
                continue
            if key in {ORG, ORGS}:
                self._report_without_project(target, key)
            elif target.annotations.get(ORG) or target.annotations.get(ORGS) or self._options.get("organizations"):
                message = f"Snyk has no project for `{key}: {target.annotations[key][:100]}`."
                self._collector.add_unusable_annotation([target], key, message)
            else:
                self._collector.add_unusable_annotation(
                    [target], key, f"`{key}` needs an organization.", f"Set `{ORG}`, or the option `organizations`."
                )

    def _report_without_project(self, target: Target, key: str) -> None:
        """Report an organization that has no project of the target's repository; an invalid id is reported already."""
        if all(_is_id(organization) for organization in split_commas(target.annotations[key])):
            name = ", ".join(_selected(target)).removeprefix("target ")
            message = f"Snyk has no project for `{name[:100]}` in the organization of `{key}`." if name else f"`{key}` needs a project."
            hint = f"Import the repository in Snyk, or set `{TARGET}` or `{PROJECTS}`."
            self._collector.add_unusable_annotation([target], key, message, hint)


def _is_id(value: Any) -> bool:
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False


def _by_project(projects: Sequence[Mapping[str, Any]], targets: Sequence[Target]) -> Mapping[str, list[Target]]:
    """The targets by the id of the projects that their annotations select, by project or by Snyk target."""
    by_name: dict[str, list[Target]] = {}
    for target in targets:
        for name in _selected(target):
            by_name.setdefault(name, []).append(target)
    by_project: dict[str, list[Target]] = {}
    for project in projects:
        project_id, scanned = string_at(project, "id").lower(), value_at(project, "relationships", "target", "data")
        names = {f"target {string_at(scanned, *path).lower()}" for path in (("id",), ("attributes", "display_name"))}
        selecting = {target.ref: target for name in sorted({f"project {project_id}", *names}) for target in by_name.get(name, ())}
        by_project[project_id] = [
            target for target in selecting.values() if project_id not in split_commas(target.annotations.get(EXCLUDED, "").lower())
        ]
    return by_project


def _selected(target: Target) -> list[str]:
    """What the first of these selects: projects, Snyk targets by id or name, or the repository, after which Snyk names its targets."""
    annotations = target.annotations
    if PROJECTS in annotations:
        return [f"project {one}" for one in split_commas(annotations[PROJECTS].lower())]
    repository = urlsplit(target.repository).path.strip("/")
    written = annotations.get(TARGET) or annotations.get(TARGETS) or annotations.get(SLUG) or repository
    return [f"target {one}" for one in split_commas(written.lower())]


def _where(attributes: Any) -> tuple[str, str, str]:
    """Package, version and place in the code, each from the first coordinate that has it."""
    package = version = place = ""
    for representation in (
        one for coordinate in objects_at(attributes, "coordinates") for one in objects_at(coordinate, "representations")
    ):
        package = package or string_at(representation, "dependency", "package_name")
        version = version or string_at(representation, "dependency", "package_version")
        file, line = (
            string_at(representation, "sourceLocation", "file"),
            string_at(representation, "sourceLocation", "region", "start", "line"),
        )
        place = place or (f"{file}:{line}" if file and line else file)
    return package, version, place


def _name(attributes: Any) -> str:
    """The id of the CVE among the problems, or of the first problem, or empty."""
    names = [string_at(problem, "id") for problem in objects_at(attributes, "problems")]
    return next((name for name in names if name.startswith("CVE-")), next(filter(None, names), ""))


def _fixed_in(attributes: Any) -> str | None:
    """The versions in the first remedy that has some: ``Upgrade the package version to 0.3.61,1.2.10 to fix this vulnerability``.

    Empty if Snyk states for every coordinate that there is none; None if it does not say.
    """
    remedies = [remedy for coordinate in objects_at(attributes, "coordinates") for remedy in objects_at(coordinate, "remedies")]
    named = next(filter(None, (string_at(remedy, "details", "upgrade_package") for remedy in remedies)), "")
    named = named or next((match[1] for remedy in remedies if (match := UPGRADE.search(string_at(remedy, "description")))), "")
    coordinates = objects_at(attributes, "coordinates")
    has_none = bool(coordinates) and all(_has_no_fix(coordinate) for coordinate in coordinates)
    return named or ("" if has_none else None)


def _has_no_fix(coordinate: Mapping[str, Any]) -> bool:
    """Whether Snyk states that no version of the package has a fix; that this project cannot be upgraded says less."""
    return coordinate.get(UPSTREAM) is False and all(coordinate.get(flag, False) is False for flag in FIXABLE)
