"""Dependency-Track: projects in; open vulnerabilities of their components out.

https://docs.dependencytrack.org/integrations/rest-api/: projects and findings are listings of the whole portfolio, in pages of a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, ClassVar

from callboard.plugins.integrations import (
    Client,
    Connector,
    FactBatch,
    FactSeverity,
    HttpError,
    PageNumber,
    Target,
    Vulnerability,
    count_at,
    header,
    json_resource,
    objects_at,
    parse_word,
    string_at,
    time_at,
    value_at,
)

ID, NAME, VERSION = "dependencytrack/project-id", "dependencytrack/project-name", "dependencytrack/project-version"
FAMILY = "vulnerability"
PAGE = 100
"""The largest page of all versions; a larger one is cut without a word."""
CLOSED = frozenset({"NOT_AFFECTED", "FALSE_POSITIVE", "RESOLVED"})
Project = Mapping[str, Any]


class DependencyTrackIntegration(Connector):
    """Vulnerabilities of components, from Dependency-Track."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/dependency-track.json")
    title: ClassVar[str] = "Dependency-Track"
    families = (FAMILY,)
    annotations = (ID, NAME)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The findings of the projects that the annotations name. Raises ``HttpError`` if the projects cannot be listed."""
        named = [target for target in targets if any(target.annotations.get(key, "").strip() for key in self.annotations)]
        if not named:
            return self._collector.batch()
        client = self._client(header("X-Api-Key", self._option("token")))
        projects = self._listed(client, "/api/v1/project/concise", {"active": "true", "onlyRoot": "false", "includeMetrics": "true"})
        connected: dict[str, list[Target]] = {}
        for target in named:
            if project := self._project(target, projects):
                connected.setdefault(string_at(project, "uuid"), []).append(target)
        if connected:
            self._findings(client, connected)
        return self._collector.batch()

    def _listed(self, client: Client, path: str, query: Mapping[str, str]) -> list[Mapping[str, Any]]:
        pages = client.pages(path, {**query, "pageNumber": 1, "pageSize": PAGE}, by=PageNumber("pageNumber", PAGE))
        return [*chain.from_iterable(objects_at({"page": page.array()}, "page") for page in pages)]

    def _project(self, target: Target, projects: Sequence[Project]) -> Project | None:
        """The project of an entity that has been analyzed; of several versions the named one, else the latest."""
        annotations = {key: target.annotations.get(key, "").strip() for key in (ID, NAME, VERSION)}
        if annotations[ID]:
            found = [one for one in projects if string_at(one, "uuid").lower() == annotations[ID].lower()]
        else:
            found = [one for one in projects if string_at(one, "name") == annotations[NAME]]
            found = [one for one in found if not annotations[VERSION] or string_at(one, "version") == annotations[VERSION]]
        if not found:
            key = ID if annotations[ID] else NAME
            message = f"Dependency-Track has no active project for `{key}: {annotations[key][:100]}`."
            hint = "Correct the annotation, or give the team of the API key access to the project."
            self._collector.add_unusable_annotation([target], key, message, hint)
            return None
        best = max(found, key=lambda one: (value_at(one, "isLatest") is True, count_at(one, "lastBomImport") or 0))
        return best if isinstance(value_at(best, "metrics"), Mapping) else None

    def _findings(self, client: Client, connected: Mapping[str, Sequence[Target]]) -> None:
        everyone = [*chain.from_iterable(connected.values())]
        self._collector.add_measurements(everyone, FAMILY)
        try:
            for finding in self._listed(client, "/api/v1/finding", {"showInactive": "false", "showSuppressed": "false"}):
                targets = connected.get(string_at(finding, "component", "project"), ())
                is_closed = string_at(finding, "analysis", "state") in CLOSED or value_at(finding, "analysis", "isSuppressed") is True
                if targets and not is_closed:
                    self._add(targets, finding)
        except HttpError as error:
            self._collector.add_failure(error, "findings", everyone, FAMILY)

    def _add(self, targets: Sequence[Target], finding: Mapping[str, Any]) -> None:
        project, component = string_at(finding, "component", "project"), string_at(finding, "component", "uuid")
        identity = string_at(finding, "vulnerability", "vulnId")
        url = f"{self._option('web', self._base_url).rstrip('/')}/projects/{project}/findings"
        self._collector.add_fact(targets, FAMILY, f"{component}:{identity}", partial(self._value, finding), url=url)

    def _value(self, finding: Mapping[str, Any]) -> Vulnerability:
        severity, word = parse_word(FactSeverity, string_at(finding, "vulnerability", "severity"), FactSeverity.UNKNOWN)
        group, name = string_at(finding, "component", "group"), string_at(finding, "component", "name")
        return Vulnerability(
            string_at(finding, "vulnerability", "vulnId") or "?",
            severity,
            string_at(finding, "vulnerability", "title"),
            f"{group}/{name}" if group else name,
            string_at(finding, "component", "version"),
            first_seen=time_at(finding, self._now, "attribution", "attributedOn"),
            severity_word=word,
        )
