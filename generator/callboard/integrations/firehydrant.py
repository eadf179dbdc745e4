"""FireHydrant: services in; incidents, and the current and next on-call shifts of their teams, out.

https://docs.firehydrant.com/reference: listings have numbered pages that name the next one. A service is connected by the annotation of
FireHydrant's Backstage plugin, or, as there, by a name that is the reference of the entity. Who is on call for it are those on the
schedules of the team that owns it, or, if there is none, of the teams that respond for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.integrations import (
    Client,
    Connector,
    Cursor,
    FactBatch,
    FactError,
    HttpError,
    Incident,
    IncidentState,
    OnCall,
    Shift,
    Target,
    batches,
    bearer,
    json_resource,
    listed_objects,
    objects_at,
    parse_incident_severity,
    parse_time,
    shift_order,
    string_at,
    time_at,
    url_at,
    value_at,
)

SERVICE_NAME = "firehydrant.com/service-name"
PAGE, TEAMS = 100, 40
"""Items of a page, and ids of teams in a request for schedules, so that its URL stays short."""
PER_SECOND = 5.0
"""Requests: an account may send 300 a minute, and 50 in ten seconds."""
OLD_INCIDENTS = 100
"""Active incidents that began before ``days`` and are requested one by one; of more, the result is incomplete."""
ON_CALL = timedelta(hours=48)
PHASES = {
    "started": IncidentState.OPEN, "active": IncidentState.ACKNOWLEDGED, "post_incident": IncidentState.RESOLVED,
    "closed": IncidentState.RESOLVED,
}  # fmt: skip
"""The states of the phases to which milestones belong: organizations name milestones as they like."""
MILESTONES = {
    "started": IncidentState.OPEN, "detected": IncidentState.OPEN, "acknowledged": IncidentState.ACKNOWLEDGED,
    "investigating": IncidentState.ACKNOWLEDGED, "identified": IncidentState.ACKNOWLEDGED, "mitigated": IncidentState.ACKNOWLEDGED,
    "resolved": IncidentState.RESOLVED, "retrospective_started": IncidentState.RESOLVED, "postmortem_started": IncidentState.RESOLVED,
    "retrospective_completed": IncidentState.RESOLVED, "postmortem_completed": IncidentState.RESOLVED, "closed": IncidentState.RESOLVED,
}  # fmt: skip
"""The states of the milestones that every organization begins with."""
NO_INCIDENTS = frozenset({"GAMEDAY", "MAINTENANCE"})
"""Severities of what is no incident: exercises and planned maintenance."""
MOST_SEVERE, MIDDLE = 1, 3
Item = Mapping[str, Any]
FIRST: Item = {"page": 1, "per_page": PAGE}


class FireHydrantIntegration(Connector):
    """Recent incidents, and who is on call, from FireHydrant."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/firehydrant.json")
    title: ClassVar[str] = "FireHydrant"
    default_url: ClassVar[str] = "https://api.firehydrant.io"
    families = ("incident", "on-call")
    annotations = (SERVICE_NAME,)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Incidents and shifts of the entities that have a service in FireHydrant. Raises ``HttpError`` if services cannot be listed."""
        if targets:
            client = self._client(bearer(self._option("token")), per_second=PER_SECOND)
            services = [*self._listed(client, "services", FIRST)]
            connected, owners = self._connected(services, targets)
            if connected:
                active = {one for service in services if string_at(service, "id") in connected for one in _active(service)}
                self._incidents(client, connected, active)
                self._on_call(client, owners)
        return self._collector.batch()

    def _listed(self, client: Client, path: str, query: Item) -> Iterator[Item]:
        """All items of a listing, whose answers name the next page. Raises ``HttpError``."""
        for answer in client.pages(f"/v1/{path}", query, by=Cursor(("pagination", "next"), "page")):
            yield from listed_objects(answer, path, "data")

    def _connected(self, services: Sequence[Item], targets: Sequence[Target]) -> tuple[Mapping[str, Sequence[Target]], Mapping[str, Any]]:
        """The entities by the id of their service, and by the id of each team that is on call for it."""
        names = {string_at(one, key).lower(): one for key in ("slug", "name") for one in reversed(services)}
        connected: dict[str, list[Target]] = {}
        owners: dict[str, list[Target]] = {}
        for target in targets:
            written = target.annotations.get(SERVICE_NAME, "").strip()
            service = names.get((written or str(target.ref)).lower())
            if service is None:
                if written:
                    message = f"FireHydrant has no service `{written[:100]}`, or the API key may not see it."
                    self._collector.add_unusable_annotation([target], SERVICE_NAME, message)
                continue
            connected.setdefault(string_at(service, "id"), []).append(target)
            for team in _teams(service):
                owners.setdefault(team, []).append(target)
        return connected, owners

    def _incidents(self, client: Client, connected: Mapping[str, Sequence[Target]], active: Iterable[str]) -> None:
        """Incidents of the last ``days``, and older ones that are still active at a service."""
        since = self._now - timedelta(days=self._integer_option("days", 30))
        everyone = [*chain.from_iterable(connected.values())]
        self._collector.add_measurements(everyone, "incident", since=since)
        found: set[str] = set()
        try:
            for incident in self._listed(client, "incidents", {**FIRST, "created_at_or_after": since.isoformat()}):
                found.add(string_at(incident, "id"))
                self._add_incident(incident, connected)
            older = sorted({*active} - found)
            for identity in older[:OLD_INCIDENTS]:
                answer = client.get(f"/v1/incidents/{quote(identity, safe='')}")
                if string_at(answer.object(), "id") != identity:
                    raise answer.invalid("an incident", answer.object())
                self._add_incident(answer.object(), connected)
        except HttpError as error:
            self._collector.add_failure(error, "incidents", everyone, "incident")
            return
        if len(older) > OLD_INCIDENTS:
            self._collector.add_measurements(everyone, "incident", complete=False)

    def _add_incident(self, incident: Item, connected: Mapping[str, Sequence[Target]]) -> None:
        if string_at(incident, "severity").upper() in NO_INCIDENTS or string_at(incident, "discarded_at"):
            return
        named = chain.from_iterable(connected.get(string_at(one, "id"), ()) for one in objects_at(incident, "services"))
        targets = {target.ref: target for target in named}
        make, url = partial(self._incident, incident), url_at(incident, "incident_url")
        self._collector.add_fact([*targets.values()], "incident", string_at(incident, "id"), make, url=url)

    def _incident(self, incident: Item) -> Incident:
        state, state_word = _state(incident)
        severity, severity_word = _severity(string_at(incident, "severity"))
        return Incident(
            string_at(incident, "name") or string_at(incident, "number"),
            parse_time(value_at(incident, "started_at") or value_at(incident, "created_at"), self._now), severity, state,
            self._resolved(incident) if state is IncidentState.RESOLVED else None, severity_word=severity_word, state_word=state_word,
        )  # fmt: skip

    def _resolved(self, incident: Item) -> datetime | None:
        """The first time that a milestone says that the incident was resolved or closed."""
        over = (one for one in objects_at(incident, "lifecycle_phases") if PHASES.get(string_at(one, "type")) is IncidentState.RESOLVED)
        passed = (one for one in objects_at(incident, "milestones") if MILESTONES.get(string_at(one, "type")) is IncidentState.RESOLVED)
        milestones = chain(chain.from_iterable(objects_at(one, "milestones") for one in over), passed)
        times = [time for one in milestones if (time := time_at(one, self._now, "occurred_at"))]
        return min(times, default=None)

    def _on_call(self, client: Client, owners: Mapping[str, Sequence[Target]]) -> None:
        """The shifts of the schedules of the owning teams; a team without a schedule here may keep it in another tool: not measured."""
        everyone = [*chain.from_iterable(owners.values())]
        if not owners:
            return
        try:
            queries = [{"team_id": ",".join(some)} for some in batches(sorted(owners), TEAMS)]
            listed = chain.from_iterable(self._listed(client, "signals_on_call", query) for query in queries)
            found = [one for one in listed if string_at(one, "team", "id") in owners]
            shifts = {string_at(one, "id"): self._shifts(one) for one in found}
            addresses = self._addresses(client, {string_at(shift, "user", "id") for each in shifts.values() for shift in each})
        except HttpError as error:
            self._collector.add_failure(error, "on-call schedules", everyone, "on-call")
            return
        for schedule in found:
            identity, targets = string_at(schedule, "id"), owners[string_at(schedule, "team", "id")]
            make = partial(self._value, string_at(schedule, "name"), shifts[identity], addresses)
            self._collector.add_fact(targets, "on-call", identity, make)

    def _shifts(self, schedule: Item) -> Sequence[Item]:
        """The current and the next shift of each rotation, or of the schedule, that somebody has."""
        places = [*objects_at(schedule, "rotations"), schedule]
        found = [place[key] for place in places for key in ("current_shift", "next_shift") if isinstance(place.get(key), Mapping)]
        return [one for one in found if string_at(one, "user", "name")]

    def _addresses(self, client: Client, wanted: set[str]) -> Mapping[str, str]:
        """E-mail addresses by id of users: shifts have names alone. Pages are requested until all are found. Raises ``HttpError``."""
        found: dict[str, str] = {}
        if wanted:
            for user in self._listed(client, "users", FIRST):
                found[string_at(user, "id")] = string_at(user, "email")
                if wanted <= found.keys():
                    break
        return found

    def _value(self, name: str, shifts: Sequence[Item], addresses: Mapping[str, str]) -> OnCall:
        made = {
            Shift(
                string_at(one, "user", "name"), time_at(one, self._now, "start_time"), time_at(one, self._now, "end_time"), 1,
                addresses.get(string_at(one, "user", "id"), ""),
            )
            for one in shifts
        }  # fmt: skip
        near = (shift for shift in made if shift.start is None or shift.start < self._now + ON_CALL)
        return OnCall(name, tuple(sorted(near, key=shift_order)))


def _active(service: Item) -> list[str]:
    """Ids of the active incidents of a service."""
    ids = service.get("active_incidents")
    return [one for one in ids if isinstance(one, str) and one] if isinstance(ids, list) else []


def _teams(service: Item) -> list[str]:
    """Ids of the team that owns a service, or, if none does, of those that respond for it."""
    owner = string_at(service, "owner", "id")
    return [owner] if owner else [identity for one in objects_at(service, "teams") if (identity := string_at(one, "id"))]


def _state(incident: Item) -> tuple[IncidentState, str]:
    """The state by the phase that has the current milestone, else by the milestone's name; with the milestone if neither is known."""
    current = string_at(incident, "current_milestone")
    for phase in objects_at(incident, "lifecycle_phases"):
        state = PHASES.get(string_at(phase, "type"))
        if state and any(string_at(one, "slug") == current for one in objects_at(phase, "milestones")):
            return state, ""
    return (MILESTONES[current], "") if current in MILESTONES else (IncidentState.UNKNOWN, current)


def _severity(word: str) -> tuple[int, str]:
    """1 for ``SEV0`` and ``SEV1``, and so on to 5; 3 with the word for a severity of the organization's own, and for ``UNSET``."""
    try:
        return (MOST_SEVERE if word.upper() == "SEV0" else parse_incident_severity(word)), ""
    except FactError:
        return MIDDLE, word
