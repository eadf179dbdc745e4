"""Jira Cloud: open bugs of projects.

https://developer.atlassian.com/cloud/jira/platform/rest/v3: one search with JQL for fifty projects; the projects are looked up first,
because a search that names one that does not exist finds nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.io.http.auth import basic, bearer
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.pagination import Cursor
from callboard.model.facts.values import Issue
from callboard.model.facts.words import FactSeverity
from callboard.plugins.integrations import parsing
from callboard.plugins.integrations.base import FactBatch, Target, by_annotation, options_schema
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.integrations.json_access import batches, items, text_at, time_at, words_of

PROJECT, COMPONENT, LABEL = "jira/project-key", "jira/component", "jira/label"
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,254}")
AT_ONCE = 50
PAGE = 100
FIELDS = "summary,issuetype,priority,status,created,assignee,project,components,labels"
OPEN_BUGS = "statusCategory != Done AND issuetype = Bug"
FAMILY = "issue"


class JiraIntegration(Connector):
    """Open bugs of projects, from Jira."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("jira")
    title: ClassVar[str] = "Jira"
    families = (FAMILY,)
    annotations = (PROJECT,)

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """The open bugs of the projects that the annotations name, fifty projects at a time."""
        about: dict[str, list[Target]] = {}
        for written, those in by_annotation(subjects, PROJECT).items():
            if KEY.fullmatch(written):
                about.setdefault(written.upper(), []).extend(those)
            else:
                self._found.unknown(those, PROJECT, f"`{written[:100]}` is no key of a project.")
        if about:
            email, token = self._option("email"), self._option("token")
            client = self._client(basic(email, token.strip()) if email else bearer(token))
            for keys in batches(sorted(about), AT_ONCE):
                self._projects(client, {key: about[key] for key in keys})
        return self._found.done()

    def _projects(self, client: Client, about: Mapping[str, Sequence[Target]]) -> None:
        try:
            answer = client.get("/rest/api/3/project/search", {"keys": [*about], "maxResults": AT_ONCE})
            if not isinstance(answer.object().get("values"), list):
                raise answer.invalid("a list of projects", answer.object().get("values"))
            known = {text_at(project, "key").upper() for project in items(answer.object(), "values")} & set(about)
            for key in set(about) - known:
                self._found.unknown(about[key], PROJECT, f"Jira has no project `{key}`, or hides it from the token.")
            self._found.measured((one for key in known for one in about[key]), FAMILY)
            for issue in self._issues(client, sorted(known)) if known else ():
                self._issue(issue, about)
        except HttpError as error:
            self._found.failed(error, ", ".join(about)[:200], [one for those in about.values() for one in those], FAMILY)

    def _issues(self, client: Client, keys: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        projects = ", ".join(f'"{key}"' for key in keys)
        query: dict[str, str | int] = {"jql": f"project in ({projects}) AND ({self._option('query', OPEN_BUGS)})", "fields": FIELDS}
        query["maxResults"] = PAGE
        for answer in client.pages("/rest/api/3/search/jql", query, by=Cursor(("nextPageToken",), "nextPageToken")):
            found = answer.object().get("issues")
            if not isinstance(found, list):
                raise answer.invalid("a list of issues", found)
            yield from items(answer.object(), "issues")

    def _issue(self, issue: Mapping[str, Any], about: Mapping[str, Sequence[Target]]) -> None:
        key, fields = text_at(issue, "key"), issue.get("fields")
        project = text_at(fields, "project", "key") or key.rpartition("-")[0]
        those = [one for one in about.get(project.upper(), ()) if _concerns(one, fields)]
        self._found.add(those, FAMILY, key, partial(self._value, fields), url=f"{self._base}/browse/{quote(key)}")

    def _value(self, fields: Any) -> Issue:
        return Issue(
            text_at(fields, "summary"), text_at(fields, "issuetype", "name").lower(),
            parsing.known_word(FactSeverity, text_at(fields, "priority", "name"), FactSeverity.UNKNOWN),
            time_at(fields, self._now, "created"), text_at(fields, "status", "name"), text_at(fields, "assignee", "displayName"),
        )  # fmt: skip


def _concerns(subject: Target, fields: Any) -> bool:
    """Whether an issue has a component and a label that the subject asks for."""
    components = {text_at(one, "name").lower() for one in items(fields, "components")}
    labels = fields.get("labels") if isinstance(fields, Mapping) else None
    given = {COMPONENT: components, LABEL: {one.lower() for one in labels if isinstance(one, str)} if isinstance(labels, list) else set()}
    for name, has in given.items():
        wanted = {one.lower() for one in words_of(subject.annotations.get(name, ""))}
        if wanted and not wanted & has:
            return False
    return True
