"""PagerDuty: service ids and integration keys in; on-call shifts of the next 48 hours, open and recent incidents out.

https://developer.pagerduty.com/api-reference: services, incidents and on-calls are listings of the account with ``offset`` and ``more``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from callboard.plugins.integrations import (
    Client,
    Connector,
    FactBatch,
    FactError,
    HttpError,
    Incident,
    IncidentState,
    Offset,
    OnCall,
    Shift,
    Target,
    batches,
    by_annotation,
    header,
    json_resource,
    listed_objects,
    objects_at,
    parse_incident_severity,
    parse_time,
    parse_word,
    shift_order,
    string_at,
    time_at,
    url_at,
    value_at,
)

SERVICE, INTEGRATION_KEY = "pagerduty.com/service-id", "pagerduty.com/integration-key"
HEADERS = {"Content-Type": "application/json"}
"""PagerDuty's description requires it also for requests without a body."""
ACCEPT = "application/vnd.pagerduty+json;version=2"
PAGE = 100
IDS_PER_QUERY = 100
"""More ids would make the URL of a query too long."""
ON_CALL = timedelta(hours=48)
URGENCIES = {"high": 2, "low": 4}
"""Severities of incidents without a priority, by urgency."""


@dataclass(frozen=True, slots=True)
class PagerDutyService:
    """A service of the account that entities are connected to."""

    data: Mapping[str, Any]
    """The service as the API returns it."""
    targets: tuple[Target, ...]


Services = Mapping[str, PagerDutyService]
"""By id."""


