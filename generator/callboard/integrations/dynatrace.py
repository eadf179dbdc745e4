"""Dynatrace: ids of monitored entities and of objectives in; problems and service levels out.

https://docs.dynatrace.com/docs/dynatrace-api/environment-api, sections Problems v2 and Service-level objectives: both are listings of a
whole environment, whose next pages take the cursor alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.integrations import (
    Availability,
    Client,
    Connector,
    Cursor,
    FactBatch,
    HttpError,
    Incident,
    IncidentState,
    Target,
    by_annotation,
    header,
    json_resource,
    listed_objects,
    number_at,
    objects_at,
    parse_time,
    parse_word,
    split_commas,
    string_at,
    time_at,
    value_at,
)

ENTITY, SYNTHETICS = "dynatrace.com/dynatrace-entity-id", "dynatrace.com/synthetics-ids"
PROBLEMS, LEVELS = "incident", "availability"
NEXT = Cursor(("nextPageKey",), "nextPageKey", keeps=())
"""Dynatrace refuses a cursor together with any other parameter."""
PROBLEMS_PAGE, LEVELS_PAGE = 500, 25
"""The largest pages; service levels are calculated for the query, 25 at most in one."""
SEVERITIES = {"AVAILABILITY": 1, "ERROR": 2}
"""The severities of Dynatrace are kinds: an outage, more errors than usual; all others, such as slowness, are of the middle."""
MIDDLE = 3
STILL_OPEN = -1
"""As the end of a problem."""
FOUND = "NONE"
"""As the error of a service level."""
ID = re.compile(r"\b[A-Z][A-Z0-9_]{0,60}+-[0-9A-F]{1,40}+\b")
WINDOW = re.compile(r"(?:now)?-(\d{1,5})([mhdwMy])")
DAYS = {"m": 1 / 1_440, "h": 1 / 24, "d": 1.0, "w": 7.0, "M": 30.0, "y": 365.0}
Node = Mapping[str, Any]


class DynatraceIntegration(Connector):
    """Problems and service levels of monitored entities, from Dynatrace."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/dynatrace.json")
    title: ClassVar[str] = "Dynatrace"
    annotations = (ENTITY, SYNTHETICS)

    @property
    def families(self) -> tuple[str, ...]:
        """The option ``families``, or all."""
        return tuple(self._options.get("families", (PROBLEMS, LEVELS)))

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Problems and service levels of the entities that the annotations name. Raises ``HttpError``."""
        by_id = self._ids(targets)
        if by_id:
            client = self._client(header("Authorization", self._option("token"), "Api-Token "))
            if PROBLEMS in self.families:
                self._problems(client, by_id)
            if LEVELS in self.families:
                self._levels(client, by_id)
        return self._collector.batch()

    def _ids(self, targets: Sequence[Target]) -> dict[str, list[Target]]:
        """The targets by the ids of entities, as ``SERVICE-1A2B3C``; both annotations may name several."""
        found: dict[str, list[Target]] = {}
        for annotation in self.annotations:
            for written, group in by_annotation(targets, annotation).items():
                for id_ in split_commas(written):
                    if ID.fullmatch(id_.upper()):
                        found.setdefault(id_.upper(), []).extend(group)
                    else:
                        message = f"`{id_[:100]}` is not the id of an entity of Dynatrace."
                        self._collector.add_unusable_annotation(group, annotation, message, "Write an id such as SERVICE-1A2B3C4D5E6F7A8B.")
        return found

    def _problems(self, client: Client, by_id: Mapping[str, Sequence[Target]]) -> None:
        """The problems of the last days; Dynatrace lists those of two hours if it is not asked for more."""
        since, everyone = self._now - timedelta(days=self._integer_option("days", 30)), [*chain.from_iterable(by_id.values())]
        self._collector.add_measurements(everyone, PROBLEMS, since=since)
        query: dict[str, str | int] = {"from": since.strftime("%Y-%m-%dT%H:%M:%SZ"), "pageSize": PROBLEMS_PAGE}
        try:
            for page in client.pages("/api/v2/problems", query, by=NEXT):
                for problem in listed_objects(page, "problems", "problems"):
                    self._add_problem(problem, by_id)
        except HttpError as error:
            self._collector.add_failure(error, "problems", everyone, PROBLEMS)

    def _add_problem(self, problem: Node, by_id: Mapping[str, Sequence[Target]]) -> None:
        entities = [*objects_at(problem, "affectedEntities"), *objects_at(problem, "impactedEntities")]
        ids = [string_at(one, "entityId", "id") for one in (*entities, value_at(problem, "rootCauseEntity"))]
        targets = [*chain.from_iterable(by_id.get(id_, ()) for id_ in dict.fromkeys(ids))]
        key = string_at(problem, "problemId")
        url = f"{self._base_url}/#problems/problemdetails;pid={quote(key, safe='')}"
        self._collector.add_fact(targets, PROBLEMS, key, partial(self._incident, problem), url=url)

    def _incident(self, problem: Node) -> Incident:
        state, word = parse_word(IncidentState, string_at(problem, "status"), IncidentState.UNKNOWN)
        has_ended = state is IncidentState.RESOLVED and value_at(problem, "endTime") != STILL_OPEN
        number, title = string_at(problem, "displayId"), string_at(problem, "title")
        return Incident(
            f"{title} ({number})" if number else title,
            parse_time(value_at(problem, "startTime"), self._now),
            SEVERITIES.get(string_at(problem, "severityLevel"), MIDDLE),
            state,
            time_at(problem, self._now, "endTime") if has_ended else None,
            state_word=word,
        )

    def _levels(self, client: Client, by_id: Mapping[str, Sequence[Target]]) -> None:
        """The service levels whose filter names an entity: Dynatrace tells in no other way what they are about."""
        everyone = [*chain.from_iterable(by_id.values())]
        self._collector.add_measurements(everyone, LEVELS)
        try:
            for level in self._listed_levels(client):
                text = value_at(level, "filter")
                named = dict.fromkeys(ID.findall(text) if isinstance(text, str) else ())
                targets = [*chain.from_iterable(by_id.get(id_, ()) for id_ in named)]
                key = string_at(level, "id")
                url = f"{self._base_url}/ui/slo?id={quote(key, safe='')}"
                self._collector.add_fact(targets, LEVELS, key, partial(_availability, level), url=url)
        except HttpError as error:
            self._collector.add_failure(error, "service levels", everyone, LEVELS)

    def _listed_levels(self, client: Client) -> Iterator[Node]:
        """The service levels with their values, which are calculated only on request. Raises ``HttpError``."""
        for page in client.pages("/api/v2/slo", {"evaluate": "true", "pageSize": LEVELS_PAGE}, by=NEXT):
            yield from (level for level in listed_objects(page, "service levels", "slo") if value_at(level, "enabled") is not False)


def _availability(level: Node) -> Availability:
    """The value of a service level; -1, or an error, means that it could not be calculated."""
    measured, target = number_at(level, "evaluatedPercentage"), number_at(level, "target")
    is_known = measured is not None and measured >= 0 and string_at(level, "error") in {"", FOUND}
    match = WINDOW.match(string_at(level, "timeframe"))
    days = max(1, round(int(match[1]) * DAYS[match[2]])) if match else 30
    return Availability(string_at(level, "name"), measured if is_known else None, target, days)
