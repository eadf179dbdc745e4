"""Statuspage: incidents that were told to the world, and on request the uptime of components.

https://developer.statuspage.io: listings of a page by numbers; a key may ask once a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from callboard.io.http.auth import header
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.model.facts.values import Availability, Incident
from callboard.model.facts.words import FactError, IncidentState
from callboard.plugins.integrations import parsing
from callboard.plugins.integrations.base import FactBatch, Target, by_annotation, options_schema
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.integrations.json_access import NumberedPages, items, link_at, share_at, text_at, time_at, words_of

COMPONENTS = "statuspage.io/components"
PAGE = 100
UPTIME_DAYS = 90
IMPACTS = {"critical": 1, "major": 2, "minor": 3, "none": 5}


class StatuspageIntegration(Connector):
    """Incidents of a public status page, from Statuspage."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("statuspage")
    title: ClassVar[str] = "Statuspage"
    home: ClassVar[str] = "https://api.statuspage.io"
    annotations = (COMPONENTS,)

    @property
    def families(self) -> tuple[str, ...]:
        """Uptime is asked for component by component, and so on request alone."""
        return ("incident", "availability") if self._options.get("uptime") is True else ("incident",)

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """Incidents of the components that the annotations name. Raises ``HttpError`` where components cannot be listed."""
        wanted = [*self._wanted(subjects)]
        if not wanted:
            return self._found.done()
        client = self._client(header("Authorization", self._option("token"), "OAuth "), per_second=1.0)
        base = f"/v1/pages/{quote(self._option('page'), safe='')}"
        about = self._components(client, base, wanted)
        self._incidents(client, base, about)
        if "availability" in self.families:
            self._uptime(client, base, about)
        return self._found.done()

    def _wanted(self, subjects: Sequence[Target]) -> Iterator[tuple[str, str, Target]]:
        """Ids of components or groups, each with what is written and its subject; those of other instances are not ours."""
        for written, those in by_annotation(subjects, COMPONENTS).items():
            instance, _, listed = written.rpartition(":")
            if not instance or instance.strip() == self._option("instance", instance.strip()):
                yield from ((name, written, subject) for subject in those for name in words_of(listed))

    def _components(self, client: Client, base: str, wanted: Sequence[tuple[str, str, Target]]) -> Mapping[str, list[Target]]:
        """The components that are ours by id, those of groups included."""
        about: dict[str, list[Target]] = {}
        met: set[str] = set()
        query, by = {"page": 1, "per_page": PAGE}, NumberedPages("page", PAGE)
        for component in (one for answer in client.pages(f"{base}/components", query, by=by) for one in _listed(answer.array())):
            names = {text_at(component, "id"), text_at(component, "group_id")} - {""}
            met |= names
            those = [subject for name, _, subject in wanted if name in names]
            if those:
                about[text_at(component, "id")] = those
        for name, _, subject in wanted:
            if name not in met:
                self._found.unknown([subject], COMPONENTS, f"The status page has no component `{name[:60]}`.")
        self._found.measured((one for those in about.values() for one in those), *self.families)
        return about

    def _incidents(self, client: Client, base: str, about: Mapping[str, Sequence[Target]]) -> None:
        """Those that are not over, and those of the last days, the newest first."""
        since = self._now - timedelta(days=self._number("days", 30))
        try:
            query: dict[str, str | int] = {"page": 1, "per_page": PAGE}
            for answer in client.pages(f"{base}/incidents/unresolved", query, by=NumberedPages("page", PAGE)):
                for incident in _listed(answer.array()):
                    self._incident(incident, about)
            for answer in client.pages(f"{base}/incidents", {"page": 1, "limit": PAGE}, by=NumberedPages("page", PAGE)):
                recent = [one for one in _listed(answer.array()) if self._is_since(one, since)]
                for incident in recent:
                    self._incident(incident, about)
                if not recent:
                    break
        except HttpError as error:
            self._found.failed(error, "incidents", [one for those in about.values() for one in those], "incident")

    def _is_since(self, incident: Mapping[str, Any], since: Any) -> bool:
        """Whether it is of the last days; one whose time cannot be read is told about."""
        try:
            begun = time_at(incident, self._now, "created_at")
        except FactError:
            return True
        return begun is not None and begun >= since

    def _incident(self, incident: Mapping[str, Any], about: Mapping[str, Sequence[Target]]) -> None:
        """Maintenance that was announced is no incident."""
        if text_at(incident, "impact") == "maintenance" or incident.get("scheduled_for"):
            return
        those = {one.ref: one for component in items(incident, "components") for one in about.get(text_at(component, "id"), ())}
        value, url = partial(self._value, incident), link_at(incident, "shortlink")
        self._found.add(those.values(), "incident", text_at(incident, "id"), value, url=url)

    def _value(self, incident: Mapping[str, Any]) -> Incident:
        impact = text_at(incident, "impact_override") or text_at(incident, "impact")
        state = parsing.known_word(IncidentState, text_at(incident, "status"), IncidentState.OPEN)
        ended = time_at(incident, self._now, "resolved_at") if state is IncidentState.RESOLVED else None
        opened = parsing.moment(incident.get("created_at"), self._now)
        return Incident(text_at(incident, "name"), opened, IMPACTS.get(impact, 3), state, ended)

    def _uptime(self, client: Client, base: str, about: Mapping[str, Sequence[Target]]) -> None:
        for name, those in about.items():
            try:
                told = client.get(f"{base}/components/{quote(name, safe='')}/uptime", {"skip_related_events": "true"}).object()
            except HttpError as error:
                self._found.failed(error, name, those, "availability")
                continue
            value = partial(Availability, text_at(told, "name"), share_at(told, "uptime_percentage"), None, UPTIME_DAYS)
            self._found.add(those, "availability", name, value)


def _listed(found: list[Any]) -> list[Mapping[str, Any]]:
    return items({"all": found}, "all")