class PagerDutyIntegration(Connector):
    """Who is on call, and open and recent incidents, from PagerDuty."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/pagerduty.json")
    title: ClassVar[str] = "PagerDuty"
    default_url: ClassVar[str] = "https://api.pagerduty.com"
    families = ("on-call", "incident")
    annotations = (SERVICE, INTEGRATION_KEY)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Shifts and incidents of the services that the annotations name. Raises ``HttpError`` if the services cannot be listed."""
        by_id = by_annotation(targets, SERVICE)
        by_key = by_annotation([target for target in targets if not target.annotations.get(SERVICE)], INTEGRATION_KEY)
        if not by_id and not by_key:
            return self._collector.batch()
        client = self._client(header("Authorization", self._option("token"), "Token token="), HEADERS)
        services = self._services(client, by_id, by_key)
        self._incidents(client, services)
        self._on_call(client, services)
        return self._collector.batch()

    def _services(self, client: Client, by_id: Mapping[str, Sequence[Target]], by_key: Mapping[str, Sequence[Target]]) -> Services:
        services: dict[str, PagerDutyService] = {}
        missing = {(SERVICE, name): group for name, group in by_id.items()}
        missing |= {(INTEGRATION_KEY, key): group for key, group in by_key.items()}
        query = {"include[]": ("integrations",)} if by_key else {}
        for service in self._listed(client, "services", query):
            names = [(SERVICE, string_at(service, "id")), *((INTEGRATION_KEY, key) for key in _keys(service))]
            if connected := tuple(target for name in names for target in missing.pop(name, ())):
                services[string_at(service, "id")] = PagerDutyService(service, connected)
        for (annotation, value), group in missing.items():
            message = f"PagerDuty has no service for `{annotation}: {_masked(annotation, value)}`."
            self._collector.add_unusable_annotation(group, annotation, message)
        for connected_service in services.values():
            self._collector.add_measurements(connected_service.targets, *self.families)
        return services

    def _incidents(self, client: Client, services: Services) -> None:
        """Incidents of the last days, and older ones that are still open."""
        since = self._now - timedelta(days=self._integer_option("days", 30))
        queries: tuple[dict[str, Any], ...] = (
            {"since": since.isoformat(), "until": self._now.isoformat()},
            {"date_range": "all", "statuses[]": ("triggered", "acknowledged")},
        )
        for ids in batches(sorted(services), IDS_PER_QUERY):
            self._collector.add_measurements((target for name in ids for target in services[name].targets), "incident", since=since)
            try:
                for query in queries:
                    for incident in self._listed(client, "incidents", {**query, "service_ids[]": ids, "sort_by": "created_at:desc"}):
                        service = services.get(string_at(incident, "service", "id"))
                        self._add_incident(incident, service.targets if service else ())
            except HttpError as error:
                self._collector.add_failure(error, "incidents", [one for name in ids for one in services[name].targets], "incident")

    def _add_incident(self, incident: Mapping[str, Any], targets: Sequence[Target]) -> None:
        def value() -> Incident:
            state, word = parse_word(IncidentState, string_at(incident, "status"), IncidentState.UNKNOWN)
            ended = time_at(incident, self._now, "resolved_at") or time_at(incident, self._now, "last_status_change_at")
            return Incident(
                string_at(incident, "title") or string_at(incident, "summary"), parse_time(incident.get("created_at"), self._now),
                _severity(incident), state, ended if state is IncidentState.RESOLVED else None, state_word=word,
            )  # fmt: skip

        self._collector.add_fact(targets, "incident", string_at(incident, "id"), value, url=url_at(incident, "html_url"))

    def _on_call(self, client: Client, services: Services) -> None:
        """The shifts of the services' escalation policies."""
        by_policy: dict[str, list[Target]] = {}
        for service in services.values():
            if policy := string_at(service.data, "escalation_policy", "id"):
                by_policy.setdefault(policy, []).extend(service.targets)
        window = {"since": self._now.isoformat(), "until": (self._now + ON_CALL).isoformat(), "include[]": ("users",)}
        for ids in batches(sorted(by_policy), IDS_PER_QUERY):
            entries: dict[str, list[Mapping[str, Any]]] = {}
            try:
                for entry in self._listed(client, "oncalls", {**window, "escalation_policy_ids[]": ids}):
                    entries.setdefault(string_at(entry, "escalation_policy", "id"), []).append(entry)
            except HttpError as error:
                self._collector.add_failure(error, "on-calls", [one for name in ids for one in by_policy[name]], "on-call")
            for policy, shifts in entries.items():
                self._add_on_call(policy, shifts, by_policy.get(policy, ()))

    def _add_on_call(self, policy: str, entries: Sequence[Mapping[str, Any]], targets: Sequence[Target]) -> None:
        first = entries[0].get("escalation_policy")

        def value() -> OnCall:
            shifts = {self._shift(entry) for entry in entries}
            return OnCall(string_at(first, "summary"), tuple(sorted(shifts, key=shift_order)))

        self._collector.add_fact(targets, "on-call", policy, value, url=url_at(first, "html_url"))

    def _shift(self, entry: Mapping[str, Any]) -> Shift:
        """A shift; a person who is always on call has neither start nor end."""
        level, user = value_at(entry, "escalation_level"), entry.get("user")
        return Shift(
            string_at(user, "name") or string_at(user, "summary"), time_at(entry, self._now, "start"), time_at(entry, self._now, "end"),
            level if isinstance(level, int) else 1, string_at(user, "email"),
        )  # fmt: skip

    def _listed(self, client: Client, items: str, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """All items of a listing. Raises ``HttpError``."""
        for answer in client.pages(f"/{items}", {**query, "limit": PAGE}, by=Offset(items, PAGE, more="more"), accept=ACCEPT):
            yield from listed_objects(answer, items, items)


def _severity(incident: Mapping[str, Any]) -> int:
    """The severity in the priority (``P1``, ``SEV2``), or by the urgency if there is none."""
    try:
        return parse_incident_severity(string_at(incident, "priority", "summary"))
    except FactError:
        return URGENCIES.get(string_at(incident, "urgency"), 3)


def _keys(service: Mapping[str, Any]) -> list[str]:
    return [key for one in objects_at(service, "integrations") if (key := string_at(one, "integration_key"))]


def _masked(annotation: str, value: str) -> str:
    """The value for a message: an integration key is shortened, because it allows anyone to raise incidents."""
    return value[:100] if annotation == SERVICE else f"{value[:4]}…"
