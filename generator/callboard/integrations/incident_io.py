"""incident.io: entries of its catalog in; open and recent incidents, and on-call shifts of the next 48 hours, out.

https://api-docs.incident.io: incidents name entries of its catalog in custom fields; the schedule or escalation path of an entry is one of
its attributes. Entries have the names of the entities, as incident.io's importer writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
    HttpError,
    Incident,
    IncidentState,
    OnCall,
    Shift,
    SourceError,
    Target,
    bearer,
    count_at,
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

ENTRY = "incident.io/catalog-entry"
PAGE = 250
USERS = 10_000
"""The largest page of users and of schedules."""
BY_CURSOR = Cursor(("pagination_meta", "after"), "after")
ON_CALL = timedelta(hours=48)
STATES = {
    "triage": IncidentState.OPEN, "live": IncidentState.OPEN, "paused": IncidentState.ACKNOWLEDGED,
    "learning": IncidentState.RESOLVED, "closed": IncidentState.RESOLVED,
}  # fmt: skip
NO_INCIDENTS = frozenset({"declined", "merged", "canceled"})
NO_MODES = frozenset({"test", "tutorial"})
MIDDLE, MILDEST = 3, 5
"""Severities: of an incident whose rank is unknown, and of the lowest ranks."""
SCHEDULE, PATH = "Schedule", "EscalationPath"
"""Types of attributes in incident.io's catalog."""
NESTED = 10
"""Conditions within conditions of an escalation path; deeper ones are left out."""
Step = tuple[int, str, str]
"""Level, kind (``schedule``, ``user``) and id of whom an escalation path notifies."""


@dataclass(slots=True)
class IncidentIoEntries:
    """The entries of incident.io's catalog that are entities of this one."""

    targets: dict[str, list[Target]] = field(default_factory=dict)
    """By id of the entry."""
    on_call: dict[tuple[str, str], list[Target]] = field(default_factory=dict)
    """By kind (``Schedule``, ``EscalationPath``) and id of what an attribute of the entry names."""
    fields: set[str] = field(default_factory=set)
    """Ids of the custom fields of incidents that name the entries."""


