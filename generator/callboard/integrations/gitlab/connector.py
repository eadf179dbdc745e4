"""GitLab: pipelines, deployments, and vulnerabilities where the licence has them.

https://docs.gitlab.com/api/graphql: one question for fifty projects. REST would need two questions for each project.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlsplit

from callboard.integrations.gitlab import queries as questions
from callboard.integrations.gitlab import queries as told
from callboard.io.graphql import GraphqlClient, UnknownFieldError, in_portions
from callboard.io.http.auth import bearer
from callboard.io.http.errors import HttpError
from callboard.plugins.integrations.base import FactBatch, Target, options_schema
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.integrations.json_access import at, items, link_at, text_at

SLUG, ID, INSTANCE = "gitlab.com/project-slug", "gitlab.com/project-id", "gitlab.com/instance"
PATH = re.compile(r"[\w.-]{1,255}(?:/[\w.-]{1,255}){1,20}")
NUMBER = re.compile(r"\d{1,18}", re.ASCII)
PAGE = 50
MORE_PAGES = 20
WORK = ("pipeline-run", "deployment")
WEAKNESS = "vulnerability"
ENVIRONMENTS = ("production", "staging")
ProjectNode = Mapping[str, Any]


class GitLabIntegration(Connector):
    """Pipelines, deployments and vulnerabilities of projects, from GitLab."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("gitlab")
    title: ClassVar[str] = "GitLab"
    home: ClassVar[str] = "https://gitlab.com"
    annotations = (SLUG, ID)

    @property
    def families(self) -> tuple[str, ...]:
        """Those that the option names, else all."""
        return tuple(self._options.get("families", (*WORK, WEAKNESS)))

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """What GitLab knows of the projects that the annotations name, or that the descriptors lie in."""
        by_path, by_id = self._projects(subjects)
        if by_path or by_id:
            graphql = GraphqlClient(self._client(bearer(self._option("token"))), "GitLab", "/api/graphql")
            for about, by in ((by_path, "paths"), (by_id, "ids")):
                if about:
                    self._about(graphql, about, by)
        return self._found.done()

    @property
    def _environments(self) -> dict[str, str]:
        """Variables of the question with the names of environments that are asked about."""
        return {f"e{n}": str(name) for n, name in enumerate(self._options.get("environments", ENVIRONMENTS))}

    def _projects(self, subjects: Sequence[Target]) -> tuple[dict[str, list[Target]], dict[str, list[Target]]]:
        """The subjects by path in lower case, and by global id."""
        by_path: dict[str, list[Target]] = {}
        by_id: dict[str, list[Target]] = {}
        host = urlsplit(self._base).netloc
        for subject in subjects:
            if subject.annotations.get(INSTANCE, host) != host:
                continue
            slug, number = subject.annotations.get(SLUG, "").strip(), subject.annotations.get(ID, "").strip()
            own = urlsplit(subject.repository)
            path = slug or (own.path.strip("/") if own.netloc == host and not number else "")
            if PATH.fullmatch(path):
                by_path.setdefault(path.lower(), []).append(subject)
            elif NUMBER.fullmatch(number) and not slug:
                by_id.setdefault(f"gid://gitlab/Project/{number}", []).append(subject)
            elif slug or number:
                self._found.unknown([subject], SLUG if slug else ID, f"`{(slug or number)[:100]}` is no name of a project.")
        return by_path, by_id

    def _about(self, graphql: GraphqlClient, about: Mapping[str, list[Target]], by: str) -> None:
        known = sorted(about)
        if set(WORK) & set(self.families):
            named = self._environments if WORK[1] in self.families else {}
            question = partial(_queried, graphql, questions.work_question(by, self.families, len(named)), named)
            known = []
            for portion, nodes in self._asked(question, by, sorted(about), about, self.families):
                for name in portion:
                    if name in nodes:
                        known.append(name)
                        self._work(nodes[name], about[name])
                    else:
                        self._missing(about[name], name)
        if WEAKNESS in self.families and known:
            question = partial(_queried, graphql, questions.weaknesses_question(by), {})
            for portion, nodes in self._asked(question, by, known, about, [WEAKNESS]):
                for name in (one for one in portion if one in nodes):
                    self._weaknesses(graphql, nodes[name], about[name])

    def _asked(
        self,
        question: Callable[[Mapping[str, Any]], Sequence[ProjectNode]],
        by: str,
        wanted: Sequence[str],
        about: Mapping[str, list[Target]],
        families: Sequence[str],
    ) -> Iterator[tuple[Sequence[str], Mapping[str, ProjectNode]]]:
        """The projects in portions, by the name that we asked for; what is too complex for GitLab is asked for in smaller ones."""
        for portion, result in in_portions(wanted, PAGE, 1, lambda portion: question({by: [*portion], "size": len(portion)})):
            if isinstance(result, UnknownFieldError):
                return
            if isinstance(result, HttpError):
                self._found.failed(result, portion[0], [one for name in portion for one in about[name]], *families)
            else:
                yield portion, {_name(node, by): node for node in result}

    def _missing(self, subjects: Sequence[Target], name: str) -> None:
        for subject in subjects:
            key = next((key for key in (SLUG, ID) if key in subject.annotations), "")
            if key:
                self._found.unknown([subject], key, f"GitLab has no project `{name[:100]}`, or hides it from the token.")

    def _work(self, node: ProjectNode, subjects: Sequence[Target]) -> None:
        add, now = self._found.add, self._now
        if WORK[0] in self.families:
            self._found.measured(subjects, WORK[0], complete=isinstance(node.get("pipelines"), Mapping))
            for run in items(node, "pipelines", "nodes"):
                add(subjects, WORK[0], text_at(run, "id"), partial(told.pipeline_run, run, now), url=self._link(run, "path"))
        if WORK[1] in self.families:
            self._found.measured(subjects, WORK[1], complete=all(name in node for name in self._environments))
            for environment in (node.get(name) for name in self._environments):
                for last in (at(environment, state) for state in questions.STATES):
                    if isinstance(last, Mapping):
                        url = link_at(environment, "externalUrl") or self._link(last, "webPath")
                        value, name = partial(told.deployment, last, now), text_at(environment, "name")
                        add(subjects, WORK[1], text_at(last, "id"), value, environment=name, url=url)

    def _weaknesses(self, graphql: GraphqlClient, node: ProjectNode, subjects: Sequence[Target]) -> None:
        """All pages of a project; without a licence GitLab answers nothing, which is not zero."""
        listed, path = node.get("vulnerabilities"), text_at(node, "fullPath")
        if not isinstance(listed, Mapping):
            return
        self._found.measured(subjects, WEAKNESS)
        try:
            for page in range(MORE_PAGES):
                for one in items(listed, "nodes"):
                    value = partial(told.vulnerability, one, self._now)
                    self._found.add(subjects, WEAKNESS, text_at(one, "id"), value, url=link_at(one, "webUrl"))
                if at(listed, "pageInfo", "hasNextPage") is not True:
                    return
                if page == MORE_PAGES - 1:
                    raise HttpError("too-many-pages", f"{path} has more than {MORE_PAGES * 100:,} open vulnerabilities")  # noqa: TRY301
                cursor = at(listed, "pageInfo", "endCursor")
                response = graphql.query(questions.MORE_WEAKNESSES, {"path": path, "cursor": cursor}, is_partial_accepted=False)
                listed = at(response.data, "project", "vulnerabilities")
                if not isinstance(listed, Mapping):
                    raise HttpError("wrong-type", f"GitLab answers without the vulnerabilities of {path}")  # noqa: TRY301
        except HttpError as error:
            self._found.failed(error, path, subjects, WEAKNESS)

    def _link(self, node: ProjectNode, field: str) -> str:
        path = text_at(node, field)
        return f"{self._base}{path}" if path.startswith("/") and not path.startswith("//") else ""


def _name(node: ProjectNode, by: str) -> str:
    return text_at(node, "fullPath").lower() if by == "paths" else text_at(node, "id")


def _queried(graphql: GraphqlClient, text: str, named: Mapping[str, Any], variables: Mapping[str, Any]) -> Sequence[ProjectNode]:
    """The projects in the response to a query. Raises ``HttpError`` where GitLab leaves out anything."""
    data = graphql.query(text, {**named, **variables}, is_partial_accepted=False).data
    if not isinstance(at(data, "projects", "nodes"), list):
        raise HttpError("wrong-type", "GitLab answers without projects")
    return items(data, "projects", "nodes")
