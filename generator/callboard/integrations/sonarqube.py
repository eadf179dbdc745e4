"""SonarQube and SonarQube Cloud: quality gates, coverage and ratings of projects.

https://docs.sonarsource.com/sonarqube-server/extension-guide/web-api: measures are asked for a hundred projects at a time, the times of
analyses in a listing of projects.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.io.http.auth import Credential, StaticCredential, bearer
from callboard.io.http.cache import Answer
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.model.facts.values import QualityGate
from callboard.model.facts.words import FactError, GateState
from callboard.plugins.integrations import parsing
from callboard.plugins.integrations.base import FactBatch, Target, options_schema
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.integrations.json_access import batches, count_at, items, text_at

KEY = "sonarqube.org/project-key"
FAMILY = "quality-gate"
RATINGS = {"reliability": "reliability_rating", "security": "security_rating", "maintainability": "sqale_rating"}
METRICS = (
    "alert_status", "bugs", "code_smells", "coverage", "duplicated_lines_density", "ncloc", "new_coverage", "security_hotspots",
    *RATINGS.values(),
)  # fmt: skip
IN_A_QUESTION = 100
"""Projects: SonarQube takes no more."""
PAGE = 500
REACH = 10_000
"""The search goes no further, whatever the page."""
LETTERS = "ABCDE"
Measures = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pages:
    """``p`` and ``ps``, with the number of all in ``paging.total``."""

    def next(self, answer: Answer, asked: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The query with the next number, unless the page was the last."""
        number, total = int(asked["p"]), count_at(answer.object(), "paging", "total") or 0
        return {**asked, "p": number + 1} if number * PAGE < min(total, REACH) else None


class SonarQubeIntegration(Connector):
    """Quality gates of projects."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("sonarqube")
    title: ClassVar[str] = "SonarQube"
    home: ClassVar[str] = "https://sonarcloud.io"
    families = (FAMILY,)
    annotations = (KEY,)

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """The gates and measures of the projects that the annotations name."""
        by_project: dict[str, list[Target]] = {}
        for subject in subjects:
            if key := self._key(subject):
                by_project.setdefault(key, []).append(subject)
        if by_project:
            client = self._client(self._credential())
            known: dict[str, Measures] = {}
            for keys in batches(sorted(by_project), IN_A_QUESTION):
                known |= self._measures(client, keys, by_project)
            analysed = self._analysed(client, by_project) if known else {}
            for key, measures in known.items():
                self._add(key, measures, analysed.get(key), by_project[key])
        return self._found.done()

    def _key(self, subject: Target) -> str:
        """The project in ``[instance/]project``; empty where it is another SonarQube's."""
        instance, slash, key = subject.annotations.get(KEY, "").strip().rpartition("/")
        is_ours = not slash or not self._option("instance") or instance == self._option("instance")
        return key if is_ours else ""

    def _credential(self) -> Credential:
        """Before SonarQube 10 a token was a user's name without a password."""
        token = self._option("token")
        if self._option("scheme") != "basic":
            return bearer(token)
        packed = base64.b64encode(f"{token}:".encode()).decode()
        return StaticCredential({"Authorization": f"Basic {packed}"}, (packed, token))

    def _measures(self, client: Client, keys: Sequence[str], by_project: Mapping[str, Sequence[Target]]) -> Mapping[str, Measures]:
        """By project and metric. A project that is not in the answer has none, or is hidden from us."""
        try:
            answer = client.get("/api/measures/search", {"projectKeys": ",".join(keys), "metricKeys": ",".join(METRICS)})
            if not isinstance(answer.object().get("measures"), list):
                raise answer.invalid("a list of measures", answer.object().get("measures"))
        except HttpError as error:
            self._found.failed(error, "measures", [one for key in keys for one in by_project[key]], FAMILY)
            return {}
        found: dict[str, dict[str, str]] = {}
        for measure in items(answer.object(), "measures"):
            found.setdefault(text_at(measure, "component"), {})[text_at(measure, "metric")] = _told(measure)
        for key in set(keys) - set(found):
            self._found.unknown(
                by_project[key], KEY, f"SonarQube has no measures of the project `{key[:100]}`.",
                "Correct the annotation, or let the token's user browse the project.",
            )  # fmt: skip
        return {key: measures for key, measures in found.items() if key in by_project}

    def _analysed(self, client: Client, by_project: Mapping[str, Sequence[Target]]) -> Mapping[str, str]:
        """When projects were analysed last; what we do not hear of the times makes the rest no less good, but incomplete."""
        query: dict[str, Any] = {"f": "analysisDate", "ps": PAGE, "p": 1}
        if organization := self._option("organization"):
            query["organization"] = organization
        found: dict[str, str] = {}
        try:
            for answer in client.pages("/api/components/search_projects", query, by=Pages()):
                if not isinstance(answer.object().get("components"), list):
                    raise answer.invalid("a list of projects", answer.object().get("components"))
                found |= {text_at(one, "key"): text_at(one, "analysisDate") for one in items(answer.object(), "components")}
        except HttpError as error:
            self._found.failed(error, "times of analyses", [one for those in by_project.values() for one in those], FAMILY)
        return found

    def _add(self, key: str, measures: Measures, analysed: str | None, subjects: Sequence[Target]) -> None:
        make = partial(_value, measures, analysed, self._now)
        self._found.add(
            subjects, FAMILY, key, make, url=f"{self._option('web', self._base).rstrip('/')}/dashboard?id={quote(key, safe='')}"
        )


def _told(measure: Mapping[str, Any]) -> str:
    """The value; that of new code lies in ``period``, before SonarQube 8 in ``periods``."""
    periods = items(measure, "periods")
    new = text_at(measure, "period", "value") or (text_at(periods[0], "value") if periods else "")
    return text_at(measure, "value") or new


def _value(measures: Measures, analysed: str | None, now: datetime) -> QualityGate:
    return QualityGate(
        parsing.known_word(GateState, measures.get("alert_status", ""), GateState.NONE),
        parsing.moment(analysed, now) if analysed else None,
        coverage=_number(measures, "coverage"),
        new_coverage=_number(measures, "new_coverage"),
        duplication=_number(measures, "duplicated_lines_density"),
        bugs=_whole(measures, "bugs"),
        smells=_whole(measures, "code_smells"),
        hotspots=_whole(measures, "security_hotspots"),
        lines=_whole(measures, "ncloc"),
        ratings=tuple((name, _letter(measures[metric])) for name, metric in RATINGS.items() if measures.get(metric)),
    )


def _number(measures: Measures, metric: str) -> float | None:
    return parsing.number(measures[metric]) if measures.get(metric) else None


def _whole(measures: Measures, metric: str) -> int | None:
    return parsing.whole(measures[metric]) if measures.get(metric) else None


def _letter(value: str) -> str:
    """``1.0`` is A, the best."""
    number = parsing.whole(value)
    if not 1 <= number <= len(LETTERS):
        raise FactError(f"{value!r} is no rating from 1 to {len(LETTERS)}")
    return LETTERS[number - 1]
