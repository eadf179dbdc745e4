"""Jira Service Management operations, the successor of Opsgenie: alert queries and teams in; open alerts and on-call shifts out.

https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v2/: alerts, schedules and teams are listings of the site. Annotations are
those of Opsgenie's plugin, since queries and names of teams moved along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.integrations import (
    Alert,
    AlertState,
    Client,
    Connector,
    FactBatch,
    FactSeverity,
    HttpError,
    Offset,
    OnCall,
    Shift,
    Target,
    basic,
    batches,
    by_annotation,
    json_resource,
    listed_objects,
    objects_at,
    parse_time,
    shift_order,
    string_at,
    time_at,
    value_at,
)

SELECTOR, TEAM = "opsgenie.com/component-selector", "opsgenie.com/team"
PAGE = 100
PEOPLE = 50
"""Account ids in a request, so that its URL stays short."""
ON_CALL = timedelta(hours=48)
OPEN = "status: open"
PRIORITIES = {
    "P1": FactSeverity.CRITICAL, "P2": FactSeverity.HIGH, "P3": FactSeverity.MEDIUM, "P4": FactSeverity.LOW, "P5": FactSeverity.LOW,
}  # fmt: skip
TERM = re.compile(r'(tag|tags|entity|alias|source)\s*+[:=]\s*+(?:"([^"]*+)"|([^\s"()]++))', re.IGNORECASE)
"""The terms of a query that are compared here; queries with other ones are sent to the tool."""
SITE = re.compile(r"https?://[^/?#]++")
AlertFields = Mapping[str, Any]
Matches = Callable[[AlertFields], bool]
Rota = tuple[Mapping[str, Any], Sequence[Target], Sequence[Mapping[str, Any]]]
"""A schedule, the entities of its team, and its periods."""


class JsmOperationsIntegration(Connector):
    """Open alerts, and who is on call, from Jira Service Management."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/jsm-operations.json")
    title: ClassVar[str] = "Jira Service Management"
    default_url: ClassVar[str] = "https://api.atlassian.com"
    families = ("alert", "on-call")
    annotations = (SELECTOR, TEAM)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Alerts that the queries in the annotations find, and shifts of the teams that they name."""
        by_query, by_team = by_annotation(targets, SELECTOR), by_annotation(targets, TEAM)
        if by_query or by_team:
            client = self._client(basic(self._option("email"), self._option("token")))
            if by_query:
                self._alerts(client, by_query)
            if by_team:
                self._on_call(client, by_team)
        return self._collector.batch()

    def _path(self, *parts: str) -> str:
        return "/".join(["/jsm/ops/api", *(quote(part, safe="") for part in (self._option("cloud_id"), "v1", *parts))])

    def _listed(self, client: Client, items: str, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """All items of a listing; the link to the next page is not used, since it is relative to another path. Raises ``HttpError``."""
        for answer in client.pages(self._path(items), {**query, "size": PAGE, "offset": 0}, by=Offset("values", PAGE)):
            yield from listed_objects(answer, items, "values")

    def _alerts(self, client: Client, by_query: Mapping[str, Sequence[Target]]) -> None:
        """Open alerts: one listing for all queries that can be compared here, and one for each of the others."""
        compared = {query: matches for query in by_query if (matches := _matcher(query))}
        others = [query for query in by_query if query not in compared]
        self._collector.add_measurements(chain.from_iterable(by_query.values()), "alert")
        if compared:
            found = [(matches, by_query[query]) for query, matches in compared.items()]
            self._add_alerts(client, OPEN, [target for _, group in found for target in group], found)
        for query in others:
            self._add_alerts(client, f"({query}) AND {OPEN}", by_query[query], [(lambda _: True, by_query[query])])

    def _add_alerts(self, client: Client, query: str, targets: Sequence[Target], found: Sequence[tuple[Matches, Sequence[Target]]]) -> None:
        try:
            for alert in self._listed(client, "alerts", {"query": query, "sort": "createdAt", "order": "desc"}):
                if string_at(alert, "status") == "closed":
                    continue
                connected = {target.ref: target for matches, group in found if matches(alert) for target in group}
                identity = string_at(alert, "id")
                url = f"{self._option('site').rstrip('/')}/jira/ops/alerts/{quote(identity, safe='')}" if self._option("site") else ""
                self._collector.add_fact([*connected.values()], "alert", identity, partial(self._alert, alert), url=url)
        except HttpError as error:
            self._collector.add_failure(error, "alerts", targets, "alert")

    def _alert(self, alert: AlertFields) -> Alert:
        priority = string_at(alert, "priority")
        is_quiet = value_at(alert, "snoozed") is True
        return Alert(
            string_at(alert, "message") or string_at(alert, "tinyId"), PRIORITIES.get(priority, FactSeverity.UNKNOWN),
            AlertState.SILENCED if is_quiet else AlertState.FIRING, time_at(alert, self._now, "createdAt"),
            severity_word="" if priority in PRIORITIES else priority,
        )  # fmt: skip

    def _on_call(self, client: Client, by_team: Mapping[str, Sequence[Target]]) -> None:
        everyone = [*chain.from_iterable(by_team.values())]
        try:
            teams = self._teams(client)
            schedules = [*self._listed(client, "schedules", {})]
        except HttpError as error:
            self._collector.add_failure(error, "schedules", everyone, "on-call")
            return
        rotas: list[Rota] = []
        for name, targets in by_team.items():
            team = teams.get(name.lower())
            if team is None:
                message = f"Jira Service Management has no operations team `{name[:100]}`, or its user may not see it."
                self._collector.add_unusable_annotation(targets, TEAM, message)
                continue
            self._collector.add_measurements(targets, "on-call")
            own = [one for one in schedules if team in {string_at(one, "teamId"), string_at(one, "ownerTeam", "id")}]
            in_use = [one for one in own if one.get("enabled") is not False]
            rotas += [(schedule, targets, self._periods(client, schedule, targets)) for schedule in in_use]
        self._add_shifts(client, rotas)

    def _teams(self, client: Client) -> Mapping[str, str]:
        """Ids of teams by id and by name, in lower case. Raises ``HttpError``."""
        answer = client.get(self._path("teams"))
        items = "platformTeams" if "platformTeams" in answer.object() else "values"
        teams = [(string_at(one, "teamId") or string_at(one, "id"), one) for one in listed_objects(answer, "teams", items)]
        named = {(string_at(one, "teamName") or string_at(one, "name")).lower(): identity for identity, one in reversed(teams)}
        return named | {identity.lower(): identity for identity, _ in teams}

    def _periods(self, client: Client, schedule: Mapping[str, Any], targets: Sequence[Target]) -> list[Mapping[str, Any]]:
        """The periods of a schedule, with overrides and forwarding applied; deleted rotations are still listed."""
        identity = string_at(schedule, "id")
        query: dict[str, Any] = {"date": self._now.isoformat(), "interval": 3, "intervalUnit": "days"}
        try:
            answer = client.get(self._path("schedules", identity, "timeline"), query)
            rotations = listed_objects(answer, "rotations", "finalTimeline", "rotations")
        except HttpError as error:
            self._collector.add_failure(error, f"schedule {string_at(schedule, 'name')[:80]}", targets, "on-call")
            return []
        return [period for rotation in rotations if rotation.get("deleted") is not True for period in objects_at(rotation, "periods")]

    def _add_shifts(self, client: Client, rotas: Sequence[Rota]) -> None:
        """A fact for each schedule and entity; a person whose name cannot be found out is left out, and the schedule is incomplete."""
        wanted = {identity for _, _, periods in rotas for period in periods for identity in _responders(period)}
        people = self._people(client, sorted(wanted), [target for _, targets, _ in rotas for target in targets])
        for schedule, targets, periods in rotas:
            make = partial(self._value, string_at(schedule, "name"), periods, people)
            self._collector.add_fact(targets, "on-call", string_at(schedule, "id"), make)
            if any(identity not in people for period in periods for identity in _responders(period)):
                self._collector.add_measurements(targets, "on-call", complete=False)

    def _people(self, client: Client, ids: Sequence[str], targets: Sequence[Target]) -> Mapping[str, Mapping[str, Any]]:
        """Users by account id: schedules have ids alone. Tokens without scopes find users only at the site itself."""
        site = SITE.match(self._option("site"))
        base = "" if site else f"/ex/jira/{quote(self._option('cloud_id'), safe='')}"
        people: dict[str, Mapping[str, Any]] = {}
        try:
            if site and ids:
                client = self._client(basic(self._option("email"), self._option("token")), base_url=site[0])
            for some in batches(ids, PEOPLE):
                answer = client.get(f"{base}/rest/api/3/user/bulk", {"accountId": some, "maxResults": PEOPLE})
                people |= {
                    string_at(one, "accountId"): one for one in listed_objects(answer, "users", "values") if string_at(one, "displayName")
                }
        except HttpError as error:
            self._collector.add_failure(error, "users", targets, "on-call")
        return people

    def _value(self, name: str, periods: Sequence[Mapping[str, Any]], people: Mapping[str, Mapping[str, Any]]) -> OnCall:
        shifts = set()
        for period in periods:
            start, end = self._window(period)
            if start < self._now + ON_CALL and end > self._now:
                found = [people[one] for one in _responders(period) if one in people]
                shifts |= {Shift(string_at(one, "displayName"), start, end, 1, string_at(one, "emailAddress")) for one in found}
        return OnCall(name, tuple(sorted(shifts, key=shift_order)))

    def _window(self, period: Mapping[str, Any]) -> tuple[datetime, datetime]:
        return parse_time(period.get("startDate"), self._now), parse_time(period.get("endDate"), self._now)


def _responders(period: Mapping[str, Any]) -> list[str]:
    """Account ids of a period: the members of a team or escalation where they are given, else the one person; none if nobody is."""
    people = objects_at(period, "flattenedResponders") or objects_at({"one": [period.get("responder")]}, "one")
    return [identity for one in people if string_at(one, "type") == "user" and (identity := string_at(one, "id"))]


def _matcher(query: str) -> Matches | None:
    """Whether an alert has the terms of a query, joined by ``AND`` or by ``OR``; None for a query that has anything else."""
    for word, join in ((" OR ", any), (" AND ", all)):
        terms = [TERM.fullmatch(part.strip()) for part in query.split(word)]
        if all(terms):
            wanted = [(term[1].lower(), (term[2] or term[3] or "").lower()) for term in terms if term]
            return partial(_has_terms, join, wanted)
    return None


def _has_terms(join: Callable[[Iterable[bool]], bool], wanted: Sequence[tuple[str, str]], alert: AlertFields) -> bool:
    return join(text in _texts(alert, key) for key, text in wanted)


def _texts(alert: AlertFields, key: str) -> set[str]:
    """The values of a field of an alert in lower case: its tags, or its one value."""
    value = value_at(alert, "tags" if key == "tag" else key)
    return {text.lower() for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)}
