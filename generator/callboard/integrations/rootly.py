"""Rootly: services, functionalities and teams in; incidents, and on-call shifts of the next 48 hours, out.

https://docs.rootly.com/api-reference: JSON:API with numbered pages. A service is connected by an annotation, or by the reference that
Rootly's Backstage plugin wrote into it. Who is on call for it are those on the schedules of the teams that own it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any, ClassVar

from callboard.plugins.integrations import (
    Client,
    Connector,
    FactBatch,
    HttpError,
    Incident,
    IncidentState,
    OnCall,
    PageNumber,
    Shift,
    Target,
    batches,
    bearer,
    json_resource,
    listed_objects,
    objects_at,
    parse_time,
    shift_order,
    string_at,
    time_at,
    url_at,
    value_at,
)

SERVICE_ID, SERVICE_SLUG, SERVICE_NAME = "rootly.com/service-id", "rootly.com/service-slug", "rootly.com/service-name"
FUNCTIONALITY_ID, FUNCTIONALITY_SLUG = "rootly.com/functionality-id", "rootly.com/functionality-slug"
FUNCTIONALITY_NAME = "rootly.com/functionality-name"
TEAM_ID, TEAM_SLUG, TEAM_NAME = "rootly.com/team-id", "rootly.com/team-slug", "rootly.com/team-name"
ORGANIZATION = "rootly.com/organization-id"
LISTINGS = {
    "services": (SERVICE_ID, SERVICE_SLUG, SERVICE_NAME),
    "functionalities": (FUNCTIONALITY_ID, FUNCTIONALITY_SLUG, FUNCTIONALITY_NAME),
    "teams": (TEAM_ID, TEAM_SLUG, TEAM_NAME),
}
"""The annotations of each listing: for the id, the slug and the name."""
OF_INCIDENTS = {"services": "services", "functionalities": "functionalities", "teams": "groups"}
"""What an incident calls the items of a listing."""
ACCEPT = "application/vnd.api+json"
PAGE, SCHEDULES = 100, 50
"""Items of a page, and schedules in a request for shifts, so that its URL stays short."""
ON_CALL = timedelta(hours=48)
STATES = {
    "in_triage": IncidentState.OPEN, "started": IncidentState.OPEN, "mitigated": IncidentState.ACKNOWLEDGED,
    "resolved": IncidentState.RESOLVED, "closed": IncidentState.RESOLVED,
}  # fmt: skip
SEVERITIES = {"critical": 1, "high": 2, "medium": 3, "low": 4}
NO_INCIDENTS = ("test", "example", "scheduled")
"""Beginnings of kinds that are no incidents: tests, examples and scheduled maintenance."""
Item = Mapping[str, Any]


class RootlyIntegration(Connector):
    """Who is on call, and recent incidents, from Rootly."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/rootly.json")
    title: ClassVar[str] = "Rootly"
    default_url: ClassVar[str] = "https://api.rootly.com"
    families = ("incident", "on-call")
    annotations = tuple(chain.from_iterable(LISTINGS.values()))

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Incidents and shifts of the entities that have a service, functionality or team in Rootly. Raises ``HttpError``."""
        mine = [target for target in targets if self._is_here(target)]
        if not mine:
            return self._collector.batch()
        client = self._client(bearer(self._option("token")))
        connected: dict[str, list[Target]] = {}
        owners: dict[str, list[Target]] = {}
        for listing, keys in LISTINGS.items():
            if listing == "services" or any(key in target.annotations for target in mine for key in keys):
                self._connect(listing, [*self._listed(client, listing, {})], mine, connected, owners)
        if connected:
            self._incidents(client, connected)
            self._on_call(client, owners)
        return self._collector.batch()

    def _is_here(self, target: Target) -> bool:
        """Whether the entity belongs to this organization of Rootly, where the option names one."""
        organization, written = self._option("organization"), target.annotations.get(ORGANIZATION, "").strip()
        return not organization or not written or organization == written

    def _listed(self, client: Client, path: str, query: Mapping[str, str]) -> Iterator[Item]:
        """All items of a listing. Raises ``HttpError``."""
        by = PageNumber("page[number]", PAGE, ("data",))
        for answer in client.pages(f"/v1/{path}", {**query, "page[number]": 1, "page[size]": PAGE}, by=by, accept=ACCEPT):
            yield from listed_objects(answer, path, "data")

    def _connect(
        self,
        listing: str,
        items: Sequence[Item],
        targets: Sequence[Target],
        connected: dict[str, list[Target]],
        owners: dict[str, list[Target]],
    ) -> None:
        """Connect the entities with their items, and with the teams that own these."""
        keys = LISTINGS[listing]
        by_name = {(key, name.lower()): item for item in reversed(items) for key, name in zip(keys, _names(item), strict=True) if name}
        by_ref = {string_at(item, "attributes", "backstage_id").lower(): item for item in items}
        for target in targets:
            key = next((key for key in keys if target.annotations.get(key, "").strip()), "")
            written = target.annotations.get(key, "").strip()
            item = by_name.get((key, written.lower())) if key else by_ref.get(str(target.ref))
            if item is None:
                if key:
                    message = f"Rootly has no item among its {listing} for `{key}: {written[:100]}`, or its API key may not see it."
                    self._collector.add_unusable_annotation([target], key, message)
                continue
            identity = string_at(item, "id")
            connected.setdefault(f"{listing}:{identity}", []).append(target)
            teams = [identity] if listing == "teams" else _texts(item, "owners_group_ids")
            self._collector.add_measurements([target], "incident", *(["on-call"] if teams else []))
            for team in teams:
                owners.setdefault(team, []).append(target)

    def _incidents(self, client: Client, connected: Mapping[str, Sequence[Target]]) -> None:
        since = self._now - timedelta(days=self._integer_option("days", 30))
        everyone = [*chain.from_iterable(connected.values())]
        self._collector.add_measurements(everyone, "incident", since=since)
        try:
            for incident in self._listed(client, "incidents", {"filter[created_at][gte]": since.isoformat(), "sort": "-created_at"}):
                if string_at(incident, "attributes", "kind").startswith(NO_INCIDENTS) or _status(incident) in {"cancelled", "canceled"}:
                    continue
                named = (f"{listing}:{one}" for listing, key in OF_INCIDENTS.items() for one in _related(incident, key))
                targets = {target.ref: target for name in named for target in connected.get(name, ())}
                make, url = partial(self._incident, incident), url_at(incident, "attributes", "url")
                self._collector.add_fact([*targets.values()], "incident", string_at(incident, "id"), make, url=url)
        except HttpError as error:
            self._collector.add_failure(error, "incidents", everyone, "incident")

    def _incident(self, incident: Item) -> Incident:
        about, status = incident.get("attributes"), _status(incident)
        state = STATES.get(status, IncidentState.UNKNOWN)
        severity = value_at(about, "severity", "data", "attributes")
        ended = time_at(about, self._now, "resolved_at") if state is IncidentState.RESOLVED else None
        return Incident(
            string_at(about, "title"), parse_time(value_at(about, "started_at") or value_at(about, "created_at"), self._now),
            SEVERITIES.get(string_at(severity, "severity"), 3), state, ended,
            severity_word="" if string_at(severity, "severity") in SEVERITIES else string_at(severity, "name"),
            state_word="" if status in STATES else status,
        )  # fmt: skip

    def _on_call(self, client: Client, owners: Mapping[str, Sequence[Target]]) -> None:
        """The shifts of the schedules that the owning teams own."""
        if not owners:
            return
        everyone = [*chain.from_iterable(owners.values())]
        try:
            found = {string_at(one, "id"): one for one in self._listed(client, "schedules", {})}
            schedules = {key: one for key, one in found.items() if owners.keys() & set(_texts(one, "owner_group_ids"))}
            shifts: dict[str, list[Item]] = {}
            for ids in batches(sorted(schedules), SCHEDULES):
                window = {"from": self._now.isoformat(), "to": (self._now + ON_CALL).isoformat()}
                answer = client.get("/v1/shifts", {**window, "schedule_ids[]": ids, "include": "user"}, accept=ACCEPT)
                people = {string_at(one, "id"): one for one in objects_at(answer.object(), "included")}
                for shift in listed_objects(answer, "shifts", "data"):
                    shifts.setdefault(string_at(shift, "attributes", "schedule_id"), []).append({**shift, "user": _person(shift, people)})
        except HttpError as error:
            self._collector.add_failure(error, "schedules", everyone, "on-call")
            return
        for key, schedule in schedules.items():
            named = chain.from_iterable(owners.get(team, ()) for team in _texts(schedule, "owner_group_ids"))
            targets = {target.ref: target for target in named}
            make = partial(self._value, string_at(schedule, "attributes", "name"), shifts.get(key, []))
            self._collector.add_fact([*targets.values()], "on-call", key, make)

    def _value(self, name: str, found: Sequence[Item]) -> OnCall:
        shifts = {
            Shift(
                string_at(one, "user", "full_name") or string_at(one, "user", "email").partition("@")[0],
                time_at(one, self._now, "attributes", "starts_at"), time_at(one, self._now, "attributes", "ends_at"), 1,
                string_at(one, "user", "email"),
            )
            for one in found if string_at(one, "user", "email") or string_at(one, "user", "full_name")
        }  # fmt: skip
        return OnCall(name, tuple(sorted(shifts, key=shift_order)))


def _names(item: Item) -> tuple[str, str, str]:
    """Id, slug and name, in the order of the annotations in ``LISTINGS``."""
    return string_at(item, "id"), string_at(item, "attributes", "slug"), string_at(item, "attributes", "name")


def _texts(item: Item, name: str) -> list[str]:
    """The strings in a list of an item's attributes."""
    value = value_at(item, "attributes", name)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _related(incident: Item, name: str) -> set[str]:
    """Ids of what an incident affects: whole objects in its attributes, or only ids in its relationships."""
    nested = {string_at(one, "data", "id") for one in objects_at(incident, "attributes", name)}
    return nested | {string_at(one, "id") for one in objects_at(incident, "relationships", name, "data")}


def _status(incident: Item) -> str:
    """The status, or the last of its times where it is missing: the description has none."""
    about = incident.get("attributes")
    times = (("cancelled_at", "cancelled"), ("resolved_at", "resolved"), ("mitigated_at", "mitigated"))
    return string_at(about, "status") or next((status for key, status in times if value_at(about, key)), "started")


def _person(shift: Item, people: Mapping[str, Item]) -> Any:
    """The attributes of the user of a shift, who is part of it or included in the answer."""
    nested = value_at(shift, "attributes", "user", "data", "attributes")
    return nested or value_at(people.get(string_at(shift, "relationships", "user", "data", "id")), "attributes")
