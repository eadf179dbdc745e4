"""SonarQube and SonarQube Cloud: project keys in; quality gates, coverage and ratings out.

https://docs.sonarsource.com/sonarqube-server/extension-guide/web-api: one query returns the measures of a hundred projects; the times of
analyses are in the listing of projects.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.integrations import (
    Answer,
    Client,
    Connector,
    Credential,
    FactBatch,
    FactError,
    GateState,
    HttpError,
    QualityGate,
    StaticCredential,
    Target,
    batches,
    bearer,
    count_at,
    json_resource,
    listed_objects,
    objects_at,
    parse_integer,
    parse_number,
    parse_time,
    parse_word,
    string_at,
)

KEY = "sonarqube.org/project-key"
FAMILY = "quality-gate"
RATINGS = {"reliability": "reliability_rating", "security": "security_rating", "maintainability": "sqale_rating"}
METRICS = (
    "alert_status", "bugs", "code_smells", "coverage", "duplicated_lines_density", "ncloc", "new_coverage", "security_hotspots",
    *RATINGS.values(),
)  # fmt: skip
PROJECTS_PER_QUERY = 100
"""SonarQube accepts no more."""
PAGE = 500
RESULTS = 10_000
"""The search returns no results beyond this number, whatever the page size."""
LETTERS = "ABCDE"
Measures = Mapping[str, str]
"""Values by metric."""


@dataclass(frozen=True, slots=True)
class SonarQubePages:
    """Pagination by the parameters ``p`` and ``ps``, with the number of all results in ``paging.total``."""

    def next(self, answer: Answer, query: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The query for the next page; None after the last one."""
        number, total = int(query["p"]), count_at(answer.object(), "paging", "total") or 0
        return {**query, "p": number + 1} if number * PAGE < min(total, RESULTS) else None


class SonarQubeIntegration(Connector):
    """Quality gates of projects, from SonarQube."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/sonarqube.json")
    title: ClassVar[str] = "SonarQube"
    default_url: ClassVar[str] = "https://sonarcloud.io"
    families = (FAMILY,)
    annotations = (KEY,)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The quality gates and measures of the projects that the annotations name."""
        by_project: dict[str, list[Target]] = {}
        for target in targets:
            if key := self._key(target):
                by_project.setdefault(key, []).append(target)
        if by_project:
            client = self._client(self._credential())
            measures: dict[str, Measures] = {}
            for keys in batches(sorted(by_project), PROJECTS_PER_QUERY):
                measures |= self._measures(client, keys, by_project)
            dates = self._analysis_dates(client, by_project) if measures else {}
            for key, values in measures.items():
                self._add(key, values, dates.get(key), by_project[key])
        return self._collector.batch()

    def _key(self, target: Target) -> str:
        """The project in ``[instance/]project``; empty if the annotation names another SonarQube instance."""
        instance, slash, key = target.annotations.get(KEY, "").strip().rpartition("/")
        is_same_instance = not slash or not self._option("instance") or instance == self._option("instance")
        return key if is_same_instance else ""

    def _credential(self) -> Credential:
        """A bearer token, or with the option ``scheme: basic`` the token as user name, which SonarQube before 10 requires."""
        token = self._option("token")
        if self._option("scheme") != "basic":
            return bearer(token)
        encoded = base64.b64encode(f"{token}:".encode()).decode()
        return StaticCredential({"Authorization": f"Basic {encoded}"}, (encoded, token))

    def _measures(self, client: Client, keys: Sequence[str], by_project: Mapping[str, Sequence[Target]]) -> Mapping[str, Measures]:
        """The measures by project. A project that is not in the answer has none, or the token may not read it."""
        try:
            answer = client.get("/api/measures/search", {"projectKeys": ",".join(keys), "metricKeys": ",".join(METRICS)})
            listed = listed_objects(answer, "measures", "measures")
        except HttpError as error:
            self._collector.add_failure(error, "measures", [target for key in keys for target in by_project[key]], FAMILY)
            return {}
        measures: dict[str, dict[str, str]] = {}
        for measure in listed:
            measures.setdefault(string_at(measure, "component"), {})[string_at(measure, "metric")] = _measure_value(measure)
        for key in set(keys) - set(measures):
            self._collector.add_unusable_annotation(
                by_project[key], KEY, f"SonarQube has no measures of the project `{key[:100]}`.",
                "Correct the annotation, or give the token's user the permission to browse the project.",
            )  # fmt: skip
        return {key: values for key, values in measures.items() if key in by_project}

    def _analysis_dates(self, client: Client, by_project: Mapping[str, Sequence[Target]]) -> Mapping[str, str]:
        """The time of the last analysis, by project; if the listing fails, the measures are kept and count as incomplete."""
        query: dict[str, Any] = {"f": "analysisDate", "ps": PAGE, "p": 1}
        if organization := self._option("organization"):
            query["organization"] = organization
        dates: dict[str, str] = {}
        try:
            for answer in client.pages("/api/components/search_projects", query, by=SonarQubePages()):
                projects = listed_objects(answer, "projects", "components")
                dates |= {string_at(project, "key"): string_at(project, "analysisDate") for project in projects}
        except HttpError as error:
            self._collector.add_failure(error, "times of analyses", chain.from_iterable(by_project.values()), FAMILY)
        return dates

    def _add(self, key: str, measures: Measures, analyzed: str | None, targets: Sequence[Target]) -> None:
        url = f"{self._option('web', self._base_url).rstrip('/')}/dashboard?id={quote(key, safe='')}"
        self._collector.add_fact(targets, FAMILY, key, partial(_value, measures, analyzed, self._now), url=url)


def _measure_value(measure: Mapping[str, Any]) -> str:
    """The value of a measure; that of new code is in ``period``, before SonarQube 8 in ``periods``."""
    periods = objects_at(measure, "periods")
    new = string_at(measure, "period", "value") or (string_at(periods[0], "value") if periods else "")
    return string_at(measure, "value") or new


def _value(measures: Measures, analyzed: str | None, now: datetime) -> QualityGate:
    state, word = parse_word(GateState, measures.get("alert_status", ""), GateState.NONE)
    return QualityGate(
        state,
        parse_time(analyzed, now) if analyzed else None,
        coverage=_number(measures, "coverage"),
        new_coverage=_number(measures, "new_coverage"),
        duplication=_number(measures, "duplicated_lines_density"),
        bugs=_integer(measures, "bugs"),
        smells=_integer(measures, "code_smells"),
        hotspots=_integer(measures, "security_hotspots"),
        lines=_integer(measures, "ncloc"),
        ratings=tuple((name, _letter(measures[metric])) for name, metric in RATINGS.items() if measures.get(metric)),
        state_word=word,
    )


def _number(measures: Measures, metric: str) -> float | None:
    return parse_number(measures[metric]) if measures.get(metric) else None


def _integer(measures: Measures, metric: str) -> int | None:
    return parse_integer(measures[metric]) if measures.get(metric) else None


def _letter(value: str) -> str:
    """The letter of a rating: ``1.0`` is A, the best one."""
    number = parse_integer(value)
    if not 1 <= number <= len(LETTERS):
        raise FactError(f"{value!r} is not a rating from 1 to {len(LETTERS)}")
    return LETTERS[number - 1]
