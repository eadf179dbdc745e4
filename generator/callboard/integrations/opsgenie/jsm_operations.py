"""Jira Service Management operations, the successor of Opsgenie: alert queries and teams in; open alerts and on-call shifts out.

https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v2/: alerts, schedules and teams are listings of the site. Queries and
names of teams moved along from Opsgenie.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.integrations.opsgenie.operations import SELECTOR, TEAM, Item, OperationsConnector, OperationsPerson, Rota
from callboard.plugins.integrations import (
    Client,
    FactBatch,
    HttpError,
    Offset,
    Target,
    basic,
    batches,
    by_annotation,
    json_resource,
    listed_objects,
    string_at,
)

PAGE = 100
PEOPLE = 50
"""Account ids in a request, so that its URL stays short."""
SITE = re.compile(r"https?://[^/?#]++")


class JsmOperationsIntegration(OperationsConnector):
    """Open alerts, and who is on call, from Jira Service Management."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/jsm-operations.json")
    title: ClassVar[str] = "Jira Service Management"
    default_url: ClassVar[str] = "https://api.atlassian.com"
    families = ("alert", "on-call")
    responder, responders = "responder", "flattenedResponders"

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Alerts that the queries in the annotations find, and shifts of the teams that they name."""
        by_query, by_name = by_annotation(targets, SELECTOR), by_annotation(targets, TEAM)
        if by_query or by_name:
            client = self._client(basic(self._option("email"), self._option("token")))
            if by_query:
                self._add_alerts(client, by_query)
            if by_name:
                self._teams(client, by_name)
        return self._collector.batch()

    def _teams(self, client: Client, by_name: Mapping[str, Sequence[Target]]) -> None:
        try:
            teams = self._team_names(client)
        except HttpError as error:
            self._collector.add_failure(error, "teams", [target for group in by_name.values() for target in group], "on-call")
            return
        self._add_shifts(client, self._by_team(teams, by_name))

    def _path(self, *parts: str) -> str:
        return "/".join(["/jsm/ops/api", *(quote(part, safe="") for part in (self._option("cloud_id"), "v1", *parts))])

    def _listed(self, client: Client, items: str, query: Item) -> Iterator[Item]:
        """The link to the next page is not used, since it is relative to another path."""
        for answer in client.pages(self._path(items), {**query, "size": PAGE, "offset": 0}, by=Offset("values", PAGE)):
            yield from listed_objects(answer, items, "values")

    def _team_names(self, client: Client) -> Sequence[tuple[str, str]]:
        answer = client.get(self._path("teams"))
        items = "platformTeams" if "platformTeams" in answer.object() else "values"
        teams = listed_objects(answer, "teams", items)
        return [(string_at(one, "teamId") or string_at(one, "id"), string_at(one, "teamName") or string_at(one, "name")) for one in teams]

    def _timeline(self, client: Client, schedule: str, query: Item) -> Sequence[Item]:
        answer = client.get(self._path("schedules", schedule, "timeline"), query)
        return listed_objects(answer, "rotations", "finalTimeline", "rotations")

    def _people(self, client: Client, rotas: Sequence[Rota]) -> Mapping[str, OperationsPerson]:
        """Users by account id: schedules have ids alone. Tokens without scopes find users only at the site itself."""
        ids = sorted({string_at(one, "id") for rota in rotas for period in rota.periods for one in self._users(period)})
        site = SITE.match(self._option("site"))
        base = "" if site else f"/ex/jira/{quote(self._option('cloud_id'), safe='')}"
        people: dict[str, OperationsPerson] = {}
        try:
            if site and ids:
                client = self._client(basic(self._option("email"), self._option("token")), base_url=site[0])
            for some in batches(ids, PEOPLE):
                answer = client.get(f"{base}/rest/api/3/user/bulk", {"accountId": some, "maxResults": PEOPLE})
                for one in listed_objects(answer, "users", "values"):
                    if name := string_at(one, "displayName"):
                        people[string_at(one, "accountId")] = OperationsPerson(name, string_at(one, "emailAddress"))
        except HttpError as error:
            self._collector.add_failure(error, "users", [target for rota in rotas for target in rota.targets], "on-call")
        return people

    def _alert_url(self, identity: str) -> str:
        return f"{self._option('site').rstrip('/')}/jira/ops/alerts/{quote(identity, safe='')}" if self._option("site") else ""
