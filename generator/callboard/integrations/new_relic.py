"""New Relic: guids of entities in; service levels, the state of their alert conditions, and issues on request out.

https://docs.newrelic.com/docs/apis/nerdgraph/: twenty-five entities with their service levels are one query, and so are the values of
twenty service levels.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any, ClassVar

from callboard.plugins.integrations import (
    Alert,
    AlertState,
    Availability,
    Connector,
    FactBatch,
    FactSeverity,
    GraphqlClient,
    GraphqlResponse,
    HttpError,
    Incident,
    IncidentState,
    Target,
    by_annotation,
    count_at,
    header,
    in_portions,
    json_resource,
    number_at,
    objects_at,
    parse_incident_severity,
    parse_time,
    parse_word,
    split_commas,
    string_at,
    time_at,
    url_at,
    value_at,
)

GUID = "newrelic.com/entity-guid"
LEVELS, ALERTS, ISSUES = "availability", "alert", "incident"
ISSUES_HEADER = {"nerd-graph-unsafe-experimental-opt-in": "AiIssues"}
"""New Relic answers the query about issues only with it, and may change that query at any time."""
ENTITIES, VALUES = 25, 20
"""Entities and values of one query."""
ISSUE_PAGES = 50
SEVERITIES = {"CRITICAL": FactSeverity.CRITICAL, "WARNING": FactSeverity.MEDIUM}
"""Of an entity with open violations."""
QUIET = "NOT_ALERTING"
"""The entity has alert conditions, and none is violated. ``NOT_CONFIGURED`` has none, so that nothing is measured."""
FULLY_MUTED = "FULLY_MUTED"
SINCE = re.compile(r"\bSINCE\b", re.IGNORECASE)
ENTITIES_QUERY = """query Entities($guids: [EntityGuid]!) { actor { entities(guids: $guids) {
  guid name permalink alertSeverity reporting
  serviceLevel { indicators { guid name objectives { name target timeWindow { rolling { count unit } } }
    resultQueries { indicator { nrql } } } } } } }"""
ISSUES_QUERY = """query Issues($account: Int!, $window: TimeWindowInput, $cursor: String) { actor { account(id: $account) { aiIssues {
  issues(timeWindow: $window, cursor: $cursor) { nextCursor issues {
    issueId title priority state entityGuids createdAt acknowledgedAt closedAt deepLinkUrl mutingState } } } } } }"""
Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """An objective of an indicator, with the query of its value."""

    key: str
    name: str
    account: int
    nrql: str
    objective: float | None
    days: int
    url: str
    targets: Sequence[Target]


class NewRelicIntegration(Connector):
    """Service levels, alerts and issues of entities, from New Relic."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/new-relic.json")
    title: ClassVar[str] = "New Relic"
    default_url: ClassVar[str] = "https://api.newrelic.com"
    annotations = (GUID,)

    @property
    def families(self) -> tuple[str, ...]:
        """The option ``families``, or those of which New Relic promises that they stay."""
        return tuple(self._options.get("families", (LEVELS, ALERTS)))

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Facts about the entities whose guids the annotations name. Raises ``HttpError``."""
        by_guid = self._guids(targets)
        if by_guid:
            headers = ISSUES_HEADER if ISSUES in self.families else None
            graphql = GraphqlClient(self._client(header("API-Key", self._option("token")), headers), "New Relic")
            if {LEVELS, ALERTS} & set(self.families):
                levels = self._entities(graphql, by_guid)
                self._values(graphql, {f"{key:05}": level for key, level in enumerate(levels)})
            if ISSUES in self.families:
                self._issues(graphql, by_guid)
        return self._collector.batch()

    def _guids(self, targets: Sequence[Target]) -> dict[str, list[Target]]:
        """The targets by guid; an annotation may name several."""
        found: dict[str, list[Target]] = {}
        for written, group in by_annotation(targets, GUID).items():
            for guid in split_commas(written):
                if _account(guid) is None:
                    self._collector.add_unusable_annotation(group, GUID, f"`{guid[:100]}` is not the guid of an entity of New Relic.")
                else:
                    found.setdefault(guid, []).extend(group)
        return found

    def _entities(self, graphql: GraphqlClient, by_guid: Mapping[str, Sequence[Target]]) -> list[ServiceLevel]:
        """Add the states of alerts; the service levels of all entities."""
        wanted = [family for family in (LEVELS, ALERTS) if family in self.families]
        levels: list[ServiceLevel] = []

        def query(guids: Sequence[str]) -> GraphqlResponse:
            return graphql.query(ENTITIES_QUERY, {"guids": list(guids)})

        for guids, response in in_portions(sorted(by_guid), ENTITIES, 1, query):
            everyone = [*chain.from_iterable(by_guid[guid] for guid in guids)]
            try:
                nodes = {string_at(node, "guid"): node for node in _answered(response, "entities")}
            except HttpError as error:
                self._collector.add_failure(error, f"{len(guids)} entities", everyone, *wanted)
                continue
            for guid in guids:
                if guid in nodes:
                    levels += self._entity(guid, nodes[guid], by_guid[guid])
                else:
                    message = f"New Relic has no entity `{guid[:100]}`, or the user of the key may not see its account."
                    self._collector.add_unusable_annotation(by_guid[guid], GUID, message)
        return levels

    def _entity(self, guid: str, node: Node, targets: Sequence[Target]) -> Iterator[ServiceLevel]:
        """Add the state of the alerts of an entity; its service levels."""
        word, url = string_at(node, "alertSeverity"), url_at(node, "permalink")
        if ALERTS in self.families and (word in SEVERITIES or (word == QUIET and value_at(node, "reporting") is not False)):
            self._collector.add_measurements(targets, ALERTS)
            if word in SEVERITIES:
                alert = partial(
                    Alert, string_at(node, "name"), SEVERITIES[word], AlertState.FIRING, summary="Alert conditions are violated."
                )
                self._collector.add_fact(targets, ALERTS, guid, alert, url=url)
        if LEVELS in self.families:
            self._collector.add_measurements(targets, LEVELS)
            for indicator in objects_at(node, "serviceLevel", "indicators"):
                yield from self._levels(guid, indicator, url, targets)

    def _levels(self, guid: str, indicator: Node, url: str, targets: Sequence[Target]) -> Iterator[ServiceLevel]:
        """One service level for each objective: each has a window of its own."""
        nrql = value_at(indicator, "resultQueries", "indicator", "nrql")
        own = string_at(indicator, "guid")
        account = _account(own) or _account(guid) or 0
        for objective in objects_at(indicator, "objectives"):
            days = count_at(objective, "timeWindow", "rolling", "count") or 30
            if isinstance(nrql, str):
                text = nrql if SINCE.search(nrql) else f"{nrql} SINCE {days} DAYS AGO"
                name = string_at(objective, "name") or string_at(indicator, "name")
                yield ServiceLevel(f"{own or name}/{days}", name, account, text, number_at(objective, "target"), days, url, targets)

    def _values(self, graphql: GraphqlClient, levels: Mapping[str, ServiceLevel]) -> None:
        """Add the service levels with the values that their queries return."""
        for keys, response in in_portions(sorted(levels), VALUES, 1, lambda keys: _query_values(graphql, [levels[key] for key in keys])):
            missing = response if isinstance(response, HttpError) else HttpError("wrong-type", f"New Relic left it out: {response.missing}")
            data = response.data if isinstance(response, GraphqlResponse) else {}
            for number, key in enumerate(keys):
                level, container = levels[key], value_at(data, "actor", f"v{number}", "nrql", "results")
                if isinstance(container, list):
                    self._collector.add_fact(level.targets, LEVELS, level.key, partial(_availability, level, container), url=level.url)
                else:
                    self._collector.add_failure(missing, f"service level {level.name}", level.targets, LEVELS)

    def _issues(self, graphql: GraphqlClient, by_guid: Mapping[str, Sequence[Target]]) -> None:
        """Add the issues of the last days, account by account: whose entities they are is matched here."""
        by_account: dict[int, list[Target]] = {}
        for guid, group in by_guid.items():
            by_account.setdefault(_account(guid) or 0, []).extend(group)
        since = self._now - timedelta(days=self._integer_option("days", 30))
        window = {"startTime": int(since.timestamp() * 1_000), "endTime": int(self._now.timestamp() * 1_000)}
        for account, targets in sorted(by_account.items()):
            self._collector.add_measurements(targets, ISSUES, since=since)
            try:
                for issue in _issue_pages(graphql, {"account": account, "window": window}):
                    if string_at(issue, "mutingState") != FULLY_MUTED:
                        self._add_issue(issue, by_guid)
            except HttpError as error:
                self._collector.add_failure(error, f"issues of account {account}", targets, ISSUES)

    def _add_issue(self, issue: Node, by_guid: Mapping[str, Sequence[Target]]) -> None:
        guids, urls = value_at(issue, "entityGuids"), value_at(issue, "deepLinkUrl")
        targets = (
            [*chain.from_iterable(by_guid.get(guid, ()) for guid in guids if isinstance(guid, str))] if isinstance(guids, list) else []
        )
        url = next(filter(None, (url_at({"url": one}, "url") for one in urls)), "") if isinstance(urls, list) else ""
        self._collector.add_fact(targets, ISSUES, string_at(issue, "issueId"), partial(self._incident, issue), url=url)

    def _incident(self, issue: Node) -> Incident:
        titles = value_at(issue, "title")
        title = next((one for one in titles if isinstance(one, str)), "") if isinstance(titles, list) else string_at(issue, "title")
        state, word = parse_word(IncidentState, string_at(issue, "state"), IncidentState.UNKNOWN)
        if state is IncidentState.OPEN and value_at(issue, "acknowledgedAt"):
            state = IncidentState.ACKNOWLEDGED
        return Incident(
            title[:500] or "Issue",
            parse_time(value_at(issue, "createdAt"), self._now),
            parse_incident_severity(string_at(issue, "priority")),
            state,
            time_at(issue, self._now, "closedAt") if state is IncidentState.RESOLVED else None,
            state_word=word,
        )


def _account(guid: str) -> int | None:
    """The account in a guid, which is ``account|domain|type|id`` in base 64; None for any other text."""
    try:
        account, *rest = base64.b64decode(f"{guid}{'=' * (-len(guid) % 4)}", validate=True).decode("ascii").split("|")
    except (binascii.Error, ValueError):
        return None
    return int(account) if len(rest) >= 3 and account.isdecimal() and len(account) <= 18 else None  # noqa: PLR2004 - its parts


def _answered(response: GraphqlResponse | HttpError, name: str) -> list[Node]:
    """The objects of an answer. Raises ``HttpError`` for a failure, and for an answer that says that something is missing."""
    if isinstance(response, HttpError):
        raise response
    found = value_at(response.data, "actor", name)
    if response.missing or not isinstance(found, list):
        raise HttpError("wrong-type", f"New Relic did not answer the query: {response.missing or 'no reason given'}")
    return objects_at(found)


def _query_values(graphql: GraphqlClient, levels: Sequence[ServiceLevel]) -> GraphqlResponse:
    """The values of service levels, as ``v0`` and so on. Raises ``HttpError``."""
    declared = ", ".join(f"$a{n}: Int!, $q{n}: Nrql!" for n, _ in enumerate(levels))
    asked = " ".join(f"v{n}: account(id: $a{n}) {{ nrql(query: $q{n}, timeout: 60) {{ results }} }}" for n, _ in enumerate(levels))
    accounts = {f"a{n}": level.account for n, level in enumerate(levels)}
    return graphql.query(
        f"query Values({declared}) {{ actor {{ {asked} }} }}", accounts | {f"q{n}": one.nrql for n, one in enumerate(levels)}
    )


def _availability(level: ServiceLevel, results: Sequence[Any]) -> Availability:
    """The first number of the first row; without one there is no data."""
    row = results[0] if results and isinstance(results[0], Mapping) else {}
    measured = next((number for name in row if (number := number_at(row, name)) is not None), None)
    return Availability(level.name, measured, level.objective, level.days)


def _issue_pages(graphql: GraphqlClient, variables: Mapping[str, Any]) -> Iterator[Node]:
    """The issues of an account. Raises ``HttpError``."""
    cursor: str | None = None
    seen = {""}
    for _ in range(ISSUE_PAGES):
        response = graphql.query(ISSUES_QUERY, {**variables, "cursor": cursor})
        found = value_at(response.data, "actor", "account", "aiIssues", "issues")
        if response.missing or not isinstance(value_at(found, "issues"), list):
            raise HttpError("wrong-type", f"New Relic did not answer the query: {response.missing or 'no reason given'}")
        yield from objects_at(found, "issues")
        cursor = value_at(found, "nextCursor")
        if not isinstance(cursor, str) or not cursor:
            return
        if cursor in seen:
            raise HttpError("repeated-url", "the pages of New Relic lead from one to the next in a circle")
        seen.add(cursor)
    raise HttpError("too-many-pages", f"New Relic has more than {ISSUE_PAGES} pages of issues")