class IncidentIoIntegration(Connector):
    """Who is on call, and open and recent incidents, from incident.io."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/incident-io.json")
    title: ClassVar[str] = "incident.io"
    default_url: ClassVar[str] = "https://api.incident.io"
    families = ("incident", "on-call")
    annotations = (ENTRY,)

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """Incidents and shifts of the entities that have an entry in incident.io's catalog."""
        names: Mapping[str, str] = {str(kind).lower(): str(name) for kind, name in self._options["fields"].items()}
        wanted = [target for target in targets if target.ref.kind in names]
        if not wanted:
            return self._collector.batch()
        client = self._client(bearer(self._option("token")))
        entries = IncidentIoEntries()
        try:
            known = listed_objects(client.get("/v2/custom_fields"), "custom fields", "custom_fields")
        except HttpError as error:
            self._collector.add_failure(error, "custom fields", wanted, *self.families)
            return self._collector.batch()
        for kind, name in sorted(names.items()):
            self._entries(client, known, name, [target for target in wanted if target.ref.kind == kind], entries)
        if entries.targets:
            self._incidents(client, entries)
            self._on_call(client, entries)
        return self._collector.batch()

    def _entries(
        self, client: Client, known: Sequence[Mapping[str, Any]], name: str, targets: Sequence[Target], entries: IncidentIoEntries
    ) -> None:
        """The entries of the targets of one kind, whose custom field has this id or name."""
        if not targets:
            return
        try:
            one = _field(known, name)
            query: dict[str, Any] = {"catalog_type_id": string_at(one, "catalog_type_id"), "page_size": PAGE}
            pages = [*client.pages("/v3/catalog_entries", query, by=BY_CURSOR)]
            found = [*chain.from_iterable(listed_objects(page, "catalog entries", "catalog_entries") for page in pages)]
        except SourceError as error:
            self._collector.add_failure(error, f"field {name[:80]}", targets, *self.families)
            return
        entries.fields.add(string_at(one, "id"))
        attributes = objects_at(pages[0].object(), "catalog_type", "schema", "attributes")
        kinds = {string_at(each, "id"): kind for each in attributes if (kind := string_at(each, "type")) in {SCHEDULE, PATH}}
        by_name = _by_name(found)
        for target in targets:
            self._connect(target, by_name, kinds, entries)

    def _connect(
        self, target: Target, by_name: Mapping[str, Mapping[str, Any]], kinds: Mapping[str, str], entries: IncidentIoEntries
    ) -> None:
        written, ref = target.annotations.get(ENTRY, "").strip(), target.ref
        names = [written] if written else [str(ref), f"{ref.namespace}/{ref.name}", *([ref.name] if ref.namespace == "default" else [])]
        entry = next((by_name[name.lower()] for name in names if name.lower() in by_name), None)
        if entry is None:
            if written:
                message = f"incident.io's catalog has no entry for `{ENTRY}: {written[:100]}`."
                self._collector.add_unusable_annotation([target], ENTRY, message)
            return
        entries.targets.setdefault(string_at(entry, "id"), []).append(target)
        self._collector.add_measurements([target], *(self.families if kinds else ("incident",)))
        for attribute, kind in kinds.items():
            for one in _literals(value_at(entry, "attribute_values", attribute)):
                entries.on_call.setdefault((kind, one), []).append(target)

    def _incidents(self, client: Client, entries: IncidentIoEntries) -> None:
        """Incidents of the last days, and older ones that are still open."""
        since = self._now - timedelta(days=self._integer_option("days", 30))
        everyone = [*chain.from_iterable(entries.targets.values())]
        self._collector.add_measurements(everyone, "incident", since=since)
        queries = (
            {"created_at[gte]": since.date().isoformat()},
            {"status_category[one_of]": "live"},
            {"status_category[one_of]": "triage"},
        )
        try:
            ranks = sorted(
                {rank for one in self._listed(client, "/v1/severities", "severities", {}) if (rank := count_at(one, "rank")) is not None}
            )
            for query in queries:
                for incident in self._listed(client, "/v2/incidents", "incidents", {**query, "page_size": PAGE}):
                    self._add_incident(incident, entries, ranks)
        except HttpError as error:
            self._collector.add_failure(error, "incidents", everyone, "incident")

    def _add_incident(self, incident: Mapping[str, Any], entries: IncidentIoEntries, ranks: Sequence[int]) -> None:
        category = string_at(incident, "incident_status", "category")
        if category in NO_INCIDENTS or string_at(incident, "mode") in NO_MODES:
            return
        fields = [one for one in objects_at(incident, "custom_field_entries") if string_at(one, "custom_field", "id") in entries.fields]
        named = {string_at(value, "value_catalog_entry", "id") for one in fields for value in objects_at(one, "values")}
        targets = {target.ref: target for name in named for target in entries.targets.get(name, ())}
        make = partial(self._incident, incident, category, ranks)
        self._collector.add_fact([*targets.values()], "incident", string_at(incident, "id"), make, url=url_at(incident, "permalink"))

    def _incident(self, incident: Mapping[str, Any], category: str, ranks: Sequence[int]) -> Incident:
        state = STATES.get(category, IncidentState.UNKNOWN)
        severity = _severity(count_at(incident, "severity", "rank"), ranks)
        return Incident(
            string_at(incident, "name") or string_at(incident, "reference"), parse_time(incident.get("created_at"), self._now), severity,
            state, self._resolved(incident) if state is IncidentState.RESOLVED else None,
            severity_word="" if ranks and count_at(incident, "severity", "rank") in ranks else string_at(incident, "severity", "name"),
            state_word="" if category in STATES else category,
        )  # fmt: skip

    def _resolved(self, incident: Mapping[str, Any]) -> datetime | None:
        """The time that is called *Resolved at*, else *Closed at*; the names can be changed, so there may be none."""
        times = {string_at(one, "incident_timestamp", "name").lower(): one for one in objects_at(incident, "incident_timestamp_values")}
        found = (time_at(times.get(name), self._now, "value", "value") for name in ("resolved at", "closed at"))
        return next((one for one in found if one), None)

    def _on_call(self, client: Client, entries: IncidentIoEntries) -> None:
        """The shifts of the schedules and escalation paths that entries name; entities without one have nobody on call."""
        if not entries.on_call:
            return
        try:
            schedules = {string_at(one, "id"): one for one in self._listed(client, "/v2/schedules", "schedules", {"page_size": USERS})}
            has_paths = any(kind == PATH for kind, _ in entries.on_call)
            users = self._listed(client, "/v2/users", "users", {"page_size": USERS}) if has_paths else ()
            people = {string_at(one, "id"): {"user": one} for one in users}
        except HttpError as error:
            self._collector.add_failure(error, "schedules", chain.from_iterable(entries.on_call.values()), "on-call")
            return
        shifts: dict[str, Sequence[Mapping[str, Any]]] = {}
        for (kind, key), targets in sorted(entries.on_call.items()):
            try:
                name, steps = (
                    (string_at(schedules.get(key), "name"), [(1, "schedule", key)]) if kind == SCHEDULE else self._path(client, key)
                )
                for one in {one for _, what, one in steps if what == "schedule"} - shifts.keys():
                    shifts[one] = self._shifts(client, one)
            except HttpError as error:
                self._collector.add_failure(error, f"{kind} {key[:80]}", targets, "on-call")
                continue
            found = [
                (level, shift)
                for level, what, one in steps
                for shift in (shifts[one] if what == "schedule" else [people[one]] if one in people else [])
            ]
            self._collector.add_fact(targets, "on-call", key, partial(self._value, name or key, found))

    def _path(self, client: Client, key: str) -> tuple[str, list[Step]]:
        """The name of an escalation path, and whom its levels notify, whatever its conditions."""
        path = client.get(f"/v2/escalation_paths/{quote(key, safe='')}").object()
        return string_at(path, "escalation_path", "name"), [*_steps(objects_at(path, "escalation_path", "path"), 1, NESTED)]

    def _shifts(self, client: Client, schedule: str) -> Sequence[Mapping[str, Any]]:
        """The shifts of a schedule, overrides included, in which somebody is on call. Raises ``HttpError``."""
        window = {"entry_window_start": self._now.isoformat(), "entry_window_end": (self._now + ON_CALL).isoformat()}
        answer = client.get("/v2/schedule_entries", {"schedule_id": schedule, **window})
        return [one for one in listed_objects(answer, "shifts", "schedule_entries", "final") if string_at(one, "user", "name")]

    def _value(self, name: str, found: Sequence[tuple[int, Mapping[str, Any]]]) -> OnCall:
        shifts = {
            Shift(
                string_at(one, "user", "name"), time_at(one, self._now, "start_at"), time_at(one, self._now, "end_at"), level,
                string_at(one, "user", "email"),
            )
            for level, one in found
        }  # fmt: skip
        return OnCall(name, tuple(sorted(shifts, key=shift_order)))

    def _listed(self, client: Client, path: str, items: str, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """All items of a listing. Raises ``HttpError``."""
        for answer in client.pages(path, query, by=BY_CURSOR):
            yield from listed_objects(answer, items, items)


def _field(known: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    """The custom field with this id or name. Raises ``SourceError`` if there is none, or its values are no entries of the catalog."""
    for one in known:
        if name in {string_at(one, "id"), string_at(one, "name")} and string_at(one, "catalog_type_id"):
            return one
    raise SourceError(
        f"incident.io has no custom field `{name[:100]}` that is powered by a catalog type",
        "Give the id or the name of the field in `fields`, and let the API key read custom fields.",
    )


def _by_name(found: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """Entries by external id, alias, name and id in lower case; a name of several is of the first that has it as the former of these."""
    by_name: dict[str, Mapping[str, Any]] = {}
    current = [entry for entry in found if not value_at(entry, "archived_at")]
    for key in ("external_id", "aliases", "name", "id"):
        for entry in current:
            value = value_at(entry, key)
            for name in value if isinstance(value, list) else [value]:
                if isinstance(name, str) and name:
                    by_name.setdefault(name.lower(), entry)
    return by_name


def _literals(attribute: Any) -> list[str]:
    """The values of an attribute, of which there may be one or several."""
    return [text for one in (value_at(attribute, "value"), *objects_at(attribute, "array_value")) if (text := string_at(one, "literal"))]


def _severity(rank: int | None, ranks: Sequence[int]) -> int:
    """1 for the highest rank of the organization, 2 for the next, and so on to 5: of ranks, the lower is the less severe."""
    return min(1 + sum(other > rank for other in ranks), MILDEST) if rank in ranks and rank is not None else MIDDLE


def _steps(nodes: Sequence[Mapping[str, Any]], level: int, nested: int) -> Iterator[Step]:
    """Level, kind and id of each schedule or user in nodes of an escalation path; both branches of a condition begin at its level."""
    for node in nodes:
        for target in objects_at(node, "level", "targets"):
            yield level, string_at(target, "type"), string_at(target, "id")
        level += 1 if objects_at(node, "level", "targets") else 0
        for branch in ("then_path", "else_path") if nested else ():
            yield from _steps(objects_at(node, "if_else", branch), level, nested - 1)
