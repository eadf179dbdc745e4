"""Jira Cloud and Jira Data Center: project keys in, open bugs out.

https://developer.atlassian.com/cloud/jira/platform/rest/v3, https://developer.atlassian.com/server/jira/platform/rest: one search with JQL
covers fifty projects. The projects are looked up first, because Jira returns nothing at all for a search that names a project that does
not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.integrations import (
    Client,
    Connector,
    Cursor,
    FactBatch,
    FactSeverity,
    HttpError,
    Issue,
    Offset,
    Target,
    basic,
    batches,
    bearer,
    json_resource,
    listed_objects,
    objects_at,
    parse_word,
    split_commas,
    string_at,
    time_at,
)

PROJECT, COMPONENT, LABEL = "jira/project-key", "jira/component", "jira/label"
DASHBOARD_PROJECT, DASHBOARD_COMPONENTS = "jira.com/project-key", "jira.com/components"
"""The annotations of the plugin Jira Dashboard; a project may have the name of the instance before it: ``cloud/PAY``."""
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,254}")
PROJECTS_PER_QUERY = 50
PAGE = 100
FIELDS = "summary,issuetype,priority,status,created,assignee,project,components,labels"
OPEN_BUGS = "statusCategory != Done AND issuetype = Bug"
FAMILY = "issue"
BY_START = Offset("issues", PAGE, "startAt")


class JiraIntegration(Connector):
    """Open bugs of projects, from Jira."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/jira.json")
    title: ClassVar[str] = "Jira"
    families = (FAMILY,)
    annotations = (PROJECT, DASHBOARD_PROJECT)
    _projects: Sequence[Mapping[str, Any]] = ()
    """All projects of a Data Center, which are listed once."""

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The open bugs of the projects that the annotations name, fifty projects per query."""
        by_key: dict[str, list[Target]] = {}
        for target in targets:
            for key in self._keys(target):
                by_key.setdefault(key, []).append(target)
        if by_key:
            email, token = self._option("email"), self._option("token")
            client = self._client(basic(email, token.strip()) if email else bearer(token))
            for keys in batches(sorted(by_key), PROJECTS_PER_QUERY):
                self._query_projects(client, {key: by_key[key] for key in keys})
        return self._collector.batch()

    def _keys(self, target: Target) -> Iterator[str]:
        """The keys of the target's projects in this Jira, in upper case; an invalid key is reported."""
        annotation = _annotation(target)
        for written in dict.fromkeys(split_commas(target.annotations.get(annotation, ""))):
            instance, _, key = written.rpartition("/")
            own = self._option("instance")
            if instance and own and instance != own:
                continue
            if KEY.fullmatch(key):
                yield key.upper()
            else:
                self._collector.add_unusable_annotation([target], annotation, f"`{written[:100]}` is not a project key, such as `PAY`.")

    def _query_projects(self, client: Client, by_key: Mapping[str, Sequence[Target]]) -> None:
        try:
            existing = self._existing(client, by_key) & set(by_key)
            for key in sorted(set(by_key) - existing):
                message = f"Jira has no project `{key}`, or the token may not read it."
                for target in by_key[key]:
                    self._collector.add_unusable_annotation([target], _annotation(target), message)
            self._collector.add_measurements((target for key in existing for target in by_key[key]), FAMILY)
            for issue in self._issues(client, sorted(existing)) if existing else ():
                self._add_issue(issue, by_key)
        except HttpError as error:
            self._collector.add_failure(error, ", ".join(by_key)[:200], chain.from_iterable(by_key.values()), FAMILY)

    def _existing(self, client: Client, by_key: Mapping[str, Sequence[Target]]) -> set[str]:
        """The keys of projects that exist; Data Center lists all projects in one answer. Raises ``HttpError``."""
        if self._is_data_center:
            self._projects = self._projects or objects_at(client.get("/rest/api/2/project").array())
            return _project_keys(self._projects)
        answer = client.get("/rest/api/3/project/search", {"keys": [*by_key], "maxResults": PROJECTS_PER_QUERY})
        return _project_keys(listed_objects(answer, "projects", "values"))

    @property
    def _is_data_center(self) -> bool:
        return self._option("edition", "cloud") == "data-center"

    def _issues(self, client: Client, keys: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """The open issues of the projects. Raises ``HttpError``."""
        projects = ", ".join(f'"{key}"' for key in keys)
        jql = f"project in ({projects}) AND ({self._option('query', OPEN_BUGS)})"
        query: dict[str, str | int] = {"jql": jql, "fields": FIELDS, "maxResults": PAGE}
        path, by = "/rest/api/3/search/jql", Cursor(("nextPageToken",), "nextPageToken")
        pages = client.pages("/rest/api/2/search", query, by=BY_START) if self._is_data_center else client.pages(path, query, by=by)
        for answer in pages:
            yield from listed_objects(answer, "issues", "issues")

    def _add_issue(self, issue: Mapping[str, Any], by_key: Mapping[str, Sequence[Target]]) -> None:
        key, fields = string_at(issue, "key"), issue.get("fields")
        project = string_at(fields, "project", "key") or key.rpartition("-")[0]
        group = [target for target in by_key.get(project.upper(), ()) if _is_about(fields, target)]
        self._collector.add_fact(group, FAMILY, key, partial(self._value, fields), url=f"{self._base_url}/browse/{quote(key)}")

    def _value(self, fields: Any) -> Issue:
        priority, word = parse_word(FactSeverity, string_at(fields, "priority", "name"), FactSeverity.UNKNOWN)
        return Issue(
            string_at(fields, "summary"), string_at(fields, "issuetype", "name").lower(),
            priority,
            time_at(fields, self._now, "created"), string_at(fields, "status", "name"), string_at(fields, "assignee", "displayName"),
            priority_word=word,
        )  # fmt: skip


def _project_keys(projects: Sequence[Mapping[str, Any]]) -> set[str]:
    return {string_at(project, "key").upper() for project in projects}


def _annotation(target: Target) -> str:
    """The annotation with the target's project; that of Roadie's plugin counts before that of Jira Dashboard."""
    return PROJECT if target.annotations.get(PROJECT, "").strip() else DASHBOARD_PROJECT


def _is_about(fields: Any, target: Target) -> bool:
    """True if the issue has one of the components and one of the labels in the target's annotations; a missing annotation allows all."""
    components = {string_at(component, "name").lower() for component in objects_at(fields, "components")}
    listed = fields.get("labels") if isinstance(fields, Mapping) else None
    labels = {label.lower() for label in listed if isinstance(label, str)} if isinstance(listed, list) else set()
    written = target.annotations
    in_annotations = ((written.get(COMPONENT) or written.get(DASHBOARD_COMPONENTS, ""), components), (written.get(LABEL, ""), labels))
    for value, names in in_annotations:
        required = {name.lower() for name in split_commas(value)}
        if required and not required & names:
            return False
    return True
