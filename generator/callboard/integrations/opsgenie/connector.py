"""Opsgenie: alert queries and teams in; open alerts, incidents and on-call shifts out.

https://docs.opsgenie.com/docs/api-overview: alerts and incidents are listings of the account, of which the first 20,000 can be read; the
API works until April 2027. An incident belongs to the entities of the teams that own it or respond to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from callboard.integrations.opsgenie.operations import SELECTOR, TEAM, Item, OperationsConnector, OperationsPerson, Rota
from callboard.plugins.integrations import (
    Client,
    FactBatch,
    FactError,
    HttpError,
    Incident,
    IncidentState,
    Offset,
    Target,
    by_annotation,
    header,
    json_resource,
    listed_objects,
    objects_at,
    parse_incident_severity,
    parse_time,
    string_at,
    time_at,
)

PAGE = 100
STATES = {"open": IncidentState.OPEN, "resolved": IncidentState.RESOLVED, "closed": IncidentState.RESOLVED}
MIDDLE = 3
API, WEB = "api.", "app."
"""Beginnings of the hosts of the API and of the pages: ``api.eu.opsgenie.com`` and ``app.eu.opsgenie.com``."""


class OpsgenieIntegration(OperationsConnector):
    """Open alerts, recent incidents, and who is on call, from Opsgenie."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/opsgenie.json")
    title: ClassVar[str] = "Opsgenie"
    default_url: ClassVar[str] = "https://api.opsgenie.com"
    responder, responders = "recipient", "flattenedRecipients"

    @property
    def families(self) -> tuple[str, ...]:
        """The option ``families``, or all."""
        return tuple(self._options.get("families", ("alert", "incident", "on-call")))

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Alerts that the queries in the annotations find; incidents and shifts of the teams that they name."""
        by_query = by_annotation(targets, SELECTOR) if "alert" in self.families else {}
        of_teams = [family for family in ("incident", "on-call") if family in self.families]
        by_name = by_annotation(targets, TEAM) if of_teams else {}
        if by_query or by_name:
            client = self._client(header("Authorization", self._option("token"), "GenieKey "))
            if by_query:
                self._add_alerts(client, by_query)
            if by_name:
                self._of_teams(client, by_name, of_teams)
        return self._collector.batch()

    def _of_teams(self, client: Client, by_name: Mapping[str, Sequence[Target]], families: Sequence[str]) -> None:
        try:
            by_team = self._by_team(self._team_names(client), by_name)
        except HttpError as error:
            self._collector.add_failure(error, "teams", chain.from_iterable(by_name.values()), *families)
            return
        if by_team and "incident" in families:
            self._incidents(client, by_team)
        if by_team and "on-call" in families:
            self._add_shifts(client, by_team)

    def _listed(self, client: Client, items: str, query: Item) -> Iterator[Item]:
        """Schedules are one page; the others have a next one as long as pages are full."""
        path = f"/v1/{items}/" if items == "incidents" else f"/v2/{items}"
        window = {} if items == "schedules" else {"limit": PAGE, "offset": 0}
        pages = client.pages(path, {**query, **window}, by=Offset("data", PAGE)) if window else [client.get(path, query)]
        for answer in pages:
            yield from listed_objects(answer, items, "data")

    def _team_names(self, client: Client) -> Sequence[tuple[str, str]]:
        return [(string_at(one, "id"), string_at(one, "name")) for one in listed_objects(client.get("/v2/teams"), "teams", "data")]

    def _timeline(self, client: Client, schedule: str, query: Item) -> Sequence[Item]:
        answer = client.get(f"/v2/schedules/{quote(schedule, safe='')}/timeline", query)
        return listed_objects(answer, "rotations", "data", "finalTimeline", "rotations")

    def _people(self, client: Client, rotas: Sequence[Rota]) -> Mapping[str, OperationsPerson]:  # noqa: ARG002 - names stand in the periods
        """People by id: their name in a period is their login, which is an e-mail address."""
        found = [one for rota in rotas for period in rota.periods for one in self._users(period)]
        return {string_at(one, "id"): _person(string_at(one, "name")) for one in found if string_at(one, "name")}

    def _incidents(self, client: Client, by_team: Mapping[str, Sequence[Target]]) -> None:
        """Incidents of the last ``days``, and older ones that are still open."""
        since = self._now - timedelta(days=self._integer_option("days", 30))
        everyone = [*chain.from_iterable(by_team.values())]
        self._collector.add_measurements(everyone, "incident", since=since)
        query = f"createdAt > {int(since.timestamp() * 1_000)} OR status: open"
        try:
            for incident in self._listed(client, "incidents", {"query": query, "sort": "createdAt", "order": "desc"}):
                self._add_incident(incident, by_team)
        except HttpError as error:
            self._collector.add_failure(error, "incidents", everyone, "incident")

    def _add_incident(self, incident: Item, by_team: Mapping[str, Sequence[Target]]) -> None:
        responding = (string_at(one, "id") for one in objects_at(incident, "responders") if string_at(one, "type") == "team")
        named = chain.from_iterable(by_team.get(team, ()) for team in (string_at(incident, "ownerTeam"), *responding))
        targets, key = {target.ref: target for target in named}, string_at(incident, "id")
        url = self._page("incident", key)
        self._collector.add_fact([*targets.values()], "incident", key, partial(self._incident, incident), url=url)

    def _incident(self, incident: Item) -> Incident:
        status, priority = string_at(incident, "status"), string_at(incident, "priority")
        state = STATES.get(status, IncidentState.UNKNOWN)
        severity, word = _severity(priority)
        return Incident(
            string_at(incident, "message") or string_at(incident, "tinyId"), parse_time(incident.get("createdAt"), self._now), severity,
            state, self._resolved(incident) if state is IncidentState.RESOLVED else None, severity_word=word,
            state_word="" if status in STATES else status,
        )  # fmt: skip

    def _resolved(self, incident: Item) -> datetime | None:
        """The end of the impact; none is told by incidents whose impact was not recorded."""
        return time_at(incident, self._now, "impactEndDate")

    def _alert_url(self, identity: str) -> str:
        return self._page("alert", identity, "/details")

    def _page(self, kind: str, identity: str, end: str = "") -> str:
        """A page of the account, at the option ``web`` or at the host that belongs to that of the API; empty if that is not known."""
        parts = urlsplit(self._base_url)
        web = self._option("web", f"{parts.scheme}://{WEB}{parts.netloc.removeprefix(API)}" if parts.netloc.startswith(API) else "")
        return f"{web.rstrip('/')}/{kind}/detail/{quote(identity, safe='')}{end}" if web else ""


def _person(login: str) -> OperationsPerson:
    name, at, _ = login.partition("@")
    return OperationsPerson(name or login, login if at else "")


def _severity(priority: str) -> tuple[int, str]:
    """1 to 5 of ``P1`` to ``P5``; 3 with the word for anything else."""
    try:
        return parse_incident_severity(priority), ""
    except FactError:
        return MIDDLE, priority
