"""Statuspage: component ids in; public incidents, and optionally the uptime of components, out.

https://developer.statuspage.io: listings are paged by number; an API key may send one request per second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.plugins.integrations import (
    Availability,
    Client,
    Connector,
    FactBatch,
    FactError,
    HttpError,
    Incident,
    IncidentState,
    PageNumber,
    Target,
    by_annotation,
    header,
    json_resource,
    number_at,
    objects_at,
    parse_time,
    parse_word,
    split_commas,
    string_at,
    time_at,
    url_at,
)

COMPONENTS = "statuspage.io/components"
PAGE = 100
BY_NUMBER = PageNumber("page", PAGE)
UPTIME_DAYS = 90
IMPACTS = {"critical": 1, "major": 2, "minor": 3, "none": 5}
"""Severities of incidents, by impact."""
Connection = tuple[str, Target]
"""The id of a component or group, and an entity whose annotation names it."""


class StatuspageIntegration(Connector):
    """Incidents of a public status page, from Statuspage."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/statuspage.json")
    title: ClassVar[str] = "Statuspage"
    default_url: ClassVar[str] = "https://api.statuspage.io"
    annotations = (COMPONENTS,)

    @property
    def families(self) -> tuple[str, ...]:
        """Incidents, and availability with the option ``uptime``: it takes one request per component."""
        return ("incident", "availability") if self._options.get("uptime") is True else ("incident",)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Incidents of the components that the annotations name. Raises ``HttpError`` if the components cannot be listed."""
        connections = [*self._connections(targets)]
        if not connections:
            return self._collector.batch()
        client = self._client(header("Authorization", self._option("token"), "OAuth "), per_second=1.0)
        base = f"/v1/pages/{quote(self._option('page'), safe='')}"
        by_component = self._components(client, base, connections)
        self._incidents(client, base, by_component)
        if "availability" in self.families:
            self._uptime(client, base, by_component)
        return self._collector.batch()

    def _connections(self, targets: Sequence[Target]) -> Iterator[Connection]:
        """The components and groups that annotations name for this instance: ``[instance:]id,id``."""
        for written, group in by_annotation(targets, COMPONENTS).items():
            instance, _, ids = written.rpartition(":")
            if not instance or instance.strip() == self._option("instance", instance.strip()):
                yield from ((name, target) for target in group for name in split_commas(ids))

    def _components(self, client: Client, base: str, connections: Sequence[Connection]) -> Mapping[str, list[Target]]:
        """The targets by the id of their component; a group stands for its components."""
        by_component: dict[str, list[Target]] = {}
        existing: set[str] = set()
        pages = client.pages(f"{base}/components", {"page": 1, "per_page": PAGE}, by=BY_NUMBER)
        for component in (one for answer in pages for one in objects_at(answer.array())):
            names = {string_at(component, "id"), string_at(component, "group_id")} - {""}
            existing |= names
            if group := [target for name, target in connections if name in names]:
                by_component[string_at(component, "id")] = group
        for name, target in connections:
            if name not in existing:
                self._collector.add_unusable_annotation([target], COMPONENTS, f"The status page has no component `{name[:60]}`.")
        self._collector.add_measurements(chain.from_iterable(by_component.values()), *self.families)
        return by_component

    def _incidents(self, client: Client, base: str, by_component: Mapping[str, Sequence[Target]]) -> None:
        """Unresolved incidents, and those of the last days; the API lists the newest first."""
        since = self._now - timedelta(days=self._integer_option("days", 30))
        self._collector.add_measurements(chain.from_iterable(by_component.values()), "incident", since=since)
        try:
            for answer in client.pages(f"{base}/incidents/unresolved", {"page": 1, "per_page": PAGE}, by=BY_NUMBER):
                for incident in objects_at(answer.array()):
                    self._add_incident(incident, by_component)
            for answer in client.pages(f"{base}/incidents", {"page": 1, "limit": PAGE}, by=BY_NUMBER):
                recent = [incident for incident in objects_at(answer.array()) if self._is_since(incident, since)]
                for incident in recent:
                    self._add_incident(incident, by_component)
                if not recent:
                    break
        except HttpError as error:
            self._collector.add_failure(error, "incidents", chain.from_iterable(by_component.values()), "incident")

    def _is_since(self, incident: Mapping[str, Any], since: datetime) -> bool:
        """True if the incident began at or after ``since``, or at an invalid time: then its fact becomes a problem."""
        try:
            begun = time_at(incident, self._now, "created_at")
        except FactError:
            return True
        return begun is not None and begun >= since

    def _add_incident(self, incident: Mapping[str, Any], by_component: Mapping[str, Sequence[Target]]) -> None:
        """Add an incident; scheduled maintenance is not one."""
        if string_at(incident, "impact") == "maintenance" or incident.get("scheduled_for"):
            return
        components = (string_at(component, "id") for component in objects_at(incident, "components"))
        affected = {target.ref: target for name in components for target in by_component.get(name, ())}
        value, url = partial(self._value, incident), url_at(incident, "shortlink")
        self._collector.add_fact(affected.values(), "incident", string_at(incident, "id"), value, url=url)

    def _value(self, incident: Mapping[str, Any]) -> Incident:
        impact = string_at(incident, "impact_override") or string_at(incident, "impact")
        state, word = parse_word(IncidentState, string_at(incident, "status"), IncidentState.UNKNOWN)
        ended = time_at(incident, self._now, "resolved_at") if state is IncidentState.RESOLVED else None
        opened = parse_time(incident.get("created_at"), self._now)
        severity_word = "" if impact in IMPACTS else impact
        return Incident(string_at(incident, "name"), opened, IMPACTS.get(impact, 3), state, ended, severity_word, word)

    def _uptime(self, client: Client, base: str, by_component: Mapping[str, Sequence[Target]]) -> None:
        for name, targets in by_component.items():
            try:
                uptime = client.get(f"{base}/components/{quote(name, safe='')}/uptime", {"skip_related_events": "true"}).object()
            except HttpError as error:
                self._collector.add_failure(error, name, targets, "availability")
                continue
            value = partial(Availability, string_at(uptime, "name"), number_at(uptime, "uptime_percentage"), None, UPTIME_DAYS)
            self._collector.add_fact(targets, "availability", name, value)
